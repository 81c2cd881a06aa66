"""Sections of a grant request (cerfa 12156*06): what is asked, in which words, and how it is read."""

from typing import Any

from wtforms import HiddenField
from wtforms.validators import Length

from portal.formats import ESPACE_INSECABLE, montant_fr, siret_fr
from portal.forms.attestations import AttestationsForm
from portal.forms.base import Formulaire
from portal.forms.budget import BudgetForm
from portal.forms.champs import Annee, Choix, Courriel, Entier, Montant, Siret, Telephone, Texte, TexteLong
from portal.forms.dates import Jour
from portal.forms.saisie import Contexte, Groupe, Saisie
from portal.vocabulaire import SectionDemande

AUTRE = "autre"


class NouvelleDemandeForm(Formulaire):
    """Which campaign, for which association. `cle`: the same form sent twice makes one request."""

    cle = HiddenField(validators=[Length(20, 40, "Cette page est incomplète. Rechargez-la, puis recommencez.")])
    demarche = Choix("Campagne", obligatoire="Choisissez une campagne.")
    association = Choix("Association", obligatoire="Choisissez une association.")


class DepotForm(Formulaire):
    """Nothing to type: filing is one button."""

    phrase_erreurs = "La demande n’est pas déposée. Tout ce que vous avez écrit est conservé."


class IdentiteForm(Saisie):
    """Cerfa §1: the association, its SIRET and its représentant légal."""

    groupes = (
        Groupe(("siret", "siret_autre", "adresse"), "Association"),
        Groupe(("representant_prenom", "representant_nom", "fonction", "telephone", "courriel"), "Représentant légal"),
    )
    siret = Choix("Établissement qui porte la demande")
    siret_autre = Siret("SIRET de cet autre établissement", requis=False)
    adresse = Texte("Adresse du siège", maximum=300)
    representant_prenom = Texte("Prénom", maximum=100)
    representant_nom = Texte("Nom", maximum=100)
    fonction = Texte("Fonction", maximum=100, description="Par exemple présidente, trésorier.")
    telephone = Telephone("Téléphone", maximum=30)
    courriel = Courriel("Adresse électronique")

    def situer(self, contexte: Contexte) -> None:
        """Offer the known places; without any, ask for the SIRET itself."""
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
            self.siret_autre.flags.required = True

    @property
    def siret_retenu(self) -> str | None:
        """Fourteen digits, None while it is not readable."""
        retenu: str | None = self.siret_autre.valeur if self.siret.data == AUTRE else self.siret.valeur
        return retenu

    def verifier(self) -> None:
        """Another SIRET is given when « autre » is chosen, and belongs to the association when its SIREN is known."""
        self.siret_autre.manque = self.siret.data == AUTRE and not self.siret_autre.lisible()
        siren, siret = self.contexte.siren, self.siret_autre.valeur
        if self.siret.data == AUTRE and siret and siren and not siret.startswith(siren):
            self.siret_autre.refuser(
                f"Le SIRET {siret_fr(siret)} n’est pas celui d’un établissement de votre association. "
                f"Il commence par les neuf chiffres de son SIREN{ESPACE_INSECABLE}: {siren}."
            )

    def relire(self) -> list[tuple[str, str]]:
        """The SIRET retained, then the rest."""
        reste = [champ for champ in self.contenus() if champ.name not in ("siret", "siret_autre")]
        siret = self.siret_retenu
        return [
            ("SIRET", siret_fr(siret) if siret else self.siret_autre.lisible()),
            *((str(champ.label.text), champ.lisible()) for champ in reste),
        ]

    def contenus(self) -> list[Any]:
        """Without known places there is nothing to choose."""
        champs = super().contenus()
        return champs if self.contexte.etablissements else [c for c in champs if c.name != "siret"]


class ProjetForm(Saisie):
    """Cerfa §6: one project."""

    groupes = (
        Groupe(("intitule", "objectifs", "description"), "Le projet"),
        Groupe(("public_nombre", "public", "territoire"), "Pour qui, et où"),
        Groupe(("date_debut", "date_fin", "moyens", "indicateurs"), "Quand, et comment"),
    )
    intitule = Texte("Intitulé du projet", maximum=200)
    objectifs = TexteLong("Objectifs")
    description = TexteLong("Description")
    public_nombre = Entier("Nombre de personnes concernées", description="Une estimation suffit, par exemple 120.")
    public = TexteLong("Public visé", description="Âge, situation, part de femmes et d’hommes, quartiers.")
    territoire = Texte("Territoire", description="Communes, quartiers ou départements où l’action a lieu.")
    date_debut = Jour("Date de début")
    date_fin = Jour("Date de fin")
    moyens = TexteLong("Moyens humains", description="Bénévoles, salariés, recrutements prévus.")
    indicateurs = TexteLong("Indicateurs d’évaluation", description="Ce qui dira si les objectifs sont atteints.")

    def verifier(self) -> None:
        """A project ends after it begins."""
        debut, fin = self.date_debut.valeur, self.date_fin.valeur
        if debut and fin and fin < debut:
            self.date_fin.refuser("La date de fin est avant la date de début. Corrigez l’une ou l’autre.")


class MontantForm(Saisie):
    """Cerfa §0 and §7: what is asked."""

    groupes = (
        Groupe(("montant_demande", "exercice"), "Subvention demandée"),
        Groupe(("forme", "frequence", "objet", "periode"), "Nature de la demande"),
    )
    montant_demande = Montant("Montant demandé")
    exercice = Annee("Exercice", description="L’année pour laquelle vous demandez la subvention, par exemple 2026.")
    forme = Choix("Forme", [("numeraire", "En numéraire (une somme d’argent)"), ("nature", "En nature")])
    frequence = Choix(
        "Fréquence", [("premiere", "Première demande"), ("renouvellement", "Renouvellement ou poursuite")]
    )
    objet = Choix(
        "Objet", [("fonctionnement", "Fonctionnement global de l’association"), ("projet", "Projet ou action")]
    )
    periode = Choix("Période", [("annuelle", "Annuelle ou ponctuelle"), ("pluriannuelle", "Pluriannuelle")])

    def verifier(self) -> None:
        """More than nothing, and no more than the produits of the budget."""
        montant, total = self.montant_demande.valeur, self.contexte.total_produits
        if montant == 0:
            self.montant_demande.refuser("Le montant demandé est nul. Écrivez la somme que vous demandez.")
        elif montant is not None and total and montant > total:
            self.montant_demande.refuser(
                f"Le montant demandé, {montant_fr(montant)}, dépasse le total des produits du budget, "
                f"{montant_fr(total)}. Corrigez l’un ou l’autre."
            )


FORMULAIRES: dict[SectionDemande, type[Saisie]] = {
    SectionDemande.IDENTITE: IdentiteForm,
    SectionDemande.PROJET: ProjetForm,
    SectionDemande.BUDGET_PROJET: BudgetForm,
    SectionDemande.MONTANT: MontantForm,
    SectionDemande.ATTESTATIONS: AttestationsForm,
}
