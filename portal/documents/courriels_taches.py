"""The words of our mails to an agent on what is addressed to it: what, how many and where, never the content."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TacheAdressee:
    """One thing is addressed to the agent. `quoi`: its kind in words; `objet_de`: « dossier P-1, Les Amis », or empty."""

    adresse: str
    quoi: str
    objet_de: str
    service: str


@dataclass(frozen=True, slots=True)
class TachesAdressees:
    """Several at once. `lignes`: how many of each kind, in words."""

    adresse: str
    nombre: int
    lignes: list[str]


@dataclass(frozen=True, slots=True)
class ResumeDuMatin:
    """What has come since the day before, that the agent wants to be told of once a day."""

    adresse: str
    nombre: int
    lignes: list[str]


Courriel = TacheAdressee | TachesAdressees | ResumeDuMatin
GABARIT_DE = {
    TacheAdressee: "courriels/tache_adressee.txt",
    TachesAdressees: "courriels/taches_adressees.txt",
    ResumeDuMatin: "courriels/resume_du_matin.txt",
}
