"""The services of the corpus, and how associations name them."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.models.services import Service
from portal.vocabulaire import TypeService

ETAT = "subventions_etat"
VILLES = {"69": "Lyon", "01": "Bourg-en-Bresse"}
LIEUX = {"69": "du Rhône", "01": "de l’Ain"}


@dataclass(frozen=True)
class Financeur:
    """A service, the slug of account 74 that it stands under, and what people call it."""

    service: Service
    ligne: str
    noms: tuple[str, ...]


def create(session: Session) -> dict[str, list[Financeur]]:
    """Those of two départements, and the regional ones, which are in both lists."""
    regionaux = [
        _add(session, "DRAC Auvergne-Rhône-Alpes", "DRAC ARA", TypeService.DRAC, ETAT, "Auvergne-Rhône-Alpes",
             ("DRAC", "Direction régionale des affaires culturelles", "D.R.A.C ARA", "Drac Auvergne Rhône-Alpes")),
        _add(session, "DRAJES Auvergne-Rhône-Alpes", "DRAJES ARA", TypeService.DRAJES, ETAT, "Auvergne-Rhône-Alpes",
             ("DRAJES", "Drajes ARA", "État - DRAJES")),
        _add(session, "Région Auvergne-Rhône-Alpes", "REGION ARA", TypeService.COLLECTIVITE, "subventions_region",
             "Auvergne-Rhône-Alpes", ("Conseil régional", "Région AURA", "la Région", "Conseil Régional Auvergne Rhone Alpes")),
    ]  # fmt: skip
    return {code: [*_departement(session, code), *regionaux] for code in LIEUX}


def _departement(session: Session, code: str) -> list[Financeur]:
    lieu, ville = LIEUX[code], VILLES[code]
    territoire = lieu.removeprefix("du ").removeprefix("de l’")
    return [
        _add(session, f"Direction départementale de l’emploi, du travail et des solidarités {lieu}", f"DDETS {code}",
             TypeService.DDETS, ETAT, territoire, ("DDETS", f"DDETS {lieu}", f"ddets{code}", "DDCS",
             "Direction départementale de l'emploi du travail et des solidarités")),
        _add(session, f"Préfecture {lieu}", f"PREF {code}", TypeService.PREFECTURE, ETAT, territoire,
             ("Préfecture", f"Préfecture {lieu}", "PREFECTURE (politique de la ville)", f"Préfet {lieu}")),
        _add(session, f"SDJES {lieu}", f"SDJES {code}", TypeService.SDJES, ETAT, territoire,
             ("SDJES", f"sdjes {code}", "FDVA", "Service départemental à la jeunesse, à l’engagement et aux sports")),
        _add(session, f"Conseil départemental {lieu}", f"CD {code}", TypeService.COLLECTIVITE, "subventions_departement",
             territoire, ("Département", f"Conseil départemental {lieu}", f"CD{code}", "Conseil général")),
        _add(session, f"Ville de {ville}", f"VILLE {code}", TypeService.COLLECTIVITE, "subventions_commune", ville,
             (f"Mairie de {ville}", f"Ville de {ville}", f"commune de {ville.lower()}")),
        _add(session, f"Caisse d’allocations familiales {lieu}", f"CAF {code}", TypeService.OPERATEUR, "organismes_sociaux",
             territoire, ("CAF", f"Caf {lieu}", "Caisse d'allocations familiales")),
    ]  # fmt: skip


def _add(
    session: Session, nom: str, sigle: str, genre: TypeService, ligne: str, territoire: str, noms: tuple[str, ...]
) -> Financeur:
    service = Service(nom=nom, sigle=sigle, type=genre, territoire=territoire)
    session.add(service)
    session.flush()
    return Financeur(service, ligne, noms)
