"""Proposing and deciding: the same questions, an amount in lines."""

from decimal import Decimal
from typing import Any

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from portal.formats import majuscule
from portal.forms.champs import Annee, Liste, Montant, Texte
from portal.forms.dates import JourAttendu
from portal.forms.dossiers import VersionForm
from portal.forms.lignes import Ligne, Lignes
from portal.forms.textes import LONGUEUR_TEXTE, net
from portal.vocabulaire import LIBELLES_DECISION, LIBELLES_MOTIF, MotifDecision, SensDecision
from portal.vocabulaire_instruction import LIBELLES_NATURE_OCTROI, NatureOctroi

MODELE = "modele"
MOTIFS = [
    SelectChoice("", "Aucun (accord)"),
    *(SelectChoice(motif.value, majuscule(libelle)) for motif, libelle in LIBELLES_MOTIF.items()),
]


class LigneOctroi(Ligne):
    """One line of what is granted; begun once it has an amount, a nature or a condition: the rest is filled in beforehand."""

    exercice = Annee("Exercice", requis=False)
    programme = Texte(
        "Programme", requis=False, maximum=10, description="Numéro du programme budgétaire, par exemple 163"
    )
    nature = Liste(
        "Nature",
        [(nature.value, majuscule(libelle)) for nature, libelle in LIBELLES_NATURE_OCTROI.items()],
        requis=False,
        description="Sans réponse, en argent.",
    )
    montant = Montant("Montant", description="En euros, par exemple 1\u00a0234,50. En nature, ce que vaut l’apport.")
    conditionnelle = Liste(
        "Versement", [("oui", "Une fois les conditions remplies")], requis=False, description="Sans réponse, ferme."
    )

    @property
    def vide(self) -> bool:
        """Nothing is granted on it."""
        return not any((champ.data or "").strip() for champ in (self.montant, self.nature, self.conditionnelle))

    def verifier(self) -> None:
        """A line that is begun bears an amount above zero."""
        if self.montant.manque:
            self.montant.refuser("Donnez le montant de cette ligne, ou effacez-la.")
        elif self.montant.valeur == 0:
            self.montant.refuser("Donnez le montant accordé, supérieur à zéro.")

    def valeurs(self) -> dict[str, Any]:
        """What the line grants, once validated."""
        return {
            "exercice": self.exercice.valeur,
            "programme": (self.programme.valeur or "").strip(),
            "nature": NatureOctroi(self.nature.valeur or NatureOctroi.NUMERAIRE),
            "montant": self.montant.valeur,
            "conditionnelle": bool(self.conditionnelle.valeur),
        }


class DecisionForm(VersionForm):
    """What is decided; which answers go together is the service's rule, not the form's."""

    sens = RadioField(
        "Décision",
        choices=[SelectChoice(sens.value, majuscule(libelle)) for sens, libelle in LIBELLES_DECISION.items()],
        validators=[InputRequired("Choisissez la décision.")],
    )
    lignes = Lignes(
        "Montants accordés",
        LigneOctroi,
        singulier="Ligne",
        description="Pour un accord seulement. Une ligne par exercice et par programme.",
    )
    motif = SelectField("Motif", choices=MOTIFS, description="Pour un refus ou un classement sans suite.")
    modele = SelectField(
        "Partir d’un modèle", validate_choice=False, description="Le texte inséré remplace la motivation."
    )
    motivation = TextAreaField(
        "Motivation",
        filters=[net],
        validators=[LONGUEUR_TEXTE],
        description="Nécessaire pour un refus. L’association la lira à la notification.",
    )
    conditions = TextAreaField(
        "Conditions",
        filters=[net],
        validators=[LONGUEUR_TEXTE],
        description="Par exemple un compte rendu attendu à une date. L’association les lira à la notification.",
    )

    def valeurs(self) -> dict[str, Any]:
        """What is decided, once validated."""
        return {
            "sens": SensDecision(self.sens.data),
            "motif": MotifDecision(self.motif.data) if self.motif.data else None,
            "motivation": self.motivation.data,
            "lignes": [ligne.valeurs() for ligne in self.lignes.lignes],
            "conditions": self.conditions.data,
        }

    def lire_modele(self) -> int | None:
        """The model whose text is to be put in."""
        brut = self.modele.data or ""
        return int(brut) if brut.isascii() and brut.isdigit() and len(brut) < 19 else None

    def total(self) -> Decimal | None:
        """Euros of all the lines as they are typed, None when one cannot be read."""
        total = Decimal(0)
        for ligne in self.lignes.lignes:
            ligne.montant.validate(ligne)
            montant = ligne.montant.montant_ou_zero()
            if montant is None:
                return None
            total += montant
        return total


class PropositionForm(DecisionForm):
    """The same, proposed to whoever decides."""

    commentaire = TextAreaField(
        "Commentaire pour la personne qui décide",
        filters=[net],
        validators=[LONGUEUR_TEXTE],
        description="Lu dans votre service seulement\u00a0: l’association ne le voit jamais.",
    )


class ReouvertureForm(VersionForm):
    """Why a decided dossier is opened again."""

    motif = TextAreaField(
        "Motif",
        filters=[net],
        validators=[
            InputRequired("Dites pourquoi le dossier est rouvert\u00a0: l’association le lira."),
            LONGUEUR_TEXTE,
        ],
        description="L’association le lira, avec l’avis que la décision ne vaut plus.",
    )


class RecommandeForm(VersionForm):
    """A registered letter that has left."""

    envoyee_le = JourAttendu("Date d’envoi", absence="Donnez la date d’envoi de la lettre.")
    numero = StringField(
        "Numéro de la lettre recommandée",
        filters=[net],
        validators=[
            InputRequired("Donnez le numéro de la lettre recommandée."),
            Length(max=40, message="Ce numéro est trop long : 40 caractères au plus."),
        ],
        description="Celui du bordereau de dépôt, par exemple 1A 123 456 7890 1",
    )
