"""The open data of grants: what is noted of one, of all that lack it, what the file bears, when it was published."""

from typing import Any

from wtforms import BooleanField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional, Regexp

from portal.forms.base import Formulaire, une_ligne
from portal.forms.dates import Jour, JourAttendu, parts
from portal.forms.dossiers import VersionForm
from portal.vocabulaire_scdl import CONDITIONS

INCONNU, OUI, NON = "", "oui", "non"
NOTIFIEE = {OUI: True, NON: False, INCONNU: None}
DATES = ("date_convention", "debut", "fin")


def _texte(libelle: str, maximum: int, **options: Any) -> StringField:
    trop_long = f"Ce texte est trop long\u00a0: {maximum} caractères au plus."
    return StringField(libelle, filters=[une_ligne], validators=[Length(max=maximum, message=trop_long)], **options)


class _Versements(Formulaire):
    """What many grants have in common."""

    conditions = _texte(
        "Conditions de versement",
        256,
        description=f"«\u00a0{CONDITIONS[0]}\u00a0», «\u00a0{CONDITIONS[1]}\u00a0», ou en quelques mots.",
    )
    debut = Jour("Premier versement", requis=False)
    fin = Jour("Dernier versement", requis=False, description="Laissez vide pour un versement unique.")
    notification_ue = RadioField(
        "Aide notifiée à la Commission européenne",
        choices=[SelectChoice(NON, "Non"), SelectChoice(OUI, "Oui"), SelectChoice(INCONNU, "Je ne sais pas encore")],
        validators=[Optional()],
        default=INCONNU,
    )

    def valeurs(self) -> dict[str, Any]:
        """By name of what is noted."""
        return {
            nom: NOTIFIEE[champ.data or INCONNU]
            if nom == "notification_ue"
            else champ.valeur
            if nom in DATES
            else champ.data
            for nom, champ in self._fields.items()
            if nom not in ("csrf_token", "version", "exercice", "date_de_decision")
        }


class DonneeEssentielleForm(_Versements, VersionForm):
    """What is noted of one grant."""

    date_convention = Jour("Date de la convention", requis=False, description="Ou de l’arrêté, quand il n’y en a pas.")
    reference = _texte("Référence de la décision", 100, description="Vide\u00a0: la référence du dossier.")
    objet = _texte(
        "Objet publié",
        256,
        description="Vide\u00a0: l’intitulé du dossier. Ne nommez personne\u00a0: ce texte sera public.",
    )
    id_rae = _texte("Numéro au répertoire des aides aux entreprises", 5)
    dispositif_aide = _texte("Identifiant du dispositif d’aide", 100)

    @classmethod
    def de(cls, donnee: Any) -> "DonneeEssentielleForm":
        """With what is already noted, or empty."""
        if donnee is None:
            return cls(formdata=None)
        dites = {nom: parts(getattr(donnee, nom)) for nom in DATES}
        textes = {
            nom: getattr(donnee, nom)
            for nom in ("conditions", "reference", "objet", "id_rae", "dispositif_aide", "version")
        }
        notifiee = {True: OUI, False: NON, None: INCONNU}[donnee.notification_ue]
        return cls(formdata=None, data={**dites, **textes, "notification_ue": notifiee})


class CompleterForm(_Versements):
    """What is noted wherever nothing is."""

    date_de_decision = BooleanField("Sans date de convention, prendre le jour de la décision")


class FichierScdlForm(Formulaire):
    """What the file bears."""

    portee = RadioField(
        "Subventions publiées",
        choices=[
            SelectChoice(
                "obligatoires", "Celles des bénéficiaires qui ont reçu plus de 23\u00a0000\u00a0€ dans l’année"
            ),
            SelectChoice("toutes", "Toutes, même sous ce seuil (publication volontaire)"),
        ],
        default="obligatoires",
    )
    colonnes = RadioField(
        "Colonnes",
        choices=[
            SelectChoice("16", "Les 16 du schéma officiel"),
            SelectChoice("41", "Les 16, et les 25 de la proposition étendue"),
        ],
        default="16",
    )


class PublicationForm(Formulaire):
    """When and where a file was published."""

    jour = JourAttendu("Publié le", absence="Donnez le jour de la publication.")
    adresse = StringField(
        "Adresse de la page",
        filters=[une_ligne],
        validators=[
            Optional(),
            Length(max=300),
            Regexp(r"https?://\S+", message="Écrivez une adresse complète, qui commence par https://."),
        ],
    )
