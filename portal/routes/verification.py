"""Public pages that tell whether a receipt is genuine. They name no person, but to who shows the receipt that names her."""

from datetime import timedelta

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.formats import maintenant
from portal.forms.pieces import PIECE_MAXIMALE
from portal.forms.verification import CodeForm, FichierForm
from portal.permissions import may_be_anyone
from portal.queries import engagements, verifications
from portal.services import cachets, traces
from portal.web.access import access
from portal.web.rendering import render
from portal.web.securite import plafond
from portal.web.session import fermer as rendre_la_session
from portal.web.session import moyens, session

bp = Blueprint("verification", __name__, url_prefix="/verifier")

# Generous: 80 random bits cannot be enumerated, the limit only spares the server. A file costs more than a code.
MAXIMUM, FENETRE = 30, timedelta(minutes=1)
MAXIMUM_FICHIERS = 10
ENVOI_MAXIMAL = PIECE_MAXIMALE + 64 * 1024


@bp.get("")
@access(may_be_anyone)
def chercher() -> ResponseReturnValue:
    """Ask for the code, or for the file; with a readable code, go to its page."""
    form = CodeForm(request.args)
    if "code" not in request.args:
        return render("verification/chercher.html", form=CodeForm(), depot=FichierForm())
    if form.validate():
        return redirect(url_for(".montrer", code=form.code.data), 303)
    return render("verification/chercher.html", status=422, form=form, depot=FichierForm())


@bp.post("")
@access(may_be_anyone)
@plafond(ENVOI_MAXIMAL)
def examiner() -> ResponseReturnValue:
    """Say what the given file is."""
    rendre_la_session()
    if not _permis("verification_fichier", MAXIMUM_FICHIERS):
        return render("errors/429.html", status=429)
    depot = FichierForm()
    if not depot.validate_on_submit():
        return render("verification/chercher.html", status=422, form=CodeForm(formdata=None), depot=depot)
    connu = verifications.find_by_bytes(session(), depot.fichier.octets)
    if connu is not None:
        recu, engagement = connu
        return render("verification/identique.html", recu=recu, engagement=engagement)
    rendre_la_session()
    verdict, cachet = cachets.examine(moyens().trousseau, depot.fichier.octets)
    return render("verification/different.html", verdict=verdict, cachet=cachet, nom=depot.fichier.nom_fichier)


@bp.get("/certificat")
@access(may_be_anyone)
def certificat() -> ResponseReturnValue:
    """The certificates of the seal, and what the seal is and is not."""
    return render("verification/certificat.html", trousseau=moyens().trousseau, maintenant=maintenant())


@bp.get("/certificat.pem")
@access(may_be_anyone)
def telecharger_certificat() -> ResponseReturnValue:
    """The same certificates, as a file: the one in use first."""
    reponse = Response(moyens().trousseau.pem, mimetype="application/x-pem-file")
    reponse.headers["Content-Disposition"] = "attachment; filename=cachet.pem"
    return reponse


@bp.get("/recepisse/<numero>")
@access(may_be_anyone)
def recepisse(numero: str) -> ResponseReturnValue:
    """What the number of an acknowledgement proves, or that it proves nothing."""
    rendre_la_session()
    if not _permis("verification", MAXIMUM):
        return render("errors/429.html", status=429)
    trouve = verifications.find_recepisse(session(), numero)
    if trouve is None:
        return render("verification/sans_recepisse.html", status=404)
    document, dossier = trouve
    return render("verification/recepisse.html", document=document, dossier=dossier)


@bp.get("/<code>")
@access(may_be_anyone)
def montrer(code: str) -> ResponseReturnValue:
    """What the code proves, or that it proves nothing."""
    rendre_la_session()
    if not _permis("verification", MAXIMUM):
        return render("errors/429.html", status=429)
    engagement = engagements.find_public(session(), code)
    if engagement is None:
        return render("verification/inconnu.html", status=404, form=CodeForm(formdata=None), depot=FichierForm())
    signatures = verifications.proved_signatures(session(), engagement)
    documents = verifications.receipts_of(session(), engagement)
    rendre_la_session()
    return render(
        "verification/show.html",
        engagement=engagement,
        signatures=signatures,
        recus=cachets.check_kept(moyens(), documents),
        depot=FichierForm(),
    )


def _permis(genre: str, maximum: int) -> bool:
    """Whether this address has asked few enough times; counted whatever the answer will be."""
    return traces.count_attempt(moyens().fabrique, genre, request.remote_addr or "", maximum=maximum, fenetre=FENETRE)
