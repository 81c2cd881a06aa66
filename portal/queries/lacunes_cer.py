"""Where the CER was missing when it was needed: at the filing, at the grant, or signed after it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal.formats import PARIS
from portal.queries.requetes_recoupees import Constat, Requete
from portal.vocabulaire import Etat
from portal.vocabulaire_cer import EtatCer
from portal.vocabulaire_recoupements import GenreRecoupement, LacuneCer

ENGAGEE = frozenset({EtatCer.SIGNE, EtatCer.DISPENSE})
DISPENSES = frozenset({EtatCer.DISPENSE, EtatCer.DISPENSE_EXPIREE})
PRECEDENCE = {etat: rang for rang, etat in enumerate(EtatCer)}


@dataclass(frozen=True, slots=True)
class TitreDate:
    """What binds or frees an association from an instant on; `fin`: the last day of what frees it, None when it has none."""

    etat: EtatCer
    at: datetime
    fin: date | None = None

    def etat_le(self, instant: datetime) -> EtatCer | None:
        """The état that it gave at that instant, None before it."""
        if self.at > instant:
            return None
        if self.etat in DISPENSES:
            finie = self.fin is not None and self.fin < instant.astimezone(PARIS).date()
            return EtatCer.DISPENSE_EXPIREE if finie else EtatCer.DISPENSE
        return self.etat


def status(titres: Iterable[TitreDate], instant: datetime) -> EtatCer:
    """The strongest title at that instant."""
    etats = [etat for titre in titres if (etat := titre.etat_le(instant)) is not None]
    return min(etats, key=lambda etat: PRECEDENCE[etat], default=EtatCer.MANQUANT)


def check(ici: Requete, titres: list[TitreDate]) -> list[Constat]:
    """What was missing, with its date; a filing says so only while no grant says more."""
    au_depot = status(titres, ici.depot)
    if ici.etat == Etat.ACCEPTE and ici.traitement is not None:
        a_la_decision = status(titres, ici.traitement)
        if a_la_decision in ENGAGEE:
            return []
        suivants = [titre.at for titre in titres if titre.at > ici.traitement and titre.etat in ENGAGEE]
        if suivants:
            return [_gap(LacuneCer.APRES_OCTROI, a_la_decision, ici.traitement, min(suivants))]
        return [_gap(LacuneCer.A_LA_DECISION, a_la_decision, ici.traitement)]
    if ici.rejetee or au_depot in ENGAGEE:
        return []
    return [_gap(LacuneCer.AU_DEPOT, au_depot, ici.depot)]


def _gap(lacune: LacuneCer, etat: EtatCer, instant: datetime, souscrit: datetime | None = None) -> Constat:
    faits: dict[str, Any] = {
        "lacune": lacune.value,
        "etat": etat.value,
        "le": str(instant.astimezone(PARIS).date()),
        "souscrit": str(souscrit.astimezone(PARIS).date()) if souscrit else None,
    }
    return Constat(
        genre=GenreRecoupement.CER, cle=lacune.value, alerte=True, faits=faits, retient=tuple(map(str, faits.values()))
    )
