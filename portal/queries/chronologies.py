"""What has happened to a dossier in public words, and what comes next: for the people of its association."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from portal.formats import PARIS, aujourdhui, date_fr, instant_fr
from portal.models.dossiers import Dossier
from portal.models.echanges import Complement
from portal.queries.delais_rejet import est_ouvert, est_suspendu, rejet_suspendu
from portal.queries.mes_dossiers import Issue
from portal.queries.reorientations import Transmission
from portal.vocabulaire import ETATS_FINAUX, LIBELLES_ETAT_PUBLIC, Etat, Source

MEMES_DATES = "La date de dépôt, les pièces et le délai de réponse restent les mêmes."


@dataclass(frozen=True, slots=True)
class Etape:
    """A line of the history, in public words."""

    quand: str
    titre: str
    texte: str = ""


@dataclass(frozen=True, slots=True)
class Chronologie:
    """Newest first. `suite`: what comes next, in words; `attendu`: the corrections that are awaited."""

    etapes: tuple[Etape, ...]
    suite: str
    attendu: Complement | None


def chronologie(
    dossier: Dossier,
    notifiee: Issue | None,
    complements: Sequence[Complement],
    transmissions: Sequence[Transmission] = (),
) -> Chronologie:
    """Of a dossier of any source. `complements`, `transmissions`: those of the dossier, oldest first."""
    faits: list[tuple[datetime | None, str, str]] = [
        (dossier.date_depot, LIBELLES_ETAT_PUBLIC[Etat.EN_CONSTRUCTION], ""),
        (dossier.date_passage_en_instruction, LIBELLES_ETAT_PUBLIC[Etat.EN_INSTRUCTION], ""),
        *(fait for complement in complements for fait in _of_complement(complement)),
        *((une.at, _transmis(une), MEMES_DATES) for une in transmissions),
        (_fin(dossier, notifiee), LIBELLES_ETAT_PUBLIC[dossier.etat], ""),
    ]
    dates = sorted((fait for fait in faits if fait[0] is not None), key=lambda fait: fait[0] or dossier.date_depot)
    etapes = tuple(Etape(instant_fr(quand), titre, texte) for quand, titre, texte in reversed(dates))
    ouverts = [un for un in complements if est_ouvert(un) and dossier.etat not in ETATS_FINAUX]
    return Chronologie(etapes, suite(dossier, complements), ouverts[0] if ouverts else None)


def _fin(dossier: Dossier, notifiee: Issue | None) -> datetime | None:
    """When the dossier ended: notified, or withdrawn."""
    if notifiee is not None:
        return notifiee.notifiee_le
    return dossier.date_traitement if dossier.etat == Etat.RETIRE else None


def _transmis(transmission: Transmission) -> str:
    if transmission.autre_service:
        return f"Demande transmise à {transmission.service}"
    return f"Demande transmise à la campagne «\u00a0{transmission.demarche}\u00a0»"


def _of_complement(complement: Complement) -> list[tuple[datetime | None, str, str]]:
    clos, titre = complement.repondu_at, "Corrections envoyées"
    if clos is not None and clos.astimezone(PARIS).date() > complement.echeance:
        titre = "Corrections envoyées, après la date"
    if complement.annule_at is not None:
        clos, titre = complement.annule_at, "Corrections plus demandées par le service"
    attendues = f"À envoyer avant le {date_fr(complement.echeance)} compris."
    return [(complement.demande_at, "Corrections demandées par le service", attendues), (clos, titre, "")]


def suite(dossier: Dossier, complements: Sequence[Complement], jour: date | None = None) -> str:
    """What comes next on the day `jour` (today in Paris); "" once the dossier is ended, and on one of DS.

    CRPA L231-4: two months of silence are a rejection; L114-5: required pieces that are awaited suspend them.
    """
    if dossier.etat in ETATS_FINAUX or dossier.source != Source.PORTAIL:
        return ""
    jour = jour or aujourdhui()
    rejet = date_fr(rejet_suspendu(dossier.date_depot, complements))
    if jour > rejet_suspendu(dossier.date_depot, complements):
        return (
            f"Le service n’a pas répondu avant le {rejet}\u00a0: la demande est réputée rejetée depuis cette date. Une "
            "décision expresse reste possible."
        )
    if est_suspendu(complements, jour):
        return (
            "Le délai de réponse du service est suspendu jusqu’à l’arrivée des pièces ou informations demandées, au plus tard "
            f"jusqu’à la date donnée. Sans réponse du service le {rejet}, la demande sera réputée rejetée."
        )
    return f"Le service a jusqu’au {rejet} pour répondre. Sans réponse à cette date, la demande est réputée rejetée."
