"""The steps of a login, the same for both namespaces: asking, looking in one's mail, claiming by the link or by the code."""

from dataclasses import dataclass
from functools import partial, update_wrapper
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.errors import Invalid
from portal.forms.base import Formulaire
from portal.forms.connexion import AdresseForm, EntreeForm, EntreeParCodeForm
from portal.permissions import may_be_anyone
from portal.queries import connexion as connexions
from portal.queries.connexion import EtatLien
from portal.services import connexion as services
from portal.vocabulaire import GenreUser
from portal.web.access import access
from portal.web.appareils import nommer
from portal.web.connexion import acteur, lire_suite, ouvrir, page_retenue, retenir_page, signer_suite
from portal.web.formulaires import accepted, outcome, refuse
from portal.web.rendering import render, see_other
from portal.web.session import moyens, session

SANS_DEMANDE = "Cette demande a déjà servi, ou vient d’un autre navigateur. Indiquez de nouveau votre adresse."


@dataclass(frozen=True)
class Espace:
    """A namespace of accounts. `blueprint` holds the pages of ETAPES."""

    genre: GenreUser
    blueprint: str
    nom: str
    accueil: str
    promesse: str

    @property
    def long(self) -> bool:
        """Whether a device may be declared one's own, for thirty days: never by an agent."""
        return self.genre == GenreUser.USAGER

    def adresse(self, page: str, **valeurs: Any) -> str:
        """Address of one of its pages."""
        return url_for(f"{self.blueprint}.{page}", **valeurs)


def make_blueprint(espace: Espace, *, url_prefix: str | None = None) -> Blueprint:
    """A blueprint that holds every step of the login to that namespace, open to all."""
    bp = Blueprint(espace.blueprint, __name__, url_prefix=url_prefix)
    for methode, chemin, page, etape in ETAPES:
        vue = update_wrapper(partial(etape, espace), etape)
        bp.add_url_rule(chemin, page, access(may_be_anyone)(vue), methods=[methode])
    return bp


def ask(espace: Espace) -> ResponseReturnValue:
    """The form where an address is typed."""
    return _page_adresse(espace, AdresseForm())


def send(espace: Espace) -> ResponseReturnValue:
    """Order the letter. What is answered says nothing of who has an account."""
    form = AdresseForm()
    suite = lire_suite(_suite()) or ""
    page = outcome(
        form,
        lambda: services.request_link(
            session(), moyens().fabrique, genre=espace.genre, email=form.email.data, ip=_ip(), suite=suite
        ),
    )
    if page is None:
        return _page_adresse(espace, form, status=422)
    retenir_page(espace.genre, page)
    return see_other(espace.adresse("envoye"))


def sent(espace: Espace) -> ResponseReturnValue:
    """Where to look for the letter, and the field of its code for the browser that asked."""
    return _page_envoye(espace, EntreeParCodeForm())


def claim_code(espace: Espace) -> ResponseReturnValue:
    """Log in by the code, in the browser that asked."""
    form = EntreeParCodeForm()
    ouverture = outcome(
        form,
        lambda: services.claim_code(
            session(),
            moyens().fabrique,
            moyens().config,
            genre=espace.genre,
            page=page_retenue(espace.genre),
            code=form.code.data,
            appareil=_appareil(form),
        ),
    )
    return _page_envoye(espace, form, status=422) if ouverture is None else _enter(ouverture)


def send_again(espace: Espace) -> ResponseReturnValue:
    """Order another letter, to the address given before."""
    form, envoyees = Formulaire(), list[str | None]()

    def act() -> None:
        page = page_retenue(espace.genre)
        envoyees.append(services.resend(session(), moyens().fabrique, genre=espace.genre, page=page, ip=_ip()))

    if not accepted(form, act):
        saisie = EntreeParCodeForm(formdata=None)
        saisie.form_errors.extend(form.form_errors)
        return _page_envoye(espace, saisie, status=422)
    if envoyees == [None]:
        saisie = AdresseForm(formdata=None)
        refuse(saisie, Invalid("email", SANS_DEMANDE))
        return _page_adresse(espace, saisie, status=422)
    message = "Un nouveau courriel part. Dès qu’il arrive, le lien et le code du précédent ne servent plus."
    return see_other(espace.adresse("envoye"), message=message)


def show(espace: Espace, jeton: str) -> ResponseReturnValue:
    """A button: only pressing it uses the link, so that the mail scanner which opens it first wastes nothing."""
    etat = connexions.etat_lien(session(), espace.genre, jeton)
    status = 200 if etat == EtatLien.VALABLE else 410
    return render("connexion/lien.html", status=status, espace=espace, etat=etat, jeton=jeton, form=EntreeForm())


def claim(espace: Espace, jeton: str) -> ResponseReturnValue:
    """Log in by the link."""
    appareil = _appareil(EntreeForm())
    ouverture = services.claim_link(session(), genre=espace.genre, secret=jeton, appareil=appareil)
    return show(espace, jeton) if ouverture is None else _enter(ouverture)


ETAPES = (
    ("GET", "/connexion", "demander", ask),
    ("POST", "/connexion", "envoyer", send),
    ("GET", "/connexion/courriel", "envoye", sent),
    ("POST", "/connexion/courriel", "ouvrir_par_code", claim_code),
    ("POST", "/connexion/courriel/renvoi", "renvoyer", send_again),
    ("GET", "/connexion/lien/<jeton>", "montrer_lien", show),
    ("POST", "/connexion/lien/<jeton>", "ouvrir_lien", claim),
)


def _enter(ouverture: services.Ouverture) -> ResponseReturnValue:
    """Go on: to what was typed when a session ended, else to one's name, else to where one was going."""
    ouvrir(ouverture.secret)
    if connexions.list_saisies(session(), acteur()):
        return see_other(url_for("saisies.lister"), message="La connexion est ouverte. Une saisie vous attend.")
    if acteur().est_usager and acteur().nom_affiche == acteur().email:
        suite = signer_suite(ouverture.suite) if ouverture.suite else None
        return see_other(url_for("connexion.compte", suite=suite))
    return see_other(ouverture.suite or url_for("accueil.index"), message="La connexion est ouverte.")


def _page_adresse(espace: Espace, form: AdresseForm, status: int = 200) -> ResponseReturnValue:
    return render("connexion/demander.html", status=status, espace=espace, form=form, suite=_suite())


def _page_envoye(espace: Espace, form: EntreeParCodeForm, status: int = 200) -> ResponseReturnValue:
    page = page_retenue(espace.genre)
    attendu = connexions.lien_attendu(session(), espace.genre, page) if page else None
    return render(
        "connexion/envoye.html",
        status=status,
        espace=espace,
        form=form,
        attendu=attendu,
        mort=attendu is not None and services.code_is_dead(attendu),
    )


def _appareil(form: EntreeForm | EntreeParCodeForm) -> services.Appareil:
    return services.Appareil(nom=nommer(request.user_agent.string), durable=bool(form.durable.data))


def _ip() -> str:
    return request.remote_addr or ""


def _suite() -> str:
    return request.args.get("suite", "")
