"""The annual return of the CER for a service: distinct associations, refusals and withdrawals. Counts only, small ones hidden."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from portal.formats import PARIS, maintenant
from portal.models.associations import Association
from portal.models.decisions import Decision
from portal.models.dossiers import Dossier
from portal.models.manquements import Retrait
from portal.permissions import Acteur
from portal.queries.departements import departement, nom
from portal.queries.secret_statistique import Repartition, distribute
from portal.queries.statuts_cer import statuts_retenus
from portal.vocabulaire import LIBELLES_MOTIF, SensDecision
from portal.vocabulaire_cer import LIBELLES_MOTIF_RETRAIT, LIBELLES_ORIGINE_CER, EtatCer, OrigineCer

# The CER is asked since 2 January 2022 (décret n° 2021-1947).
PREMIERE_ANNEE = 2022
DISPENSE = "dispensé : agrément de l’article 25-1, ou utilité publique"
# Each way, with the few words that a chart has room for.
VOIES = {
    LIBELLES_ORIGINE_CER[OrigineCer.PORTAIL]: "Portail",
    LIBELLES_ORIGINE_CER[OrigineCer.PAPIER]: "Papier",
    LIBELLES_ORIGINE_CER[OrigineCer.DEMANDE]: "Demande déposée ici",
    LIBELLES_ORIGINE_CER[OrigineCer.DS]: "Démarches Simplifiées",
    LIBELLES_ORIGINE_CER[OrigineCer.TABLEUR]: "Tableau importé",
    DISPENSE: "Dispense",
}
ASSOCIATION, FONDATION, AUTRE, NATURE_INCONNUE = "association", "fondation", "autre organisme", "nature inconnue"
NATURES = (ASSOCIATION, FONDATION, AUTRE, NATURE_INCONNUE)
SANS_MOTIF = "sans motif codé"
MOINS_DE_CINQ = "moins de 5"
NON_DETAILLE = "Répartition non publiée : elle ferait connaître des effectifs de moins de 5"
DEFINITIONS = {
    "Associations": (
        "Chaque association compte une fois, si elle a déposé dans l’année au moins un dossier dont le service est responsable, "
        "et si elle est, à la date d’arrêté, signataire du contrat d’engagement républicain ou dispensée de le signer."
    ),
    "Voie": (
        "Une association qui a souscrit par plusieurs voies compte à une seule, la signature sur ce portail étant préférée. "
        "Une souscription dont le lien de la personne n’est pas vérifié ne compte pas."
    ),
    "Département": "Celui du code postal du siège. Un code postal peut relever d’un bureau de poste du département voisin.",
    "Nature": "Selon la catégorie juridique de l’INSEE : 92 pour les associations, 93 pour les fondations.",
    "Refus et classements": "Décisions du service notifiées dans l’année, selon leur motif codé.",
    "Retraits": "Retraits de subvention du service notifiés dans l’année, selon leur motif codé.",
    "Masqué": (
        "Un effectif de moins de 5 n’est pas publié, ni celui qui permettrait de le calculer à partir du total. Les zéros sont "
        "publiés."
    ),
}


@dataclass(frozen=True, slots=True)
class Bilan:
    """The return of a year. `arrete_a`: the instant of the statuses, the end of the year or now; it names nobody."""

    annee: int
    arrete_a: datetime
    voies: Repartition
    departements: Repartition
    natures: Repartition
    refus: Repartition
    retraits: Repartition

    @property
    def en_cours(self) -> bool:
        """True while the year is not over."""
        return self.annee == maintenant().astimezone(PARIS).year


def years() -> list[int]:
    """The years of which a return may be asked, newest first."""
    return list(range(maintenant().astimezone(PARIS).year, PREMIERE_ANNEE - 1, -1))


def get(session: Session, viewer: Acteur, annee: int) -> Bilan:
    """The return of the viewer's service for one of `years()`: three statements."""
    fin = min(datetime(annee + 1, 1, 1, tzinfo=PARIS), maintenant())
    comptes = _associations(session, viewer, annee, fin)
    return Bilan(
        annee=annee,
        arrete_a=fin,
        voies=_repartir(comptes, _voie, VOIES),
        departements=_repartir(comptes, lambda cle: nom(cle[2])),
        natures=_repartir(comptes, lambda cle: cle[3], NATURES),
        refus=_refus(session, viewer, annee),
        retraits=_retraits(session, viewer, annee),
    )


