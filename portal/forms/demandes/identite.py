"""Cerfa §1 to §3: the association, its people, its relations with public bodies and with other associations."""

from typing import Any, ClassVar

from portal.formats import ESPACE_INSECABLE, siret_fr
from portal.forms.champs import Choix, Courriel, OuiNon, Siret, Telephone, Texte
from portal.forms.coordonnees import AdresseWeb, Rna
from portal.forms.dates import Jour
from portal.forms.lignes import Ligne, Lignes
from portal.forms.saisie import Contexte, Groupe, Saisie

AUTRE = "autre"
INSCRIPTION = ("tribunal", "date_inscription", "volume", "folio")
REPRESENTANT = "Représentant légal"
CHARGEE = "Personne chargée de la demande"
PERSONNES = (REPRESENTANT, CHARGEE)


class AgrementLigne(Ligne):
    """An agrément that a public body has given."""

    type = Texte("Type d’agrément", maximum=200, description="Par exemple jeunesse et éducation populaire.")
    attribue_par = Texte("Attribué par", maximum=200, description="Par exemple la préfecture du Rhône.")
    date = Jour("Date d’attribution", ancien=True)


class ReseauLigne(Ligne):
    """A network, union or federation that the association belongs to."""

    nom = Texte("Nom complet", maximum=200)
    sigle = Texte("Sigle", requis=False, maximum=50)


