"""Closes the days of signatures: one Merkle tree a day, then for each signature a receipt that bears its proof (docs/adr/0018).

Both steps may be killed at any instant and done again: what is written already is not written twice.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.documents import preuve_cer
from portal.documents.preuve_cer import PREUVE_JOINTE, TEXTE_JOINT, PreuveJointe
from portal.formats import PARIS, maintenant
from portal.models.engagements import Engagement
from portal.models.souscriptions import ArbreCer
from portal.permissions import SYSTEME
from portal.queries import preuves_cer as lecture
from portal.queries.recus import recu_engagement
from portal.services import documents, journal, preuves_cer
from portal.vocabulaire import GenreDocument

FLUX = "arbres_cer"
PAR_LOT = 50


def close_next_day(session: Session, *, now: datetime | None = None) -> ArbreCer | None:
    """Write the tree of the first day of Paris that is over (at `now`, UTC) and has none; None when all are closed.

    A tree holds, by rank, every signature that no tree before it holds, up to the last one made before the day's end: a signature
    enters one tree, once, and trees follow one another as signatures do. No signature is under way meanwhile.
    """
    preuves_cer.lock(session)
    precedent = lecture.last_arbre(session)
    jour = precedent.jour + timedelta(days=1) if precedent else _first_day(session)
    if jour is None or jour >= (now or maintenant()).astimezone(PARIS).date():
        return None
    rangs = _ranks_of(session, jour, apres=lecture.last_rank_held(session))
    arbre = _tree(session, jour, rangs, precedent.chaine if precedent else preuve_cer.ORIGINE)
    session.add(arbre)
    journal.record(session, by=SYSTEME, action="arbre_cer_ferme", objet=FLUX, valeurs=lecture.publie(arbre))
    return arbre


def _first_day(session: Session) -> date | None:
    """The day of the first signature."""
    premiere = session.scalar(select(func.min(Engagement.signed_at)))
    return premiere.astimezone(PARIS).date() if premiere else None


def _ranks_of(session: Session, jour: date, *, apres: int) -> range:
    fin = datetime.combine(jour + timedelta(days=1), time.min, tzinfo=PARIS).astimezone(UTC)
    dernier = session.scalar(
        select(func.max(Engagement.rang)).where(Engagement.rang > apres, Engagement.signed_at < fin)
    )
    return range(apres + 1, (dernier or apres) + 1)


def _tree(session: Session, jour: date, rangs: range, precedente: str) -> ArbreCer:
    preuves = session.scalars(
        select(Engagement.preuve)
        .where(Engagement.rang >= rangs.start, Engagement.rang < rangs.stop)
        .order_by(Engagement.rang)
    )
    racine = preuve_cer.racine([preuve_cer.feuille(preuve) for preuve in preuves])
    return ArbreCer(
        jour=jour,
        premier=rangs.start if rangs else None,
        dernier=rangs.stop - 1 if rangs else None,
        taille=len(rangs),
        racine=racine,
        precedente=precedente,
        chaine=preuve_cer.chainer(jour, len(rangs), racine, precedente),
    )


def issue_proofs(session: Session, *, adresse: str, lot: int = PAR_LOT) -> int:
    """Issue the receipts with proof that are missing, at most `lot` and of one day at a time; how many.

    `adresse` is PORTAL_URL. Their author is the signatory, as for the first receipt.
    """
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("recus_avec_preuve"))))
    engagements = list(session.scalars(lecture.without_proof(session).limit(lot)))
    arbre = lecture.arbre_of(session, engagements[0].rang) if engagements else None
    if arbre is None:
        return 0
    preuves = lecture.proofs_of(session, arbre)
    du_jour = [un for un in engagements if un.rang in preuves]
    for engagement in du_jour:
        _issue(session, engagement, preuves[engagement.rang], adresse=adresse)
    return len(du_jour)


def _issue(session: Session, engagement: Engagement, preuve: PreuveJointe, *, adresse: str) -> None:
    documents.issue(
        session,
        by=replace(SYSTEME, user_id=engagement.signataire_id),
        genre=GenreDocument.RECU_AVEC_PREUVE,
        nom=f"Reçu d’engagement {engagement.code}, avec sa preuve",
        document=recu_engagement(engagement, racine=adresse, preuve_jointe=preuve.jour),
        engagement_id=engagement.id,
        jointes={PREUVE_JOINTE: preuve.ecrire(), TEXTE_JOINT: engagement.texte.corps},
    )
