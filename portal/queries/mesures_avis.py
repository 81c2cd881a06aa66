"""What sharing opinions changes, measured for each service. Each figure bears its definition and the very query that gives it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from portal.formats import PARIS, maintenant
from portal.permissions import Acteur
from portal.queries.delais_reponse import Attente, Delais, kaplan_meier

PREMIERE_ANNEE = 2022
# Shares told beside the chart, in days.
REPERES = (7, 14, 30, 60, 90)
# These are the queries that run, and that the page publishes: no figure comes from anywhere else.
CROISES = text("""
WITH decide AS (
    SELECT d.id, d.service_id, d.montant_demande, x.sens, x.montant_accorde, x.conditions, x.decided_at
    FROM decision x JOIN dossier d ON d.id = x.dossier_id
    WHERE x.notified_at >= :debut AND x.notified_at < :fin
      AND (CAST(:service_id AS bigint) IS NULL OR d.service_id = :service_id)
), lu AS (
    SELECT DISTINCT c.id,
        bool_or(a.sens <> 'favorable' OR a.montant_propose IS DISTINCT FROM c.montant_demande
            AND a.montant_propose IS NOT NULL) OVER (PARTITION BY c.id) AS nuance
    FROM decide c
    JOIN avis a ON a.dossier_id = c.id AND a.service_id IS DISTINCT FROM c.service_id
    JOIN lecture_avis l ON l.avis_id = a.id AND l.service_id = c.service_id AND l.lu_at < c.decided_at
)
SELECT c.service_id, s.sigle, count(*) AS decides, count(lu.id) AS croises,
    count(lu.id) FILTER (WHERE lu.nuance AND (c.sens <> 'accepte' OR c.conditions <> ''
        OR c.montant_accorde IS DISTINCT FROM c.montant_demande)) AS utiles
FROM decide c JOIN service s ON s.id = c.service_id LEFT JOIN lu ON lu.id = c.id
GROUP BY c.service_id, s.sigle ORDER BY s.sigle, c.service_id
""")
REPONSES = text("""
SELECT q.service_id = :service_id AS recue, q.repondue_at IS NOT NULL AS repondue,
    extract(epoch FROM coalesce(q.repondue_at, q.close_at, :maintenant) - q.created_at) AS secondes
FROM demande_avis q
WHERE q.created_at >= :debut AND q.created_at < :fin
  AND (q.service_id = :service_id OR q.demandeur_service_id = :service_id)
ORDER BY q.id
""")
DOUBLONS = text("""
SELECT count(*) AS nombre, coalesce(sum(d.montant_demande), 0) AS demande, coalesce(sum(d.montant_accorde), 0) AS accorde
FROM (
    SELECT DISTINCT greatest(r.dossier_id, r.autre_dossier_id) AS plus_recent
    FROM recoupement r JOIN dossier d ON d.id = r.dossier_id
    WHERE r.genre = 'meme_action' AND r.etat = 'confirme' AND r.juge_at >= :debut AND r.juge_at < :fin
      AND d.service_id = :service_id
) paire JOIN dossier d ON d.id = paire.plus_recent
""")
DEFINITIONS = {
    "Dossiers décidés": "Dossiers dont le service est responsable et dont la décision a été notifiée dans l’année.",
    "Dossiers croisés": (
        "Parmi eux, ceux où un agent du service a ouvert, avant que la décision ne soit prise, la partie « Avis » du dossier "
        "alors qu’un avis d’un autre service ou d’un expert y était lisible. Un avis rendu mais jamais ouvert ne compte pas."
    ),
    "Croisements utiles": (
        "Parmi les dossiers croisés, ceux où un avis lu n’était pas simplement favorable au montant demandé (réserves, "
        "défavorable, ne se prononce pas, ou autre montant proposé) et où la décision n’a pas accordé la demande telle quelle "
        "(refus, classement, autre montant, conditions). C’est une coïncidence observée, pas la preuve d’un effet."
    ),
    "Doublons confirmés": (
        "Paires de dossiers qu’un agent du service a confirmées dans l’année comme une même action demandée deux fois. "
        "Les montants sont ceux du plus récent des deux dossiers\u00a0: demandé, puis accordé s’il l’a été."
    ),
    "Délai de réponse": (
        "Jours entiers entre la demande d’avis et la réponse, pour les demandes de l’année. Médiane et P90 sont estimés par la "
        "méthode de Kaplan-Meier : une demande qui attend encore, retirée ou sans suite compte pour le temps qu’elle a "
        "attendu. Un délai que trop peu de réponses permettent de dire n’est pas dit."
    ),
}


@dataclass(frozen=True, slots=True)
class Croisements:
    """Counts of one service over a year."""

    service: str
    decides: int
    croises: int
    utiles: int


@dataclass(frozen=True, slots=True)
class Doublons:
    """Pairs confirmed over a year, with what the later dossier of each asked and was granted, in euros."""

    nombre: int
    demande: Decimal
    accorde: Decimal


@dataclass(frozen=True, slots=True)
class Mesures:
    """Those of one service: what it decided, how fast it answers, and how fast it is answered."""

    annee: int
    croisements: Croisements
    doublons: Doublons
    ses_reponses: Delais
    reponses_recues: Delais


def years() -> list[int]:
    """The years that may be asked, newest first."""
    return list(range(maintenant().astimezone(PARIS).year, PREMIERE_ANNEE - 1, -1))


def of_service(session: Session, viewer: Acteur, annee: int) -> Mesures:
    """Of the service for which the viewer acts, in three statements."""
    valeurs = {**_bornes(annee), "service_id": viewer.service_id}
    lignes = session.execute(CROISES, valeurs).all()
    reponses = session.execute(REPONSES, {**valeurs, "maintenant": maintenant()}).all()
    doublons = session.execute(DOUBLONS, valeurs).one()
    vides = Croisements(viewer.libelle_service or "", 0, 0, 0)
    return Mesures(
        annee=annee,
        croisements=_croisements(lignes[0]) if lignes else vides,
        doublons=Doublons(doublons.nombre, doublons.demande, doublons.accorde),
        ses_reponses=_delais(ligne for ligne in reponses if ligne.recue),
        reponses_recues=_delais(ligne for ligne in reponses if not ligne.recue),
    )


def by_service(session: Session, annee: int) -> list[Croisements]:
    """Counts of every service that decided something that year, by name: for administrators, who see no dossier."""
    lignes = session.execute(CROISES, {**_bornes(annee), "service_id": None})
    return [_croisements(ligne) for ligne in lignes]


def queries() -> Mapping[str, str]:
    """The text of each query, as it runs."""
    publiees = {
        "Dossiers décidés, croisés et utiles": CROISES,
        "Doublons confirmés": DOUBLONS,
        "Délais de réponse": REPONSES,
    }
    return {nom: requete.text.strip() for nom, requete in publiees.items()}


def _bornes(annee: int) -> dict[str, Any]:
    """The year in Paris, as instants UTC."""
    debut, fin = (datetime(une, 1, 1, tzinfo=PARIS).astimezone(UTC) for une in (annee, annee + 1))
    return {"debut": debut, "fin": fin}


def _croisements(ligne: Row[Any]) -> Croisements:
    return Croisements(ligne.sigle, ligne.decides, ligne.croises, ligne.utiles)


def _delais(lignes: Iterable[Row[Any]]) -> Delais:
    return kaplan_meier(Attente(int(ligne.secondes // 86_400), ligne.repondue) for ligne in lignes)
