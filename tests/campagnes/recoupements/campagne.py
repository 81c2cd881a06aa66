"""Makes the corpus, has it looked at, and counts what was found against what was planted."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.dossiers import Dossier
from portal.models.recoupements import Recoupement
from portal.services import recoupements
from portal.vocabulaire_recoupements import Ecart, EtatRecoupement, GenreRecoupement
from tests.campagnes.recoupements.generateur import Etiquettes, Generateur

PRECISION_DOUBLONS, RAPPEL_DOUBLONS, COFINANCEMENTS_PRIS_POUR_DOUBLONS = 0.95, 0.90, 0.02
DOUBLONS = "doublons"


@dataclass
class Compte:
    """Of one kind: found and planted, found for nothing, planted and missed."""

    justes: int = 0
    fausses: int = 0
    manquees: int = 0

    @property
    def precision(self) -> float:
        """Share of what was found that had been planted; 1 when nothing was found."""
        return self.justes / (self.justes + self.fausses) if self.justes + self.fausses else 1.0

    @property
    def rappel(self) -> float:
        """Share of what had been planted that was found; 1 when nothing was."""
        return self.justes / (self.justes + self.manquees) if self.justes + self.manquees else 1.0

    def add(self, trouves: set[Any], plantes: set[Any]) -> None:
        """Count one corpus more."""
        self.justes += len(trouves & plantes)
        self.fausses += len(trouves - plantes)
        self.manquees += len(plantes - trouves)


@dataclass
class Bilan:
    """Over one seed or several. `pieges`: by kind, pairs that look like duplicates and are none, and those flagged."""

    associations: int = 0
    dossiers: int = 0
    secondes: float = 0.0
    par_genre: dict[str, Compte] = field(default_factory=dict)
    cofinancements: int = 0
    cofinancements_pris: int = 0
    pieges: dict[str, list[int]] = field(default_factory=dict)
    exemples: list[str] = field(default_factory=list)

    @property
    def part_des_cofinancements(self) -> float:
        """Share of the co-fundings flagged as duplicates."""
        return self.cofinancements_pris / self.cofinancements if self.cofinancements else 0.0

    @property
    def manques(self) -> list[str]:
        """The bars that do not hold."""
        doublons = self.par_genre[DOUBLONS]
        barres = (
            ("précision des doublons", doublons.precision >= PRECISION_DOUBLONS),
            ("rappel des doublons", doublons.rappel >= RAPPEL_DOUBLONS),
            (
                "cofinancements pris pour des doublons",
                self.part_des_cofinancements <= COFINANCEMENTS_PRIS_POUR_DOUBLONS,
            ),
        )
        return [nom for nom, tient in barres if not tient]


def run(session: Session, bilan: Bilan, *, graine: int, associations: int) -> Bilan:
    """One seed more in the count."""
    generateur = Generateur(session, graine)
    etiquettes = generateur.populate(associations)
    debut = time.monotonic()
    while recoupements.sweep(session):
        pass
    bilan.secondes += time.monotonic() - debut
    bilan.associations += associations
    siens = {demarche.id for demarche in generateur.demarches.values()}
    lus = list(
        session.scalars(
            select(Recoupement)
            .join(Dossier, Dossier.id == Recoupement.dossier_id)
            .where(Dossier.demarche_id.in_(siens), Recoupement.etat == EtatRecoupement.A_REGARDER)
            .order_by(Recoupement.id)
        )
    )
    faits = session.scalars(select(Dossier).where(Dossier.demarche_id.in_(siens)))
    titres = {dossier.id: dossier.intitule for dossier in faits}
    bilan.dossiers += len(titres)
    _count(bilan, lus, etiquettes, titres)
    return bilan


def _count(bilan: Bilan, lus: Iterable[Recoupement], etiquettes: Etiquettes, titres: dict[int, str]) -> None:
    par_genre: dict[GenreRecoupement, list[Recoupement]] = {genre: [] for genre in GenreRecoupement}
    for un in lus:
        par_genre[un.genre].append(un)
    paires = {frozenset({un.dossier_id, un.autre_dossier_id}) for un in par_genre[GenreRecoupement.MEME_ACTION]}
    _add(bilan, DOUBLONS, paires, etiquettes.doublons)
    bilan.cofinancements += len(etiquettes.cofinancements)
    bilan.cofinancements_pris += len(paires & etiquettes.cofinancements)
    for nom, pieges in etiquettes.pieges.items():
        compte = bilan.pieges.setdefault(nom, [0, 0])
        compte[0] += len(pieges)
        compte[1] += len(pieges & paires)
    ecarts = {
        (un.dossier_id, un.faits["service_id"], Ecart(un.faits["ecart"]))
        for un in par_genre[GenreRecoupement.COFINANCEMENT]
        if "service_id" in un.faits
    }
    plantes = {(dossier, service, ecart) for (dossier, service), ecart in etiquettes.ecarts.items()}
    for ecart in (Ecart.ABSENT, Ecart.MONTANT, Ecart.REFUSE, Ecart.PAS_DECIDE):
        vus, voulus = ({un for un in tous if un[2] == ecart} for tous in (ecarts, plantes))
        _add(bilan, f"cofinancement : {ecart.value}", vus, voulus)
    depassements = {
        un.dossier_id for un in par_genre[GenreRecoupement.COFINANCEMENT] if un.faits["ecart"] == Ecart.DEPASSEMENT
    }
    _add(bilan, "aides au-delà du coût", depassements, etiquettes.depassements)
    _add(bilan, "de minimis", {un.dossier_id for un in par_genre[GenreRecoupement.MINIMIS]}, etiquettes.minimis)
    comptes = {(un.dossier_id, un.faits["association_id"]) for un in par_genre[GenreRecoupement.MEME_COMPTE]}
    _add(bilan, "même compte", comptes, etiquettes.comptes)
    cer = {(un.dossier_id, un.faits["lacune"]) for un in par_genre[GenreRecoupement.CER]}
    _add(bilan, "contrat d’engagement", cer, {(ident, un.value) for ident, un in etiquettes.cer.items()})
    for nom, ensemble in (("pris à tort", paires - etiquettes.doublons), ("manqué", etiquettes.doublons - paires)):
        bilan.exemples += [f"{nom} : {' | '.join(titres[un] for un in sorted(paire))}" for paire in ensemble]


def _add(bilan: Bilan, nom: str, trouves: set[Any], plantes: set[Any]) -> None:
    bilan.par_genre.setdefault(nom, Compte()).add(trouves, plantes)
