"""What is done with one demande d'avis, by who asked and by the service that is asked."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.base import Formulaire
from portal.forms.dates import parts
from portal.forms.saisines import DeclinerForm, ProlongerForm, RecuserForm, RetirerForm, TransfererForm
from portal.permissions import may_be_agent, may_instruct, may_lead
from portal.permissions.saisines import can_decline, can_follow_up, can_recuse, can_transfer
from portal.queries import recusations
from portal.queries import suites_avis as queries
from portal.queries.suites_avis import SuiteAvis
from portal.services import recusations as services_recusations
from portal.services import suites_avis as services
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("suites_avis", __name__, url_prefix="/instruction/demandes-avis/<int:demande_id>")
# Several forms of one page bear an input of the same name: each has its own prefix, and the token of the page.
FORMES: Mapping[str, type[Formulaire]] = {
    "prolonger": ProlongerForm,
    "retirer": RetirerForm,
    "transferer": TransfererForm,
    "decliner": DeclinerForm,
    "recuser": RecuserForm,
}
PEUT = {
    "prolonger": can_follow_up,
    "retirer": can_follow_up,
    "transferer": can_transfer,
    "decliner": can_decline,
    "recuser": can_recuse,
}
SANS_JETON = {"csrf": False}


@bp.get("")
@access(may_be_agent)
def montrer(demande_id: int) -> ResponseReturnValue:
    """Where it stands, and what may be done."""
    return _page(queries.get(session(), acteur(), demande_id), {})


@bp.post("/recusations/<int:recusation_id>/levee")
@access(may_lead)
def lever(demande_id: int, recusation_id: int) -> ResponseReturnValue:
    """The conflict of interest of a colleague is over."""
    suite = queries.get(session(), acteur(), demande_id)
    recusation = recusations.get(session(), acteur(), suite.sujet, recusation_id)
    services_recusations.lift(session(), by=acteur(), recusation=recusation)
    return see_other(
        url_for(".montrer", demande_id=demande_id), message="La récusation est levée\u00a0: cet agent lit de nouveau."
    )


@bp.post("/rappel")
@access(may_instruct)
def rappeler(demande_id: int) -> ResponseReturnValue:
    """Tell the party once more."""
    suite = queries.get(session(), acteur(), demande_id)
    services.remind(session(), by=acteur(), demande=suite.demande)
    return see_other(url_for(".montrer", demande_id=demande_id), message="Le rappel est parti.")


@bp.post("/delai")
@access(may_instruct)
def prolonger(demande_id: int) -> ResponseReturnValue:
    """Another deadline."""
    suite, form = _lire(demande_id, "prolonger")

    def act() -> object:
        ensemble = bool(form.ensemble.data)
        return services.extend(session(), by=acteur(), demande=suite.demande, echeance=form.chosen(), ensemble=ensemble)

    return _faire(suite, "prolonger", form, act, "Le délai est changé. Qui est consulté en est averti.")


@bp.post("/retrait")
@access(may_instruct)
def retirer(demande_id: int) -> ResponseReturnValue:
    """Ask no more."""
    suite, form = _lire(demande_id, "retirer")

    def act() -> None:
        services.revoke(session(), by=acteur(), demande=suite.demande, motif=form.motif.data)

    return _faire(suite, "retirer", form, act, "La demande est retirée, et ce qu’elle ouvrait est fermé.")


@bp.post("/transfert")
@access(may_instruct)
def transferer(demande_id: int) -> ResponseReturnValue:
    """Name who answers."""
    suite, form = _lire(demande_id, "transferer")

    def act() -> None:
        agent_id = int(form.agent.data) if form.agent.data else None
        services.transfer(session(), by=acteur(), demande=suite.demande, agent_id=agent_id)

    return _faire(suite, "transferer", form, act, "La réponse est confiée.")


@bp.post("/pas-concerne")
@access(may_instruct)
def decliner(demande_id: int) -> ResponseReturnValue:
    """Give no avis."""
    suite, form = _lire(demande_id, "decliner")

    def act() -> None:
        services.not_concerned(session(), by=acteur(), demande=suite.demande, motif=form.motif.data)

    message = "C’est dit à qui a demandé l’avis. La demande est close."
    return _faire(suite, "decliner", form, act, message, reste=False)


@bp.post("/conflit")
@access(may_be_agent)
def recuser(demande_id: int) -> ResponseReturnValue:
    """Step aside."""
    suite, form = _lire(demande_id, "recuser")

    def act() -> None:
        services.declare_conflict(session(), by=acteur(), demande=suite.demande, motif=form.motif.data)

    ferme = "Ce dossier ne vous est" if suite.dossier else "Cette association et ses dossiers ne vous sont"
    message = f"Votre déclaration est enregistrée. {ferme} plus {'ouvert' if suite.dossier else 'ouverts'}."
    return _faire(suite, "recuser", form, act, message, reste=False)


def _lire(demande_id: int, nom: str) -> tuple[SuiteAvis, Any]:
    suite = queries.get_for(session(), acteur(), demande_id, PEUT[nom])
    return suite, _forme(suite, nom)


def _forme(suite: SuiteAvis, nom: str) -> Formulaire:
    form = FORMES[nom](prefix=f"{nom}-", meta=SANS_JETON)
    if isinstance(form, TransfererForm):
        form.offrir(suite.agents)
    return form


def _faire(
    suite: SuiteAvis, nom: str, form: Formulaire, act: Callable[[], object], message: str, *, reste: bool = True
) -> ResponseReturnValue:
    if not accepted(form, act):
        return _page(suite, {nom: form}, status=422)
    ailleurs = url_for("taches.lister")
    return see_other(url_for(".montrer", demande_id=suite.demande.id) if reste else ailleurs, message=message)


def _page(suite: SuiteAvis, saisies: Mapping[str, Formulaire], *, status: int = 200) -> ResponseReturnValue:
    formes = {nom: saisies.get(nom) or _neuve(suite, nom) for nom in FORMES}
    return render("saisines/suivre.html", status=status, suite=suite, formes=formes)


def _neuve(suite: SuiteAvis, nom: str) -> Formulaire:
    """Not what was posted to another form of the page."""
    debut = {"echeance": parts(suite.demande.echeance)} if nom == "prolonger" else {}
    form = FORMES[nom](formdata=None, prefix=f"{nom}-", meta=SANS_JETON, data=debut)
    if isinstance(form, TransfererForm):
        form.offrir(suite.agents)
    return form
