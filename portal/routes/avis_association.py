"""The avis of my service on an association itself: valid until a day, it may answer later requests by itself."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.formats import aujourdhui
from portal.forms.avis import AvisAssociationForm
from portal.forms.dates import parts
from portal.forms.pieces import ENVOI_MAXIMAL
from portal.models.associations import Association
from portal.permissions import may_instruct
from portal.queries import avis_rendus, reponses_avis
from portal.queries.reponses_avis import Objet, PourRepondre
from portal.routes import saisie_avis
from portal.services import avis_permanents, brouillons_avis
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.rendering import render, see_other
from portal.web.securite import plafond
from portal.web.session import session

bp = Blueprint("avis_association", __name__, url_prefix="/instruction/associations/<int:association_id>/avis")


@bp.get("")
@access(may_instruct)
def preparer(association_id: int) -> ResponseReturnValue:
    """The avis to write, or to change."""
    contexte = reponses_avis.pour_repondre(session(), acteur(), _association(association_id))
    _, permis = avis_rendus.allowed_services(session(), acteur(), contexte.mien)
    fin = contexte.mien.valable_jusqu_au if contexte.mien else None
    form = saisie_avis.begin(AvisAssociationForm, contexte, valable_jusqu_au=parts(fin), permis=permis)
    return _page(form, contexte)


@bp.post("")
@access(may_instruct)
@plafond(ENVOI_MAXIMAL)
def donner(association_id: int) -> ResponseReturnValue:
    """Give it, or a new version of it, and say whom it answers by itself."""
    form = AvisAssociationForm()
    if saisie_avis.wants_draft():
        if saisie_avis.keep_draft(_association(association_id), form) is not None:
            message = "Votre brouillon est gardé\u00a0: vous seul le lisez."
            return saisie_avis.say_kept(url_for(".preparer", association_id=association_id), form, message)
        return _refused(association_id, form, saisie_avis.draft_refused(form))
    _offer(form)
    status = saisie_avis.receive(lambda: _association(association_id), form, lambda objet: _give(objet, form))
    if status is not None:
        return _refused(association_id, form, status)
    return see_other(url_for(".preparer", association_id=association_id), message="Votre avis est enregistré.")


@bp.post("/brouillon")
@access(may_instruct)
def garder(association_id: int) -> ResponseReturnValue:
    """Keep by itself what is typed."""
    association = _association(association_id)
    return saisie_avis.show_draft(association, AvisAssociationForm(), _adresses(association_id))


@bp.post("/effacer")
@access(may_instruct)
def effacer(association_id: int) -> ResponseReturnValue:
    """Forget the draft."""
    brouillons_avis.drop(session(), by=acteur(), objet=_association(association_id))
    return see_other(url_for(".preparer", association_id=association_id), message="Votre brouillon est effacé.")


@bp.post("/retirer")
@access(may_instruct)
def retirer(association_id: int) -> ResponseReturnValue:
    """It answers nobody by itself any more; what it has answered stays."""
    mien = avis_rendus.own_of_association(session(), acteur(), _association(association_id))
    avis_permanents.allow(session(), by=acteur(), avis=mien, service_ids=())
    message = "Cet avis ne répond plus de lui-même. Les réponses déjà données restent."
    return see_other(url_for(".preparer", association_id=association_id), message=message)


def _association(association_id: int) -> Association:
    return avis_rendus.get_association(session(), acteur(), association_id)


def _give(objet: Objet, form: AvisAssociationForm) -> None:
    avis_permanents.check_last_day(form.valable_jusqu_au.valeur)
    rendu = saisie_avis.give(objet, form, valable_jusqu_au=form.valable_jusqu_au.valeur)
    avis_permanents.allow(session(), by=acteur(), avis=rendu, service_ids=form.permis.data or ())


def _offer(form: AvisAssociationForm) -> None:
    offerts, _ = avis_rendus.allowed_services(session(), acteur(), None)
    form.offer_services(offerts)


def _refused(association_id: int, form: AvisAssociationForm, status: int) -> ResponseReturnValue:
    contexte = reponses_avis.pour_repondre(session(), acteur(), _association(association_id))
    return _page(saisie_avis.lock(form, contexte), contexte, status=status)


def _page(form: AvisAssociationForm, contexte: PourRepondre, *, status: int = 200) -> ResponseReturnValue:
    _offer(form)
    _, permis = avis_rendus.allowed_services(session(), acteur(), contexte.mien)
    return render(
        "avis/association.html",
        status=status,
        association=contexte.objet,
        form=form,
        contexte=contexte,
        permis=permis,
        aujourdhui=aujourdhui(),
        adresses=_adresses(contexte.objet.id),
    )


def _adresses(association_id: int) -> saisie_avis.Adresses:
    return saisie_avis.Adresses(
        donner=url_for(".donner", association_id=association_id),
        brouillon=url_for(".garder", association_id=association_id),
        effacer=url_for(".effacer", association_id=association_id),
        retour=url_for("avis_a_donner.lister"),
        libelle_retour="Revenir aux avis à donner",
    )
