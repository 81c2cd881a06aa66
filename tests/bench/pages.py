"""The pages that the bench measures: those that an agent opens all day, by name and address."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import psycopg

from portal.queries.curseurs_file import Curseur
from portal.vocabulaire import Etat
from portal.vocabulaire_cer import EtatCer
from portal.vocabulaire_file import Onglet, TriFile
from portal.vocabulaire_instruction import EtatDesAvis
from tests.bench.plan import DEMARCHES_PAR_SERVICE, ETIQUETTES, MOT_COURANT, MOT_RARE

FILE = "/instruction/dossiers"
AGENT = 1
SERVICE = 1
NATIF = "P-2026-999999"  # made by natif.py
FICHE = "fiche d’une association"  # that of fiche.py
PAR_PAGE = 50
PAGE_LOINTAINE = 40
SECTIONS = ("demande", "budget", "pieces", "avis", "messagerie", "echanges", "decision", "historique")
Page = tuple[str, str]


def list_pages(temoin: psycopg.Connection[Any]) -> list[Page]:
    """(name, address) of each."""
    return [
        ("file", FILE),
        *((f"onglet {onglet}", _adresse(onglet=onglet)) for onglet in Onglet if onglet != Onglet.TOUS),
        *((f"filtre {nom}", _adresse(**criteres)) for nom, criteres in _filtres().items()),
        *((f"tri {sens}{tri}", _adresse(tri=f"{sens}{tri}")) for tri in TriFile for sens in ("", "-")),
        ("tri montant, à décider", _adresse(onglet="a_decider", tri="-montant")),
        ("tri demandeur, étiquette", _adresse(etiquette=str(len(ETIQUETTES)), tri="demandeur")),
        *((f"recherche {nom}", _adresse(q=texte)) for nom, texte in _recherches(temoin).items()),
        (f"file, page {PAGE_LOINTAINE}", _adresse(page=_page_lointaine(temoin))),
        *_dossiers(temoin),
        (FICHE, _fiche(temoin)),
    ]


def _filtres() -> dict[str, dict[str, str]]:
    """Each filter, with each value of those that have few."""
    return {
        **{f"état {etat}": {"etat": etat} for etat in Etat if etat != Etat.BROUILLON},
        **{f"CER {etat}": {"cer": etat} for etat in EtatCer},
        **{f"avis {etat}": {"avis": etat} for etat in EtatDesAvis},
        "une démarche": {"demarche": str(DEMARCHES_PAR_SERVICE)},
        "venus de DS": {"source": "ds"},
        "courrier": {"source": "courrier"},
        "exercice 2024": {"exercice": "2024"},
        "suivis par un agent": {"instructeur": str(AGENT + 1)},
        "un territoire": {"territoire": "38"},
        "montants": {"montant_min": "5000", "montant_max": "5100"},
        "échéance passée": {"retard": "oui"},
        "étiquette courante": {"etiquette": "1"},
        "étiquette rare": {"etiquette": str(len(ETIQUETTES))},
        "déposés en 2024": {"depot_apres": "2024-02-01", "depot_avant": "2024-02-29"},
        "trois critères": {"onglet": "a_decider", "territoire": "69", "demarche": "1", "montant_min": "1000"},
    }


def _recherches(temoin: psycopg.Connection[Any]) -> dict[str, str]:
    reference, nom, siret = _ligne(
        temoin,
        "SELECT reference, demandeur_nom, demandeur_siret FROM dossier"
        " WHERE service_id = %s AND demandeur_siret <> '' ORDER BY id LIMIT 1",
    )
    return {
        "mot rare": MOT_RARE,
        "mot courant": MOT_COURANT,
        "sans résultat": "introuvable",
        "numéro": str(reference),
        "association": str(nom),
        "SIRET": str(siret),
        "SIREN": str(siret)[:9],
        "RNA": "W691234567",
        "critères": f"suivi:moi depot:>2024-01 montant:>=900 {MOT_COURANT}",
    }


def _dossiers(temoin: psycopg.Connection[Any]) -> Iterator[Page]:
    """Each section of a dossier of DS (56 champs, with an avis), and of a native request in full, opened from a view."""
    (ds,) = _ligne(
        temoin,
        "SELECT reference FROM dossier"
        " WHERE service_id = %s AND source = 'ds' AND avis_rendus = 1 ORDER BY id DESC LIMIT 1",
    )
    for genre, reference in (("DS", ds), ("natif", NATIF)):
        yield f"dossier {genre}", f"{FILE}/{reference}?onglet=a_decider&tri=montant"
        for section in SECTIONS:
            yield f"dossier {genre}, {section}", f"{FILE}/{reference}/{section}?onglet=a_decider&tri=montant"


def _fiche(temoin: psycopg.Connection[Any]) -> str:
    """The association that has the most dossiers."""
    (ident,) = _ligne(
        temoin,
        "SELECT association_id FROM dossier WHERE association_id IN (SELECT association_id FROM dossier WHERE service_id = %s)"
        " GROUP BY association_id ORDER BY count(*) DESC LIMIT 1",
    )
    return f"/associations/{ident}"


def _adresse(**criteres: str) -> str:
    return f"{FILE}?{urlencode(criteres)}"


def _page_lointaine(temoin: psycopg.Connection[Any]) -> str:
    """The cursor of page 40, or of the last full page of a small queue."""
    places = temoin.execute(
        "SELECT date_depot, dossier_id FROM acces_dossier WHERE service_id = %s ORDER BY date_depot DESC, dossier_id DESC",
        (SERVICE,),
    ).fetchall()
    rang = min(PAR_PAGE * (PAGE_LOINTAINE - 1), len(places) - PAR_PAGE) - 1
    return Curseur(rang=places[rang][0], dossier_id=places[rang][1]).texte()


def _ligne(temoin: psycopg.Connection[Any], ordre: str) -> tuple[Any, ...]:
    ligne = temoin.execute(ordre, (SERVICE,)).fetchone()  # type: ignore[call-overload]  # our own text
    assert ligne is not None
    return tuple(ligne)