def _associations(session: Session, viewer: Acteur, annee: int, fin: datetime) -> Counter[tuple[Any, ...]]:
    """Distinct associations that have filed with the service in the year and whom the CER binds, or frees from signing."""
    retenu = statuts_retenus(fin)
    deposantes = select(Dossier.association_id).where(
        Dossier.service_id == viewer.service_id, _pendant(Dossier.date_depot, annee)
    )
    cles = (
        select(
            retenu.c.etat,
            retenu.c.origine,
            departement(Association.code_postal).label("departement"),
            _nature().label("nature"),
        )
        .join(retenu, retenu.c.association_id == Association.id)
        .where(Association.id.in_(deposantes), retenu.c.etat.in_([EtatCer.SIGNE, EtatCer.DISPENSE]))
        .subquery()
    )
    lignes = session.execute(
        select(*cles.c, func.count()).group_by(*cles.c).order_by(cles.c.departement, cles.c.nature)
    )
    return Counter({tuple(cle): nombre for *cle, nombre in lignes})


def _refus(session: Session, viewer: Acteur, annee: int) -> Repartition:
    """Refusals and closings that the service has notified in the year, by coded reason."""
    lignes = session.execute(
        select(Decision.motif, func.count())
        .join(Dossier, Dossier.id == Decision.dossier_id)
        .where(
            Dossier.service_id == viewer.service_id,
            Decision.sens != SensDecision.ACCEPTE,
            _pendant(Decision.notified_at, annee),
        )
        .group_by(Decision.motif)
        .order_by(Decision.motif)
    )
    comptes = {LIBELLES_MOTIF[motif] if motif else SANS_MOTIF: nombre for motif, nombre in lignes}
    return distribute({motif: comptes.get(motif, 0) for motif in (*LIBELLES_MOTIF.values(), SANS_MOTIF)})


def _retraits(session: Session, viewer: Acteur, annee: int) -> Repartition:
    """Withdrawals that the service has notified in the year, by coded reason."""
    lignes = session.execute(
        select(Retrait.motif, func.count())
        .join(Decision, Decision.id == Retrait.decision_id)
        .join(Dossier, Dossier.id == Decision.dossier_id)
        .where(Dossier.service_id == viewer.service_id, _pendant(Retrait.notified_at, annee))
        .group_by(Retrait.motif)
        .order_by(Retrait.motif)
    )
    comptes = {LIBELLES_MOTIF_RETRAIT[motif]: nombre for motif, nombre in lignes}
    return distribute({motif: comptes.get(motif, 0) for motif in LIBELLES_MOTIF_RETRAIT.values()})


def _repartir(
    comptes: Counter[tuple[Any, ...]], lire: Callable[[tuple[Any, ...]], str], lignes: Iterable[str] = ()
) -> Repartition:
    """One distribution of the same associations. `lignes`: rows shown even when nobody is there."""
    effectifs = dict.fromkeys(lignes, 0)
    for cle, nombre in comptes.items():
        effectifs[lire(cle)] = effectifs.get(lire(cle), 0) + nombre
    return distribute(effectifs)


def _voie(cle: tuple[Any, ...]) -> str:
    return LIBELLES_ORIGINE_CER[OrigineCer(cle[1])] if cle[0] == EtatCer.SIGNE else DISPENSE


def _nature() -> ColumnElement[str]:
    """Kind of body, from the category that INSEE gives: 92 associations, 93 fondations."""
    nature = Association.nature_juridique
    return case(
        (nature == "", NATURE_INCONNUE),
        (nature.startswith("92"), ASSOCIATION),
        (nature.startswith("93"), FONDATION),
        else_=AUTRE,
    )


def _pendant(instant: Any, annee: int) -> ColumnElement[bool]:
    """Within that year of Paris."""
    return and_(instant >= datetime(annee, 1, 1, tzinfo=PARIS), instant < datetime(annee + 1, 1, 1, tzinfo=PARIS))
