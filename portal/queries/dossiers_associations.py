"""Every dossier of an association, in whichever service, by the rule of the croisement (model.md §3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import accumulate
from typing import Any

from sqlalchemy import Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from portal.models.comptes_rendus import CompteRendu
from portal.models.demarches import Demarche
from portal.models.dossiers import AccesDossier, Dossier, DossierDS
from portal.models.services import Service
from portal.permissions import Acteur
from portal.queries import lecteur
from portal.queries.argent_associations import Paye
from portal.queries.lecteur import LECTEUR
from portal.queries.mes_dossiers import libelle_public
from portal.vocabulaire import Etat
from portal.vocabulaire_ds import Visibilite

MAXIMUM = 500
# The last exercices are shown whole as long as they hold no more dossiers than that; each of the others on demand.
DEPLIES = 100
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierVu:
    """What every service is told of a dossier; of one on a confidential démarche, that it exists and nothing else.

    `reference` is None when the viewer's service may not open it; `cr_echeance`, `cr_depose_at`: its compte rendu, if one is due.
    """

    cache: bool
    reference: str | None = None
    demarche: str = ""
    service: str = ""
    contact: str = ""
    intitule: str = ""
    exercice: int | None = None
    etat: Etat | None = None
    libelle_etat: str = ""
    demande: Decimal | None = None
    accorde: Decimal | None = None
    date_depot: datetime | None = None
    date_traitement: datetime | None = None
    cr_echeance: date | None = None
    cr_depose_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Exercice:
    """The dossiers of one year, and what they add up to; what nobody has told counts for nothing.

    `verse`: paid, as workbooks told; None when none did.
    """

    annee: int | None
    dossiers: tuple[DossierVu, ...]
    verse: Decimal | None = None

    @property
    def libelle(self) -> str:
        """The year in words."""
        return str(self.annee) if self.annee else "non précisé"

    @property
    def demande(self) -> Decimal:
        """Asked, everywhere."""
        return sum((un.demande or ZERO for un in self.dossiers), ZERO)

    @property
    def accorde(self) -> Decimal:
        """Granted and notified, everywhere."""
        return sum((un.accorde or ZERO for un in self.dossiers), ZERO)


def list_dossiers(session: Session, viewer: Acteur, association_id: int) -> tuple[DossierVu, ...]:
    """Filed ones, the newest first, MAXIMUM at most, those of the bin of DS left out: one statement."""
    valeurs = lecteur.valeurs(viewer, association_id=association_id, **lecteur.fermes(viewer))
    return tuple(_vu(ligne) for ligne in session.execute(_choix(), valeurs))


@cache
def _choix() -> Select[*tuple[Any, ...]]:
    """Those of `association_id`, for LECTEUR."""
    sien = and_(AccesDossier.dossier_id == Dossier.id, AccesDossier.service_id == LECTEUR.service_id)
    return (
        select(
            AccesDossier.dossier_id.is_not(None).label("lisible"),
            Demarche.confidentielle,
            Dossier.reference,
            Demarche.titre,
            Service.sigle,
            Service.email,
            Dossier.intitule,
            Dossier.exercice,
            Dossier.etat,
            Dossier.complement_demande,
            Dossier.montant_demande,
            Dossier.montant_accorde,
            Dossier.date_depot,
            Dossier.date_traitement,
            CompteRendu.echeance,
            CompteRendu.depose_at,
        )
        .join(Demarche, Demarche.id == Dossier.demarche_id)
        .join(Service, Service.id == Dossier.service_id)
        .outerjoin(AccesDossier, sien)
        .outerjoin(CompteRendu, CompteRendu.dossier_id == Dossier.id)
        .outerjoin(DossierDS, DossierDS.dossier_id == Dossier.id)
        .where(
            Dossier.association_id == bindparam("association_id"),
            lecteur.ouvert(Dossier.id),
            Dossier.etat != Etat.BROUILLON,
            or_(DossierDS.dossier_id.is_(None), DossierDS.visibilite == Visibilite.VISIBLE),
        )
        .order_by(Dossier.date_depot.desc(), Dossier.id.desc())
        .limit(MAXIMUM)
    )


def _vu(ligne: Any) -> DossierVu:
    if ligne.confidentielle and not ligne.lisible:
        return DossierVu(cache=True)
    return DossierVu(
        cache=False,
        reference=ligne.reference if ligne.lisible else None,
        demarche=ligne.titre,
        service=ligne.sigle,
        contact=ligne.email,
        intitule=ligne.intitule,
        exercice=ligne.exercice,
        etat=ligne.etat,
        libelle_etat=libelle_public(ligne.etat, complement_demande=ligne.complement_demande),
        demande=ligne.montant_demande,
        accorde=ligne.montant_accorde,
        date_depot=ligne.date_depot,
        date_traitement=ligne.date_traitement,
        cr_echeance=ligne.echeance,
        cr_depose_at=ligne.depose_at,
    )


def by_exercice(dossiers: Iterable[DossierVu], payes: Sequence[Paye] = ()) -> tuple[Exercice, ...]:
    """The dossiers that may be told, and what was paid, year by year, the last first; those without a year at the end."""
    verses = {paye.exercice or 0: paye.montant for paye in payes}
    dits: dict[int, list[DossierVu]] = {annee: [] for annee in verses}
    for un in dossiers:
        if not un.cache:
            dits.setdefault(un.exercice or 0, []).append(un)
    return tuple(Exercice(annee or None, tuple(dits[annee]), verses.get(annee)) for annee in sorted(dits, reverse=True))


def unfold(exercices: Sequence[Exercice], choisi: int | None) -> tuple[Exercice, ...]:
    """Those that are shown whole: the one that was chosen (0: those without a year), else the last ones."""
    demande = tuple(un for un in exercices if choisi is not None and (un.annee or 0) == choisi)
    sommes = accumulate(len(un.dossiers) for un in exercices)
    return demande or tuple(
        un for rang, (un, somme) in enumerate(zip(exercices, sommes, strict=True)) if not rang or somme <= DEPLIES
    )
