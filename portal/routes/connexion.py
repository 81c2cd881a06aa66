"""How the people of associations come in and out, and say their name."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from portal.forms.connexion import CompteForm
from portal.permissions import may_be_anyone, may_be_usager
from portal.queries import connexion as connexions
from portal.routes import liens_magiques
from portal.services import connexion as services
from portal.vocabulaire import GenreUser
from portal.web.access import access
from portal.web.connexion import acteur, fermer, lire_suite
from portal.web.formulaires import accepted
from portal.web.rendering import render, see_other
from portal.web.session import session

ESPACE = liens_magiques.Espace(
    genre=GenreUser.USAGER,
    blueprint="connexion",
    nom="espace association",
    accueil=(
        "Indiquez votre adresse électronique\u00a0: nous vous y enverrons un lien et un code, sans mot de passe à retenir. "
        "Si c’est votre première visite, votre compte est créé quand vous vous en servez."
    ),
    promesse="Si l’adresse est juste, un courriel arrive.",
)
bp = liens_magiques.make_blueprint(ESPACE)


# Open to all: a session that has already ended must not send to the login page somebody who wants to leave.
@bp.post("/deconnexion")
@access(may_be_anyone)
def terminer() -> ResponseReturnValue:
    """Log out, usager or agent."""
    if acteur().connecte:
        services.end_session(session(), by=acteur())
    fermer()
    return see_other(url_for("accueil.index"), message="La session est fermée.")


@bp.get("/compte")
@access(may_be_usager)
def compte() -> ResponseReturnValue:
    """One's first name and name."""
    form = CompteForm(data=connexions.noms(session(), acteur()))
    return render("connexion/compte.html", form=form, suite=request.args.get("suite", ""))


@bp.post("/compte")
@access(may_be_usager)
def enregistrer_compte() -> ResponseReturnValue:
    """Keep them, then go on."""
    form, suite = CompteForm(), request.args.get("suite", "")
    if not accepted(
        form, lambda: services.name_account(session(), by=acteur(), prenom=form.prenom.data, nom=form.nom.data)
    ):
        return render("connexion/compte.html", status=422, form=form, suite=suite)
    return see_other(lire_suite(suite) or url_for("accueil.index"), message="Votre nom est enregistré.")
