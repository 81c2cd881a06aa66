"""What an instructeur does to a DS dossier besides writing: annotations, labels, putting away, going back."""

from collections.abc import Callable

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.errors import Invalid, NotFound
from portal.forms.actes_ds import GesteForm
from portal.forms.annotations_ds import AnnotationsForm, form_of
from portal.models.envois import OperationDS
from portal.permissions import may_instruct
from portal.queries import actes_ds as queries
from portal.queries import annotations_ds
from portal.queries.actes_ds import PageDS
from portal.services import actes_ds as services
from portal.services import operations_ds
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted, attempted
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("actes_ds", __name__, url_prefix="/instruction/dossiers/<reference>")
CONFLIT = 409
Geste = Callable[..., OperationDS]
RANGEMENTS: dict[str, Geste] = {
    "suivre": services.follow,
    "ne_plus_suivre": services.unfollow,
    "archiver": services.archive,
    "desarchiver": services.unarchive,
}
RETOURS: dict[str, Geste] = {
    "repasser_en_instruction": services.back_to_instruction,
    "repasser_en_construction": services.back_to_construction,
}
ETIQUETTES: dict[str, Geste] = {"ajouter_label": services.add_label, "supprimer_label": services.remove_label}
DEMANDE = "C’est demandé\u00a0: l’effet se lira ici dès que Démarches Simplifiées aura répondu."


@bp.get("/annotations")
@access(may_instruct)
def annoter(reference: str) -> ResponseReturnValue:
    """The annotations to write."""
    page = queries.a_faire(session(), acteur(), reference)
    lues = annotations_ds.get(session(), page)
    return _page_annotations(page, lues, form_of(lues.a_ecrire))


@bp.post("/annotations")
@access(may_instruct)
def enregistrer_annotations(reference: str) -> ResponseReturnValue:
    """Owe to DS what differs from what it holds."""
    page = queries.a_faire(session(), acteur(), reference)
    lues = annotations_ds.get(session(), page)
    form = form_of(lues.a_ecrire)
    ecrites: list[object] = []

    def act() -> None:
        valeurs = form.valeurs(lues.a_ecrire)
        ecrites.append(services.edit_annotations(session(), by=acteur(), dossier=page.dossier, valeurs=valeurs))

    if not form.check(lues.a_ecrire, lues.repere):
        return _page_annotations(page, lues, form, status=CONFLIT)
    if not accepted(form, act):
        return _page_annotations(page, lues, form, status=422)
    if any(ecrites):
        return see_other(_retour(reference), message=DEMANDE)
    message = "Rien n’a changé\u00a0: aucune annotation n’est envoyée."
    return see_other(_retour(reference), message=message, genre="attention")


@bp.get("/etiquettes")
@access(may_instruct)
def etiqueter(reference: str) -> ResponseReturnValue:
    """The labels of the démarche, worn or not."""
    page = queries.a_faire(session(), acteur(), reference)
    return render("actes_ds/etiquettes.html", vue=page, etiquettes=queries.list_etiquettes(page))


@bp.post("/etiquettes")
@access(may_instruct)
def changer_etiquette(reference: str) -> ResponseReturnValue:
    """Stick a label, or take it off."""
    page, form = queries.a_faire(session(), acteur(), reference), GesteForm()
    agir = _geste(ETIQUETTES, form)
    agir(session(), by=acteur(), dossier=page.dossier, label_id=form.label.data)
    return see_other(url_for(".etiqueter", reference=reference), message=DEMANDE)


@bp.post("/rangement")
@access(may_instruct)
def ranger(reference: str) -> ResponseReturnValue:
    """Follow or not, put away or take back."""
    page = queries.a_faire(session(), acteur(), reference)
    _geste(RANGEMENTS, GesteForm())(session(), by=acteur(), dossier=page.dossier)
    return see_other(_retour(reference), message=DEMANDE)


@bp.get("/retour")
@access(may_instruct)
def confirmer_retour(reference: str) -> ResponseReturnValue:
    """What going back undoes."""
    return render("actes_ds/retour.html", vue=queries.a_faire(session(), acteur(), reference), form=GesteForm())


@bp.post("/retour")
@access(may_instruct)
def retourner(reference: str) -> ResponseReturnValue:
    """Undo a decision, or give the dossier back to the association; what somebody else has asked meanwhile is shown."""
    page, form = queries.a_faire(session(), acteur(), reference), GesteForm()
    agir = _geste(RETOURS, form)
    status = attempted(form, lambda: agir(session(), by=acteur(), dossier=page.dossier))
    if status is not None:
        page = queries.a_faire(session(), acteur(), reference)
        return render("actes_ds/retour.html", status=status, vue=page, form=form)
    return see_other(_retour(reference), message=DEMANDE)


@bp.post("/operations/<int:operation_id>/reessayer")
@access(may_instruct)
def reessayer(reference: str, operation_id: int) -> ResponseReturnValue:
    """Send again what was refused."""
    page = queries.a_faire(session(), acteur(), reference)
    if operation_id not in {acte.operation.id for acte in page.envois}:
        raise NotFound
    operations_ds.retry(session(), by=acteur(), operation_id=operation_id)
    return see_other(_retour(reference), message="L’action repart vers Démarches Simplifiées.")


def _geste(gestes: dict[str, Geste], form: GesteForm) -> Geste:
    """What the button names. Raises Invalid when it names nothing that this page offers."""
    agir = gestes.get(form.geste.data or "")
    if agir is None or not form.validate():
        raise Invalid(
            "geste", "Cette page n’a pas dit ce qu’il fallait faire\u00a0: revenez au dossier et recommencez."
        )
    return agir


def _page_annotations(
    page: PageDS, lues: annotations_ds.AnnotationsLues, form: AnnotationsForm, *, status: int = 200
) -> ResponseReturnValue:
    form.repere.data = lues.repere
    return render("actes_ds/annotations.html", status=status, vue=page, lues=lues, form=form)


def _retour(reference: str) -> str:
    """The top of the page: what was done, and what waits, are said there."""
    return url_for("dossiers.show", reference=reference)
