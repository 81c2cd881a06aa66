"""The last step of a signature: the code that was mailed to the signatory."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.forms.base import Formulaire
from portal.forms.engagements import CodeForm
from portal.models.souscriptions import SignaturePreparee
from portal.permissions import may_be_usager
from portal.queries import associations, engagements
from portal.services import codes_signature, signatures
from portal.services.engagements import Preuve
from portal.vocabulaire_cer import LIBELLES_CAPACITE
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted, outcome
from portal.web.journaux import requete_id
from portal.web.rendering import render, see_other
from portal.web.session import moyens, session

bp = Blueprint("codes_signature", __name__, url_prefix="/associations/<int:association_id>/engagement/code")


@bp.get("")
@access(may_be_usager)
def demander(association_id: int) -> ResponseReturnValue:
    """Where the code went, and its field."""
    mienne = associations.get_mine(session(), acteur(), association_id)
    preparee = engagements.get_prepared(session(), acteur(), association_id)
    if preparee is None:
        return see_other(url_for("engagements.signer", association_id=association_id))
    return _page(mienne, preparee, CodeForm())


@bp.post("")
@access(may_be_usager)
def signer(association_id: int) -> ResponseReturnValue:
    """Sign."""
    mienne = associations.get_mine(session(), acteur(), association_id)
    form = CodeForm()
    engagement = outcome(
        form,
        lambda: signatures.confirm(
            session(),
            moyens().fabrique,
            moyens().config,
            by=acteur(),
            association_id=association_id,
            code=form.code.data,
            preuve=Preuve(request.remote_addr or "", request.user_agent.string, requete_id()),
        ),
    )
    if engagement is None:
        return _refus(mienne, form)
    return see_other(url_for("engagements.montrer", code=engagement.code), message="Votre engagement est enregistré.")


@bp.post("/nouveau")
@access(may_be_usager)
def renvoyer(association_id: int) -> ResponseReturnValue:
    """Order another code."""
    mienne = associations.get_mine(session(), acteur(), association_id)
    form = Formulaire()
    ordonne = accepted(
        form,
        lambda: signatures.send_again(session(), moyens().fabrique, by=acteur(), association_id=association_id),
    )
    if not ordonne:
        saisie = CodeForm(formdata=None)
        saisie.form_errors.extend(form.form_errors)
        return _refus(mienne, saisie)
    message = "Un nouveau code part à votre adresse. Le précédent ne sert plus."
    return see_other(url_for(".demander", association_id=association_id), message=message)


def _refus(mienne: associations.MonAssociation, form: CodeForm) -> ResponseReturnValue:
    """The page again, with the tries left; the way back to the form when nothing is prepared any more."""
    preparee = engagements.get_prepared(session(), acteur(), mienne.association.id)
    if preparee is None:
        return see_other(url_for("engagements.signer", association_id=mienne.association.id))
    return _page(mienne, preparee, form, status=422)


def _page(
    mienne: associations.MonAssociation, preparee: SignaturePreparee, form: CodeForm, status: int = 200
) -> ResponseReturnValue:
    texte = engagements.texte_en_vigueur(session())
    return render(
        "engagements/code.html",
        status=status,
        mienne=mienne,
        preparee=preparee,
        obstacle=codes_signature.obstacle(preparee),
        texte=texte,
        phrase=engagements.phrase_consentement(mienne.association, texte),
        capacites=LIBELLES_CAPACITE,
        form=form,
    )
