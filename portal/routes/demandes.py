"""Grant requests: begin, fill in section by section, check, file."""

import secrets
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.errors import NotFound
from portal.forms.budget import BudgetForm, a_remplir
from portal.forms.demandes import DepotForm, NouvelleDemandeForm
from portal.forms.saisie import Saisie, version_recue
from portal.models.demandes import Demande
from portal.permissions import can_edit, may_be_usager
from portal.queries import associations, demandes, lecture_demandes, mes_dossiers, statuts_cer
from portal.queries.lecture_demandes import DemandeLue
from portal.services import demandes as services
from portal.services import depots
from portal.vocabulaire import LIBELLES_SECTION, EtatSection, RoleMandat, SectionDemande
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("demandes", __name__, url_prefix="/demandes")
ENREGISTREE = {
    EtatSection.REMPLIE: "est enregistrée et remplie.",
    EtatSection.EN_COURS: "est enregistrée. Il reste des réponses à donner avant de déposer la demande.",
    EtatSection.A_COMMENCER: "est enregistrée, sans réponse pour le moment.",
}


@bp.get("")
@access(may_be_usager)
def lister() -> ResponseReturnValue:
    """Drafts and filed requests."""
    return render("demandes/list.html", lignes=demandes.list_demandes(session(), acteur()))


@bp.get("/nouvelle")
@access(may_be_usager)
def choisir() -> ResponseReturnValue:
    """Open campaigns, and the associations that one may ask for."""
    return _page_de_choix(_formulaire_de_choix(cle=secrets.token_urlsafe(24)))


@bp.post("/nouvelle")
@access(may_be_usager)
def commencer() -> ResponseReturnValue:
    """Begin a request; the same page sent twice begins one."""
    form = _formulaire_de_choix()
    if not accepted(form, lambda: _commencer(form)):
        return _page_de_choix(form, status=422)
    demande = demandes.get_by_cle(session(), acteur(), form.cle.data)
    return see_other(url_for(".montrer", demande_id=demande.id), message="La demande est commencée. Rien n’est déposé.")


@bp.get("/<int:demande_id>")
@access(may_be_usager)
def montrer(demande_id: int) -> ResponseReturnValue:
    """The sections and where each stands."""
    demande = demandes.get(session(), acteur(), demande_id)
    return render(
        "demandes/show.html",
        demande=demande,
        lue=lecture_demandes.lire(demande),
        dossier=mes_dossiers.get_of_demande(session(), acteur(), demande),
        modifiable=can_edit(acteur(), demande),
    )


@bp.get("/<int:demande_id>/<section>")
@access(may_be_usager)
def remplir(demande_id: int, section: str) -> ResponseReturnValue:
    """One section, as it was left."""
    demande, laquelle = _a_modifier(demande_id, section)
    lue = lecture_demandes.lire(demande)
    form = lecture_demandes.a_remplir(session(), acteur(), lue, laquelle)
    if lue.etat(laquelle) == EtatSection.A_CORRIGER:
        form.examiner()
    return _page_de_section(lue, laquelle, form)


@bp.post("/<int:demande_id>/<section>")
@access(may_be_usager)
def enregistrer(demande_id: int, section: str) -> ResponseReturnValue:
    """Keep what was typed, right or wrong, then say what is to be corrected."""
    demande, laquelle = _a_modifier(demande_id, section)
    lue = lecture_demandes.lire(demande)
    form = lecture_demandes.a_remplir(session(), acteur(), lue, laquelle, request.form)
    valeurs, version = form.brut(), version_recue(request.form)
    garde = services.save_section(
        session(), by=acteur(), demande=demande, section=laquelle, valeurs=valeurs, version=version
    )
    lue = lecture_demandes.lire(demande)
    form = lecture_demandes.a_remplir(session(), acteur(), lue, laquelle, request.form)
    if not garde:
        return _page_de_section(lue, laquelle, form, status=409, autre=lue.differences(laquelle, form))
    form.examiner()
    if form.errors:
        return _page_de_section(lue, laquelle, form, status=422)
    message = f"La section « {LIBELLES_SECTION[laquelle]} » {ENREGISTREE[form.etat]}"
    return see_other(url_for(".montrer", demande_id=demande.id), message=message)


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
    form = DepotForm()
    if not accepted(form, lambda: depots.file(session(), by=acteur(), demande=demande)):
        return _page_de_relecture(demande, form, status=422)
    dossier = mes_dossiers.get_of_demande(session(), acteur(), demande)
    if dossier is None:
        raise NotFound
    message = f"Votre demande est déposée sous le numéro {dossier.reference}."
    return see_other(url_for("mes_dossiers.montrer", reference=dossier.reference), message=message)


def _a_modifier(demande_id: int, section: str) -> tuple[Demande, SectionDemande]:
    demande = demandes.get_a_modifier(session(), acteur(), demande_id)
    connue = {str(une).replace("_", "-"): une for une in SectionDemande}.get(section)
    if connue is None:
        raise NotFound
    return demande, connue


def _formulaire_de_choix(**initiales: str) -> NouvelleDemandeForm:
    form = NouvelleDemandeForm(**initiales)
    mandats = [mandat for mandat in acteur().mandats if mandat.role != RoleMandat.LECTEUR]
    form.demarche.proposer((str(campagne.id), campagne.titre) for campagne in demandes.list_campagnes(session()))
    form.association.proposer((str(mandat.association_id), mandat.denomination) for mandat in mandats)
    return form


def _commencer(form: NouvelleDemandeForm) -> Demande:
    return services.start(
        session(),
        by=acteur(),
        cle=form.cle.data,
        demarche=demandes.get_campagne(session(), int(form.demarche.data)),
        association_id=int(form.association.data),
    )


def _page_de_choix(form: NouvelleDemandeForm, *, status: int = 200) -> ResponseReturnValue:
    campagnes = {str(campagne.id): campagne for campagne in demandes.list_campagnes(session())}
    return render("demandes/new.html", status=status, form=form, campagnes=campagnes)


def _page_de_section(
    lue: DemandeLue, section: SectionDemande, form: Saisie, *, status: int = 200, **contexte: Any
) -> ResponseReturnValue:
    return render(
        "demandes/section.html",
        partial="demandes/_section.html",
        status=status,
        demande=lue.demande,
        section=section,
        form=form,
        tableaux=a_remplir(form) if isinstance(form, BudgetForm) else (),
        **{"autre": [], **_eclairages(lue, section), **contexte},
    )


def _eclairages(lue: DemandeLue, section: SectionDemande) -> dict[str, Any]:
    """What helps to fill in that section: the register's facts, the share of the grant, where it stands with the CER."""
    association_id = lue.demande.association_id
    if section == SectionDemande.IDENTITE:
        mienne = associations.get_mine(session(), acteur(), association_id)
        return {"faits": associations.list_facts(session(), mienne)}
    if section == SectionDemande.MONTANT:
        return {"phrase_part": lue.phrase_part}
    if section == SectionDemande.ATTESTATIONS:
        return {"cer": statuts_cer.statuts_vus(session(), acteur(), [association_id])[association_id]}
    return {}


def _page_de_relecture(demande: Demande, form: DepotForm, *, status: int = 200) -> ResponseReturnValue:
    lue = lecture_demandes.lire(demande)
    return render(
        "demandes/relecture.html",
        status=status,
        demande=demande,
        lue=lue,
        form=form,
        sections=demandes.sections_de(lue),
        budget=demandes.budget_de(lue),
        modifiable=can_edit(acteur(), demande),
    )
