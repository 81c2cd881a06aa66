"""How an association tells its members that it has subscribed: poster, badge, sentence, and the public page they lead to."""

from datetime import timedelta

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from portal.documents import rendu
from portal.documents.cer import numeroter
from portal.forms.affiches_cer import AfficheForm
from portal.models.engagements import Engagement
from portal.permissions import may_be_anyone, may_be_usager
from portal.queries import affiches_cer, engagements
from portal.services import affiches_cer as services
from portal.services import traces
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import outcome
from portal.web.rendering import render, see_other
from portal.web.session import fermer as rendre_la_session
from portal.web.session import moyens, session

bp = Blueprint("affiches_cer", __name__)

# Generous: 80 random bits cannot be enumerated, the limit only spares the server.
MAXIMUM, FENETRE = 30, timedelta(minutes=1)


@bp.get("/engagements/<code>/informer")
@access(may_be_usager)
def preparer(code: str) -> ResponseReturnValue:
    """What to display, paste and send so that the members know."""
    return _page(engagements.get(session(), acteur(), code), AfficheForm())


@bp.post("/engagements/<code>/informer")
@access(may_be_usager)
def etablir(code: str) -> ResponseReturnValue:
    """Establish the poster in the size chosen."""
    engagement = engagements.get(session(), acteur(), code)
    form = AfficheForm()
    document = outcome(
        form,
        lambda: services.issue(
            session(), by=acteur(), engagement=engagement, taille=form.taille.data, racine=moyens().config.portal_url
        ),
    )
    if document is None:
        return _page(engagement, form, status=422)
    return see_other(url_for("documents.show", numero=document.numero))


@bp.get("/affiche/<code>")
@access(may_be_anyone)
def montrer(code: str) -> ResponseReturnValue:
    """What the poster says, and the whole text: never a person, never the receipt."""
    rendre_la_session()
    if not traces.count_attempt(
        moyens().fabrique, "affiche_cer", request.remote_addr or "", maximum=MAXIMUM, fenetre=FENETRE
    ):
        return render("errors/429.html", status=429)
    engagement = affiches_cer.get_public(session(), code)
    texte = engagements.texte_lisible(engagement.texte)
    return render("affiches_cer/show.html", engagement=engagement, texte=texte, parties=numeroter(texte.articles))


@bp.get("/affiche/<code>/badge.svg")
@access(may_be_anyone)
def badge(code: str) -> ResponseReturnValue:
    """The mark that another site shows. Not counted: each of that site's visitors asks for it."""
    engagement = affiches_cer.get_public(session(), code)
    image = Response(rendu.html(affiches_cer.badge(engagement)), mimetype="image/svg+xml")
    image.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return image


def _page(engagement: Engagement, form: AfficheForm, status: int = 200) -> ResponseReturnValue:
    return render(
        "affiches_cer/informer.html",
        status=status,
        engagement=engagement,
        form=form,
        verdict=affiches_cer.verdict(session(), engagement),
        affiches=affiches_cer.list_posters(session(), acteur(), engagement.id),
        publicite=affiches_cer.publicite(engagement, racine=moyens().config.portal_url),
    )
