"""The templates of letters of a service: written, tried on a dossier, published."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.forms.gabarits import EssaiForm, GabaritForm
from portal.permissions import may_lead
from portal.queries import apercus_lettres, dossiers
from portal.queries import gabarits as queries
from portal.services import gabarits as services
from portal.vocabulaire_lettres import champs_de
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import outcome
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("gabarits", __name__, url_prefix="/instruction/reglages/lettres")


@bp.get("")
@access(may_lead)
def lister() -> ResponseReturnValue:
    """Each kind of letter, with the version that is used."""
    return render("gabarits/list.html", lignes=queries.list_of_service(session(), acteur()))


@bp.get("/<genre>")
@access(may_lead)
def modifier(genre: str) -> ResponseReturnValue:
    """The text in use, to write the next version from, and the former ones."""
    connu = queries.check_genre(genre)
    texte = queries.texte_de(queries.en_usage(session(), acteur().service_id or 0, connu), connu)
    return _page(genre, GabaritForm(obj=texte))


@bp.post("/<genre>")
@access(may_lead)
def enregistrer(genre: str) -> ResponseReturnValue:
    """Keep a new version, to be tried before it is published."""
    connu, form = queries.check_genre(genre), GabaritForm()
    valeurs = {"objet": form.objet.data, "corps": form.corps.data}
    gabarit = outcome(form, lambda: services.save(session(), by=acteur(), genre=connu, **valeurs))
    if gabarit is None:
        return _page(genre, form, status=422)
    message = f"La version {gabarit.version} est enregistrée. Relisez-la, puis publiez-la."
    return see_other(url_for(".voir", genre=genre, version=gabarit.version), message=message)


@bp.get("/<genre>/<int:version>")
@access(may_lead)
def voir(genre: str, version: int) -> ResponseReturnValue:
    """A version, tried on a dossier of the service."""
    gabarit = queries.get(session(), acteur(), genre, version)
    apercu = apercus_lettres.get(session(), acteur(), gabarit, request.args.get("dossier", ""))
    en_usage = queries.en_usage(session(), gabarit.service_id, gabarit.genre)
    return render("gabarits/show.html", apercu=apercu, gabarit=gabarit, en_usage=en_usage)


@bp.post("/<genre>/<int:version>/publication")
@access(may_lead)
def publier(genre: str, version: int) -> ResponseReturnValue:
    """Use it from now on."""
    services.publish(session(), by=acteur(), gabarit=queries.get(session(), acteur(), genre, version))
    message = f"La version {version} est publiée\u00a0: les prochaines lettres s’écrivent avec elle."
    return see_other(url_for(".lister"), message=message)


@bp.post("/<genre>/<int:version>/apercu")
@access(may_lead)
def apercevoir(genre: str, version: int) -> ResponseReturnValue:
    """The PDF of a version tried on a dossier."""
    gabarit = queries.get(session(), acteur(), genre, version)
    dossier = dossiers.get(session(), acteur(), EssaiForm().dossier.data or "")
    document = services.order_preview(session(), by=acteur(), gabarit=gabarit, dossier=dossier)
    return see_other(url_for("documents.show", numero=document.numero))


def _page(genre: str, form: GabaritForm, *, status: int = 200) -> ResponseReturnValue:
    connu = queries.check_genre(genre)
    versions = queries.list_versions(session(), acteur(), connu)
    return render(
        "gabarits/edit.html", status=status, genre=connu, form=form, versions=versions, champs=champs_de(connu)
    )
