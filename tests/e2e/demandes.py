"""A whole grant request, page by page: the same gestures with and without JavaScript, with a mouse or by keyboard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from playwright.sync_api import expect

from portal.cli.pieces_demo import iban_invente, pdf
from portal.formats import PARIS, montant_fr, parse_montant
from tests.e2e.navigateur import Navigateur
from tests.e2e.questions import Questions

ANNEE = datetime.now(PARIS).year + 1
VILLE = f"Politique de la ville {ANNEE}"
VIE_ASSOCIATIVE = f"Fonds pour le développement de la vie associative – fonctionnement et projets innovants {ANNEE}"
FICHIER = "main input[type=file]"
IDENTITE = {
    "siret": "",
    "adresse": "2 quai des Célestins, 69002 Lyon",
    "representant_prenom": "Awa",
    "representant_nom": "Diallo",
    "fonction": "Présidente",
    "telephone": "06 12 34 56 78",
    "courriel": "awa@exemple.org",
    "rup": "non",
    "impots_commerciaux": "non",
}
MOYENS = {
    "benevoles": "25",
    "volontaires": "0",
    "adherents": "140",
    "salaries_total": "3",
    "emplois_aides": "1",
    "salaries_etpt": "2,5",
    "mis_a_disposition": "0",
}
BUDGET_ASSOCIATION = {
    "exercice_du-jour": "1",
    "exercice_du-mois": "1",
    "exercice_du-annee": str(ANNEE),
    "exercice_au-jour": "31",
    "exercice_au-mois": "12",
    "exercice_au-annee": str(ANNEE),
    "locations": "12 000",
    "remuneration_personnels": "48000",
    "subventions_commune": "20 000 €",
    "cotisations": "40 000,00",
}
PROJET = {
    "objectifs": "Ouvrir le canal aux enfants.",
    "description": "Douze ateliers d’aviron.",
    "public_nombre": "120",
    "public": "Enfants de 8 à 12 ans.",
    "age": "8 à 12 ans",
    "qpv": "non",
    "territoire": "Lyon 7e",
    "date_debut-jour": "1",
    "date_debut-mois": "3",
    "date_debut-annee": str(ANNEE),
    "date_fin-jour": "30",
    "date_fin-mois": "11",
    "date_fin-annee": str(ANNEE),
    "benevoles": "10",
    "salaries": "2",
    "etpt": "0,5",
    "recrutement": "non",
    "indicateurs": "Nombre d’enfants, assiduité.",
}
COFINANCEUR = {
    "cofinanceurs-0-type": "subventions_commune",
    "cofinanceurs-0-financeur": "Ville de Lyon",
    "cofinanceurs-0-montant": "600",
    "cofinanceurs-0-etat": "demande",
}


@dataclass(frozen=True)
class Projet:
    """A project: what it is called, the part of the grant that it asks, its lines (slug of the plan, euros) that balance."""

    intitule: str
    part: str
    charges: Mapping[str, str]
    produits: Mapping[str, str]


@dataclass(frozen=True)
class Recit:
    """What somebody asks, of which campaign."""

    campagne: str
    montant: str
    projets: Sequence[Projet]


def commencer(nav: Navigateur, campagne: str) -> str:
    """Begin a request for one's only association; its address."""
    nav.aller("/demandes/nouvelle")
    nav.choisir("Campagne", campagne)
    nav.repondre({"association": ""})
    assert nav.page.locator("[name=reprendre]").is_checked()
    nav.appuyer("Commencer la demande")
    nav.lire("Rien n’est encore déposé")
    return nav.page.url.removeprefix(nav.racine).partition("?")[0]


def remplir(nav: Navigateur, recit: Recit, questions: Questions) -> None:
    """Every section but the pieces and the attestations, from the list of sections; what is answered already stays."""
    demandee = {"montant_demande": recit.montant, "exercice": str(ANNEE), "forme": "numeraire", "frequence": "premiere"}
    section(nav, "Votre demande", demandee | {"objet": "projet", "periode": "annuelle"}, questions)
    section(nav, "Association", IDENTITE, questions)
    section(nav, "Moyens humains", MOYENS, questions)
    section(nav, "Budget de l’association", BUDGET_ASSOCIATION, questions)
    for rang, projet in enumerate(recit.projets, start=1):
        if rang == 1:
            nav.suivre("Projet")
        else:
            nav.appuyer("Ajouter un projet")
        questions.poser(nav.page)
        nav.repondre({"intitule": projet.intitule} | PROJET)
        nav.appuyer("Enregistrer la section")
        nav.lire("est enregistrée et remplie")
    for rang, projet in enumerate(recit.projets, start=1):
        nav.suivre("Budget du projet" if rang == 1 else f"Budget du projet {rang}")
        questions.poser(nav.page)
        budget_du_projet(nav, projet)
    attribue = {"cofinanceurs-0-projet": "1"} if len(recit.projets) > 1 else {}
    section(nav, "Cofinancements et aides publiques", COFINANCEUR | attribue | {"economique": "non"}, questions)


