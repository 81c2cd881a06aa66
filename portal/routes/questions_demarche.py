"""The avis of a démarche, settled by the responsables of its service."""

from collections.abc import Callable, Mapping

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.base import Formulaire
from portal.forms.reglages_avis import ConsulteForm, QuestionTypeForm, ReglesAvisForm
from portal.permissions import may_lead
from portal.queries import reglages_avis as queries
from portal.services import modeles_questions as services
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("questions_demarche", __name__, url_prefix="/instruction/reglages/avis")
# Three forms of one page: each has its own prefix, and the token of the page.
SANS_JETON = {"csrf": False}


@bp.get("")
@access(may_lead)
def lister() -> ResponseReturnValue:
    """The démarches of the service."""
    return render("saisines/demarches.html", demarches=queries.list_demarches(session(), acteur()))


@bp.get("/<int:demarche_id>")
@access(may_lead)
def montrer(demarche_id: int) -> ResponseReturnValue:
    """What one of them settles."""
    return _page(demarche_id, {})


@bp.post("/<int:demarche_id>")
@access(may_lead)
def regler(demarche_id: int) -> ResponseReturnValue:
    """Sealed or not, list closed or not."""
    demarche, form = (
        queries.get_demarche(session(), acteur(), demarche_id),
        ReglesAvisForm(prefix="regles-", meta=SANS_JETON),
    )

    def act() -> object:
        oui = {"scelle": form.scelle.data, "liste_fermee": form.liste_fermee.data}
        return services.set_rules(session(), by=acteur(), demarche=demarche, **oui)

    return _faire(demarche_id, "regles", form, act, "Les règles sont enregistrées.")


@bp.post("/<int:demarche_id>/questions")
@access(may_lead)
def ajouter_question(demarche_id: int) -> ResponseReturnValue:
    """One more question to begin with."""
    demarche, form = (
        queries.get_demarche(session(), acteur(), demarche_id),
        QuestionTypeForm(prefix="question-", meta=SANS_JETON),
    )

    def act() -> object:
        textes = {"libelle": form.libelle.data, "texte": form.texte.data}
        return services.add_question(session(), by=acteur(), demarche=demarche, **textes)

    return _faire(demarche_id, "question", form, act, "La question est ajoutée.")


@bp.post("/<int:demarche_id>/questions/<int:modele_id>/retirer")
@access(may_lead)
def retirer_question(demarche_id: int, modele_id: int) -> ResponseReturnValue:
    """Propose it no more."""
    demarche = queries.get_demarche(session(), acteur(), demarche_id)
    modele = queries.get_question(session(), demarche, modele_id)
    services.withdraw_question(session(), by=acteur(), demarche=demarche, modele=modele)
    return _retour(demarche_id, "La question n’est plus proposée.")


@bp.post("/<int:demarche_id>/consultes")
@access(may_lead)
def proposer(demarche_id: int) -> ResponseReturnValue:
    """Somebody more to propose."""
    reglage, form = queries.get(session(), acteur(), demarche_id), ConsulteForm(prefix="consulte-", meta=SANS_JETON)
    form.offrir(reglage.services)

    def act() -> None:
        services.propose(session(), by=acteur(), demarche=reglage.demarche, consulte=form.consulte())

    return _faire(demarche_id, "consulte", form, act, "La liste est complétée.")


@bp.post("/<int:demarche_id>/consultes/<int:consulte_id>/retirer")
@access(may_lead)
def oter(demarche_id: int, consulte_id: int) -> ResponseReturnValue:
    """Off the list."""
    demarche = queries.get_demarche(session(), acteur(), demarche_id)
    consulte = queries.get_consulte(session(), demarche, consulte_id)
    services.drop(session(), by=acteur(), demarche=demarche, consulte=consulte)
    return _retour(demarche_id, "La liste est raccourcie. Ce qui a déjà été demandé le reste.")


def _faire(
    demarche_id: int, nom: str, form: Formulaire, act: Callable[[], object], message: str
) -> ResponseReturnValue:
    if not accepted(form, act):
        return _page(demarche_id, {nom: form}, status=422)
    return _retour(demarche_id, message)


def _retour(demarche_id: int, message: str) -> ResponseReturnValue:
    return see_other(url_for(".montrer", demarche_id=demarche_id), message=message)


def _page(demarche_id: int, saisies: Mapping[str, Formulaire], *, status: int = 200) -> ResponseReturnValue:
    reglage = queries.get(session(), acteur(), demarche_id)
    demarche = reglage.demarche
    actuelles = {"scelle": demarche.avis_scelle, "liste_fermee": demarche.avis_liste_fermee}
    consulte = ConsulteForm(formdata=None, prefix="consulte-", meta=SANS_JETON)
    consulte.offrir(reglage.services)
    formes = {
        "regles": ReglesAvisForm(formdata=None, prefix="regles-", data=actuelles, meta=SANS_JETON),
        "question": QuestionTypeForm(formdata=None, prefix="question-", meta=SANS_JETON),
        "consulte": consulte,
        **saisies,
    }
    return render("saisines/reglage.html", status=status, reglage=reglage, formes=formes)
