"""Working sheets: prepared from the queue, given back, compared with the portal, applied."""

import secrets

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.forms.feuilles_travail import FEUILLE, PORTAIL, ChoixForm, ConfirmationForm, RetourForm, chosen
from portal.models.feuilles_travail import RetourFeuille
from portal.permissions import may_instruct
from portal.queries import feuilles_travail as prepares
from portal.queries import options_file
from portal.queries import retours_feuilles as queries
from portal.queries.retours_feuilles import LigneRetour, PageRetour
from portal.services import feuilles_travail, retours_feuilles
from portal.vocabulaire_imports import EtatModification
from portal.web.access import access
from portal.web.adresses import identifiant
from portal.web.connexion import acteur
from portal.web.formulaires import accepted, outcome
from portal.web.pieces import keep_workbook
from portal.web.rendering import render, see_other
from portal.web.session import moyens, session

bp = Blueprint("feuilles_travail", __name__, url_prefix="/instruction/feuilles-travail")


@bp.get("")
@access(may_instruct)
def lister() -> ResponseReturnValue:
    """Give a sheet back; those that were taken away, and what became of those that came back."""
    return _liste(RetourForm(data={"cle": secrets.token_hex(16)}))


@bp.get("/preparer")
@access(may_instruct)
def preparer() -> ResponseReturnValue:
    """What a sheet of these dossiers would hold."""
    filtre = options_file.read(session(), acteur(), request.args)
    if request.args.get("portee") == "vue":
        references = prepares.references_of_view(session(), acteur(), filtre)
    else:
        references = request.args.getlist("dossier")[: prepares.MAXIMUM]
    return render("feuilles_travail/preparer.html", references=references, vue=filtre.texte(), maximum=prepares.MAXIMUM)


@bp.post("")
@access(may_instruct)
def commander() -> ResponseReturnValue:
    """Order the workbook."""
    references = request.form.get("references", "").split()
    document = feuilles_travail.order(session(), by=acteur(), references=references, portail=moyens().config.portal_url)
    return see_other(url_for("documents.show", numero=document.numero))


@bp.post("/retours")
@access(may_instruct)
def rendre() -> ResponseReturnValue:
    """Receive a sheet that was filled in."""
    form = RetourForm()
    retour = outcome(form, lambda: _receive(form))
    if retour is None:
        return _liste(form, status=422)
    return see_other(url_for(".montrer", retour_id=retour.id), message="La feuille est reçue.")


@bp.get("/retours/<int:retour_id>")
@access(may_instruct)
def montrer(retour_id: int) -> ResponseReturnValue:
    """How far it is, what would change, what is to be chosen, what was done."""
    return _retour(retour_id, ConfirmationForm())


@bp.post("/retours/<int:retour_id>/choix")
@access(may_instruct)
def choisir(retour_id: int) -> ResponseReturnValue:
    """Take the sheet, or keep the portal, for the conflicts of a page or for all those that are left."""
    retour = queries.get(session(), acteur(), retour_id)
    tous = request.form.get("tous")
    if tous in {FEUILLE, PORTAIL}:
        retours_feuilles.choose_all(session(), by=acteur(), retour=retour, prendre=tous == FEUILLE)
    else:
        retours_feuilles.choose(session(), by=acteur(), retour=retour, prendre=chosen(request.form.to_dict()))
    vue = queries.TRANCHES if request.args.get("vue") == queries.TRANCHES else queries.CONFLITS
    return see_other(url_for(".montrer", retour_id=retour_id, vue=vue), message="Vos choix sont enregistrés.")


@bp.post("/retours/<int:retour_id>/application")
@access(may_instruct)
def appliquer(retour_id: int) -> ResponseReturnValue:
    """Order all that is to be applied."""
    retour, form = queries.get(session(), acteur(), retour_id), ConfirmationForm()
    if not accepted(form, lambda: retours_feuilles.confirm(session(), by=acteur(), retour=retour)):
        return _retour(retour_id, form, status=422)
    return see_other(url_for(".montrer", retour_id=retour_id), message="Les changements s’appliquent.")


def _receive(form: RetourForm) -> RetourFeuille:
    """The file is written durably before the transaction that speaks of it."""
    fichier = keep_workbook(form.fichier)
    return retours_feuilles.receive(
        session(), by=acteur(), fichier=fichier, nom=form.fichier.nom_fichier, cle=form.cle.data
    )


def _liste(form: RetourForm, *, status: int = 200) -> ResponseReturnValue:
    return render(
        "feuilles_travail/list.html",
        status=status,
        form=form,
        retours=queries.list_returns(session(), acteur()),
        feuilles=queries.list_sheets(session(), acteur()),
    )


def _retour(retour_id: int, form: ConfirmationForm, *, status: int = 200) -> ResponseReturnValue:
    apres = request.args.get("apres", 0, type=identifiant) or 0
    suivi = queries.get_page(session(), acteur(), retour_id, vue=request.args.get("vue", ""), apres=apres)
    return render(
        "feuilles_travail/show.html",
        partial="feuilles_travail/_suivi.html",
        status=status,
        suivi=suivi,
        form=form,
        choix=_choices(suivi),
    )


def _choices(suivi: PageRetour) -> dict[int, ChoixForm]:
    """One small form for each conflict of the page."""
    if suivi.vue not in {queries.CONFLITS, queries.TRANCHES}:
        return {}
    return {une.modification.id: ChoixForm.of(une.modification.id, _of_what(une), _chosen(une)) for une in suivi.lignes}


def _of_what(une: LigneRetour) -> str:
    return f"Garder pour {une.libelle}, {une.modification.reference}"


def _chosen(une: LigneRetour) -> str:
    choisis = {EtatModification.A_APPLIQUER: FEUILLE, EtatModification.ECARTEE: PORTAIL}
    return choisis.get(une.modification.etat, "")
