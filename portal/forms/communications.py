"""Requests to read the avis given on a dossier: entering one, hiding passages, refusing."""

from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from portal.forms.base import Formulaire, une_ligne
from portal.forms.dates import JourAttendu
from portal.forms.dossiers import VersionForm
from portal.forms.textes import LONGUEUR_TEXTE, net


class CommunicationForm(Formulaire):
    """A request that came by mail."""

    demandeur = StringField(
        "Qui demande",
        filters=[une_ligne],
        validators=[DataRequired("Écrivez qui demande à lire les avis."), Length(max=200)],
        description="Le nom de la personne qui écrit pour l’association.",
    )
    recue_le = JourAttendu("Demande arrivée le", absence="Donnez le jour où la demande est arrivée.")


class OccultationForm(VersionForm):
    """What is hidden of one avis."""

    passages = TextAreaField(
        "Passages à occulter",
        filters=[net],
        validators=[LONGUEUR_TEXTE],
        description="Recopiez chaque passage tel qu’il est écrit, un par ligne\u00a0: vie privée, secret des affaires, "
        "appréciation portée sur une personne nommée (CRPA, art. L311-6).",
    )
    refus = TextAreaField(
        "Si l’avis entier n’est pas communicable, pourquoi",
        filters=[net],
        validators=[LONGUEUR_TEXTE],
        description="L’association lira cette raison à la place de l’avis. Laissez vide pour communiquer l’avis.",
    )

    @property
    def lignes(self) -> list[str]:
        """The passages, one by line, without blank lines."""
        return [ligne.strip() for ligne in (self.passages.data or "").splitlines() if ligne.strip()]


class RefusForm(Formulaire):
    """Why nothing is sent."""

    motif = TextAreaField(
        "Pourquoi rien n’est communiqué",
        filters=[net],
        validators=[DataRequired("Écrivez la raison du refus\u00a0: l’association la lira."), LONGUEUR_TEXTE],
        description="L’association peut saisir la CADA dans les deux mois\u00a0: sa lettre le lui dit.",
    )
