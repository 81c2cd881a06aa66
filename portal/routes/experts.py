"""How somebody without an account opens what is asked of him: a link, and a code in any browser but the first."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.forms.base import Formulaire
from portal.forms.connexion import AdresseForm
from portal.forms.experts import OuvertureForm, OuvertureParCodeForm
from portal.models.experts import LienExpert
from portal.permissions import Acteur, may_be_anyone
from portal.queries import experts as queries
from portal.services import sessions_experts as services
from portal.web import connexion_expert
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted, outcome
from portal.web.rendering import render, see_other
from portal.web.session import moyens, session

bp = Blueprint("experts", __name__, url_prefix="/experts")
TERMINE = 410


@bp.get("/lien/<jeton>")
@access(may_be_anyone)
def montrer_lien(jeton: str) -> ResponseReturnValue:
    """A button: only pressing it opens anything, so that the mail scanner which reads the link first takes nothing."""
    lien = queries.open_link(session(), jeton)
    if lien is not None and services.needs_code(lien, _expert()):
        return _page_code(lien, jeton, OuvertureParCodeForm())
    return _page_lien(lien, jeton)


@bp.post("/lien/<jeton>")
@access(may_be_anyone)
def ouvrir_lien(jeton: str) -> ResponseReturnValue:
    """Open what is asked of the expert, in this browser."""
    durable = bool(OuvertureForm().durable.data)
    ouverture = services.open_by_link(session(), by=_expert(), secret=jeton, durable=durable)
    return montrer_lien(jeton) if ouverture is None else _enter(ouverture)


@bp.post("/lien/<jeton>/code")
@access(may_be_anyone)
def ouvrir_par_code(jeton: str) -> ResponseReturnValue:
    """The same in another browser, with the code that was mailed."""
    lien = queries.open_link(session(), jeton)
    if lien is None:
        return _page_lien(None, jeton)
    form = OuvertureParCodeForm()
    ouverture = outcome(
        form,
        lambda: services.open_by_code(
            session(),
            moyens().fabrique,
            moyens().config,
            secret=jeton,
            code=form.code.data,
            durable=bool(form.durable.data),
        ),
    )
    return _page_code(lien, jeton, form, status=422) if ouverture is None else _enter(ouverture)


@bp.post("/lien/<jeton>/code/envoi")
@access(may_be_anyone)
def envoyer_code(jeton: str) -> ResponseReturnValue:
    """Have the code mailed to the address that the link was sent to."""
    lien = queries.open_link(session(), jeton)
    if lien is None:
        return _page_lien(None, jeton)
    form = Formulaire()
    if not accepted(form, lambda: services.order_code(session(), moyens().fabrique, secret=jeton)):
        saisie = OuvertureParCodeForm(formdata=None)
        saisie.form_errors.extend(form.form_errors)
        return _page_code(lien, jeton, saisie, status=422)
    message = "Un code part à l’adresse qui a reçu ce lien. Il arrive en quelques minutes."
    return see_other(url_for(".montrer_lien", jeton=jeton), message=message)


@bp.get("/acces")
@access(may_be_anyone)
def demander_acces() -> ResponseReturnValue:
    """Where an expert without a link that works asks for another one."""
    return render("experts/acces.html", form=AdresseForm())


@bp.post("/acces")
@access(may_be_anyone)
def envoyer_acces() -> ResponseReturnValue:
    """Order it. What is answered says nothing of who is asked anything."""
    form = AdresseForm()
    ip = request.remote_addr or ""
    if not accepted(form, lambda: services.request_link(session(), moyens().fabrique, email=form.email.data, ip=ip)):
        return render("experts/acces.html", status=422, form=form)
    message = "Si un avis est attendu de cette adresse, un courriel y part avec un nouveau lien."
    return see_other(url_for(".demander_acces"), message=message)


# Open to all: a session that has already ended must not stop somebody who wants to leave.
@bp.post("/fermeture")
@access(may_be_anyone)
def fermer() -> ResponseReturnValue:
    """Close the expert's session of this browser; an account that is open beside it stays."""
    services.close(session(), by=_expert())
    connexion_expert.fermer()
    return see_other(url_for(".demander_acces"), message="L’accès est fermé dans ce navigateur.")


def _enter(ouverture: services.Ouverture) -> ResponseReturnValue:
    connexion_expert.ouvrir(ouverture.secret, ouverture.fin_at, a_cote=acteur().connecte)
    return see_other(url_for("avis_expert.lister"))


def _expert() -> Acteur:
    """Whose expert's session this browser holds, whoever is logged in beside; the account, or nobody, when it holds none."""
    return connexion_expert.courant() or acteur()


def _page_lien(lien: LienExpert | None, jeton: str) -> ResponseReturnValue:
    service = queries.asking_service(session(), lien) if lien else ""
    status = 200 if lien else TERMINE
    return render("experts/lien.html", status=status, lien=lien, service=service, jeton=jeton, form=OuvertureForm())


def _page_code(lien: LienExpert, jeton: str, form: OuvertureParCodeForm, *, status: int = 200) -> ResponseReturnValue:
    return render("experts/code.html", status=status, lien=lien, jeton=jeton, form=form)
