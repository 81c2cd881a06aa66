"""For agents: stating facts of an association, and following what becomes of them."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.errors import Invalid, NotFound
from portal.forms.manquements import ConstatForm, LecteurForm
from portal.models.associations import Association
from portal.models.dossiers import Dossier
from portal.permissions import may_be_agent, may_instruct
from portal.queries import constats, dossiers
from portal.queries.constats import CONSULTATION, FicheConstat
from portal.services import constats as services
from portal.services import traces
from portal.vocabulaire_cer import ClotureConstat
from portal.web.access import access
from portal.web.adresses import identifiant
from portal.web.connexion import acteur
from portal.web.formulaires import accepted, outcome
from portal.web.rendering import render, see_other
from portal.web.session import fermer as rendre_la_session
from portal.web.session import moyens, session

bp = Blueprint("constats", __name__, url_prefix="/instruction")

# Why a person closes a statement; the delay closes by itself.
CLOTURES = {motif.value: motif for motif in (ClotureConstat.SANS_SUITE, ClotureConstat.DECISION)}


@bp.get("/dossiers/<reference>/constats/nouveau")
@access(may_instruct)
def preparer(reference: str) -> ResponseReturnValue:
    """The facts to write."""
    dossier, _association = _a_constater(reference)
    return render("constats/new.html", dossier=dossier, form=ConstatForm())


@bp.post("/dossiers/<reference>/constats/nouveau")
@access(may_instruct)
def consigner(reference: str) -> ResponseReturnValue:
    """Record them, and tell the association."""
    dossier, association = _a_constater(reference)
    form = ConstatForm()
    constat = outcome(
        form,
        lambda: services.state(
            session(),
            by=acteur(),
            association=association,
            faits=services.Faits(faits=form.faits.data, date_faits=form.date_faits.valeur, source=form.source.data),
            reponse_jours=form.reponse_jours.data,
            conservation_mois=int(form.conservation_mois.data),
        ),
    )
    if constat is None:
        return render("constats/new.html", status=422, dossier=dossier, form=form)
    return see_other(_page_de(constat.reference), message="Le constat est consigné.")


@bp.get("/constats/<reference>")
@access(may_be_agent)
def montrer(reference: str) -> ResponseReturnValue:
    """One of them with its answers, shown once its consultation is in the journal, and not otherwise."""
    objet = f"constat:{constats.get(session(), acteur(), reference).constat.id}"
    lecteur = acteur()
    rendre_la_session()
    traces.note_reading(moyens().fabrique, by=lecteur, action=CONSULTATION, objet=objet, valeurs={})
    fiche = constats.get(session(), lecteur, reference)
    return _page(fiche, _form_lecteur(fiche))


@bp.post("/constats/<reference>/information")
@access(may_be_agent)
def informer(reference: str) -> ResponseReturnValue:
    """Tell the association, when nobody could be told at first."""
    fiche = constats.get(session(), acteur(), reference)
    services.inform(session(), by=acteur(), constat=fiche.constat)
    return see_other(_page_de(reference), message="L’association est informée\u00a0: le délai de réponse repart.")


@bp.post("/constats/<reference>/cloture")
@access(may_be_agent)
def clore(reference: str) -> ResponseReturnValue:
    """Close it, for the reason that the button says."""
    fiche = constats.get(session(), acteur(), reference)
    cloture = CLOTURES.get(request.form.get("cloture", ""))
    if cloture is None:
        raise Invalid("cloture", "Choisissez pourquoi ce constat est clos.")
    services.close(session(), by=acteur(), constat=fiche.constat, cloture=cloture)
    return see_other(_page_de(reference), message="Le constat est clos.")


@bp.post("/constats/<reference>/lecteurs")
@access(may_be_agent)
def nommer(reference: str) -> ResponseReturnValue:
    """Let an agent of the service read it."""
    fiche = constats.get(session(), acteur(), reference)
    form = _form_lecteur(fiche)
    if not accepted(
        form, lambda: services.name_reader(session(), by=acteur(), fiche=fiche, user_id=int(form.agent.data))
    ):
        return _page(fiche, form, status=422)
    return see_other(_page_de(reference), message="Cet agent peut lire le constat.")


@bp.post("/constats/<reference>/lecteurs/retrait")
@access(may_be_agent)
def retirer(reference: str) -> ResponseReturnValue:
    """Close it to an agent who was named."""
    fiche = constats.get(session(), acteur(), reference)
    user_id = request.form.get("agent", 0, type=identifiant)
    services.remove_reader(session(), by=acteur(), fiche=fiche, user_id=user_id)
    return see_other(_page_de(reference), message="Cet agent ne lit plus le constat.")


def _a_constater(reference: str) -> tuple[Dossier, Association]:
    """A dossier that leads to an association. Raises NotFound, Forbidden."""
    dossier = dossiers.get(session(), acteur(), reference)
    association = constats.concerned(session(), acteur(), dossier)
    if association is None:
        raise NotFound
    return dossier, association


def _form_lecteur(fiche: FicheConstat) -> LecteurForm:
    return LecteurForm().offrir((agent.id, agent.nom_affiche) for agent in fiche.nommables)


def _page(fiche: FicheConstat, form: LecteurForm, *, status: int = 200) -> ResponseReturnValue:
    return render("constats/show.html", status=status, fiche=fiche, form=form)


def _page_de(reference: str) -> str:
    return url_for("constats.montrer", reference=reference)
