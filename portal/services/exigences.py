"""Adds, changes and withdraws what a campaign asks beyond the cerfa.

Once a request has been begun, what was asked keeps its meaning: changing it withdraws it and asks another thing, under another
code; answers already typed stay with the former one.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Invalid
from portal.formats import maintenant
from portal.forms.deja_connus import deja_connu
from portal.forms.exigences import EXIGEES_SI_MODIFIEES, LONGUEUR_CHOIX
from portal.models.campagnes import PieceRequise, Question
from portal.models.demarches import Demarche
from portal.permissions import Acteur
from portal.queries.campagnes import a_des_brouillons
from portal.services import journal
from portal.services.campagnes import lock
from portal.vocabulaire_demandes import LIBELLES_PIECE, GenrePiece, GenreQuestion

Exigence = PieceRequise | Question
SORTES: dict[str, type[PieceRequise] | type[Question]] = {"pieces": PieceRequise, "questions": Question}
# What makes the meaning of a thing asked: an answer to one is no answer to the other.
SENS = ("genre", "libelle", "choix")
MAXIMUM = 40


def save(
    session: Session,
    *,
    by: Acteur,
    campagne: Demarche,
    sorte: str,
    exigence: Exigence | None = None,
    version: int = 0,
    **valeurs: Any,
) -> Exigence | None:
    """Ask for a piece or a question (`sorte`), or say `exigence` otherwise. Returns what is asked now.

    None when `exigence` may have changed since `version` of the campaign: nothing is written then.
    Raises Forbidden, and Invalid: no label, no legal basis, known already, asked twice.
    """
    lock(session, by=by, campagne=campagne)
    if exigence is not None and campagne.version != version:
        return None
    _complete(sorte, valeurs)
    autres = [une for une in _demandees(session, campagne, sorte) if exigence is None or une.id != exigence.id]
    _check(sorte, valeurs, autres)
    ordre = valeurs.pop("ordre", None)
    valeurs["ordre"] = min(ordre if ordre is not None else 1 + max((une.ordre for une in autres), default=0), 1_000)
    if exigence is None or _change_de_sens(session, campagne, exigence, valeurs):
        return _add(session, by, campagne, sorte, valeurs, remplacee=exigence)
    for nom, valeur in valeurs.items():
        setattr(exigence, nom, valeur)
    campagne.version += 1
    _record(session, by, f"{SINGULIERS[sorte]}_modifiee", campagne, exigence)
    return exigence


def withdraw(session: Session, *, by: Acteur, campagne: Demarche, exigence: Exigence) -> None:
    """Ask for it no more; what was answered is kept. Raises Forbidden."""
    lock(session, by=by, campagne=campagne)
    if exigence.retiree_at is None:
        exigence.retiree_at, campagne.version = maintenant(), campagne.version + 1
        _record(session, by, f"{SINGULIERS[_sorte(exigence)]}_retiree", campagne, exigence)


SINGULIERS = {"pieces": "piece_requise", "questions": "question"}


def _sorte(exigence: Exigence) -> str:
    return "pieces" if isinstance(exigence, PieceRequise) else "questions"


def _add(
    session: Session, by: Acteur, campagne: Demarche, sorte: str, valeurs: dict[str, Any], *, remplacee: Exigence | None
) -> Exigence:
    """A new thing asked, whose code has never served in this campaign."""
    genre = SORTES[sorte]
    if remplacee is not None:
        remplacee.retiree_at = maintenant()
        _record(session, by, f"{SINGULIERS[sorte]}_retiree", campagne, remplacee)
    nouvelle = genre(demarche_id=campagne.id, code=_new_code(session, campagne, genre, valeurs["genre"]), **valeurs)
    session.add(nouvelle)
    campagne.version += 1
    session.flush()
    _record(session, by, f"{SINGULIERS[sorte]}_ajoutee", campagne, nouvelle)
    return nouvelle


def _new_code(
    session: Session, campagne: Demarche, genre: type[PieceRequise] | type[Question], nature: GenrePiece | GenreQuestion
) -> str:
    """The kind for the first known piece of that kind, as where no campaign says anything; else the kind and a number."""
    codes = set(session.scalars(select(genre.code).where(genre.demarche_id == campagne.id)))
    if isinstance(nature, GenrePiece) and nature != GenrePiece.AUTRE and nature.value not in codes:
        return nature.value
    return f"{nature}-{len(codes) + 1}"


def _demandees(session: Session, campagne: Demarche, sorte: str) -> list[Exigence]:
    genre = SORTES[sorte]
    demandees = select(genre).where(genre.demarche_id == campagne.id, genre.retiree_at.is_(None))
    return list(session.scalars(demandees.order_by(genre.ordre, genre.id)))


def _change_de_sens(session: Session, campagne: Demarche, exigence: Exigence, valeurs: dict[str, Any]) -> bool:
    """Whether somebody may have answered something else than what would be asked now."""
    autrement = any(getattr(exigence, nom) != valeurs[nom] for nom in SENS if nom in valeurs)
    return autrement and a_des_brouillons(session, campagne)


def _complete(sorte: str, valeurs: dict[str, Any]) -> None:
    """Kinds as their enums; a known piece is called by its name."""
    if sorte == "pieces":
        valeurs["genre"] = GenrePiece(valeurs["genre"])
        if not valeurs["libelle"] and valeurs["genre"] != GenrePiece.AUTRE:
            valeurs["libelle"] = LIBELLES_PIECE[valeurs["genre"]]
    else:
        valeurs["genre"] = GenreQuestion(valeurs["genre"])


def _check(sorte: str, valeurs: dict[str, Any], autres: list[Exigence]) -> None:
    if not valeurs["libelle"]:
        raise Invalid("libelle", "Écrivez ce qui est demandé.")
    if valeurs["obligatoire"] and not valeurs["base_legale"]:
        raise Invalid(
            "base_legale",
            "Une réponse obligatoire doit nommer le texte qui permet de l’exiger. Écrivez-le, ou laissez la réponse facultative.",
        )
    if len(autres) >= MAXIMUM:
        raise Invalid("libelle", f"Une campagne demande {MAXIMUM} choses au plus. Retirez-en une d’abord.")
    if any(une.libelle.casefold() == valeurs["libelle"].casefold() for une in autres):
        raise Invalid("libelle", "La campagne demande déjà cela, dans les mêmes mots.")
    if sorte == "questions" and valeurs["genre"] == GenreQuestion.CHOIX:
        _check_answers(valeurs["choix"])
    if sorte == "pieces" and valeurs["genre"] != GenrePiece.AUTRE:
        _check_known_piece(valeurs, autres)
        return
    ou = deja_connu(valeurs["libelle"])
    if ou:
        raise Invalid("libelle", f"Le portail a déjà cela\u00a0: {ou}. Une association ne le donne pas deux fois.")


def _check_answers(choix: list[str]) -> None:
    if len(choix) < 2:
        raise Invalid("choix", "Écrivez au moins deux réponses, une par ligne.")
    if len(choix) > 30 or any(len(reponse) > LONGUEUR_CHOIX for reponse in choix):
        raise Invalid("choix", f"Proposez 30 réponses au plus, de {LONGUEUR_CHOIX} caractères au plus chacune.")


def _check_known_piece(valeurs: dict[str, Any], autres: list[Exigence]) -> None:
    """Each known kind once; what the RNA holds is asked only of who has changed it or is not in it (cerfa 12156*06)."""
    genre = valeurs["genre"]
    if any(une.genre == genre for une in autres):
        raise Invalid("genre", f"La campagne demande déjà cette pièce\u00a0: {LIBELLES_PIECE[genre]}.")
    if genre in EXIGEES_SI_MODIFIEES and valeurs["obligatoire"]:
        raise Invalid(
            "obligatoire",
            "L’administration a déjà cette pièce pour toute association inscrite au RNA. Laissez-la facultative, et dites dans "
            "l’aide qu’elle n’est à joindre que si elle a changé, ou sans inscription au RNA.",
        )


def _record(session: Session, by: Acteur, action: str, campagne: Demarche, exigence: Exigence) -> None:
    valeurs = {nom: getattr(exigence, nom) for nom in ("code", "libelle", "obligatoire", "base_legale")}
    valeurs |= {"genre": str(exigence.genre), "choix": list(getattr(exigence, "choix", ()))}
    journal.record(session, by=by, action=action, objet=f"demarche:{campagne.id}", valeurs=valeurs)
