"""What is to be joined to a request: what its campaigns ask, else the pieces of the cerfa; and what was joined."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, or_, select

from portal.forms.pieces_attendues import PieceAttendue, PieceJointe
from portal.models.associations import Association
from portal.models.campagnes import PieceRequise
from portal.models.demandes import Demande
from portal.models.documents import Fichier
from portal.models.echanges import Complement
from portal.models.pieces import PieceDemande
from portal.queries.lots import Lignes
from portal.queries.questions import QuestionLue
from portal.vocabulaire_demandes import LIBELLES_PIECE, GenrePiece, GenreQuestion

AUTRE = "autre"
CHAMPS_JOINTE = tuple(champ.name for champ in fields(PieceJointe))
PREFIXE_QUESTION = "question-"
LONGUEUR_CODE = 60
CERFA = "Formulaire unique de demande de subvention, cerfa n°\u00a012156*06"
LOI_1901 = "Loi du 1er\u00a0juillet\u00a01901, article\u00a05"
AIDE_AU_RNA = (
    "Seulement s’ils ont changé sans que le changement ait été déclaré\u00a0: l’administration les tient déjà du répertoire "
    "national des associations (RNA)."
)
AIDE_HORS_RNA = "À joindre, parce que nous ne connaissons pas de numéro RNA à cette association."
AIDE_RIB = "Au nom de l’association\u00a0: la subvention n’est versée sur aucun autre compte."
AIDE_COMPTES = "Si l’association a clos un exercice, et si ses comptes ne sont pas publiés au Journal officiel."
AIDE_ACTIVITE = "Celui du dernier exercice, s’il y en a eu un."
AIDE_COMMISSAIRE = (
    "Si l’association a reçu plus de 153\u00a0000\u00a0€ de subventions publiques dans l’année "
    "(code de commerce, article L612-4)."
)
AIDE_POUVOIR = (
    "Daté et signé par la personne qui représente légalement l’association, parce que vous déposez avec un pouvoir."
)
AIDE_AUTRE = "Ce qui aidera à comprendre votre demande\u00a0: un devis, une convention, un programme."


class PieceLue(NamedTuple):
    """A piece that a campaign asks for, as it says it."""

    demarche_id: int
    code: str
    genre: GenrePiece
    libelle: str
    aide: str
    obligatoire: bool
    base_legale: str
    retiree_at: datetime | None


def select_required(demarches: Sequence[int]) -> Select[*tuple[Any, ...]]:
    """The columns of PieceLue, of every piece that these campaigns ask for."""
    return (
        select(
            PieceRequise.demarche_id,
            PieceRequise.code,
            PieceRequise.genre,
            PieceRequise.libelle,
            PieceRequise.aide,
            PieceRequise.obligatoire,
            PieceRequise.base_legale,
            PieceRequise.retiree_at,
        )
        .where(PieceRequise.demarche_id.in_(demarches))
        .order_by(PieceRequise.ordre, PieceRequise.id)
    )


def select_joined(demande: Demande) -> Select[*tuple[Any, ...]]:
    """The code and the columns of PieceJointe of each file. What a correction holds counts once that correction is sent."""
    return (
        select(
            PieceDemande.code,
            PieceDemande.id,
            PieceDemande.nom,
            Fichier.taille,
            Fichier.sha256,
            Fichier.verdict,
            PieceDemande.recue_at,
            PieceDemande.coffre_id,
        )
        .select_from(PieceDemande)
        .join(PieceDemande.fichier)
        .outerjoin(Complement, Complement.id == PieceDemande.complement_id)
        .where(
            PieceDemande.demande_id == demande.id,
            PieceDemande.retiree_at.is_(None),
            or_(PieceDemande.complement_id.is_(None), Complement.repondu_at.is_not(None)),
        )
        .order_by(PieceDemande.id)
    )


def expected(
    association: Association,
    demarches: Sequence[int],
    *,
    requises: Iterable[PieceLue],
    questions: Sequence[QuestionLue],
    lignes: Lignes,
    mandataire: bool,
) -> tuple[PieceAttendue, ...]:
    """Every piece of a request, in order, each with what was joined for it.

    `demarches`: the campaigns it is addressed to, the one it began with first; `requises`, `questions`: of them all;
    `lignes`: of `select_joined`. `mandataire`: who attests acts with a pouvoir, which is then required. What is no longer asked
    stays, optional, as long as something is joined for it.
    """
    jointes = _jointes(lignes)
    demandees = _demandees(demarches, list(requises), frozenset(jointes))
    attendues = demandees or _du_cerfa(association)
    attendues = [
        *_avec_pouvoir(attendues, mandataire=mandataire),
        *_questions(demarches, questions, frozenset(jointes)),
    ]
    connus = {piece.code for piece in attendues}
    orphelins = [code for code in jointes if code not in connus and code != AUTRE]
    attendues += [
        PieceAttendue(code=code, genre=GenrePiece.AUTRE, libelle=LIBELLES_PIECE[GenrePiece.AUTRE]) for code in orphelins
    ]
    attendues.append(_du_genre(GenrePiece.AUTRE, AIDE_AUTRE))
    return tuple(replace(piece, jointes=tuple(jointes.get(piece.code, ()))) for piece in attendues)


def _jointes(lignes: Lignes) -> dict[str, list[PieceJointe]]:
    """By code."""
    jointes: dict[str, list[PieceJointe]] = {}
    for code, *ligne in lignes:
        jointes.setdefault(code, []).append(PieceJointe(**dict(zip(CHAMPS_JOINTE, ligne, strict=True))))
    return jointes


def _demandees(demarches: Sequence[int], requises: Sequence[PieceLue], jointes: frozenset[str]) -> list[PieceAttendue]:
    """What the campaigns ask. Two of them asking the same kind ask it once; codes of the first stand as they are."""
    attendues: dict[str, PieceAttendue] = {}
    for demarche_id in demarches:
        premiere = demarche_id == demarches[0]
        for requise in (une for une in requises if une.demarche_id == demarche_id):
            code = _code(requise.code, demarche_id, premiere=premiere)
            meme = next((p for p in attendues.values() if p.genre == requise.genre != GenrePiece.AUTRE), None)
            if requise.retiree_at is not None and code not in jointes:
                continue
            if meme is not None and not premiere:
                exigee = meme.obligatoire or (requise.obligatoire and requise.retiree_at is None)
                attendues[meme.code] = replace(
                    meme, obligatoire=exigee, base_legale=meme.base_legale or requise.base_legale
                )
                continue
            attendues[code] = PieceAttendue(
                code=code,
                genre=requise.genre,
                libelle=requise.libelle,
                aide=requise.aide,
                base_legale=requise.base_legale,
                obligatoire=requise.obligatoire and requise.retiree_at is None,
            )
    return list(attendues.values())


def _code(code: str, demarche_id: int, *, premiere: bool) -> str:
    return code if premiere else f"{demarche_id}-{code}"[:LONGUEUR_CODE]


def _questions(
    demarches: Sequence[int], questions: Iterable[QuestionLue], jointes: frozenset[str]
) -> Iterable[PieceAttendue]:
    """Questions that a file answers."""
    for question in questions:
        if question.genre != GenreQuestion.FICHIER:
            continue
        nu = f"{PREFIXE_QUESTION}{question.code}"[:LONGUEUR_CODE]
        code = _code(nu, question.demarche_id, premiere=question.demarche_id == demarches[0])
        if question.retiree_at is None or code in jointes:
            yield PieceAttendue(
                code=code,
                genre=GenrePiece.AUTRE,
                libelle=question.libelle,
                aide=question.aide,
                base_legale=question.base_legale,
                obligatoire=question.obligatoire and question.retiree_at is None,
            )


def _du_cerfa(association: Association) -> list[PieceAttendue]:
    """The annexes of the cerfa, where a campaign says nothing. CRPA L113-12: what the RNA holds is not asked again."""
    au_rna = bool(association.rna)
    aide, base = (AIDE_AU_RNA, "") if au_rna else (AIDE_HORS_RNA, LOI_1901)
    return [
        _du_genre(GenrePiece.RIB, AIDE_RIB, CERFA, obligatoire=True),
        _du_genre(GenrePiece.STATUTS, aide, base, obligatoire=not au_rna),
        _du_genre(GenrePiece.DIRIGEANTS, aide, base, obligatoire=not au_rna),
        _du_genre(GenrePiece.COMPTES, AIDE_COMPTES),
        _du_genre(GenrePiece.RAPPORT_ACTIVITE, AIDE_ACTIVITE),
        _du_genre(GenrePiece.RAPPORT_COMMISSAIRE, AIDE_COMMISSAIRE),
    ]


def _avec_pouvoir(attendues: Sequence[PieceAttendue], *, mandataire: bool) -> list[PieceAttendue]:
    """Whoever acts with a pouvoir joins it, whatever the campaign says: the attestation of the cerfa asks for it."""
    if not mandataire:
        return list(attendues)
    if not any(piece.genre == GenrePiece.POUVOIR for piece in attendues):
        return [*attendues, _du_genre(GenrePiece.POUVOIR, AIDE_POUVOIR, CERFA, obligatoire=True)]
    return [
        replace(piece, obligatoire=True, base_legale=piece.base_legale or CERFA)
        if piece.genre == GenrePiece.POUVOIR
        else piece
        for piece in attendues
    ]


def _du_genre(genre: GenrePiece, aide: str, base_legale: str = "", *, obligatoire: bool = False) -> PieceAttendue:
    return PieceAttendue(
        code=genre.value,
        genre=genre,
        libelle=LIBELLES_PIECE[genre],
        aide=aide,
        base_legale=base_legale,
        obligatoire=obligatoire,
    )
