"""What a person types in a whole request, section by section."""

from tests.client import ClientStrict

IDENTITE = {
    "adresse": "2 quai des Célestins, 69002 Lyon",
    "representant_prenom": "Léa",
    "representant_nom": "Durand",
    "fonction": "Présidente",
    "telephone": "04 78 00 00 00",
    "courriel": "lea.durand@example.org",
}
PROJET = {
    "intitule": "Lire au bord du canal",
    "objectifs": "Donner le goût de lire.",
    "description": "Douze ateliers de lecture à voix haute.",
    "public_nombre": "120",
    "public": "Enfants de 6 à 11 ans et leurs parents.",
    "territoire": "Lyon 9e",
    "date_debut-jour": "1",
    "date_debut-mois": "9",
    "date_debut-annee": "2026",
    "date_fin-jour": "30",
    "date_fin-mois": "6",
    "date_fin-annee": "2027",
    "moyens": "Quatre bénévoles et une salariée.",
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
MONTANT = {
    "montant_demande": "3 000 €",
    "exercice": "2026",
    "forme": "numeraire",
    "frequence": "premiere",
    "objet": "projet",
    "periode": "annuelle",
}
ATTESTATIONS = {"prenom": "Léa", "nom": "Durand", "qualite": "representant", "cumul": "jusqu_a_500000"}
SECTIONS = {
    "identite": IDENTITE,
    "projet": PROJET,
    "budget-projet": BUDGET,
    "montant": MONTANT,
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
