"""The day when silence means rejection of one dossier, with its computation in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.formats import PARIS, aujourdhui, date_fr
from portal.models.dossiers import Dossier
from portal.queries.delais_rejet import Complement, est_suspendu, fin_de_suspension, rejet_suspendu
from portal.queries.recepisses import rejet_implicite
from portal.vocabulaire import ETATS_FINAUX, Source


@dataclass(frozen=True, slots=True)
class EcheanceRejet:
    """`calcul`: how the day was found, a sentence a step. `proche`: within fifteen days."""

    jour: date
    phrase: str
    calcul: tuple[str, ...]
    passee: bool
    proche: bool


PROCHE = timedelta(days=15)


def of_dossier(dossier: Dossier, complements: Sequence[Complement], jour: date | None = None) -> EcheanceRejet | None:
    """Of a dossier that is not ended, on the day `jour` (today in Paris); None once it is: nothing runs any more.

    CRPA L231-4: two months of silence on a request of money are a rejection; L114-5: required pieces that are awaited suspend
    them, `complements` (oldest first) say for how long.
    """
    if dossier.etat in ETATS_FINAUX:
        return None
    jour = jour or aujourdhui()
    echeance = rejet_suspendu(dossier.date_depot, complements)
    return EcheanceRejet(
        echeance,
        _phrase(echeance, jour, suspendu=est_suspendu(complements, jour)),
        tuple(_calcul(dossier, complements)),
        passee=jour > echeance,
        proche=jour <= echeance <= jour + PROCHE,
    )


def _phrase(echeance: date, jour: date, *, suspendu: bool) -> str:
    if jour > echeance:
        return f"Décision implicite de rejet née le {date_fr(echeance)}, une décision expresse reste possible."
    return f"Le silence vaudra rejet le {date_fr(echeance)}{', suspendu en ce moment' if suspendu else ''}."


def _calcul(dossier: Dossier, complements: Sequence[Complement]) -> Iterator[str]:
    """Receipt, two months, then each suspension, with the day reached at each step."""
    echeance = rejet_implicite(dossier.date_depot)
    ou = "sur Démarches Simplifiées" if dossier.source == Source.DS else "par le service"
    yield (
        f"Demande reçue {ou} le {date_fr(_jour(dossier.date_depot))}, plus deux mois (CRPA, art. L231-4)\u00a0: "
        f"{date_fr(echeance)}."
    )
    for complement in complements:
        debut = _jour(complement.demande_at)
        if not complement.pieces_exigees:
            continue
        if debut > echeance:
            yield f"La demande de pièces du {date_fr(debut)} est venue après ce jour\u00a0: elle ne suspend rien."
            continue
        fin = fin_de_suspension(complement)
        jours = max(0, (fin - debut).days)
        echeance += timedelta(days=jours)
        yield (
            f"Plus {jours} jour{'s' if jours > 1 else ''} pour la demande de pièces du {date_fr(debut)}, jusqu’au {date_fr(fin)} "
            f"({_cloture(complement)}\u00a0; CRPA, art. L114-5)\u00a0: {date_fr(echeance)}."
        )


def _cloture(complement: Complement) -> str:
    """Why the suspension ends that day."""
    fin = fin_de_suspension(complement)
    if complement.repondu_at is not None and _jour(complement.repondu_at) == fin:
        return "jour de la réponse"
    if complement.annule_at is not None and _jour(complement.annule_at) == fin:
        return "demande annulée"
    return "fin du délai donné"


def _jour(instant: datetime) -> date:
    return instant.astimezone(PARIS).date()
