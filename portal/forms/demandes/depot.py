"""The forms around a request: beginning it, filing it."""

from typing import Any

from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import Length

from portal.formats import ValeurIllisible, parse_courriel
from portal.forms.base import Formulaire, une_ligne
from portal.forms.champs import Choix

AUTRE = "autre"


class NouvelleDemandeForm(Formulaire):
    """Which campaign, for which association. `cle`: the same form sent twice makes one request."""

    cle = HiddenField(validators=[Length(20, 40, "Cette page est incomplète. Rechargez-la, puis recommencez.")])
    demarche = Choix("Campagne", obligatoire="Choisissez une campagne.")
    association = Choix("Association", obligatoire="Choisissez une association.")
    reprendre = BooleanField(
        "Reprendre ce que l’association a écrit dans sa dernière demande, s’il y en a une",
        default=True,
        description="Chaque réponse reprise dira d’où elle vient. Ni les montants ni les attestations ne sont repris.",
    )


class DepotForm(Formulaire):
    """Nothing to type: filing is one button."""

    phrase_erreurs = "La demande n’est pas déposée. Tout ce que vous avez écrit est conservé."


class SignatureForm(Formulaire):
    """Who is asked to sign and file: a member who may, or an address."""

    phrase_erreurs = "La signature n’est pas encore demandée. Ce que vous avez écrit est conservé."

    signataire = Choix("Personne qui signe", obligatoire="Choisissez une personne.")
    email = StringField(
        "Adresse électronique", filters=[une_ligne], description="Celle de la personne qui représente l’association."
    )
    mot = TextAreaField(
        "Votre message",
        validators=[Length(max=1000, message="Ce message compte plus de 1\u00a0000 caractères. Raccourcissez-le.")],
        description="Il sera lu sur la page de la demande.",
    )

    def offrir(self, membres: list[tuple[str, str]]) -> "SignatureForm":
        """Propose these members, then another address; without any, ask for the address alone."""
        if membres:
            self.signataire.proposer([*membres, (AUTRE, "Une autre personne")])
            self.email.description = "Seulement si vous avez choisi «\u00a0Une autre personne\u00a0»."
        else:
            del self.signataire
        return self

    @property
    def adresse(self) -> str:
        """The address chosen or typed, once validated."""
        choisie = str(self.signataire.data) if "signataire" in self else AUTRE
        return parse_courriel(self.email.data) if choisie == AUTRE else choisie

    def validate(self, extra_validators: Any = None) -> bool:
        """An address is typed when no member is chosen, and can be read."""
        lisible = bool(super().validate(extra_validators))
        if "signataire" in self and self.signataire.data != AUTRE:
            return lisible
        try:
            parse_courriel(self.email.data or "")
        except ValeurIllisible as refus:
            self.email.errors = [*self.email.errors, str(refus)]
            return False
        return lisible
