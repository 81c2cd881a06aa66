"""How a service decides and notifies, who may decide in its name, and its words for a motivation."""

from typing import Any

from wtforms import RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from portal.formats import majuscule
from portal.forms.base import Formulaire
from portal.forms.champs import Montant, Siret
from portal.forms.champs_fusion import CHAMPS
from portal.forms.dates import Jour, JourAttendu
from portal.forms.dossiers import VersionForm
from portal.forms.textes import LONGUEUR_TEXTE, net
from portal.vocabulaire import LIBELLES_MOTIF, MotifDecision
from portal.vocabulaire_instruction import LIBELLES_MODE_NOTIFICATION, ModeNotification, QuiDecide


def _court(maximum: int) -> Length:
    return Length(max=maximum, message=f"Ce texte est trop long : {maximum}\u00a0caractères au plus.")


class ReglagesForm(VersionForm):
    """How a service decides and notifies."""

    qui_decide = RadioField(
        "Qui décide et notifie",
        choices=[
            SelectChoice(QuiDecide.RESPONSABLE.value, "Les responsables du service"),
            SelectChoice(QuiDecide.INSTRUCTEUR.value, "Les responsables et les instructeurs"),
        ],
        validators=[InputRequired("Dites qui décide.")],
        description="Dans les deux cas, sous une délégation de signature notée ici.",
    )
    proposition_requise = RadioField(
        "Proposition avant décision",
        choices=[
            SelectChoice("non", "Facultative"),
            SelectChoice("oui", "Nécessaire\u00a0: un instructeur propose d’abord"),
        ],
        validators=[InputRequired("Dites si une proposition est nécessaire.")],
    )
    mode_notification = RadioField(
        "Comment les décisions partent",
        choices=[SelectChoice(mode.value, majuscule(mot)) for mode, mot in LIBELLES_MODE_NOTIFICATION.items()],
        validators=[InputRequired("Dites comment les décisions partent.")],
        description="Sans réponse, aucune décision ne peut être notifiée.",
    )
    ville = StringField(
        "Ville",
        filters=[net],
        validators=[_court(100)],
        description="Celle d’où les lettres sont datées, par exemple Lyon",
    )
    tribunal = StringField(
        "Tribunal administratif",
        filters=[net],
        validators=[_court(200)],
        description="Celui devant lequel vos décisions se contestent, nommé dans les lettres. Par exemple\u00a0: tribunal "
        "administratif de Lyon, 184 rue Duguesclin, 69003 Lyon",
    )
    siret = Siret(
        "SIRET du service",
        requis=False,
        description="Celui de l’attribuant, sans lequel le service ne peut pas publier ses subventions.",
    )

    def valeurs(self) -> dict[str, Any]:
        """As the service keeps them."""
        return {
            "qui_decide": QuiDecide(self.qui_decide.data),
            "proposition_requise": self.proposition_requise.data == "oui",
            "mode_notification": ModeNotification(self.mode_notification.data),
            "ville": self.ville.data,
            "tribunal": self.tribunal.data,
            "siret": self.siret.valeur or "",
        }


class DelegationForm(Formulaire):
    """Who may decide in the name of the service."""

    agent = SelectField("Agent", coerce=str, validators=[InputRequired("Choisissez la personne.")])
    qualite = StringField(
        "Qualité",
        filters=[net],
        validators=[DataRequired("Donnez sa qualité : elle figure dans ses décisions."), _court(90)],
        description="Sa fonction, telle que ses décisions la porteront (code des relations entre le public et "
        "l’administration, article L.\u00a0212-1).",
    )
    reference = StringField(
        "Acte qui délègue",
        filters=[net],
        validators=[DataRequired("Donnez la référence de l’acte qui délègue, ou qui nomme."), _court(200)],
        description="Par exemple\u00a0: arrêté n°\u00a069-2026-01-12 du 12 janvier 2026",
    )
    debut = JourAttendu("Premier jour", absence="Donnez le premier jour de la délégation.")
    fin = Jour("Dernier jour", requis=False)
    plafond = Montant("Plafond d’une décision", requis=False, description="En euros. Sans réponse, il n’y en a pas.")
    demarches = SelectMultipleField(
        "Démarches",
        coerce=str,
        validate_choice=False,
        description="Aucune case cochée\u00a0: toutes les démarches du service.",
    )

    def valeurs(self) -> dict[str, Any]:
        """As the service keeps them."""
        return {
            "user_id": _numero(self.agent.data),
            "qualite": self.qualite.data,
            "reference": self.reference.data,
            "debut": self.debut.valeur,
            "fin": self.fin.valeur,
            "plafond": self.plafond.valeur,
            "demarches": [_numero(un) for un in self.demarches.data or ()],
        }


class ModeleMotivationForm(Formulaire):
    """Words to begin a motivation with."""

    titre = StringField(
        "Titre",
        filters=[net],
        validators=[DataRequired("Donnez un titre à ce modèle."), _court(100)],
        description="Il le nomme dans la liste, par exemple\u00a0: crédits épuisés, encourager à redéposer",
    )
    motif = SelectField(
        "Pour le motif",
        choices=[
            SelectChoice("", "Tous, ou un accord"),
            *(SelectChoice(motif.value, majuscule(libelle)) for motif, libelle in LIBELLES_MOTIF.items()),
        ],
    )
    texte = TextAreaField(
        "Texte",
        filters=[net],
        validators=[DataRequired("Écrivez le texte du modèle."), LONGUEUR_TEXTE],
        description="Les mots entre accolades sont remplacés par ce que dit le dossier.",
    )

    def valeurs(self) -> dict[str, Any]:
        """As the service keeps them."""
        motif = MotifDecision(self.motif.data) if self.motif.data else None
        return {"titre": self.titre.data, "texte": self.texte.data, "motif": motif}

    @property
    def champs_de_fusion(self) -> dict[str, str]:
        """What may stand between braces, and what it means."""
        return CHAMPS


def _numero(brut: str) -> int:
    return int(brut) if brut.isascii() and brut.isdigit() and len(brut) < 19 else 0
