"""For administrators: the versions of the contract's text, and the word of whoever has compared one with Légifrance."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.documents.cer import numeroter
from portal.forms.textes_cer import ComparaisonForm
from portal.permissions import may_administer
from portal.queries import engagements
from portal.queries import textes_cer as textes
from portal.services import textes_cer as services
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("textes_cer", __name__, url_prefix="/administration/cer")


@bp.get("")
@access(may_administer)
def lister() -> ResponseReturnValue:
    """Every version."""
    return render("textes_cer/list.html", versions=textes.list_versions(session()))


@bp.get("/<version>")
@access(may_administer)
def montrer(version: str) -> ResponseReturnValue:
    """One of them, whole, with its hash."""
    return _page(version, ComparaisonForm())


@bp.post("/<version>")
@access(may_administer)
def confirmer(version: str) -> ResponseReturnValue:
    """Note that it was compared with Légifrance."""
    textes.get_version(session(), version)
    form = ComparaisonForm()
    if not accepted(form, lambda: services.confirm(session(), by=acteur(), version=version)):
        return _page(version, form, status=422)
    return see_other(url_for(".montrer", version=version), message="La comparaison est enregistrée.")


def _page(version: str, form: ComparaisonForm, status: int = 200) -> ResponseReturnValue:
    lue = textes.get_version(session(), version)
    lisible = engagements.texte_lisible(lue.texte)
    parties = numeroter(lisible.articles)
    return render("textes_cer/show.html", status=status, version=lue, texte=lisible, parties=parties, form=form)