def section(nav: Navigateur, libelle: str, reponses: Mapping[str, str], questions: Questions) -> None:
    """Open a section from the list, answer what is not answered, save it: it is complete."""
    nav.suivre(libelle)
    questions.poser(nav.page)
    nav.repondre(reponses)
    nav.appuyer("Enregistrer la section")
    nav.lire(f"La section « {libelle} » est enregistrée et remplie")


def budget_du_projet(nav: Navigateur, projet: Projet) -> None:
    """Type the lines; with JavaScript the totals follow before anything is sent."""
    if nav.page.locator("[name=montant_projet]").count():
        lignes = {**projet.charges, **projet.produits, "montant_projet": projet.part}
    else:
        lignes = {**projet.charges, **projet.produits}
    nav.repondre(lignes)
    total = montant_fr(sum(parse_montant(euros) for euros in projet.charges.values()))
    if nav.verifier:
        for sens in ("charges", "produits"):
            expect(nav.page.locator(f"#budget [data-portal-total={sens}]")).to_have_text(total)
        nav.lire("Le budget est équilibré.")
    nav.appuyer("Enregistrer la section")
    nav.lire("est enregistrée et remplie")


def joindre_les_pieces(nav: Navigateur, dossier: Path, titulaire: str, questions: Questions) -> None:
    """A file for one of the pieces, and the RIB: from the vault when it is there, else put there."""
    nav.suivre("Pièces")
    questions.poser(nav.page)
    reprise = nav.page.get_by_role("button", name="Reprendre du coffre")
    if reprise.count():
        nav.appuyer(reprise.first.inner_text())
    else:
        _deposer_le_rib(nav, dossier, titulaire, questions)
    nav.lire("Toutes les pièces obligatoires sont jointes.")
    comptes = dossier / "comptes.pdf"
    comptes.write_bytes(pdf(f"Comptes de {titulaire}"))
    nav.joindre(FICHIER, comptes)
    nav.envoyer("form:has(input[type=file])", "Joindre")
    nav.lire("comptes.pdf")
    nav.suivre("Revenir aux sections")


def _deposer_le_rib(nav: Navigateur, dossier: Path, titulaire: str, questions: Questions) -> None:
    nav.suivre("Déposer un RIB")
    questions.poser(nav.page)
    rib = dossier / "rib.pdf"
    rib.write_bytes(pdf(f"RIB de {titulaire}"))
    nav.joindre(FICHIER, rib)
    nav.remplir(iban="FR76 1234", titulaire=titulaire)
    nav.appuyer("Déposer dans le coffre")
    nav.lire_une_erreur("IBAN")
    nav.joindre(FICHIER, rib)
    nav.remplir(iban=iban_invente(len(titulaire)))
    nav.appuyer("Déposer dans le coffre")


def repondre_au_service(nav: Navigateur, questions: Questions) -> None:
    """Open the questions of the service, none of which must be answered."""
    nav.suivre("Questions du service")
    questions.poser(nav.page)
    nav.appuyer("Enregistrer la section")


def attester(nav: Navigateur, questions: Questions) -> None:
    """Read and tick each sentence; none is ticked in advance."""
    nav.suivre("Attestations")
    questions.poser(nav.page)
    nav.repondre({"prenom": "Awa", "nom": "Diallo", "qualite": "representant"})
    nav.cocher_tout()
    nav.repondre({"cumul": "jusqu_a_500000", "fait_a": "Lyon"})
    nav.appuyer("Enregistrer la section")


def deposer(nav: Navigateur, *attendus: str) -> str:
    """Read all of it again, file; the reference of the dossier, whose récépissé is read too."""
    nav.suivre("Relire et déposer")
    nav.lire(*attendus)
    nav.appuyer("Déposer la demande")
    nav.lire("Dossier P-")
    return nav.page.url.rsplit("/", 1)[1]
