"""Changing the address that one logs in with, and cancelling it from the former."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.connexion import NouvelleAdresseForm
from portal.permissions import may_be_anyone, may_be_usager
from portal.queries import changements_adresse as changements
from portal.services import changements_adresse as services
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.preuves import require_recent_proof
from portal.web.rendering import render, see_other
from portal.web.session import moyens, session

bp = Blueprint("changements_adresse", __name__, url_prefix="/compte/adresse")

PERDU = 410


@bp.get("")
@access(may_be_usager)
def saisir() -> ResponseReturnValue:
    """The form of the new address."""
    require_recent_proof()
    return _page(NouvelleAdresseForm())


@bp.post("")
@access(may_be_usager)
def demander() -> ResponseReturnValue:
    """Ask for the change. What is answered says nothing of who has an account."""
    require_recent_proof()
    form = NouvelleAdresseForm()
    if not accepted(form, lambda: services.ask(session(), moyens().fabrique, by=acteur(), email=form.email.data)):
        return _page(form, status=422)
    return see_other(
        url_for(".saisir"), message=f"Un courriel part à {form.email.data}. Ouvrez le lien qu’il contient."
    )


@bp.get("/<jeton>")
@access(may_be_usager)
def montrer(jeton: str) -> ResponseReturnValue:
    """A button: looking at the link changes nothing."""
    demande = changements.a_prouver(session(), acteur(), jeton)
    etat = changements.etat(demande)
    status = 200 if etat == changements.Etat.VALABLE else PERDU
    return render("connexion/adresse_a_prouver.html", status=status, demande=demande, etat=etat, jeton=jeton)


@bp.post("/<jeton>")
@access(may_be_usager)
def prouver(jeton: str) -> ResponseReturnValue:
    """The new address is mine."""
    if not services.prove(session(), by=acteur(), secret=jeton):
        return montrer(jeton)
    message = "Votre adresse est changée. Vos sessions ouvertes ailleurs sont fermées."
    return see_other(url_for("connexion.compte"), message=message)


@bp.get("/annulation/<jeton>")
@access(may_be_anyone)
def montrer_annulation(jeton: str) -> ResponseReturnValue:
    """A button: looking at the link cancels nothing."""
    demande = changements.a_annuler(session(), jeton)
    status = 200 if demande else PERDU
    return render("connexion/adresse_annulation.html", status=status, demande=demande, jeton=jeton)


@bp.post("/annulation/<jeton>")
@access(may_be_anyone)
def annuler(jeton: str) -> ResponseReturnValue:
    """The change is not mine: the former address comes back, every session is closed."""
    if not services.cancel(session(), secret=jeton):
        return montrer_annulation(jeton)
    message = (
        "Le changement est annulé, et toutes les sessions du compte sont fermées. "
        "Reconnectez-vous avec votre adresse d’avant."
    )
    return see_other(url_for("accueil.index"), message=message)


def _page(form: NouvelleAdresseForm, status: int = 200) -> ResponseReturnValue:
    return render(
        "connexion/adresse.html",
        status=status,
        form=form,
        demande=changements.en_attente(session(), acteur()),
    )
