"""Writes the amounts of a dossier once its decision is notified, and takes them back when it is reopened."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.decisions import Decision
from portal.models.dossiers import Dossier, Financement
from portal.services.teneurs import LigneOctroi
from portal.vocabulaire_instruction import NatureOctroi

# exercice, programme, nature
Cle = tuple[int | None, str, NatureOctroi]


def grant(session: Session, dossier: Dossier, decision: Decision) -> None:
    """Each exercice and programme granted completes the financement that asks for it, or makes one.

    The dossier's own amount is the sum of what is granted in money, None when nothing is.
    """
    lignes = [LigneOctroi.lue(ligne) for ligne in decision.lignes] or _seule_ligne(dossier, decision)
    restants = list(_financements(session, dossier))
    for cle in sorted({_cle(ligne) for ligne in lignes}, key=lambda une: (une[0] or 0, une[1], une[2])):
        siennes = [ligne for ligne in lignes if _cle(ligne) == cle]
        financement = _choisir(restants, cle)
        if financement is None:
            financement = Financement(dossier_id=dossier.id)
            session.add(financement)
        else:
            restants.remove(financement)
        financement.exercice, financement.programme, financement.nature = cle
        financement.accorde = sum((ligne.montant for ligne in siennes), Decimal(0))
        financement.conditionnel = any(ligne.conditionnelle for ligne in siennes)
    dossier.montant_accorde = decision.montant_accorde
    session.flush()


def take_back(session: Session, dossier: Dossier) -> None:
    """Nothing is granted any more; the lines that only a grant had made go."""
    for financement in _financements(session, dossier):
        if financement.demande is None and financement.propose is None:
            session.delete(financement)
        financement.accorde, financement.conditionnel = None, False
    dossier.montant_accorde = None
    session.flush()


def _seule_ligne(dossier: Dossier, decision: Decision) -> Sequence[LigneOctroi]:
    """Of a decision recorded before lines were."""
    if decision.montant_accorde is None:
        return ()
    programme = dossier.demarche.programme
    return (LigneOctroi(exercice=dossier.exercice, programme=programme, montant=decision.montant_accorde),)


def _financements(session: Session, dossier: Dossier) -> Sequence[Financement]:
    return session.scalars(
        select(Financement).where(Financement.dossier_id == dossier.id).order_by(Financement.id)
    ).all()


def _cle(ligne: LigneOctroi) -> Cle:
    return ligne.exercice, ligne.programme, ligne.nature


def _choisir(financements: Sequence[Financement], cle: Cle) -> Financement | None:
    """The line of that exercice, programme and nature; else one that asks for money and does not say of which."""
    exercice, programme, nature = cle
    pareil = [un for un in financements if (un.exercice, un.programme, un.nature) == cle]
    vague = [
        un
        for un in financements
        if nature == un.nature == NatureOctroi.NUMERAIRE
        and un.exercice in (None, exercice)
        and un.programme in ("", programme)
    ]
    return next(iter(pareil or vague), None)
