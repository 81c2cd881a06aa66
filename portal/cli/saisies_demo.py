"""What the people of the demonstration type in their requests, page by page."""

from collections.abc import Mapping
from decimal import Decimal

from portal.cli.histoires import Histoire, President
from portal.formats import montant_fr
from portal.forms.attestations import AttestationsForm, Clause
from portal.forms.saisie import lier
from portal.models.associations import Association
from portal.models.demandes import Demande
from portal.models.demarches import Demarche
from portal.queries.lecture_demandes import lire
from portal.vocabulaire_demandes import Place, SectionDemande

MOYENS = {
    "benevoles": "25",
    "volontaires": "1",
    "adherents": "140",
    "salaries_total": "3",
    "emplois_aides": "1",
    "salaries_etpt": "2,5",
    "mis_a_disposition": "0",
}
RELATIONS = {
    "agrements-0-type": "Jeunesse et éducation populaire",
    "agrements-0-attribue_par": "Préfecture de région",
    "agrements-0-date-jour": "12",
    "agrements-0-date-mois": "5",
    "agrements-0-date-annee": "2015",
    "rup": "non",
    "impots_commerciaux": "non",
    "reseaux-0-nom": "Fédération des centres sociaux et socioculturels",
    "reseaux-0-sigle": "FCSF",
    "adherents_morales": "non",
}
PROJET = {
    "age": "Tous âges",
    "part_femmes": "60",
    "part_hommes": "40",
    "benevoles": "8",
    "salaries": "1",
    "etpt": "0,5",
    "recrutement": "non",
    "moyens": "Une salle prêtée par la commune et le matériel de l’association.",
    "indicateurs": "Nombre de participants, assiduité, questionnaire de fin d’action.",
}
# In parts of a hundred of what is asked for.
BUDGET = {
    "achats_matieres_fournitures": 30,
    "deplacements_missions": 20,
    "remuneration_personnels": 150,
    "subventions_etat": 100,
    "subventions_commune": 60,
    "cotisations": 40,
    "personnel_benevole": 25,
    "benevolat": 25,
}


def sections(histoire: Histoire, demarche: Demarche, association: Association) -> Mapping[Place, dict[str, str]]:
    """What the person typed, by page; the attestations come last, once the amount is known."""
    annee = str(demarche.exercice)
    return {
        Place(SectionDemande.IDENTITE): _identite(histoire.president, association),
        Place(SectionDemande.MOYENS): MOYENS,
        Place(SectionDemande.BUDGET_ASSOCIATION): {
            **_budget(Decimal(histoire.montant) * 5),
            **_jour("exercice_du", "1", "1", annee),
            **_jour("exercice_au", "31", "12", annee),
        },
        Place(SectionDemande.PROJET): _projet(histoire, annee),
        Place(SectionDemande.BUDGET_PROJET): budget_du_projet(histoire),
        Place(SectionDemande.COFINANCEMENTS): _cofinancements(histoire),
        Place(SectionDemande.DEMANDE): {
            "montant_demande": montant_fr(Decimal(histoire.montant)),
            "exercice": annee,
            "forme": "numeraire",
            "frequence": "premiere" if histoire.jours % 2 else "renouvellement",
            "objet": "projet",
            "periode": "annuelle",
        },
    }


def attestations(demande: Demande, president: President) -> dict[str, str]:
    """Each clause ticked, as it reads with this request's amount."""
    form = lier(AttestationsForm, {}, lire(demande).contexte)
    clauses = {champ.name: champ.empreinte for champ in form if isinstance(champ, Clause)}
    personne = {"prenom": president.prenom, "nom": president.nom, "qualite": "representant"}
    return personne | clauses | {"cumul": "jusqu_a_500000", "fait_a": demande.association.commune or "Lyon"}


def _identite(president: President, association: Association) -> dict[str, str]:
    return RELATIONS | {
        "denomination": association.denomination,
        "sigle": association.sigle,
        "siret": association.siret_siege,
        "siret_autre": "",
        "rna": association.rna or "Récépissé 0691012345",
        "adresse": f"{association.adresse}, {association.code_postal} {association.commune}",
        "representant_prenom": president.prenom,
        "representant_nom": president.nom,
        "fonction": president.fonction,
        "telephone": "04 99 00 00 00",
        "courriel": president.email,
    }


def _projet(histoire: Histoire, annee: str) -> dict[str, str]:
    return PROJET | {
        "intitule": histoire.intitule,
        "objectifs": histoire.objectifs,
        "description": f"{histoire.objectifs} L’action s’étend sur l’année, avec un point d’étape en juin.",
        "public_nombre": str(histoire.nombre),
        "public": histoire.public,
        "qpv": "oui" if histoire.ville else "non",
        "territoire": histoire.territoire,
        **_jour("date_debut", "1", "2", annee),
        **_jour("date_fin", "30", "11", annee),
    }


def _jour(champ: str, *parties: str) -> dict[str, str]:
    return {f"{champ}-{nom}": valeur for nom, valeur in zip(("jour", "mois", "annee"), parties, strict=True)}


def _budget(montant: Decimal) -> dict[str, str]:
    """Twice what is asked for, balanced."""
    return {slug: montant_fr(montant * part / 100) for slug, part in BUDGET.items()}


def budget_du_projet(histoire: Histoire) -> dict[str, str]:
    """What the action costs and who pays; another service of the State comes on top of what is asked for here."""
    autre = Decimal(histoire.declare[1]) if histoire.declare else Decimal()
    dit = {slug: Decimal(histoire.montant) * part / 100 for slug, part in BUDGET.items()}
    dit["subventions_etat"] += autre
    dit["remuneration_personnels"] += autre
    return {slug: montant_fr(montant) for slug, montant in dit.items()}


def _cofinancements(histoire: Histoire) -> dict[str, str]:
    """The commune of the budget, named, and the other service; what is asked for here is no co-funding."""
    montant, autre = Decimal(histoire.montant), {}
    if histoire.declare:
        financeur, somme, etat = histoire.declare
        autre = {
            "cofinanceurs-1-type": "subventions_etat",
            "cofinanceurs-1-financeur": financeur,
            "cofinanceurs-1-montant": montant_fr(Decimal(somme)),
            "cofinanceurs-1-etat": etat,
        }
    return autre | {
        "cofinanceurs-0-type": "subventions_commune",
        "cofinanceurs-0-financeur": "Ville, service vie associative",
        "cofinanceurs-0-montant": montant_fr(montant * BUDGET["subventions_commune"] / 100),
        "cofinanceurs-0-etat": "demande",
        "economique": "non",
    }
