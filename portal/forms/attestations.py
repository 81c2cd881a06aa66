"""The attestations sur l’honneur of a request: each clause is read and ticked, and kept with the hash of its text."""

import hashlib
from typing import Any, ClassVar

from wtforms.fields import Field
from wtforms.validators import ValidationError

from portal.formats import ESPACE_INSECABLE, montant_fr
from portal.forms.champs import Choix, Texte
from portal.forms.saisie import Contexte, Groupe, Saisie

MANDATAIRE = "mandataire"
SEUIL_AIDES = f"500{ESPACE_INSECABLE}000{ESPACE_INSECABLE}€"


class Clause(Field):  # type: ignore[misc]  # WTForms bears no types
    """A sentence to tick. What the browser sends is the SHA-256 of the very text that was shown."""

    manque = False

    def __init__(self, texte: str, **options: Any) -> None:
        self.recue = ""
        super().__init__(texte, **options)
        self.flags.required = True

    @property
    def texte(self) -> str:
        """The text as shown."""
        return str(self.label.text)

    @property
    def empreinte(self) -> str:
        """SHA-256 of the text, in hexadecimal."""
        return hashlib.sha256(self.texte.encode()).hexdigest()

    @property
    def data(self) -> bool:
        """True when this very text was ticked."""
        return self.recue == self.empreinte

    def process_data(self, _value: Any) -> None:
        """Nothing is ticked in advance."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep the hash received."""
        self.recue = valuelist[0] if valuelist else ""

    def _value(self) -> str:
        return self.empreinte

    def pre_validate(self, _form: Any) -> None:
        """A clause whose text has changed is to be read again."""
        self.manque = not self.recue
        if self.recue and not self.data:
            raise ValidationError(
                "Le texte de cette phrase a changé depuis qu’elle a été cochée, par exemple parce que le montant a changé. "
                "Relisez-la, puis cochez-la."
            )

    def lisible(self) -> str:
        """Ticked or not."""
        return "Oui, attesté" if self.data else ""


class AttestationsForm(Saisie):
    """Cerfa 12156*06 §7. `demande` holds the amount: when the amount changes, it is to be ticked again."""

    groupes = (
        Groupe(
            ("prenom", "nom", "qualite"),
            "Qui atteste",
            "La personne qui dépose la demande coche elle-même ces phrases\u00a0: si quelqu’un d’autre les a cochées, elles "
            "sont à relire.",
        ),
        Groupe(
            ("obligations", "engagement", "sincerite", "charte", "demande", "versement"),
            "L’association",
            "Cochez chaque phrase après l’avoir lue. Vous engagez l’association.",
        ),
        Groupe(("cumul", "fait_a")),
    )
    QUALITES: ClassVar[dict[str, str]] = {
        "representant": "Représentante légale ou représentant légal selon sa déclaration",
        MANDATAIRE: "Personne munie d’un pouvoir selon sa déclaration",
    }
    prenom = Texte("Prénom", maximum=100)
    nom = Texte("Nom", maximum=100)
    qualite = Choix(
        "Qualité",
        [
            ("representant", "Je suis la représentante légale ou le représentant légal de l’association"),
            (MANDATAIRE, "J’agis avec un pouvoir de la représentante légale ou du représentant légal"),
        ],
    )
    obligations = Clause(
        "L’association est à jour de ses obligations administratives, comptables, sociales et fiscales."
    )
    engagement = Clause(
        "L’association souscrit au contrat d’engagement républicain annexé au décret pris pour l’application "
        f"de l’article 10-1 de la loi n°{ESPACE_INSECABLE}2000-321 du 12{ESPACE_INSECABLE}avril 2000."
    )
    sincerite = Clause(
        "Les informations de cette demande sont exactes et sincères, notamment celles sur les demandes "
        "présentées à d’autres financeurs publics."
    )
    charte = Clause(
        "L’association respecte les principes et les valeurs de la charte des engagements réciproques "
        f"du 14{ESPACE_INSECABLE}février 2014."
    )
    demande = Clause("L’association demande la subvention dont le montant figure dans cette demande.")
    versement = Clause(
        "La subvention sera versée au compte bancaire de l’association, dont le relevé d’identité bancaire (RIB) est joint."
    )
    cumul = Choix(
        "Aides publiques reçues sur les trois derniers exercices, dont l’exercice en cours, en numéraire et en nature",
        [
            ("jusqu_a_500000", f"Au plus {SEUIL_AIDES} en tout"),
            ("plus_de_500000", f"Plus de {SEUIL_AIDES} en tout"),
        ],
    )
    fait_a = Texte("Fait à", maximum=100, description="La date sera celle du dépôt.")

    def situer(self, contexte: Contexte) -> None:
        """Write the amount and the year in the clause that holds them."""
        super().situer(contexte)
        if contexte.montant_demande is not None and contexte.exercice is not None:
            ce_qui_est_demande = f"une subvention de {montant_fr(contexte.montant_demande)}"
            if contexte.parts:
                parts = ", ".join(f"{montant_fr(montant)} à {service}" for service, montant in contexte.parts)
                ce_qui_est_demande = f"en tout {montant_fr(contexte.montant_demande)} ({parts})"
            self.demande.label.text = (
                f"L’association demande {ce_qui_est_demande} au titre de l’exercice {contexte.exercice}."
            )

    def textes(self) -> tuple[str, ...]:
        """Texts of the clauses, in order, then the answer about public aid."""
        clauses = [champ.texte for champ in self if isinstance(champ, Clause)]
        return (*clauses, f"{self.cumul.label.text}{ESPACE_INSECABLE}: {self.cumul.lisible()}.")

    def relire_deposee(self) -> list[tuple[str, str]]:
        """Once filed: each answer, and the SHA-256 of each text that was ticked."""
        return [
            (texte, f"{champ.lisible()}. Empreinte SHA-256 du texte\u00a0: {champ.empreinte}")
            if isinstance(champ, Clause)
            else (texte, champ.lisible())
            for champ, texte in ((champ, str(champ.label.text)) for champ in self.contenus())
        ]

    def empreintes(self) -> dict[str, str]:
        """Text of each clause by its SHA-256."""
        return {champ.empreinte: champ.texte for champ in self if isinstance(champ, Clause)}
