"""The pages of a filed request as people read them, kept as JSON: read back without building one form.

Building the twelve forms of a request costs more than all the rest of the page of a dossier. What is kept is written when the
request is filed and at each correction, with the budget lines: so a page says what was filed, in the words of the form then.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from portal.forms.budget import ChapitreLisible, TableauLisible, TotauxLisibles
from portal.models.demandes import Demande
from portal.queries.contextes_demandes import LigneFigee
from portal.queries.demandes_lisibles import SectionLisible, section_deposee
from portal.queries.lecture_demandes import DemandeLue
from portal.texte_json import ecrire, lire
from portal.vocabulaire_demandes import Place, SectionDemande


def figer(lue: DemandeLue, lignes: Iterable[LigneFigee]) -> str:
    """The JSON to keep of a request that is being filed or corrected; `lignes`: its budget lines as they were just frozen."""
    gardees = tuple(lignes)
    return ecrire([_garder(section_deposee(lue, place, gardees)) for place in lue.places]).decode()


def sections(demande: Demande) -> tuple[SectionLisible, ...] | None:
    """Every page, in order; None when nothing was kept: a draft, or a request filed before."""
    if demande.lecture is None:
        return None
    return tuple(_rendre(une) for une in lire(demande.lecture))


def _garder(section: SectionLisible) -> dict[str, Any]:
    return {
        "place": list(section.place),
        "titre": section.titre,
        "lignes": [list(ligne) for ligne in section.lignes],
        "tableaux": [asdict(tableau) for tableau in section.tableaux],
        "phrase_part": section.phrase_part,
    }


def _rendre(gardee: dict[str, Any]) -> SectionLisible:
    section, rang = gardee["place"]
    return SectionLisible(
        Place(SectionDemande(section), rang),
        gardee["titre"],
        tuple((libelle, texte) for libelle, texte in gardee["lignes"]),
        tuple(_tableau(tableau) for tableau in gardee["tableaux"]),
        gardee["phrase_part"],
    )


def _tableau(garde: dict[str, Any]) -> TableauLisible:
    return TableauLisible(
        garde["id"],
        garde["titre"],
        _chapitres(garde["charges"]),
        _chapitres(garde["produits"]),
        TotauxLisibles(**garde["totaux"]),
    )


def _chapitres(gardes: Sequence[dict[str, Any]]) -> tuple[ChapitreLisible, ...]:
    return tuple(
        ChapitreLisible(
            un["code"], un["titre"], un["sous_total"], tuple((libelle, valeur) for libelle, valeur in un["lignes"])
        )
        for un in gardes
    )
