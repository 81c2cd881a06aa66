"""Before and at filing: the check page, the signature asked of another person, and the filing itself."""

from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.demandes.depot import DepotForm, SignatureForm
from portal.models.demandes import Demande, SignatureDepot
from portal.models.dossiers import Dossier
from portal.permissions import can_edit, can_file, may_be_usager
from portal.queries import avertissements, demandes, demandes_lisibles, lecture_demandes, mes_dossiers, taches_demandes
from portal.queries import depots as lus
from portal.queries.lecture_demandes import DemandeLue
from portal.services import depots, signatures_depot
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import outcome
from portal.web.preuves import require_recent_proof
from portal.web.rendering import render, see_other
from portal.web.session import moyens, session

bp = Blueprint("depots", __name__, url_prefix="/demandes")


@bp.get("/<int:demande_id>/relecture")
@access(may_be_usager)
def relire(demande_id: int) -> ResponseReturnValue:
    """Everything on one page, before filing."""
    return _page_de_relecture(demandes.get(session(), acteur(), demande_id), DepotForm())


@bp.post("/<int:demande_id>/deposer")
@access(may_be_usager)
def deposer(demande_id: int) -> ResponseReturnValue:
    """File, once; sent again, it leads to the same dossier."""
    demande = demandes.get(session(), acteur(), demande_id)
    if demande.deposee_at is None:
        require_recent_proof(url_for(".relire", demande_id=demande_id))
    form = DepotForm()
    depose = outcome(form, lambda: _deposer(demande))
    if depose is None:
        return _page_de_relecture(demande, form, status=422)
    dossiers = mes_dossiers.list_of_demande(session(), acteur(), demande)
    message = f"Votre demande est déposée sous le numéro {depose.reference}."
    if len(dossiers) > 1:
        numeros = ", ".join(dossier.reference for dossier in dossiers)
        message = f"Votre demande est déposée auprès de {len(dossiers)} services, sous les numéros {numeros}."
    return see_other(url_for("mes_dossiers.montrer", reference=depose.reference), message=message)


def _deposer(demande: Demande) -> Dossier:
    return depots.file(session(), by=acteur(), demande=demande, racine=moyens().config.portal_url)


@bp.get("/<int:demande_id>/a-signer")
@access(may_be_usager)
def arriver(demande_id: int) -> ResponseReturnValue:
    """Where the letter to whoever signs leads: to the request, or first to its association when that is not hers yet."""
    if demandes.is_visible(session(), acteur(), demande_id):
        return see_other(url_for(".relire", demande_id=demande_id))
    return render("depots/a_signer.html", question=lus.get_question(session(), acteur(), demande_id))


@bp.get("/<int:demande_id>/signature")
@access(may_be_usager)
def preparer_signature(demande_id: int) -> ResponseReturnValue:
    """Whom to ask to sign and file."""
    demande = demandes.get_a_modifier(session(), acteur(), demande_id)
    return _page_de_signature(demande, _formulaire_de_signature(demande))


@bp.post("/<int:demande_id>/signature")
@access(may_be_usager)
def demander_signature(demande_id: int) -> ResponseReturnValue:
    """Ask; the instant of the complete request is kept."""
    demande = demandes.get_a_modifier(session(), acteur(), demande_id)
    form = _formulaire_de_signature(demande)

    def act() -> SignatureDepot:
        signatures_depot.count_question(moyens().fabrique, acteur())
        return signatures_depot.ask(
            session(), by=acteur(), demande=demande, email=form.adresse, mot=form.mot.data or ""
        )

    question = outcome(form, act)
    if question is None:
        return _page_de_signature(demande, form, status=422)
    message = (
        f"La signature est demandée à {question.email}. Rien n’est déposé tant que cette personne ne l’a pas fait."
    )
    return see_other(url_for(".relire", demande_id=demande_id), message=message)


@bp.post("/<int:demande_id>/signature/reprendre")
@access(may_be_usager)
def reprendre_signature(demande_id: int) -> ResponseReturnValue:
    """Take the question back."""
    demande = demandes.get_a_modifier(session(), acteur(), demande_id)
    signatures_depot.close(session(), by=acteur(), demande=demande)
    message = "La signature n’est plus demandée. La demande est conservée telle quelle."
    return see_other(url_for(".relire", demande_id=demande_id), message=message)


def _formulaire_de_signature(demande: Demande) -> SignatureForm:
    return SignatureForm().offrir(lus.list_signataires(session(), acteur(), demande))


def _page_de_signature(demande: Demande, form: SignatureForm, *, status: int = 200) -> ResponseReturnValue:
    return render(
        "depots/signature.html",
        status=status,
        demande=demande,
        form=form,
        complete=lus.complete_sauf_attestations(lecture_demandes.lire(demande)),
    )


def _page_de_relecture(demande: Demande, form: DepotForm, *, status: int = 200) -> ResponseReturnValue:
    lue = lecture_demandes.lire(demande)
    return render(
        "demandes/relecture.html",
        status=status,
        demande=demande,
        lue=lue,
        form=form,
        sections=demandes_lisibles.sections_de(lue),
        mots_de=taches_demandes.mots_de,
        avertissements=avertissements.list_avertissements(session(), acteur(), lue),
        modifiable=can_edit(acteur(), demande),
        **_signature(lue),
    )


def _signature(lue: DemandeLue) -> dict[str, Any]:
    """Who may file, and where the signature stands if it is another person's."""
    association_id = lue.demande.association_id
    return {
        "depot": can_file(acteur(), association_id, pouvoir=lus.pouvoir_joint(lue)),
        "signature": lus.signature_de(session(), acteur(), lue),
        "attestee": lus.attestee_par(acteur(), lue),
        "a_signer": lus.complete_sauf_attestations(lue),
    }
