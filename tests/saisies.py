"""What a person types in a whole request, section by section."""

from io import BytesIO
from typing import Any

from tests.client import ClientStrict
from tests.fabriques_pieces import IBAN

IDENTITE = {
    "adresse": "2 quai des Célestins, 69002 Lyon",
    "representant_prenom": "Léa",
    "representant_nom": "Durand",
    "fonction": "Présidente",
    "telephone": "04 78 00 00 00",
    "courriel": "lea.durand@example.org",
    "denomination": "Lire ensemble",
    "rna": "W691234567",
    "rup": "non",
    "impots_commerciaux": "non",
}
PROJET = {
    "intitule": "Lire au bord du canal",
    "objectifs": "Donner le goût de lire.",
    "description": "Douze ateliers de lecture à voix haute.",
    "public_nombre": "120",
    "public": "Enfants de 6 à 11 ans et leurs parents.",
    "age": "De 6 à 11 ans",
    "qpv": "oui",
    "territoire": "Lyon 9e",
    "date_debut-jour": "1",
    "date_debut-mois": "9",
    "date_debut-annee": "2026",
    "date_fin-jour": "30",
    "date_fin-mois": "6",
    "date_fin-annee": "2027",
    "benevoles": "4",
    "salaries": "1",
    "etpt": "0,5",
    "recrutement": "non",
    "moyens": "Une salle et deux cents livres.",
    "indicateurs": "Nombre d’enfants présents.",
}
BUDGET = {
    "achats_matieres_fournitures": "1 234,50 €",
    "remuneration_personnels": "2.765,50",
    "subventions_etat": "3000",
    "cotisations": "1\u202f000,00",
    "personnel_benevole": "500",
    "benevolat": "500",
}
DEMANDE = {
    "montant_demande": "3 000 €",
    "exercice": "2026",
    "forme": "numeraire",
    "frequence": "premiere",
    "objet": "projet",
    "periode": "annuelle",
}
ATTESTATIONS = {
    "prenom": "Léa",
    "nom": "Durand",
    "qualite": "representant",
    "cumul": "jusqu_a_500000",
    "fait_a": "Lyon",
}
MOYENS = {
    "benevoles": "12",
    "volontaires": "0",
    "adherents": "48",
    "salaries_total": "2",
    "emplois_aides": "0",
    "salaries_etpt": "1,5",
    "mis_a_disposition": "0",
}
BUDGET_ASSOCIATION = {
    "exercice_du-jour": "1",
    "exercice_du-mois": "1",
    "exercice_du-annee": "2026",
    "exercice_au-jour": "31",
    "exercice_au-mois": "12",
    "exercice_au-annee": "2026",
    "remuneration_personnels": "40 000",
    "subventions_commune": "40 000",
}
COFINANCEMENTS = {"economique": "non"}
SECTIONS = {
    "demande": DEMANDE,
    "identite": IDENTITE,
    "moyens": MOYENS,
    "budget-association": BUDGET_ASSOCIATION,
    "projet": PROJET,
    "budget-projet": BUDGET,
    "cofinancements": COFINANCEMENTS,
    "attestations": ATTESTATIONS,
}


def cocher(client: ClientStrict) -> dict[str, str]:
    """Every box of the form shown, with the value that ticking it sends."""
    cases = [champ for champ in client.formulaire().iter("input") if champ.get("type") == "checkbox"]
    return {case.get("name", ""): case.get("value", "") for case in cases}


def remplir(client: ClientStrict, demande_id: int, section: str, **autres: str) -> None:
    """Open a section and type what SECTIONS says, boxes ticked."""
    client.get(f"/demandes/{demande_id}/{section}")
    reponse = client.soumettre({**SECTIONS[section], **cocher(client), **autres})
    assert reponse.status_code == 200, client.texte()


def tout_remplir(client: ClientStrict, demande_id: int) -> None:
    """Fill in a whole request, ready to be filed."""
    for section in SECTIONS:
        remplir(client, demande_id, section)
    joindre_un_rib(client, demande_id)


def joindre_un_rib(
    client: ClientStrict, demande_id: int, *, iban: str = IBAN, titulaire: str = "Lire ensemble"
) -> None:
    """Put a RIB in the vault from the page of the pieces: it comes back joined."""
    client.get(f"/demandes/{demande_id}/pieces")
    (lien,) = [
        un for un in client.arbre.iter("a") if (un.text or "").startswith(("Déposer un RIB", "Déposer un autre RIB"))
    ]
    client.get(lien.get("href", ""))
    client.soumettre(
        {"fichier": fichier(b"%PDF-1.7 " + iban.encode(), "rib.pdf"), "iban": iban, "titulaire": titulaire}
    )
    assert "joint à la demande" in client.texte(), client.texte()


def fichier(octets: bytes = b"%PDF-1.7 essai", nom: str = "essai.pdf") -> Any:
    """A file, as the test client sends it."""
    return BytesIO(octets), nom
