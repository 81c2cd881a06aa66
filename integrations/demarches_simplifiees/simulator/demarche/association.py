"""A simulated association and its answers to the form, drawn from a seeded generator."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple

from integrations.demarches_simplifiees.noeuds import Json
from integrations.demarches_simplifiees.simulator.demarche import lexique
from integrations.demarches_simplifiees.simulator.verite import fichiers
from integrations.demarches_simplifiees.simulator.verite.identifiants import identifiant, rna, siren, siret

CENTIME = Decimal("0.01")


class Association(NamedTuple):
    """Who asks: identifiers that pass their checks (an association may have no SIRET), a name made of a field and a place."""

    nom: str
    siret: str
    rna: str
    domaine: lexique.Domaine
    lieu: lexique.Lieu
    rue: str
    courriel: str
    creation: date


def tirer(tirage: Random, rang: int) -> Association:
    """An association; `rang` makes its e-mail address unique."""
    domaine, lieu = tirage.choice(lexique.DOMAINES), tirage.choice(lexique.LIEUX)
    return Association(
        nom=f"{tirage.choice(domaine.noms)} {lieu.de_nom}",
        siret=siret(siren(tirage)),
        rna=rna(lieu.code_departement, tirage),
        domaine=domaine,
        lieu=lieu,
        rue=f"{tirage.randint(1, 120)} {tirage.choice(lexique.VOIES)}",
        courriel=f"contact.{rang}@association.demo.example",
        creation=date(1975, 1, 1) + timedelta(days=tirage.randint(0, 16_000)),
    )


def adresse(asso: Association) -> Json:
    """Its seat as a DS Address."""
    return adresse_de(asso.lieu, asso.rue)


def adresse_de(lieu: lexique.Lieu, rue: str) -> Json:
    """A DS Address in that commune."""
    return {
        "label": f"{rue} {lieu.code_postal} {lieu.nom}",
        "type": "housenumber",
        "streetAddress": rue,
        "postalCode": lieu.code_postal,
        "cityName": lieu.nom,
        "cityCode": lieu.code,
        "departmentName": lieu.departement,
        "departmentCode": lieu.code_departement,
        "regionName": lieu.region,
        "regionCode": lieu.code_region,
    }


def personne_morale(asso: Association) -> Json:
    """The association as DS describes the establishment it found by SIRET."""
    return {
        "__typename": "PersonneMorale",
        "id": identifiant("Etablissement", asso.siret),
        "siret": asso.siret,
        "siegeSocial": True,
        "naf": "94.99Z",
        "libelleNaf": "Autres organisations fonctionnant par adhésion volontaire",
        "address": adresse(asso),
        "entreprise": {
            "siren": asso.siret[:9],
            "nomCommercial": "",
            "raisonSociale": asso.nom.upper(),
            "siretSiegeSocial": asso.siret,
            "capitalSocial": "-1",
            "formeJuridique": "Association déclarée",
            "formeJuridiqueCode": "9220",
            "codeEffectifEntreprise": "01",
            "dateCreation": asso.creation.isoformat(),
            "etatAdministratif": "Actif",
        },
        "association": {
            "rna": asso.rna,
            "titre": asso.nom,
            "objet": f"Agir dans le domaine « {asso.domaine.secteur} ».",
            "dateCreation": asso.creation.isoformat(),
            "dateDeclaration": (asso.creation + timedelta(days=20)).isoformat(),
            "datePublication": (asso.creation + timedelta(days=35)).isoformat(),
        },
    }


def repondre(asso: Association, tirage: Random, *, number: int, depot: date, instant_depot: str) -> Json:
    """Its answers, by key of the form's questions. Money in euros, as Decimal."""
    lieu, debut = asso.lieu, depot + timedelta(days=tirage.randint(30, 150))
    civilite, prenom = tirage.choice(lexique.PRENOMS)
    commune = {"name": lieu.nom, "code": lieu.code, "postalCode": lieu.code_postal}
    departement = {"name": lieu.departement, "code": lieu.code_departement}
    projet = tirage.choice(asso.domaine.projets)
    return {
        "rna": {"id": asso.rna, "title": asso.nom, "address": adresse(asso)},
        "siret": personne_morale(asso) if asso.siret else None,
        "nom": asso.nom,
        "sigle": "".join(mot[0] for mot in asso.nom.split() if mot[0].isupper()),
        "adresse": {"address": adresse(asso), "commune": commune, "departement": departement},
        "courriel": asso.courriel,
        "telephone": f"02 00 {tirage.randint(0, 99):02} {tirage.randint(0, 99):02} {tirage.randint(0, 99):02}",
        "adherents": tirage.randint(12, 900),
        "benevoles": tirage.randint(3, 80),
        "salaries": Decimal(tirage.randint(0, 80)) / 10,
        "secteur": asso.domaine.secteur,
        "federation": tirage.random() < 0.5,
        "civilite": civilite,
        "nom_representant": tirage.choice(lexique.NOMS),
        "prenom_representant": prenom,
        "fonction": tirage.choice(lexique.FONCTIONS),
        "cer": True,
        "date_cer": (depot - timedelta(days=tirage.randint(0, 400))).isoformat(),
        "intitule": projet,
        "description": f"{projet} ({lieu.nom}).\nLe projet s’appuie sur les bénévoles de l’association.",
        "publics": tirage.sample(lexique.PUBLICS, tirage.randint(1, 3)),
        "commune": {"commune": commune, "departement": departement},
        "departement": departement,
        "date_debut": debut.isoformat(),
        "date_fin": (debut + timedelta(days=tirage.randint(10, 300))).isoformat(),
        "thematique": (asso.domaine.secteur, tirage.choice(asso.domaine.actions)),
        "premiere_demande": tirage.random() < 0.4,
        "honneur": True,
        **budget(tirage),
        **_pieces(number, instant_depot),
    }


def budget(tirage: Random) -> Json:
    """Charges by account and produits by row, which balance; the amount asked for closes the produits."""
    charges = {poste: Decimal(tirage.randint(10_000, 800_000)) / 100 for poste in lexique.CHARGES}
    total = sum(charges.values(), Decimal(0))
    demande = (total * tirage.randint(20, 60) / 100).quantize(CENTIME)
    autres = _partager(total - demande, len(lexique.PRODUITS))
    produits = [
        {"poste": poste, "nature": nature, "montant": montant}
        for (poste, nature), montant in zip(lexique.PRODUITS, autres, strict=True)
    ]
    poste, nature = lexique.PRODUIT_DEMANDE
    produits.append({"poste": poste, "nature": nature, "montant": demande})
    return {**charges, "produits": produits, "total": total, "montant_demande": demande}


def _partager(somme: Decimal, parts: int) -> list[Decimal]:
    part = (somme / parts).quantize(CENTIME)
    return [part] * (parts - 1) + [somme - part * (parts - 1)]


def _pieces(number: int, date_depot: str) -> Json:
    def piece(nom: str) -> Json:
        return fichiers.decrire(f"{number}/{nom}", date_depot)

    return {
        "statuts": [piece("statuts.pdf")],
        "rib": [piece("rib.pdf")],
        "identite": True,
        "comptes": [piece("comptes-annuels.txt"), piece("affiche.png")],
    }
