"""The steps of a magic link, the same for both namespaces: asking, being told to look in one's mail, claiming."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from portal.forms.connexion import AdresseForm
from portal.queries import connexion as connexions
from portal.queries.connexion import EtatLien
from portal.services import connexion as services
from portal.vocabulaire import GenreUser
from portal.web.connexion import acteur, lire_suite, ouvrir, signer_suite
from portal.web.formulaires import accepted
from portal.web.rendering import render, see_other
from portal.web.session import moyens, session


@dataclass(frozen=True)
class Espace:
    """A namespace of accounts. `blueprint` holds its pages: demander, envoyer, envoye, montrer_lien, ouvrir_lien."""

    genre: GenreUser
    blueprint: str
    nom: str
    accueil: str
    promesse: str

    def adresse(self, page: str, **valeurs: Any) -> str:
        """Address of one of its pages."""
        return url_for(f"{self.blueprint}.{page}", **valeurs)


def ask(espace: Espace) -> ResponseReturnValue:
    """The form where an address is typed."""
    return render("connexion/demander.html", espace=espace, form=AdresseForm(), suite=_suite())


def send(espace: Espace) -> ResponseReturnValue:
    """Order the link. What is answered says nothing of who has an account."""
    form = AdresseForm()
    suite = lire_suite(_suite()) or ""
    if not accepted(
        form,
        lambda: services.request_link(
            session(), moyens().fabrique, genre=espace.genre, email=form.email.data, suite=suite
        ),
    ):
        return render("connexion/demander.html", status=422, espace=espace, form=form, suite=_suite())
    return see_other(espace.adresse("envoye"))


def sent(espace: Espace) -> ResponseReturnValue:
    """Where to look for the link."""
    return render("connexion/envoye.html", espace=espace)


def show(espace: Espace, jeton: str) -> ResponseReturnValue:
    """A button: only pressing it uses the link, so that the mail scanner which opens it first wastes nothing."""
    etat = connexions.etat_lien(session(), espace.genre, jeton)
    status = 200 if etat == EtatLien.VALABLE else 410
    return render("connexion/lien.html", status=status, espace=espace, etat=etat, jeton=jeton)


def claim(espace: Espace, jeton: str) -> ResponseReturnValue:
    """Log in, then go on: to what was typed when a session ended, else to one's name, else to where one was going."""
    ouverture = services.claim_link(session(), genre=espace.genre, secret=jeton)
    if ouverture is None:
        return show(espace, jeton)
    ouvrir(ouverture.secret)
    if connexions.list_saisies(session(), acteur()):
        return see_other(url_for("saisies.lister"), message="La connexion est ouverte. Une saisie vous attend.")
    if acteur().est_usager and acteur().nom_affiche == acteur().email:
        suite = signer_suite(ouverture.suite) if ouverture.suite else None
        return see_other(url_for("connexion.compte", suite=suite))
    return see_other(ouverture.suite or url_for("accueil.index"), message="La connexion est ouverte.")


def _suite() -> str:
    return request.args.get("suite", "")
