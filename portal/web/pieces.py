"""Keeps the files that a form has read, before anything speaks of them; and gives files back."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any

from flask import g
from flask.typing import ResponseReturnValue

from portal.errors import Invalid
from portal.formats import maintenant
from portal.forms.pieces import FichierRecu, Piece
from portal.models.documents import Fichier
from portal.services import fichiers, traces
from portal.services.types_fichiers import CLASSEURS, DOCUMENTS, PAPIERS, has_macros, safe_name, type_mime
from portal.web.connexion import acteur
from portal.web.remise import hand_over, show
from portal.web.session import fermer, moyens, session


def keep_paper(piece: Piece) -> Fichier:
    """A PDF, a JPEG or a PNG, by its content, written durably: no transaction is open meanwhile.

    Raises Invalid on the field when it is something else, RemoteUnavailable.
    """
    genre = type_mime(piece.octets)
    if genre not in PAPIERS:
        raise Invalid(
            piece.name,
            f"Le fichier «\u00a0{piece.nom_fichier}\u00a0» n’est ni un PDF, ni une image JPEG ou PNG. Enregistrez-le sous une "
            "de ces formes, ou photographiez la page.",
        )
    (fichier,) = _keep([(piece.octets, genre)])
    return fichier


def keep_document(piece: Piece) -> Fichier:
    """The same for a piece of a request: office documents too. Raises Invalid on the field, RemoteUnavailable."""
    raison = reason_against(FichierRecu(piece.nom_fichier, piece.octets))
    if raison:
        raise Invalid(piece.name, raison)
    (fichier,) = _keep([(piece.octets, type_mime(piece.octets))])
    return fichier


def keep_workbook(piece: Piece) -> Fichier:
    """A workbook that came back from a spreadsheet, by its content. Raises Invalid on the field, RemoteUnavailable."""
    genre = type_mime(piece.octets)
    if genre not in CLASSEURS:
        raise Invalid(
            piece.name,
            f"Le fichier «\u00a0{piece.nom_fichier}\u00a0» n’est pas un classeur .xlsx ou .ods\u00a0: il n’est pas gardé. "
            "Enregistrez-le sous une de ces formes depuis votre tableur.",
        )
    (fichier,) = _keep([(piece.octets, genre)])
    return fichier


def keep_table(piece: Piece) -> Fichier:
    """A table to import, whatever its form: the child process that reads it says in a sentence what it cannot read.

    Raises Invalid on the field when it is a document, RemoteUnavailable.
    """
    genre = type_mime(piece.octets)
    if genre in PAPIERS:
        raise Invalid(
            piece.name,
            f"Le fichier «\u00a0{piece.nom_fichier}\u00a0» est un PDF ou une image, pas un tableau\u00a0: il n’est pas gardé. "
            "Demandez le tableau à qui vous l’a envoyé, en .xlsx, .xls, .ods ou .csv.",
        )
    (fichier,) = _keep([(piece.octets, genre)])
    return fichier


def keep_documents(recus: Iterable[FichierRecu]) -> tuple[list[tuple[FichierRecu, Fichier]], list[str]]:
    """Those that can be kept, with their rows, and one sentence for each of the others. RemoteUnavailable."""
    juges = [(recu, reason_against(recu)) for recu in recus]
    bons = [recu for recu, raison in juges if not raison]
    gardes = _keep([(recu.octets, type_mime(recu.octets)) for recu in bons])
    return list(zip(bons, gardes, strict=True)), [raison for _, raison in juges if raison]


def reason_against(recu: FichierRecu) -> str:
    """Why a file cannot be a piece, "" when it can: what it is is told by its content, never by its name."""
    genre = type_mime(recu.octets)
    if genre not in DOCUMENTS:
        return (
            f"Le fichier «\u00a0{recu.nom}\u00a0» n’est ni un PDF, ni une image JPEG ou PNG, ni un document DOCX, XLSX, ODT ou "
            "ODS\u00a0: il n’est pas gardé. Enregistrez-le en PDF, ou photographiez la page."
        )
    if genre not in PAPIERS and has_macros(recu.octets):
        return (
            f"Le fichier «\u00a0{recu.nom}\u00a0» contient des macros\u00a0: il n’est pas gardé. Enregistrez-le sans macros, "
            "ou en PDF."
        )
    return ""


def _keep(contenus: Sequence[tuple[bytes, str]]) -> list[Fichier]:
    """All are written before the transaction that speaks of them begins."""
    if not contenus:
        return []
    fermer()
    ecrits = [fichiers.deposit(moyens().stockage, octets, genre) for octets, genre in contenus]
    gardes = []
    for valeurs in ecrits:
        fichier, nouveau = fichiers.keep(session(), valeurs)
        if not nouveau:
            moyens().stockage.supprimer(valeurs["cle_stockage"])
        gardes.append(fichier)
    return gardes


def began_at() -> datetime:
    """When this request began to arrive (UTC), before its files were read: that instant decides against a closing."""
    return maintenant().astimezone(UTC) - timedelta(seconds=perf_counter() - g.debut)


def give(
    fichier: Fichier, nom: str, *, action: str, objet: str, montrer: bool = False, **valeurs: Any
) -> ResponseReturnValue:
    """The bytes, never without a trace of who took them; the name ends as the content does. Raises RemoteUnavailable.

    `montrer`: to be looked at, where a browser may show it.
    """
    lecteur = acteur()
    remettre = show if montrer else hand_over
    reponse = remettre(fichier, safe_name(nom, fichier.type_mime))
    valeurs = {**valeurs, "sha256": fichier.sha256}
    traces.note_reading(moyens().fabrique, by=lecteur, action=action, objet=objet, valeurs=valeurs)
    return reponse
