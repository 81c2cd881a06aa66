"""The parapheur of a service: a batch leaves, a batch comes back."""

from collections.abc import Mapping
from types import MappingProxyType

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.parapheur import RETOUR_MAXIMAL, CopieForm, EnvoiParapheurForm, RetourParapheurForm
from portal.permissions import may_instruct
from portal.queries import parapheur as queries
from portal.queries.remises import to_give
from portal.services import parapheur as services
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted, outcome
from portal.web.pieces import keep_documents
from portal.web.remise import hand_over
from portal.web.rendering import render, see_other
from portal.web.securite import plafond
from portal.web.session import moyens, session

bp = Blueprint("parapheur", __name__, url_prefix="/instruction/parapheur")


@bp.get("")
@access(may_instruct)
def lister() -> ResponseReturnValue:
    """What waits for a signature, what left, what came back."""
    return _page(EnvoiParapheurForm(formdata=None), RetourParapheurForm(formdata=None))


@bp.post("/envois")
@access(may_instruct)
def envoyer() -> ResponseReturnValue:
    """Send the chosen letters: the page of their archive follows."""
    form = EnvoiParapheurForm()
    document = outcome(form, lambda: services.send(session(), by=acteur(), numeros=form.lettres.data or []))
    if document is None:
        return _page(form, RetourParapheurForm(formdata=None), status=422)
    return see_other(url_for("documents.show", numero=document.numero), message="Les lettres sont au parapheur.")


@bp.post("/retours")
@access(may_instruct)
@plafond(RETOUR_MAXIMAL)
def deposer() -> ResponseReturnValue:
    """Keep what came back signed; its pages are read by a job."""
    form = RetourParapheurForm()
    if not form.validate_on_submit():
        return _page(EnvoiParapheurForm(formdata=None), form, status=422)
    gardes, refus = keep_documents(form.fichiers.recus)
    refus = [*form.fichiers.refus, *refus]
    if refus:
        form.fichiers.errors = [*form.fichiers.errors, *refus]
        return _page(EnvoiParapheurForm(formdata=None), form, status=422)
    recus = [(recu.nom, fichier) for recu, fichier in gardes]
    retour = services.receive(session(), by=acteur(), fichiers=recus)
    return see_other(url_for(".montrer", retour_id=retour.id))


@bp.get("/retours/<int:retour_id>")
@access(may_instruct)
def montrer(retour_id: int) -> ResponseReturnValue:
    """What was read of it: copies tied, refused, to be tied by hand. The page asks again by itself until then."""
    return _retour(retour_id)


@bp.post("/retours/<int:retour_id>/copies/<int:copie_id>")
@access(may_instruct)
def choisir(retour_id: int, copie_id: int) -> ResponseReturnValue:
    """Tie a page by hand, or set it aside."""
    copie = queries.get_copie(session(), acteur(), copie_id)
    retour, form = queries.get_retour(session(), acteur(), retour_id), CopieForm()
    numero = form.lettre.data or ""
    form.pour(copie_id, queries.offered(session(), acteur()))
    if not accepted(form, lambda: services.choose(session(), by=acteur(), retour=retour, copie=copie, numero=numero)):
        return _retour(retour_id, {copie_id: form}, status=422)
    message = "La copie est rattachée à sa lettre." if numero else "La page est écartée."
    return see_other(url_for(".montrer", retour_id=retour_id), message=message)


@bp.get("/retours/<int:retour_id>/copies/<int:copie_id>")
@access(may_instruct)
def telecharger(retour_id: int, copie_id: int) -> ResponseReturnValue:
    """The pages of a copy, to be saved."""
    retour, copie = queries.get_retour(session(), acteur(), retour_id), queries.get_copie(session(), acteur(), copie_id)
    fichier = to_give(copie.fichier, antivirus=moyens().antivirus is not None)
    return hand_over(fichier, f"retour {retour.id}, pages {copie.pages}.pdf")


def _page(envoi: EnvoiParapheurForm, retour: RetourParapheurForm, *, status: int = 200) -> ResponseReturnValue:
    parapheur = queries.get(session(), acteur())
    envoi.offrir((une.lettre.document.numero, une.libelle) for une in parapheur.a_signer if une.prete)
    fautes = {**envoi.errors, **retour.errors}
    return render(
        "parapheur/list.html", status=status, parapheur=parapheur, envoi=envoi, retour=retour, en_erreur=bool(fautes)
    )


def _retour(
    retour_id: int, tentee: Mapping[int, CopieForm] = MappingProxyType({}), *, status: int = 200
) -> ResponseReturnValue:
    """`tentee`: the form of the copy that was just refused, by its id."""
    retour, offertes = queries.get_retour(session(), acteur(), retour_id), queries.offered(session(), acteur())
    formes = dict(tentee)
    for copie in retour.copies:
        if copie.id not in formes:
            formes[copie.id] = CopieForm(formdata=None)
            formes[copie.id].pour(copie.id, offertes)
    return render(
        "parapheur/show.html",
        partial="parapheur/_retour.html",
        status=status,
        retour=retour,
        formes=formes,
        form=next(iter(tentee.values()), None),
    )
