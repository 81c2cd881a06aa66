"""Grant requests: begin, fill in section by section."""

import secrets
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.errors import NotFound
from portal.forms.budget import BudgetForm, a_remplir
from portal.forms.demandes.depot import NouvelleDemandeForm
from portal.forms.fusion import verrou_recu
from portal.forms.saisie import Saisie
from portal.models.demandes import Demande
from portal.permissions import can_edit, may_be_usager
from portal.queries import campagnes, demandes, lecture_demandes, mes_dossiers, taches_demandes
from portal.queries.conflits import list_conflits, noms_de
from portal.queries.eclairages import eclairages_de
from portal.queries.lecture_demandes import DemandeLue
from portal.services import demandes as services
from portal.vocabulaire import RoleMandat
from portal.vocabulaire_demandes import EtatSection, Place
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted, changed_list, received, stays
from portal.web.rendering import est_fragment, render, see_other
from portal.web.session import session

RELECTURE = "relecture"
bp = Blueprint("demandes", __name__, url_prefix="/demandes")


@bp.get("")
@access(may_be_usager)
def lister() -> ResponseReturnValue:
    """Drafts and filed requests."""
    return render("demandes/list.html", lignes=demandes.list_demandes(session(), acteur()))


@bp.get("/nouvelle")
@access(may_be_usager)
def choisir() -> ResponseReturnValue:
    """Open campaigns, and the associations that one may ask for."""
    choisie = request.args.get("campagne", "")
    return _page_de_choix(_formulaire_de_choix(cle=secrets.token_urlsafe(24), demarche=choisie))


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
    lue = lecture_demandes.lire(demande)
    return render(
        "demandes/show.html",
        demande=demande,
        lue=lue,
        groupes=taches_demandes.groupes_de(lue),
        avancement=taches_demandes.avancement(lue),
        non_retapees=taches_demandes.phrase_non_retapees(lue),
        numero=taches_demandes.numero_suivant(demande) if taches_demandes.peut_ajouter(lue) else None,
        dossiers=mes_dossiers.list_of_demande(session(), acteur(), demande) if demande.deposee_at else [],
        modifiable=can_edit(acteur(), demande),
    )


@bp.get("/<int:demande_id>/<section>")
@access(may_be_usager)
def remplir(demande_id: int, section: str) -> ResponseReturnValue:
    """One section, as it was left."""
    lue, place = _a_modifier(demande_id, section)
    form = lecture_demandes.a_remplir(session(), acteur(), lue, place)
    if lue.etat(place) == EtatSection.A_CORRIGER or isinstance(form, BudgetForm):
        form.examiner()
    return _page_de_section(lue, place, form)


@bp.post("/<int:demande_id>/<section>")
@access(may_be_usager)
def enregistrer(demande_id: int, section: str) -> ResponseReturnValue:
    """Keep what was typed, right or wrong, then say what is to be corrected."""
    lue, place = _a_modifier(demande_id, section, cachees=True)
    demande = lue.demande
    form = lecture_demandes.recevoir(lue, place, received())
    a_dire = form.a_dire
    enregistrement = services.save_section(
        session(), by=acteur(), demande=demande, place=place, valeurs=form.brut(), version=verrou_recu(request.form)
    )
    lue = lecture_demandes.lire(demande)
    form = lecture_demandes.a_remplir(session(), acteur(), lue, place, enregistrement.valeurs)
    if not enregistrement:
        conflits = list_conflits(acteur(), form, lue.forms.get(place, form), enregistrement.conflits)
        return _page_de_section(lue, place, form, status=409, conflits=conflits)
    if place not in lue.forms:
        return see_other(url_for(".montrer", demande_id=demande.id), message=taches_demandes.mise_de_cote(place))
    form.examiner()
    if a_dire:
        form.form_errors.extend(a_dire)
        return _page_de_section(lue, place, form, status=422)
    if stays():
        return _rester(lue, place, form)
    if form.errors:
        return _page_de_section(lue, place, form, status=422)
    message = f"La section « {place.libelle} » {taches_demandes.ENREGISTREE[form.etat]}"
    if enregistrement.completes:
        message += f" Elle a été complétée par les changements de {noms_de(acteur(), enregistrement.completes)}."
    return see_other(_apres(lue, place), message=message)


def _apres(lue: DemandeLue, place: Place) -> str:
    """Where one goes on once a page is saved: back to the check page that sent here, to the next page, or to the list."""
    demande_id, suivante = lue.demande.id, lue.suivante(place)
    if _retour():
        return url_for("depots.relire", demande_id=demande_id, _anchor=place.slug)
    if suivante and request.form.get("suite"):
        return url_for(".remplir", demande_id=demande_id, section=suivante.slug)
    return url_for("depots.relire" if request.form.get("suite") else ".montrer", demande_id=demande_id)


def _retour() -> str:
    """« relecture » when the check page sent here, else an empty text."""
    return RELECTURE if request.values.get("retour") == RELECTURE else ""


def _rester(lue: DemandeLue, place: Place, form: Saisie) -> ResponseReturnValue:
    """The same page once more, at the list of lines that was changed."""
    if est_fragment():
        return _page_de_section(lue, place, form)
    page: dict[str, Any] = {"demande_id": lue.demande.id, "section": place.slug, "retour": _retour() or None}
    return see_other(url_for(".remplir", **page, _anchor=changed_list()))


def _a_modifier(demande_id: int, section: str, *, cachees: bool = False) -> tuple[DemandeLue, Place]:
    """A page of a request. `cachees`: those too that it had and does not ask any more, whose text must not be lost."""
    lue = lecture_demandes.lire(demandes.get_a_modifier(session(), acteur(), demande_id))
    place = Place.lire(section)
    if place is None or not (place in lue.forms or (cachees and lue.connait(place))):
        raise NotFound
    return lue, place


def _formulaire_de_choix(**initiales: str) -> NouvelleDemandeForm:
    mandats = [mandat for mandat in acteur().mandats if mandat.role != RoleMandat.LECTEUR]
    seule = {"association": str(mandats[0].association_id)} if initiales and len(mandats) == 1 else {}
    form = NouvelleDemandeForm(**{**seule, **initiales})
    form.demarche.proposer((str(campagne.id), campagne.titre) for campagne in campagnes.list_campagnes(session()))
    form.association.proposer((str(mandat.association_id), mandat.denomination) for mandat in mandats)
    return form


def _commencer(form: NouvelleDemandeForm) -> Demande:
    return services.start(
        session(),
        by=acteur(),
        cle=form.cle.data,
        demarche=campagnes.get_campagne(session(), int(form.demarche.data)),
        association_id=int(form.association.data),
        reprendre=form.reprendre.data,
    )


def _page_de_choix(form: NouvelleDemandeForm, *, status: int = 200) -> ResponseReturnValue:
    ouvertes = {str(campagne.id): campagne for campagne in campagnes.list_campagnes(session())}
    return render("demandes/new.html", status=status, form=form, campagnes=ouvertes)


def _page_de_section(
    lue: DemandeLue, place: Place, form: Saisie, *, status: int = 200, **contexte: Any
) -> ResponseReturnValue:
    return render(
        "demandes/section.html",
        partial="demandes/_section.html",
        status=status,
        demande=lue.demande,
        place=place,
        libelle=lue.libelle(place) if place in lue.forms else place.libelle,
        retour=_retour(),
        form=form,
        tableaux=a_remplir(form) if isinstance(form, BudgetForm) else (),
        **{"conflits": (), **eclairages_de(session(), acteur(), lue, place.section), **contexte},
    )