class IdentiteForm(Saisie):
    """Cerfa §1 (identité), §2 (relations avec l’administration), §3 (relations avec d’autres associations)."""

    groupes = (
        Groupe(
            ("denomination", "sigle", "site_web", "siret", "siret_autre", "rna", "adresse", "adresse_gestion"),
            "Association",
        ),
        Groupe(
            INSCRIPTION,
            "Inscription au registre des associations",
            "En Alsace et en Moselle, l’association est inscrite au registre d’un tribunal, et n’a pas de numéro RNA.",
        ),
        Groupe(("representant_prenom", "representant_nom", "fonction", "telephone", "courriel"), REPRESENTANT),
        Groupe(
            ("chargee_prenom", "chargee_nom", "chargee_fonction", "chargee_telephone", "chargee_courriel"),
            CHARGEE,
            "Seulement si ce n’est pas le représentant légal.",
        ),
        Groupe(
            ("agrements", "rup", "rup_date", "impots_commerciaux", "impots_depuis"), "Relations avec l’administration"
        ),
        Groupe(("reseaux", "adherents_morales", "adherents_morales_lesquels"), "Relations avec d’autres associations"),
    )
    conditions: ClassVar = {
        "siret_autre": ("siret", AUTRE),
        "rup_date": ("rup", "oui"),
        "impots_depuis": ("impots_commerciaux", "oui"),
        "adherents_morales_lesquels": ("adherents_morales", "oui"),
    }
    denomination = Texte("Nom de l’association", description="Tel qu’il figure dans les statuts.")
    sigle = Texte("Sigle", requis=False, maximum=50)
    site_web = AdresseWeb("Site internet", requis=False, description="Par exemple www.association.fr.")
    siret = Choix("Établissement qui porte la demande")
    siret_autre = Siret("SIRET de cet autre établissement", requis=False)
    rna = Rna(
        "Numéro RNA, ou à défaut numéro du récépissé de la préfecture",
        maximum=50,
        description="Il commence par W et figure sur le récépissé de déclaration, par exemple W691234567.",
    )
    adresse = Texte("Adresse du siège", maximum=300)
    adresse_gestion = Texte(
        "Adresse de gestion ou de correspondance",
        requis=False,
        maximum=300,
        description="Seulement si elle n’est pas celle du siège.",
    )
    tribunal = Texte("Tribunal", maximum=100, description="Celui du registre, par exemple Strasbourg.")
    date_inscription = Jour("Date d’inscription", ancien=True)
    volume = Texte("Volume", maximum=20)
    folio = Texte("Folio", maximum=20)
    representant_prenom = Texte("Prénom", maximum=100)
    representant_nom = Texte("Nom", maximum=100)
    fonction = Texte("Fonction", maximum=100, description="Par exemple présidente, trésorier.")
    telephone = Telephone("Téléphone", maximum=30)
    courriel = Courriel("Adresse électronique")
    chargee_prenom = Texte("Prénom de cette personne", requis=False, maximum=100)
    chargee_nom = Texte("Nom de cette personne", requis=False, maximum=100)
    chargee_fonction = Texte("Fonction de cette personne", requis=False, maximum=100)
    chargee_telephone = Telephone("Téléphone de cette personne", requis=False, maximum=30)
    chargee_courriel = Courriel("Adresse électronique de cette personne", requis=False)
    agrements = Lignes(
        "Agréments", AgrementLigne, singulier="Agrément", description="Ceux que l’administration a donnés, s’il y en a."
    )
    rup = OuiNon("L’association est-elle reconnue d’utilité publique\u00a0?")
    rup_date = Jour("Si oui, date de publication au Journal officiel", ancien=True, requis=False)
    impots_commerciaux = OuiNon("L’association est-elle assujettie aux impôts commerciaux\u00a0?")
    impots_depuis = Jour("Si oui, depuis quelle date", ancien=True, requis=False)
    reseaux = Lignes(
        "Réseaux, unions ou fédérations",
        ReseauLigne,
        singulier="Réseau",
        description="Ceux auxquels l’association est affiliée, s’il y en a.",
    )
    adherents_morales = OuiNon("L’association a-t-elle des adhérents personnes morales\u00a0?", requis=False)
    adherents_morales_lesquels = Texte(
        "Si oui, lesquelles", requis=False, maximum=1_000, description="Par exemple d’autres associations, une commune."
    )

    def situer(self, contexte: Contexte) -> None:
        """Offer the known places; without any, ask for the SIRET itself, unless the association has a number of its own."""
        super().situer(contexte)
        places = [
            (siret, f"{siret_fr(siret)}, {adresse}" if adresse else siret_fr(siret))
            for siret, adresse in contexte.etablissements
        ]
        self.siret.proposer([*places, (AUTRE, "Un autre établissement")])
        self.siret_autre.description = (
            "Seulement si vous avez choisi «\u00a0Un autre établissement\u00a0». 14 chiffres."
        )
        if not contexte.etablissements:
            self.siret.data = AUTRE
            self.siret_autre.description = ""
            self.siret_autre.label.text = "SIRET de l’association"
            self.siret_autre.flags.required = not contexte.numero_local
            if contexte.numero_local:
                self.siret_autre.description = (
                    f"Facultatif{ESPACE_INSECABLE}: l’association est connue par son numéro {contexte.numero_local}."
                )

    @property
    def siret_retenu(self) -> str | None:
        """Fourteen digits, None while it is not readable."""
        retenu: str | None = self.siret_autre.valeur if self.siret.data == AUTRE else self.siret.valeur
        return retenu

    def verifier(self) -> None:
        """Another SIRET belongs to the association when its SIREN is known."""
        siren, siret = self.contexte.siren, self.siret_autre.valeur
        if self.siret.data == AUTRE and siret and siren and not siret.startswith(siren):
            self.siret_autre.refuser(
                f"Le SIRET {siret_fr(siret)} n’est pas celui d’un établissement de votre association. "
                f"Il commence par les neuf chiffres de son SIREN{ESPACE_INSECABLE}: {siren}."
            )

    def condition(self, champ: Any) -> str | None:
        """Without known places the SIRET depends on no choice."""
        seul = champ.short_name == "siret_autre" and not self.contexte.etablissements
        return None if seul else super().condition(champ)

    def _manque(self, champ: Any) -> bool:
        dispensee = champ.short_name == "siret_autre" and self.contexte.numero_local
        return False if dispensee else super()._manque(champ)

    def relire(self) -> list[tuple[str, str]]:
        """One SIRET, the one retained; each person under the name of who it is, as no legend tells them apart here."""
        siret = self.siret_retenu
        retenu = ("SIRET", siret_fr(siret) if siret else self.siret_autre.lisible())
        lignes = []
        for champ in super().contenus():
            if champ.short_name == "siret":
                lignes.append(retenu)
            elif champ.short_name != "siret_autre" and self._se_lit(champ.short_name):
                lignes.append((self._libelle_lu(champ), champ.lisible()))
        return lignes

    def _libelle_lu(self, champ: Any) -> str:
        de_qui = (groupe.legende for groupe in self.groupes if champ.short_name in groupe.champs)
        personne, libelle = next(de_qui, ""), str(champ.label.text)
        if personne not in PERSONNES:
            return libelle
        return f"{personne}{ESPACE_INSECABLE}: {libelle.removesuffix(' de cette personne').lower()}"

    def _se_lit(self, nom: str) -> bool:
        return self._est_posee(nom) and self.concerne(nom)

    def _est_posee(self, nom: str) -> bool:
        """By local law an association stands in the registre of a tribunal; by the law of 1901 it has a number."""
        return not self.contexte.droit_local if nom == "rna" else nom not in INSCRIPTION or self.contexte.droit_local

    def contenus(self) -> list[Any]:
        """What concerns this association; without known places there is no place to choose."""
        champs = [champ for champ in super().contenus() if self._est_posee(champ.short_name)]
        return champs if self.contexte.etablissements else [c for c in champs if c.name != "siret"]
