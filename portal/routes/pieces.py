"""The pieces of a request: each upload is a POST of its own, kept whatever the rest of the request says."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.errors import Invalid, NotFound
from portal.forms.pieces import ENVOI_MAXIMAL
from portal.forms.pieces_attendues import PieceAttendue
from portal.forms.pieces_demande import EnvoiPiecesForm, RepriseForm
from portal.models.demandes import Demande
from portal.models.pieces import PieceCoffre
from portal.permissions import may_be_usager
from portal.permissions.coffre import can_keep
from portal.queries import coffre, demandes, lecture_demandes, pieces
from portal.queries.lecture_demandes import DemandeLue
from portal.queries.remises import to_give
from portal.services import pieces as services
from portal.vocabulaire_demandes import GenrePiece
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.pieces import began_at, give, keep_documents
from portal.web.rendering import render, see_other
from portal.web.securite import plafond
from portal.web.session import moyens, session

bp = Blueprint("pieces", __name__, url_prefix="/demandes/<int:demande_id>/pieces")


@bp.get("")
@access(may_be_usager)
def montrer(demande_id: int) -> ResponseReturnValue:
    """What is asked, what is there, what the vault offers."""
    return _page(demande_id, EnvoiPiecesForm(formdata=None))


@bp.post("")
@access(may_be_usager)
@plafond(ENVOI_MAXIMAL)
def joindre(demande_id: int) -> ResponseReturnValue:
    """Join files. Those that cannot be kept are said one by one; the others are kept all the same."""
    recue_at = began_at()
    form, lue = EnvoiPiecesForm(), _visible(demande_id)
    attendue = _attendue(lue, form.code.data)
    form.nommer()
    if not form.validate_on_submit():
        return _page(demande_id, form, status=422)
    gardes, refus = keep_documents(form.fichiers.recus)
    demande = demandes.get(session(), acteur(), demande_id)
    doubles = [
        recu.nom
        for recu, fichier in gardes
        if not services.join(
            session(),
            by=acteur(),
            demande=demande,
            attendue=attendue,
            fichier=fichier,
            nom=recu.nom,
            recue_at=recue_at,
            au_coffre=form.au_coffre.data,
        )[1]
    ]
    refus = [*form.fichiers.refus, *refus]
    joints = len(gardes) - len(doubles)
    if refus:
        form.refuser(refus, gardes=joints)
        return _page(demande_id, form, status=422)
    return see_other(_retour(lue, attendue), message=_bilan(joints, doubles))


@bp.post("/reprise")
@access(may_be_usager)
def reprendre(demande_id: int) -> ResponseReturnValue:
    """Join a document of the vault."""
    lue, form = pieces.a_modifier(session(), acteur(), demande_id).lue, RepriseForm()
    attendue = _attendue(lue, form.code.data)
    piece = _du_coffre(lue.demande, form.coffre_id.data)
    services.reuse(session(), by=acteur(), demande=lue.demande, attendue=attendue, piece=piece)
    message = f"{coffre.nom_de(piece)}\u00a0: joint à la demande."
    return see_other(_retour(lue, attendue), message=message)


@bp.post("/<int:piece_id>/retrait")
@access(may_be_usager)
def retirer(demande_id: int, piece_id: int) -> ResponseReturnValue:
    """Take one out; it may be put back at once."""
    piece = pieces.get(session(), acteur(), demande_id, piece_id)
    services.remove(session(), by=acteur(), demande=demandes.get(session(), acteur(), demande_id), piece=piece)
    message = f"«\u00a0{piece.nom}\u00a0» est retiré de la demande. Vous pouvez annuler ce retrait plus bas."
    return see_other(url_for(".montrer", demande_id=demande_id, _anchor=piece.code), message=message)


@bp.post("/<int:piece_id>/retour")
@access(may_be_usager)
def remettre(demande_id: int, piece_id: int) -> ResponseReturnValue:
    """Put back what was taken out."""
    piece = pieces.get(session(), acteur(), demande_id, piece_id)
    services.restore(session(), by=acteur(), demande=demandes.get(session(), acteur(), demande_id), piece=piece)
    message = f"«\u00a0{piece.nom}\u00a0» est de nouveau joint à la demande."
    return see_other(url_for(".montrer", demande_id=demande_id, _anchor=piece.code), message=message)


@bp.get("/<int:piece_id>/fichier")
@access(may_be_usager)
def telecharger(demande_id: int, piece_id: int) -> ResponseReturnValue:
    """Its bytes, filed or not."""
    piece = pieces.get(session(), acteur(), demande_id, piece_id)
    fichier = to_give(piece.fichier, antivirus=moyens().antivirus is not None)
    return give(fichier, piece.nom, action="piece_lue", objet=f"demande:{demande_id}", piece=piece.id)


def _visible(demande_id: int) -> DemandeLue:
    """Read as it is, filed or not: a sending that began before the filing may end after it."""
    return lecture_demandes.lire(demandes.get(session(), acteur(), demande_id))


def _attendue(lue: DemandeLue, code: str | None) -> PieceAttendue:
    trouvee = next((piece for piece in lue.contexte.pieces if piece.code == code), None)
    if trouvee is None:
        raise Invalid("", "Cette pièce n’est plus demandée\u00a0: rien n’a été joint. Rechargez la page des pièces.")
    return trouvee


def _du_coffre(demande: Demande, brut: str | None) -> PieceCoffre:
    offertes = coffre.list_reusable(session(), acteur(), demande.association_id)
    piece = next((une for une in offertes if str(une.id) == brut), None)
    if piece is None:
        raise NotFound
    return piece


def _bilan(joints: int, doubles: list[str]) -> str:
    phrases = [f"{joints}\u00a0fichiers sont joints." if joints > 1 else "Le fichier est joint."] if joints else []
    phrases += [f"«\u00a0{nom}\u00a0» était déjà joint\u00a0: il compte une fois." for nom in doubles]
    return " ".join(phrases)


def _retour(lue: DemandeLue, attendue: PieceAttendue) -> str:
    demande = lue.demande
    if demande.deposee_at is not None:
        return url_for("demandes.montrer", demande_id=demande.id)
    return url_for(".montrer", demande_id=demande.id, _anchor=attendue.code)


def _page(demande_id: int, form: EnvoiPiecesForm, *, status: int = 200) -> ResponseReturnValue:
    vue = pieces.a_modifier(session(), acteur(), demande_id)
    return render(
        "pieces/show.html",
        partial="pieces/_pieces.html",
        status=status,
        vue=vue,
        form=form,
        rib=can_keep(acteur(), vue.demande.association_id, GenrePiece.RIB),
        gardables=services.GARDABLES,
    )
