"""The thread of a DS dossier: reading it, writing to the association, asking for a correction."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.actes_ds import PIECE_MAXIMALE, CorrectionForm, MessageForm
from portal.models.documents import Fichier
from portal.permissions import may_be_agent, may_instruct
from portal.queries import actes_ds as queries
from portal.services import actes_ds as services
from portal.services import fichiers
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.rendering import render, see_other
from portal.web.securite import plafond
from portal.web.session import fermer, moyens, session

bp = Blueprint("messages_ds", __name__, url_prefix="/instruction/dossiers/<reference>")
# A file that is too heavy, but not absurdly so, is refused in the form, where the message typed with it is kept.
ENVOI_MAXIMAL = 3 * PIECE_MAXIMALE


@bp.get("/messages")
@access(may_be_agent)
def lire(reference: str) -> ResponseReturnValue:
    """Every message."""
    return render("actes_ds/messages.html", vue=queries.a_lire(session(), acteur(), reference))


@bp.get("/messages/nouveau")
@access(may_instruct)
def preparer(reference: str) -> ResponseReturnValue:
    """The message to write."""
    return _page(reference, MessageForm())


@bp.post("/messages/nouveau")
@access(may_instruct)
@plafond(ENVOI_MAXIMAL)
def envoyer(reference: str) -> ResponseReturnValue:
    """Write to the association."""
    return _envoi(reference, MessageForm())


@bp.get("/correction")
@access(may_instruct)
def preparer_correction(reference: str) -> ResponseReturnValue:
    """What is to be corrected, and the message that says it."""
    return _page(reference, CorrectionForm())


@bp.post("/correction")
@access(may_instruct)
@plafond(ENVOI_MAXIMAL)
def demander_correction(reference: str) -> ResponseReturnValue:
    """Send the dossier back to the association."""
    return _envoi(reference, CorrectionForm())


def _envoi(reference: str, form: MessageForm) -> ResponseReturnValue:
    queries.a_faire(session(), acteur(), reference)

    def act() -> object:
        fichier = _garder(form)
        return services.send_message(
            session(),
            by=acteur(),
            dossier=queries.a_faire(session(), acteur(), reference).dossier,
            texte=form.texte.data,
            fichier=fichier,
            nom_fichier=form.nom_fichier,
            correction=form.correction.data if isinstance(form, CorrectionForm) else None,
            cle=form.cle.data,
        )

    if not accepted(form, act):
        return _page(reference, form, status=422)
    message = "Votre message attend Démarches Simplifiées, qui l’enverra à l’association."
    return see_other(url_for("dossiers.show", reference=reference), message=message)


def _garder(form: MessageForm) -> Fichier | None:
    """The file, written durably before anything speaks of it: no transaction is open meanwhile."""
    if not form.octets:
        return None
    fermer()
    valeurs = fichiers.deposit(moyens().stockage, form.octets, form.type_mime)
    fichier, nouveau = fichiers.keep(session(), valeurs)
    if not nouveau:
        moyens().stockage.supprimer(valeurs["cle_stockage"])
    return fichier


def _page(reference: str, form: MessageForm, *, status: int = 200) -> ResponseReturnValue:
    page = queries.a_faire(session(), acteur(), reference)
    gabarit = "actes_ds/correction.html" if isinstance(form, CorrectionForm) else "actes_ds/message.html"
    return render(gabarit, status=status, vue=page, form=form)
