"""The contrat d'engagement républicain: reading it, signing it, and what was signed."""

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.documents.cer import numeroter
from portal.forms.engagements import SignatureForm
from portal.permissions import can_sign, may_be_usager
from portal.queries import associations, documents, engagements
from portal.services import engagements as services
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import outcome
from portal.web.rendering import render, see_other
from portal.web.session import moyens, session

bp = Blueprint("engagements", __name__)


@bp.get("/associations/<int:association_id>/engagement")
@access(may_be_usager)
def commencer(association_id: int) -> ResponseReturnValue:
    """What the contract is, its preamble and its plan."""
    return render("engagements/show.html", **_lecture(association_id))


@bp.get("/associations/<int:association_id>/engagement/texte")
@access(may_be_usager)
def tout_lire(association_id: int) -> ResponseReturnValue:
    """The whole text on one page."""
    return render("engagements/texte.html", **_lecture(association_id))


@bp.get("/associations/<int:association_id>/engagement/<int:numero>")
@access(may_be_usager)
def lire(association_id: int, numero: int) -> ResponseReturnValue:
    """One of the seven."""
    lecture = _lecture(association_id)
    return render("engagements/article.html", partie=engagements.get_partie(lecture["texte"], numero), **lecture)


@bp.get("/associations/<int:association_id>/engagement/signer")
@access(may_be_usager)
def signer(association_id: int) -> ResponseReturnValue:
    """What signing commits to, and the form."""
    lecture = _lecture(association_id)
    form = SignatureForm(data=_deja_connu(lecture["mienne"]))
    return _page_de_signature(lecture, form)


@bp.post("/associations/<int:association_id>/engagement/signer")
@access(may_be_usager)
def enregistrer(association_id: int) -> ResponseReturnValue:
    """Sign."""
    lecture = _lecture(association_id)
    form = SignatureForm()
    engagement = outcome(
        form,
        lambda: services.sign(
            session(),
            moyens().config,
            by=acteur(),
            association_id=association_id,
            prenom=form.prenom.data,
            nom=form.nom.data,
            fonction=form.fonction.data,
            preuve=services.Preuve(form.affiche.data, request.remote_addr or "", request.user_agent.string),
        ),
    )
    if engagement is None:
        return _page_de_signature(lecture, form, status=422)
    return see_other(url_for(".montrer", code=engagement.code), message="Votre engagement est enregistré.")


@bp.get("/engagements/<code>")
@access(may_be_usager)
def montrer(code: str) -> ResponseReturnValue:
    """What was signed, and its receipt."""
    engagement = engagements.get(session(), acteur(), code)
    recus = documents.list_of_engagement(session(), acteur(), engagement.id)
    return render("engagements/signature.html", engagement=engagement, recus=recus, qualites=engagements.QUALITES)


def _lecture(association_id: int) -> dict[str, Any]:
    """What every page of the contract shows: for whom, which text, what this person has already signed."""
    mienne = associations.get_mine(session(), acteur(), association_id)
    texte = engagements.texte_en_vigueur(session())
    lisible = engagements.texte_lisible(texte)
    return {
        "mienne": mienne,
        "texte": lisible,
        "parties": numeroter(lisible.articles),
        "deja": engagements.get_mine(session(), acteur(), association_id, texte.id),
        "verdict": can_sign(acteur(), association_id),
        "phrase": engagements.phrase_consentement(mienne.association, texte),
        "affiche": engagements.empreinte_affichee(engagements.phrase_consentement(mienne.association, texte), texte),
    }


def _deja_connu(mienne: associations.MonAssociation) -> dict[str, str]:
    mandat = mienne.mandat
    return {"prenom": mandat.user.prenom, "nom": mandat.user.nom, "fonction": mandat.fonction}


def _page_de_signature(lecture: dict[str, Any], form: SignatureForm, status: int = 200) -> ResponseReturnValue:
    """The fingerprint is that of the page being made, whatever an older one has sent."""
    form.affiche.data = lecture["affiche"]
    form.consentement.label.text = lecture["phrase"]
    return render("engagements/signer.html", status=status, form=form, **lecture)
