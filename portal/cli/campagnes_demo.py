"""What the campaigns of the demonstration say and ask, and the territories that it knows."""

import csv
from importlib.resources import files
from itertools import groupby
from typing import Any

from sqlalchemy.orm import Session

from portal.models.demarches import Demarche
from portal.permissions import SYSTEME
from portal.queries.departements import DEPARTEMENTS
from portal.services import exigences, territoires
from portal.vocabulaire_demandes import GenrePiece, GenreQuestion, GenreTerritoire, SectionDemande

DECRET = "Décret n°\u00a02016-1971 du 28 décembre 2016"
# Neither départements nor régions: what the postal codes know besides.
COLLECTIVITES = frozenset({"975", "977", "978", "984", "986", "987", "988"})
RIB = {"genre": GenrePiece.RIB, "obligatoire": True, "base_legale": DECRET, "aide": "Au nom de l’association."}
COMPTES = {
    "genre": GenrePiece.COMPTES,
    "aide": "Sauf s’ils sont publiés au Journal officiel, ou si l’association vient de naître.",
}
TEXTES: dict[str, dict[str, Any]] = {
    "Politique de la ville": {
        "public": "Les associations dont l’action s’adresse aux habitants d’un quartier prioritaire du Rhône.",
        "montants": "De 1\u00a0000 à 30\u00a0000\u00a0€ par action. La subvention couvre au plus 80\u00a0% du budget.",
        "aides": {
            SectionDemande.PROJET: "Dites dans quels quartiers l’action a lieu, et combien d’habitants y prennent part.",
        },
    },
    "FDVA 2": {
        "public": "Toutes les associations du territoire, hors sport, quelle que soit leur taille.",
        "montants": "De 1\u00a0000 à 15\u00a0000\u00a0€. Les associations de deux salariés au plus sont prioritaires.",
        "aides": {
            SectionDemande.MOYENS: "Comptez les bénévoles réguliers\u00a0: l’emploi et le bénévolat décident de la priorité.",
        },
    },
}
PIECES: dict[str, tuple[dict[str, Any], ...]] = {
    "Politique de la ville": (
        RIB,
        COMPTES,
        {"genre": GenrePiece.AUTRE, "libelle": "Convention avec le bailleur ou l’école", "aide": "S’il en existe une."},
    ),
    "FDVA 2": (RIB, COMPTES, {"genre": GenrePiece.RAPPORT_ACTIVITE, "aide": "Celui du dernier exercice."}),
}
QUESTIONS: dict[str, tuple[dict[str, Any], ...]] = {
    "Politique de la ville": (
        {
            "genre": GenreQuestion.TEXTE,
            "libelle": "Comment les habitants du quartier prennent-ils part aux décisions de l’action\u00a0?",
            "aide": "Quelques phrases suffisent.",
        },
        {
            "genre": GenreQuestion.CHOIX,
            "libelle": "À quel enjeu du contrat de ville l’action répond-elle d’abord\u00a0?",
            "choix": ["Éducation", "Emploi et insertion", "Santé", "Cadre de vie", "Lien social"],
        },
    ),
    "FDVA 2": (
        {
            "genre": GenreQuestion.MONTANT,
            "libelle": "Part de la subvention consacrée à la formation des bénévoles",
            "aide": "Une estimation suffit.",
        },
    ),
}


def demander(session: Session, campagne: Demarche) -> None:
    """Ask for the pieces and the questions of a campaign that has just been opened."""
    for sorte, demandees in (("pieces", PIECES), ("questions", QUESTIONS)):
        for exigence in demandees.get(campagne.dispositif, ()):
            vides = {"libelle": "", "aide": "", "obligatoire": False, "base_legale": ""}
            exigences.save(session, by=SYSTEME, campagne=campagne, sorte=sorte, **{**vides, **exigence})


def charger_territoires(session: Session) -> None:
    """Départements, and some communes, intercommunalités and quartiers of the Rhône; loaded again, they do not change."""
    departements = [
        (rang, {"code": code, "nom": nom, "departement": code})
        for rang, (code, nom) in enumerate(DEPARTEMENTS.items())
        if code not in COLLECTIVITES
    ]
    territoires.load(session, by=SYSTEME, genre=GenreTerritoire.DEPARTEMENT, lignes=departements)
    texte = files("portal.cli").joinpath("territoires_demo.csv").read_text(encoding="utf-8")
    for genre, lignes in groupby(csv.DictReader(texte.splitlines(), delimiter=";"), key=lambda ligne: ligne["genre"]):
        generation = "2024" if genre == GenreTerritoire.QPV else ""
        territoires.load(
            session, by=SYSTEME, genre=GenreTerritoire(genre), lignes=enumerate(lignes), generation=generation
        )
