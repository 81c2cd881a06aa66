"""For agents: what was asked of an association after filing, what it has changed, and asking again."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.formats import PARIS, maintenant
from portal.forms.complements import ComplementForm, ComplementPapierForm, ComplementRecuForm
from portal.forms.textes import MAXIMUM
from portal.permissions import may_be_agent, may_instruct
from portal.permissions.complements import can_ask
from portal.queries import complements as queries
from portal.queries import revisions
from portal.queries.complements import Suivi
from portal.services import complements as services
from portal.services import complements_papier
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("complements_agent", __name__, url_prefix="/instruction/dossiers/<reference>/complement")


@bp.get("")
@access(may_be_agent)
def montrer(reference: str) -> ResponseReturnValue:
    """Every complement of the dossier, and what has changed field by field."""
    return _suivi(queries.get_suivi(session(), acteur(), reference), ComplementRecuForm(formdata=None))


@bp.get("/nouveau")
@access(may_instruct)
def preparer(reference: str) -> ResponseReturnValue:
    """What to ask, section by section; the checklist of the dossier may have begun it (`motif`)."""
    suivi = queries.get_to_ask(session(), acteur(), reference)
    jour = (maintenant().astimezone(PARIS) + services.DELAI_PROPOSE).date()
    propose = {"jour": str(jour.day), "mois": str(jour.month), "annee": str(jour.year)}
    motif = request.args.get("motif", "")[:MAXIMUM]
    return _page(suivi, _form(suivi, data={"echeance": propose, "motif": motif}))


@bp.post("/nouveau")
@access(may_instruct)
def demander(reference: str) -> ResponseReturnValue:
    """Ask the association."""
    suivi = queries.get_to_ask(session(), acteur(), reference)
    form = _form(suivi)

    def act() -> object:
        return _ask(suivi, form)

    if not accepted(form, act):
        return _page(queries.get_to_ask(session(), acteur(), reference), form, status=422)
    if suivi.lue is None:
        message = "Le complément est demandé. Imprimez sa lettre, et envoyez-la."
        return see_other(url_for("sections.decision", reference=reference, _anchor="lettres"), message=message)
    return see_other(
        url_for(".montrer", reference=reference), message="Les corrections sont demandées à l’association."
    )


def _ask(suivi: Suivi, form: ComplementForm) -> object:
    """On the pages of the request, or by a letter."""
    by, dossier, motif, jusqu_au = acteur(), suivi.dossier, form.motif.data, form.echeance.valeur
    exigees = form.pieces_exigees.data
    if suivi.lue is None:
        return complements_papier.ask(
            session(), by=by, dossier=dossier, motif=motif, echeance=jusqu_au, pieces_exigees=exigees
        )
    return services.ask(
        session(),
        by=by,
        dossier=dossier,
        lue=suivi.lue,
        motifs=form.motifs,
        motif=motif,
        echeance=jusqu_au,
        pieces_exigees=exigees,
    )


@bp.post("/arrivee")
@access(may_instruct)
def noter_arrivee(reference: str) -> ResponseReturnValue:
    """What was asked by letter has come."""
    suivi = queries.get_to_ask(session(), acteur(), reference)
    form = ComplementRecuForm()

    def act() -> object:
        return complements_papier.receive(session(), by=acteur(), dossier=suivi.dossier, recu_le=form.recu_le.valeur)

    if not accepted(form, act):
        return _suivi(queries.get_to_ask(session(), acteur(), reference), form, status=422)
    message = "L’arrivée du complément est notée. Joignez maintenant sa numérisation."
    return see_other(url_for("pieces_reception.montrer", reference=reference), message=message)


@bp.post("/annuler")
@access(may_instruct)
def annuler(reference: str) -> ResponseReturnValue:
    """Ask for nothing more."""
    suivi = queries.get_to_ask(session(), acteur(), reference)
    services.cancel(session(), by=acteur(), dossier=suivi.dossier)
    return see_other(url_for(".montrer", reference=reference), message="Plus rien n’est demandé à l’association.")


def _form(suivi: Suivi, **options: object) -> ComplementForm:
    genre = ComplementForm if suivi.lue else ComplementPapierForm
    return genre.for_places(suivi.pages, **options)


def _suivi(suivi: Suivi, form: ComplementRecuForm, *, status: int = 200) -> ResponseReturnValue:
    return render(
        "complements/service.html",
        status=status,
        suivi=suivi,
        form=form,
        noms={place.slug: nom for place, nom in suivi.pages},
        changements=revisions.list_changements(session(), suivi.lue) if suivi.lue else (),
        verdict=can_ask(acteur(), suivi.dossier),
    )


def _page(suivi: Suivi, form: ComplementForm, *, status: int = 200) -> ResponseReturnValue:
    return render("complements/new.html", status=status, suivi=suivi, form=form)
