"""Asking for avis, about a dossier or an association."""

from collections.abc import Sequence

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.forms.saisines import SaisineForm
from portal.models.associations import Association
from portal.models.dossiers import Dossier
from portal.permissions import may_instruct
from portal.permissions.lectures import SECTIONS_DS
from portal.queries import consultables, dossiers, objets_saisis, reponses_avis
from portal.services import saisines as services
from portal.vocabulaire import Source
from portal.vocabulaire_demandes import SectionDemande
from portal.web.access import access
from portal.web.adresses import identifiant
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("saisines", __name__, url_prefix="/instruction")
REPRENDRE = "reprendre"
DEMANDE = "L’avis est demandé\u00a0: qui est consulté est prévenu, et peut lire dès maintenant."


@bp.get("/dossiers/<reference>/avis/demander")
@access(may_instruct)
def preparer(reference: str) -> ResponseReturnValue:
    """Of whom, and what."""
    dossier = dossiers.get(session(), acteur(), reference)
    form, avis_id = _du_dossier(dossier), request.args.get("redemander", type=identifiant)
    encore = reponses_avis.to_ask_again(session(), acteur(), dossier, avis_id)
    if encore is not None:
        premiere = encore.saisine
        offert = form.redemander(
            encore.jeton,
            encore.question,
            audience=premiere.audience,
            scelle=premiere.scelle,
            sections=premiere.sections,
        )
        if not offert:
            return _page(dossier, form, absent=encore.nom)
    return _page(dossier, form)


@bp.post("/dossiers/<reference>/avis/demander")
@access(may_instruct)
def demander(reference: str) -> ResponseReturnValue:
    """Ask."""
    dossier = dossiers.get(session(), acteur(), reference)
    form = _du_dossier(dossier)
    return _demander(dossier, form, url_for("sections.avis", reference=reference))


@bp.get("/associations/<int:association_id>/saisir")
@access(may_instruct)
def preparer_association(association_id: int) -> ResponseReturnValue:
    """The same about an association itself."""
    association = objets_saisis.get_association(session(), acteur(), association_id)
    return _page(association, _de_l_association())


@bp.post("/associations/<int:association_id>/saisir")
@access(may_instruct)
def demander_association(association_id: int) -> ResponseReturnValue:
    """Ask about it."""
    association = objets_saisis.get_association(session(), acteur(), association_id)
    return _demander(association, _de_l_association(), url_for("associations.montrer", association_id=association_id))


def _demander(objet: Dossier | Association, form: SaisineForm, suite: str) -> ResponseReturnValue:
    if REPRENDRE in request.form:
        form.reprendre()
        return _page(objet, form)

    def act() -> object:
        return services.ask(
            session(),
            by=acteur(),
            objets=[objet],
            consultes=form.consultes(),
            teneur=form.teneur(),
            cle=form.cle.data,
        )

    if not accepted(form, act):
        return _page(objet, form, status=422)
    return see_other(suite, message=DEMANDE)


def _du_dossier(dossier: Dossier) -> SaisineForm:
    form = _offrir(SaisineForm(), consultables.for_dossier(session(), acteur(), dossier))
    form.limiter(_sections(dossier))
    return form


def _de_l_association() -> SaisineForm:
    form = _offrir(SaisineForm(), consultables.for_service(session(), acteur()))
    form.limiter(())
    return form


def _sections(dossier: Dossier) -> Sequence[SectionDemande]:
    return [une for une in SectionDemande if dossier.source != Source.DS or une in SECTIONS_DS]


def _offrir(form: SaisineForm, offre: consultables.Consultables) -> SaisineForm:
    form.offrir(
        proposes=offre.proposes,
        services=offre.services,
        modeles=[(un.id, un.libelle, un.texte) for un in offre.modeles],
        fermee=offre.fermee,
        scelle=offre.scelle,
    )
    return form


def _page(
    objet: Dossier | Association, form: SaisineForm, *, status: int = 200, absent: str = ""
) -> ResponseReturnValue:
    """`absent`: who was to be asked again, and may be asked no more."""
    dossier = objet if isinstance(objet, Dossier) else None
    association = objet if isinstance(objet, Association) else None
    return render(
        "saisines/demander.html", status=status, dossier=dossier, association=association, form=form, absent=absent
    )
