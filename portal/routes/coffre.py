"""The vault of an association: its documents, kept to be joined again to the next request."""

from collections.abc import Callable

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.errors import Forbidden, NotFound
from portal.forms.coffre import DepotCoffreForm, RibForm
from portal.forms.pieces import ENVOI_MAXIMAL
from portal.forms.pieces_attendues import PieceAttendue
from portal.models.associations import Association
from portal.models.demandes import Demande
from portal.models.pieces import PieceCoffre
from portal.permissions import may_be_usager
from portal.permissions.coffre import can_keep
from portal.queries import associations, coffre, pieces
from portal.queries.remises import to_give
from portal.services import coffre as services
from portal.services import pieces as joindre
from portal.vocabulaire_demandes import LIBELLES_PIECE, GenrePiece
from portal.web.access import access
from portal.web.adresses import identifiant
from portal.web.connexion import acteur
from portal.web.formulaires import outcome
from portal.web.pieces import give, keep_document
from portal.web.preuves import require_recent_proof
from portal.web.rendering import render, see_other
from portal.web.securite import plafond
from portal.web.session import moyens, session

bp = Blueprint("coffre", __name__, url_prefix="/associations/<int:association_id>/coffre")


@bp.get("")
@access(may_be_usager)
def montrer(association_id: int) -> ResponseReturnValue:
    """What is kept, of each kind."""
    return render("coffre/show.html", coffre=coffre.get_coffre(session(), acteur(), association_id))


@bp.get("/<genre>/nouveau")
@access(may_be_usager)
def preparer(association_id: int, genre: str) -> ResponseReturnValue:
    """A document to put there."""
    association, quoi = _deposable(association_id, genre)
    return _page(association, quoi, _formulaire(quoi, retour=request.args.get("retour", "")))


@bp.post("/<genre>/nouveau")
@access(may_be_usager)
@plafond(ENVOI_MAXIMAL)
def deposer(association_id: int, genre: str) -> ResponseReturnValue:
    """Put it there; and join it to the request that one came from."""
    association, quoi = _deposable(association_id, genre)
    form = _formulaire(quoi)
    piece = outcome(form, lambda: _garder(association_id, quoi, form))
    if piece is None:
        return _page(association, quoi, form, status=422)
    retour = pieces.expecting(session(), acteur(), request.form.get("retour", 0, type=identifiant), piece)
    if retour is not None:
        return _joindre(*retour, piece)
    message = f"{LIBELLES_PIECE[quoi]}\u00a0: le document est dans le coffre."
    if form.retour.data:
        message += " Il n’est pas joint à la demande, qui est déposée ou ne le demande plus."
    return see_other(url_for(".montrer", association_id=association_id), message=message)


@bp.get("/pieces/<int:piece_id>/fichier")
@access(may_be_usager)
def telecharger(association_id: int, piece_id: int) -> ResponseReturnValue:
    """Its bytes."""
    piece = coffre.get(session(), acteur(), association_id, piece_id)
    fichier = to_give(piece.fichier, antivirus=moyens().antivirus is not None)
    return give(fichier, piece.nom, action="piece_coffre_lue", objet=f"association:{association_id}", piece=piece.id)


@bp.post("/pieces/<int:piece_id>/retrait")
@access(may_be_usager)
def retirer(association_id: int, piece_id: int) -> ResponseReturnValue:
    """Take it out of the vault."""
    return _acte(
        association_id, piece_id, services.take_out, "Le document est retiré du coffre. Vous pouvez le remettre."
    )


@bp.post("/pieces/<int:piece_id>/retour")
@access(may_be_usager)
def remettre(association_id: int, piece_id: int) -> ResponseReturnValue:
    """Put it back."""
    return _acte(association_id, piece_id, services.put_back, "Le document est remis dans le coffre.")


@bp.post("/pieces/<int:piece_id>/confirmation")
@access(may_be_usager)
def confirmer(association_id: int, piece_id: int) -> ResponseReturnValue:
    """A second member confirms the IBAN."""
    coffre.get(session(), acteur(), association_id, piece_id)
    require_recent_proof(url_for(".montrer", association_id=association_id))
    return _acte(association_id, piece_id, services.confirm_iban, "L’IBAN est confirmé.")


def _acte(association_id: int, piece_id: int, act: Callable[..., PieceCoffre], message: str) -> ResponseReturnValue:
    piece = coffre.get(session(), acteur(), association_id, piece_id)
    act(session(), by=acteur(), piece=piece)
    return see_other(url_for(".montrer", association_id=association_id), message=message)


def _deposable(association_id: int, genre: str) -> tuple[Association, GenrePiece]:
    """The kind that an address names, for whoever may put one there. A changed account asks for a fresh proof."""
    association = associations.get_mine(session(), acteur(), association_id).association
    if genre not in set(GenrePiece):
        raise NotFound
    quoi = GenrePiece(genre)
    verdict = can_keep(acteur(), association_id, quoi)
    if not verdict:
        raise Forbidden(verdict.raison)
    if quoi == GenrePiece.RIB:
        require_recent_proof(url_for(".montrer", association_id=association_id))
    return association, quoi


def _formulaire(genre: GenrePiece, **initiales: str) -> DepotCoffreForm:
    form = (RibForm if genre == GenrePiece.RIB else DepotCoffreForm)(**initiales)
    form.situer(genre)
    return form


def _garder(association_id: int, genre: GenrePiece, form: DepotCoffreForm) -> PieceCoffre:
    fichier = keep_document(form.fichier)
    return services.keep(
        session(),
        by=acteur(),
        association=associations.get_mine(session(), acteur(), association_id).association,
        genre=genre,
        fichier=fichier,
        nom=form.fichier.nom_fichier,
        **form.valeurs(),
    )


def _joindre(demande: Demande, attendue: PieceAttendue, piece: PieceCoffre) -> ResponseReturnValue:
    """Join the document to the request that asked for it."""
    joindre.reuse(session(), by=acteur(), demande=demande, attendue=attendue, piece=piece)
    message = f"{attendue.libelle}\u00a0: le document est gardé dans le coffre et joint à la demande."
    return see_other(url_for("pieces.montrer", demande_id=demande.id, _anchor=attendue.code), message=message)


def _page(association: Association, genre: GenrePiece, form: DepotCoffreForm, status: int = 200) -> ResponseReturnValue:
    return render("coffre/new.html", status=status, association=association, genre=genre, form=form)
