"""For agents: the contrats d'engagement républicain signed on paper, to be checked, and those that the service has received."""

from io import BytesIO

from flask import Blueprint, send_file, url_for
from flask.typing import ResponseReturnValue

from portal.forms.attestations_cer import AdmissionForm, MiseAEcartForm, PapierRecuForm
from portal.forms.pieces import ENVOI_MAXIMAL
from portal.permissions import may_be_agent, may_instruct
from portal.queries import attestations_cer as attestations
from portal.services import attestations_cer as services
from portal.services import papiers_cer, traces
from portal.services.fichiers import read_bytes
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.pieces import keep_paper
from portal.web.rendering import render, see_other
from portal.web.securite import POLITIQUE_TELECHARGEMENT, plafond
from portal.web.session import fermer as rendre_la_session
from portal.web.session import moyens, session

bp = Blueprint("attestations_cer", __name__, url_prefix="/instruction")


@bp.get("/contrats-papier")
@access(may_be_agent)
def lister() -> ResponseReturnValue:
    """Papers to check of associations of which my service owns a dossier."""
    return render("attestations_cer/list.html", attestations=attestations.list_waiting(session(), acteur()))


@bp.get("/contrats-papier/<int:attestation_id>")
@access(may_be_agent)
def montrer(attestation_id: int) -> ResponseReturnValue:
    """One of them: what it should bear, its file, and what was judged."""
    return _page(_piece(attestation_id), AdmissionForm())


@bp.post("/contrats-papier/<int:attestation_id>/admission")
@access(may_instruct)
def admettre(attestation_id: int) -> ResponseReturnValue:
    """It is signed: the association has subscribed."""
    piece, form = _piece(attestation_id), AdmissionForm()

    def act() -> None:
        papiers_cer.admit(
            session(),
            by=acteur(),
            attestation=piece.attestation,
            signee_le=form.signee_le.valeur,
            prenom=form.prenom.data,
            nom=form.nom.data,
        )

    if not accepted(form, act):
        return _page(piece, form, status=422)
    return see_other(url_for(".montrer", attestation_id=attestation_id), message="La pièce est admise.")


@bp.get("/contrats-papier/<int:attestation_id>/mise-a-l-ecart")
@access(may_instruct)
def preparer_ecart(attestation_id: int) -> ResponseReturnValue:
    """Why it should not count."""
    return render("attestations_cer/edit.html", piece=_piece(attestation_id), form=MiseAEcartForm())


@bp.post("/contrats-papier/<int:attestation_id>/mise-a-l-ecart")
@access(may_instruct)
def ecarter(attestation_id: int) -> ResponseReturnValue:
    """It does not count."""
    piece, form = _piece(attestation_id), MiseAEcartForm()
    if not accepted(
        form,
        lambda: papiers_cer.set_aside(session(), by=acteur(), attestation=piece.attestation, motif=form.motif.data),
    ):
        return render("attestations_cer/edit.html", status=422, piece=piece, form=form)
    return see_other(url_for(".montrer", attestation_id=attestation_id), message="La pièce est écartée.")


@bp.get("/contrats-papier/<int:attestation_id>/fichier")
@access(may_be_agent)
def telecharger(attestation_id: int) -> ResponseReturnValue:
    """The bytes, to be saved: never shown inside our pages, and never without a trace of who took them."""
    piece, lecteur = _piece(attestation_id), acteur()
    fichier, nom = attestations.to_give(piece)
    association_id = piece.attestation.association_id
    rendre_la_session()
    octets = read_bytes(moyens().stockage, fichier)
    traces.note_reading(
        moyens().fabrique,
        by=lecteur,
        action="attestation_cer_consultee",
        objet=f"association:{association_id}",
        valeurs={"attestation_cer": attestation_id, "sha256": fichier.sha256},
    )
    reponse = send_file(BytesIO(octets), mimetype=fichier.type_mime, as_attachment=True, download_name=nom, etag=False)
    reponse.headers["Content-Security-Policy"] = POLITIQUE_TELECHARGEMENT
    return reponse


@bp.get("/dossiers/<reference>/contrat-papier")
@access(may_instruct)
def preparer(reference: str) -> ResponseReturnValue:
    """A signed paper that the service has received."""
    return _page_du_recu(reference, PapierRecuForm())


@bp.post("/dossiers/<reference>/contrat-papier")
@access(may_instruct)
@plafond(ENVOI_MAXIMAL)
def conserver(reference: str) -> ResponseReturnValue:
    """Keep it: the agent has seen it, so that it counts at once."""
    attestations.get_dossier(session(), acteur(), reference)
    form = PapierRecuForm()

    def act() -> None:
        fichier = keep_paper(form.fichier)
        services.keep_received(
            session(),
            by=acteur(),
            association_id=attestations.get_dossier(session(), acteur(), reference).association_id,
            signee_le=form.signee_le.valeur,
            prenom=form.prenom.data,
            nom=form.nom.data,
            fonction=form.fonction.data,
            reference=form.reference.data,
            fichier=fichier,
            nom_fichier=form.fichier.nom_fichier,
        )

    if not accepted(form, act):
        return _page_du_recu(reference, form, status=422)
    message = "Le contrat signé sur papier est conservé et admis."
    return see_other(url_for("dossiers.show", reference=reference), message=message)


def _piece(attestation_id: int) -> attestations.PieceAControler:
    return attestations.get(session(), acteur(), attestation_id, antivirus=moyens().antivirus is not None)


def _page(piece: attestations.PieceAControler, form: AdmissionForm, status: int = 200) -> ResponseReturnValue:
    return render("attestations_cer/show.html", status=status, piece=piece, form=form)


def _page_du_recu(reference: str, form: PapierRecuForm, status: int = 200) -> ResponseReturnValue:
    dossier = attestations.get_dossier(session(), acteur(), reference)
    return render("attestations_cer/new.html", status=status, dossier=dossier, form=form)
