"""Inviting somebody to act for my association, and answering an invitation."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.invitations import InvitationAidantForm, InvitationForm
from portal.forms.pieces import ENVOI_MAXIMAL
from portal.permissions import may_be_usager
from portal.permissions.mandats import can_invite
from portal.queries import associations, invitations
from portal.services import invitations as services
from portal.vocabulaire import RoleMandat
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.pieces import keep_paper
from portal.web.rendering import render, see_other
from portal.web.securite import plafond
from portal.web.session import moyens, session

bp = Blueprint("invitations", __name__)


@bp.get("/associations/<int:association_id>/invitations/nouvelle")
@access(may_be_usager)
def preparer(association_id: int) -> ResponseReturnValue:
    """Whom to invite, to which role."""
    return _page("invitations/new.html", association_id, InvitationForm())


@bp.post("/associations/<int:association_id>/invitations/nouvelle")
@access(may_be_usager)
def inviter(association_id: int) -> ResponseReturnValue:
    """Invite."""
    associations.get_mine(session(), acteur(), association_id)
    form = InvitationForm()

    def act() -> None:
        appel = services.Appel(
            form.email.data, RoleMandat(form.role.data), form.fonction.data, fin_le=form.fin_le.valeur
        )
        services.count_invitation(moyens().fabrique, acteur())
        services.invite(session(), by=acteur(), association_id=association_id, appel=appel)

    if not accepted(form, act):
        return _page("invitations/new.html", association_id, form, status=422)
    return _envoyee(association_id, form.email.data)


@bp.get("/associations/<int:association_id>/invitations/aidant")
@access(may_be_usager)
def preparer_aidant(association_id: int) -> ResponseReturnValue:
    """Which aidant, until when, on which paper."""
    return _page("invitations/aidant.html", association_id, InvitationAidantForm())


@bp.post("/associations/<int:association_id>/invitations/aidant")
@access(may_be_usager)
@plafond(ENVOI_MAXIMAL)
def inviter_aidant(association_id: int) -> ResponseReturnValue:
    """Invite him."""
    associations.get_mine(session(), acteur(), association_id)
    form = InvitationAidantForm()

    def act() -> None:
        ecrit = keep_paper(form.ecrit)
        appel = services.Appel(
            form.email.data,
            RoleMandat.AIDANT,
            form.fonction.data,
            fin_le=form.fin_le.valeur,
            structure=form.structure.data,
            ecrit=ecrit,
            ecrit_nom=form.ecrit.nom_fichier,
        )
        services.count_invitation(moyens().fabrique, acteur())
        services.invite(session(), by=acteur(), association_id=association_id, appel=appel)

    if not accepted(form, act):
        return _page("invitations/aidant.html", association_id, form, status=422)
    return _envoyee(association_id, form.email.data)


@bp.post("/associations/<int:association_id>/invitations/<int:invitation_id>/retrait")
@access(may_be_usager)
def retirer(association_id: int, invitation_id: int) -> ResponseReturnValue:
    """Take it back."""
    invitation = invitations.get_sent(session(), acteur(), association_id, invitation_id)
    services.withdraw(session(), by=acteur(), invitation=invitation)
    return see_other(url_for("membres.lister", association_id=association_id), message="L’invitation est retirée.")


@bp.get("/invitations/<int:invitation_id>")
@access(may_be_usager)
def montrer(invitation_id: int) -> ResponseReturnValue:
    """Who invites me, to what, until when."""
    invitation = invitations.get_addressed(session(), acteur(), invitation_id)
    return render("invitations/show.html", invitation=invitation, ouverte=services.is_open(invitation))


@bp.post("/invitations/<int:invitation_id>/acceptation")
@access(may_be_usager)
def accepter(invitation_id: int) -> ResponseReturnValue:
    """Accept."""
    invitation = invitations.get_addressed(session(), acteur(), invitation_id)
    mandat = services.accept(session(), by=acteur(), invitation=invitation)
    nom = invitation.association.denomination
    return see_other(
        url_for("associations.montrer", association_id=mandat.association_id),
        message=f"Vous agissez maintenant pour «\u00a0{nom}\u00a0».",
    )


@bp.post("/invitations/<int:invitation_id>/refus")
@access(may_be_usager)
def decliner(invitation_id: int) -> ResponseReturnValue:
    """Decline."""
    invitation = invitations.get_addressed(session(), acteur(), invitation_id)
    services.decline(session(), by=acteur(), invitation=invitation)
    return see_other(url_for("associations.lister"), message="Vous avez décliné l’invitation.")


def _envoyee(association_id: int, email: str) -> ResponseReturnValue:
    adresse = url_for("membres.lister", association_id=association_id)
    return see_other(adresse, message=f"L’invitation part à {email}. Elle vaut trente jours.")


def _page(
    page: str, association_id: int, form: InvitationForm | InvitationAidantForm, status: int = 200
) -> ResponseReturnValue:
    mienne = associations.get_mine(session(), acteur(), association_id)
    verdict = can_invite(acteur(), association_id)
    return render(page, status=status, mienne=mienne, verdict=verdict, form=form)
