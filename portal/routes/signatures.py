"""Asking somebody else to sign the contrat d'engagement républicain, and the page that this person is sent."""

from datetime import timedelta

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.documents.cer import numeroter
from portal.errors import NotFound
from portal.forms.attestations_cer import PageSigneeForm
from portal.forms.pieces import ENVOI_MAXIMAL
from portal.forms.signatures import DemandeForm, RenvoiForm
from portal.models.souscriptions import DemandeSignature
from portal.permissions import may_be_anyone, may_be_usager
from portal.permissions.signatures import can_answer, can_ask
from portal.queries import associations, engagements
from portal.queries import demandes_signature as demandes
from portal.services import attestations_cer, reponses_signature, traces
from portal.services import demandes_signature as services
from portal.web.access import access
from portal.web.connexion import acteur, signer_suite
from portal.web.formulaires import accepted
from portal.web.pieces import keep_paper
from portal.web.rendering import render, see_other
from portal.web.securite import plafond
from portal.web.session import fermer as rendre_la_session
from portal.web.session import moyens, session

bp = Blueprint("signatures", __name__)

# As for the verification of receipts: 80 random bits cannot be enumerated, the limit only spares the server.
MAXIMUM, FENETRE = 30, timedelta(minutes=1)


@bp.get("/associations/<int:association_id>/signatures")
@access(may_be_usager)
def lister(association_id: int) -> ResponseReturnValue:
    """The signatures asked for my association, and where each stands."""
    return render(
        "signatures/list.html",
        mienne=associations.get_mine(session(), acteur(), association_id),
        demandes=demandes.list_of(session(), acteur(), association_id),
        verdict=can_ask(acteur(), association_id),
    )


@bp.get("/associations/<int:association_id>/signatures/nouvelle")
@access(may_be_usager)
def preparer(association_id: int) -> ResponseReturnValue:
    """Who should sign."""
    return _page_de_demande(association_id, DemandeForm())


@bp.post("/associations/<int:association_id>/signatures/nouvelle")
@access(may_be_usager)
def demander(association_id: int) -> ResponseReturnValue:
    """Ask."""
    associations.get_mine(session(), acteur(), association_id)
    form = DemandeForm()

    def act() -> None:
        services.count_ask(moyens().fabrique, acteur())
        appel = services.Appel(
            prenom=form.prenom.data,
            nom=form.nom.data,
            fonction=form.fonction.data,
            email=form.email.data,
            message=form.message.data,
        )
        services.ask(session(), moyens().config, by=acteur(), association_id=association_id, appel=appel)

    if not accepted(form, act):
        return _page_de_demande(association_id, form, status=422)
    message = (
        f"La demande part à {form.email.data}."
        if form.email.data
        else "La page à imprimer est en cours de préparation."
    )
    return see_other(url_for(".lister", association_id=association_id), message=message)


@bp.post("/signatures/<code>/rappel")
@access(may_be_usager)
def relancer(code: str) -> ResponseReturnValue:
    """Write again to the person asked."""
    demande = demandes.get(session(), acteur(), code).demande
    services.remind(session(), by=acteur(), demande=demande)
    return see_other(
        url_for(".lister", association_id=demande.association_id), message=f"Un rappel part à {demande.email}."
    )


@bp.post("/signatures/<code>/annulation")
@access(may_be_usager)
def annuler(code: str) -> ResponseReturnValue:
    """Ask no more."""
    demande = demandes.get(session(), acteur(), code).demande
    services.cancel(session(), by=acteur(), demande=demande)
    return see_other(url_for(".lister", association_id=demande.association_id), message="La demande est annulée.")


@bp.get("/signatures/<code>/papier")
@access(may_be_usager)
def preparer_papier(code: str) -> ResponseReturnValue:
    """The page to print, then to join once it is signed."""
    return _page_du_papier(code, PageSigneeForm())


@bp.post("/signatures/<code>/papier")
@access(may_be_usager)
@plafond(ENVOI_MAXIMAL)
def joindre_papier(code: str) -> ResponseReturnValue:
    """Join the signed page."""
    association_id = demandes.get(session(), acteur(), code).demande.association_id
    form = PageSigneeForm()

    def act() -> None:
        fichier = keep_paper(form.fichier)
        attestations_cer.join_signed_page(
            session(),
            by=acteur(),
            demande=demandes.get(session(), acteur(), code).demande,
            signee_le=form.signee_le.valeur,
            fichier=fichier,
            nom_fichier=form.fichier.nom_fichier,
        )

    if not accepted(form, act):
        return _page_du_papier(code, form, status=422)
    message = "La page signée est jointe. Un service doit maintenant la contrôler."
    return see_other(url_for(".lister", association_id=association_id), message=message)


@bp.get("/signatures/<code>")
@access(may_be_anyone)
def montrer(code: str) -> ResponseReturnValue:
    """Who asks, for which association, the whole text, and what to do: whoever holds the link may read."""
    rendre_la_session()
    if not traces.count_attempt(
        moyens().fabrique, "signature", request.remote_addr or "", maximum=MAXIMUM, fenetre=FENETRE
    ):
        return render("errors/429.html", status=429)
    demande = demandes.find_public(session(), code)
    if demande is None:
        raise NotFound("Aucune demande de signature ne porte ce code. Vérifiez l’adresse reçue, ou le code imprimé.")
    return _page_publique(demande, RenvoiForm())


@bp.post("/signatures/<code>/suite")
@access(may_be_usager)
def accepter(code: str) -> ResponseReturnValue:
    """Go on to the signing page. Nothing is signed yet."""
    demande = demandes.get_addressed(session(), acteur(), code)
    mandat = reponses_signature.accept(session(), by=acteur(), demande=demande)
    return see_other(url_for("engagements.signer", association_id=mandat.association_id))


@bp.post("/signatures/<code>/renvoi")
@access(may_be_usager)
def renvoyer(code: str) -> ResponseReturnValue:
    """Send the request back, unsigned."""
    demande = demandes.get_addressed(session(), acteur(), code)
    form = RenvoiForm()
    if not accepted(
        form, lambda: reponses_signature.send_back(session(), by=acteur(), demande=demande, motif=form.motif.data)
    ):
        return _page_publique(demande, form, status=422)
    return see_other(url_for(".montrer", code=code), message="La demande est renvoyée sans signature.")


def _page_de_demande(association_id: int, form: DemandeForm, status: int = 200) -> ResponseReturnValue:
    mienne = associations.get_mine(session(), acteur(), association_id)
    verdict = can_ask(acteur(), association_id)
    return render("signatures/new.html", status=status, mienne=mienne, verdict=verdict, form=form)


def _page_du_papier(code: str, form: PageSigneeForm, status: int = 200) -> ResponseReturnValue:
    return render("signatures/papier.html", status=status, suivie=demandes.get(session(), acteur(), code), form=form)


def _page_publique(demande: DemandeSignature, form: RenvoiForm, status: int = 200) -> ResponseReturnValue:
    texte = engagements.texte_lisible(demande.texte)
    return render(
        "signatures/show.html",
        status=status,
        demande=demande,
        vue=demandes.describe(session(), demande),
        texte=texte,
        parties=numeroter(texte.articles),
        verdict=can_answer(acteur(), demande),
        suite=signer_suite(url_for(".montrer", code=demande.code)),
        form=form,
    )
