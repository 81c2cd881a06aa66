"""Entering a request that came by post, mail or counter."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from portal.formats import compact, montant_a_saisir
from portal.forms.associations import ChoixForm, Identite
from portal.forms.base import Formulaire, une_ligne
from portal.forms.champs import Annee, Courriel, Montant, Siret, TexteLong
from portal.forms.dates import Jour, JourAttendu
from portal.forms.dossiers import VersionForm
from portal.vocabulaire_instruction import LIBELLES_ORIGINE_DOSSIER, ORIGINES_SAISIES, OrigineDossier


class _Autre(Formulaire):
    """Who asks, when it is no association: a commune, a company."""

    nom = StringField(
        "Nom du demandeur",
        filters=[une_ligne],
        validators=[DataRequired("Écrivez le nom du demandeur."), Length(max=300)],
        description="Par exemple une commune, un établissement public, une société.",
    )
    siret = Siret("SIRET", requis=False)
    code_postal = StringField("Code postal", filters=[une_ligne, compact], validators=[Length(max=10)])
    commune = StringField("Commune", filters=[une_ligne], validators=[Length(max=100)])


# The pages ask in this order, and a summary of errors lists in the order in which fields are written.
class _Arrivee(Formulaire):
    """How it came, and when."""

    canal = RadioField(
        "Comment la demande est-elle arrivée\u00a0?",
        choices=[SelectChoice(un.value, nom) for un, nom in LIBELLES_ORIGINE_DOSSIER.items() if un in ORIGINES_SAISIES],
        validators=[InputRequired("Choisissez comment la demande est arrivée.")],
    )
    recue_le = JourAttendu(
        "Reçue le",
        absence="Écrivez le jour où la demande est arrivée.",
        description="Le délai de réponse court à partir de ce jour.",
    )
    envoyee_le = Jour(
        "Envoyée le",
        requis=False,
        description="Le cachet de la poste, ou la date du courriel\u00a0: il décide si la demande est arrivée à temps.",
    )


class _Campagne(Formulaire):
    """What it answers."""

    demarche = SelectField("Campagne", validators=[InputRequired("Choisissez la campagne.")])

    def offrir(self, campagnes: Iterable[tuple[int, str]]) -> None:
        """The campaigns of the service: (id, title)."""
        self.demarche.choices = [
            SelectChoice("", "Choisissez une campagne"),
            *(SelectChoice(str(ident), titre) for ident, titre in campagnes),
        ]


class _Papier(_Arrivee):
    """What the paper says."""

    intitule = StringField(
        "Intitulé du projet",
        filters=[une_ligne],
        validators=[DataRequired("Écrivez l’intitulé du projet."), Length(max=500)],
    )
    montant = Montant("Montant demandé", requis=False)
    exercice = Annee(
        "Exercice", requis=False, description="L’année financée. Sans réponse\u00a0: celle de la campagne."
    )
    email = Courriel(
        "Adresse électronique du demandeur",
        requis=False,
        maximum=254,
        description="L’accusé de réception y est envoyé aussi.",
    )
    observations = TexteLong(
        "Observations", requis=False, description="Pour votre service et ceux qui liront le dossier."
    )

    def dits(self) -> dict[str, Any]:
        """What the services take. Read it once `validate` has succeeded."""
        return {
            "canal": OrigineDossier(self.canal.data),
            "recue_le": self.recue_le.valeur,
            "envoyee_le": self.envoyee_le.valeur,
            "intitule": self.intitule.data,
            "montant": self.montant.valeur,
            "exercice": self.exercice.valeur,
            "email": self.email.valeur or "",
            "observations": self.observations.valeur or "",
        }


class CorrectionReceptionForm(_Papier, VersionForm):
    """The same, to correct what was entered."""


class ReceptionForm(_Papier, _Campagne):
    """A new one. `cle`: the same page sent twice makes one dossier."""

    cle = HiddenField(validators=[Length(20, 40, "Cette page est incomplète. Rechargez-la, puis recommencez.")])


class DemandeurForm(ChoixForm):
    """Which of the register's answers asks."""

    choix = RadioField(
        "Laquelle demande\u00a0?", coerce=int, validators=[InputRequired("Choisissez l’association qui demande.")]
    )


class ReceptionSaisieForm(Identite, ReceptionForm):
    """A new one, of an association that no register describes."""


class ReceptionAutreForm(_Autre, ReceptionForm):
    """A new one, of somebody who is no association."""


def saisies(dossier: Any, reception: Any) -> dict[str, Any]:
    """The fields of CorrectionReceptionForm as they show a dossier that was entered."""
    return {
        "version": dossier.version,
        "canal": dossier.origine.value,
        "recue_le": _jour(reception.recue_le),
        "envoyee_le": _jour(reception.envoyee_le),
        "intitule": dossier.intitule,
        "montant": montant_a_saisir(dossier.montant_demande),
        "exercice": str(dossier.exercice or ""),
        "email": reception.email,
        "observations": reception.observations,
    }


def _jour(jour: date | None) -> dict[str, str]:
    return {"jour": str(jour.day), "mois": str(jour.month), "annee": str(jour.year)} if jour else {}
