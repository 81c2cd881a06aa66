"""What the latest dossiers of a démarche answer to the champs of its form: the words themselves, or only their measure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import ESPACE_INSECABLE as NBSP
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier, DossierDS
from portal.queries.valeurs_ds import BOOLEENS, est_lisible
from portal.vocabulaire_ds import CibleChamp, Visibilite

DOSSIERS_LUS = 100
EXEMPLES = 5
LONGUEUR_EXEMPLE = 80
# Under its own key, DS gives a date that a program reads; under `stringValue`, one that people read.
CLES = ("date", "datetime", "stringValue")
NOMBRES = frozenset({"DecimalNumberChamp", "IntegerNumberChamp"})


@dataclass(frozen=True, slots=True)
class Reponse:
    """What a dossier answers: DS's own text, and whether it is a number of DS.

    `proprietaire`: the dossier is of the service that owns the démarche, and may open its words.
    """

    brut: str
    nombre: bool
    proprietaire: bool


@dataclass(frozen=True, slots=True)
class Echantillon:
    """The answers to one champ, the latest dossier first, out of `total` dossiers."""

    total: int
    reponses: tuple[Reponse, ...]

    def illisibles(self, cible: CibleChamp) -> int:
        """How many of these answers could not be read as that fact."""
        return sum(not est_lisible(cible, un.brut, nombre=un.nombre) for un in self.reponses)

    @property
    def exemples(self) -> tuple[str, ...]:
        """The words of the latest few: content, for whoever may see it. Those of other services' dossiers are never there."""
        return tuple(_court(un.brut) for un in self.reponses if un.proprietaire)[:EXEMPLES]

    @property
    def mesure(self) -> str:
        """How many answer and how long they are: no content."""
        if not self.total:
            return "aucun dossier"
        combien = len(self.reponses)
        tous = self.total if self.total < DOSSIERS_LUS else f"les {DOSSIERS_LUS}{NBSP}derniers"
        remplis = f"{combien}{NBSP}{'dossiers remplis' if combien > 1 else 'dossier rempli'} sur {tous}"
        # the length of a « true » would tell it
        longueurs = sorted(len(un.brut) for un in self.reponses if un.brut not in BOOLEENS)
        if not longueurs:
            return remplis
        bornes = f"de {longueurs[0]} à {longueurs[-1]}" if longueurs[0] != longueurs[-1] else f"de {longueurs[0]}"
        return f"{remplis}, réponses {bornes}{NBSP}caractères"


VIDE = Echantillon(0, ())


def read(session: Session, demarche_id: int) -> Mapping[str, Echantillon]:
    """The answers of the latest dossiers of the démarche, by champ id. A champ that none of them holds is absent."""
    lus = session.execute(
        select(DossierDS.raw, Dossier.service_id == Demarche.service_id)
        .join(Dossier, Dossier.id == DossierDS.dossier_id)
        .join(Demarche, Demarche.id == Dossier.demarche_id)
        .where(Dossier.demarche_id == demarche_id, DossierDS.visibilite == Visibilite.VISIBLE)
        .order_by(Dossier.date_depot.desc(), Dossier.id.desc())
        .limit(DOSSIERS_LUS)
    ).all()
    reponses: dict[str, list[Reponse]] = {}
    for raw, proprietaire in lus:
        for noeud in (un for partie in ("champs", "annotations") for un in raw.get(partie) or ()):
            brut = _brut(noeud)
            siennes = reponses.setdefault(str(noeud.get("champDescriptorId")), [])
            if brut:
                siennes.append(Reponse(brut, noeud.get("__typename") in NOMBRES, proprietaire))
    return {cle: Echantillon(len(lus), tuple(siennes)) for cle, siennes in reponses.items()}


def _brut(noeud: Mapping[str, Any]) -> str:
    return next((str(noeud[cle]).strip() for cle in CLES if noeud.get(cle)), "")


def _court(texte: str) -> str:
    return texte if len(texte) <= LONGUEUR_EXEMPLE else f"{texte[:LONGUEUR_EXEMPLE]}…"
