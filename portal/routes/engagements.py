"""The contrat d'engagement républicain: reading it, preparing its signature, and what was signed."""

from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.documents.cer import numeroter
from portal.forms.engagements import DELEGATION, REPRESENTE, DeuxSignaturesForm, SignatureForm
from portal.forms.pieces import ENVOI_MAXIMAL
from portal.models.souscriptions import SignaturePreparee
from portal.permissions import can_sign, may_be_usager
from portal.permissions.engagements import can_ask_two_signatures, can_be_signed
from portal.queries import associations, documents, engagements
from portal.services import engagements as services
from portal.services import signatures
from portal.vocabulaire_cer import LIBELLES_CAPACITE, CapaciteSignataire
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.pieces import keep_paper
from portal.web.rendering import render, see_other
from portal.web.securite import plafond
from portal.web.session import moyens, session

bp = Blueprint("engagements", __name__)


@bp.get("/associations/<int:association_id>/engagement")
@access(may_be_usager)
def commencer(association_id: int) -> ResponseReturnValue:
    """What the contract is, its preamble and its plan; who has signed, and how many must."""
    return render(
        "engagements/show.html",
        signatures=engagements.list_of(session(), acteur(), association_id),
        regle=can_ask_two_signatures(acteur(), association_id),
        **_lecture(association_id),
    )


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
    """What signing commits to, and the form, with what was filled in before."""
    lecture = _lecture(association_id)
    return _page_de_signature(lecture, SignatureForm(data=_deja_connu(lecture["mienne"], lecture["preparee"])))


@bp.post("/associations/<int:association_id>/engagement/signer")
@access(may_be_usager)
@plafond(ENVOI_MAXIMAL)
def enregistrer(association_id: int) -> ResponseReturnValue:
    """Keep what is filled in, and order the code: nothing is signed yet."""
    lecture = _lecture(association_id)
    if lecture["deja"]:
        return see_other(url_for(".montrer", code=lecture["deja"].code))
    form = SignatureForm()
    form.deja_joint = _pouvoir_joint(lecture["preparee"])
    if not accepted(form, lambda: _preparer(association_id, form)):
        return _page_de_signature(lecture, form, status=422)
    return see_other(url_for("codes_signature.demander", association_id=association_id))


@bp.post("/associations/<int:association_id>/engagement/deux-signatures")
@access(may_be_usager)
def regler(association_id: int) -> ResponseReturnValue:
    """Ask for two signatures, or for one."""
    associations.get_mine(session(), acteur(), association_id)
    oui = bool(DeuxSignaturesForm().oui.data)
    services.ask_two_signatures(session(), by=acteur(), association_id=association_id, oui=oui)
    message = "Deux personnes doivent maintenant signer." if oui else "Une seule signature suffit maintenant."
    return see_other(url_for(".commencer", association_id=association_id), message=message)


@bp.get("/engagements/<code>")
@access(may_be_usager)
def montrer(code: str) -> ResponseReturnValue:
    """What was signed, and its receipts."""
    engagement = engagements.get(session(), acteur(), code)
    return render(
        "engagements/signature.html",
        engagement=engagement,
        recus=documents.list_of_engagement(session(), acteur(), engagement.id),
        attendue=engagements.second_awaited(session(), engagement),
        capacites=LIBELLES_CAPACITE,
    )


def _preparer(association_id: int, form: SignatureForm) -> SignaturePreparee:
    pouvoir = keep_paper(form.pouvoir) if form.pouvoir.octets else None
    return signatures.prepare(
        session(),
        moyens().fabrique,
        moyens().config,
        by=acteur(),
        association_id=association_id,
        dit=signatures.Souscription(
            prenom=form.prenom.data,
            nom=form.nom.data,
            fonction=form.fonction.data,
            affiche=form.affiche.data,
            par_delegation=form.par_delegation,
            pouvoir=pouvoir,
            pouvoir_nom=form.pouvoir.nom_fichier,
        ),
    )


def _lecture(association_id: int) -> dict[str, Any]:
    """What every page of the contract shows: for whom, which text, what this person has prepared or signed of it."""
    mienne = associations.get_mine(session(), acteur(), association_id)
    texte = engagements.texte_en_vigueur(session())
    lisible = engagements.texte_lisible(texte)
    phrase = engagements.phrase_consentement(mienne.association, texte)
    return {
        "mienne": mienne,
        "texte": lisible,
        "parties": numeroter(lisible.articles),
        "deja": engagements.get_mine(session(), acteur(), association_id, texte.id),
        "preparee": engagements.get_prepared(session(), acteur(), association_id),
        "verdict": can_sign(acteur(), association_id),
        "signable": can_be_signed(texte, demo=moyens().config.demo),
        "phrase": phrase,
        "affiche": engagements.empreinte_affichee(phrase, texte),
    }


def _deja_connu(mienne: associations.MonAssociation, preparee: SignaturePreparee | None) -> dict[str, str]:
    if preparee is not None:
        par_delegation = preparee.capacite == CapaciteSignataire.MANDATAIRE
        titre = DELEGATION if par_delegation else REPRESENTE
        return {"prenom": preparee.prenom, "nom": preparee.nom, "fonction": preparee.fonction, "titre": titre}
    mandat = mienne.mandat
    return {"prenom": mandat.user.prenom, "nom": mandat.user.nom, "fonction": mandat.fonction}


def _pouvoir_joint(preparee: SignaturePreparee | None) -> str:
    return preparee.pouvoir_nom if preparee is not None else ""


def _page_de_signature(lecture: dict[str, Any], form: SignatureForm, status: int = 200) -> ResponseReturnValue:
    """The fingerprint is that of the page being made, whatever an older one has sent."""
    form.affiche.data = lecture["affiche"]
    form.consentement.label.text = lecture["phrase"]
    form.deja_joint = _pouvoir_joint(lecture["preparee"])
    return render("engagements/signer.html", status=status, form=form, **lecture)
