"""Giving an avis: on a dossier, on an association, on several at once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    Form,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Optional
from wtforms.widgets import HiddenInput

from portal.formats import majuscule
from portal.forms.base import Formulaire
from portal.forms.champs import Montant
from portal.forms.dates import Jour, JourAttendu
from portal.forms.pieces import Piece
from portal.forms.textes import LONGUEUR_TEXTE, net
from portal.vocabulaire import LIBELLES_AUDIENCE, LIBELLES_SENS

COMMUNICABLE = "Cet avis est communicable à l’association, si elle le demande, après la décision qu’il prépare."
FICHIER = "Un PDF, une image JPEG ou PNG, ou un document DOCX, XLSX, ODT ou ODS, de 10\u00a0Mo au plus."
# What a page sends besides what the person types.
TECHNIQUES = frozenset({"csrf_token", "version", "page", "geste", "fichier"})
LONGUEUR_GARDEE = 20_000


def sens_choices() -> list[SelectChoice]:
    """The four verdicts."""
    return [SelectChoice(sens.value, majuscule(libelle)) for sens, libelle in LIBELLES_SENS.items()]


def audience_choices(offertes: Collection[str]) -> list[SelectChoice]:
    """Those of the audiences that may be chosen, from the narrowest to the widest."""
    return [
        SelectChoice(a.value, majuscule(libelle)) for a, libelle in LIBELLES_AUDIENCE.items() if a.value in offertes
    ]


def typed(recu: Mapping[str, Any], noms: Iterable[str]) -> dict[str, list[str]]:
    """What a page sent of these inputs, as typed, to be kept as a draft. `recu`: a MultiDict."""
    connus = set(noms) - TECHNIQUES
    lues = {nom: recu.getlist(nom) for nom in recu if nom.partition("-")[0] in connus}  # type: ignore[attr-defined]  # of MultiDict
    return {nom: [texte[:LONGUEUR_GARDEE] for texte in textes] for nom, textes in lues.items()}


class DemandeAvisForm(Formulaire):
    """A question to a service among those that the page offers."""

    service = SelectField("Service à saisir", validators=[InputRequired("Choisissez le service à saisir.")])
    question = TextAreaField(
        "Votre question",
        filters=[net],
        validators=[DataRequired("Écrivez votre question."), LONGUEUR_TEXTE],
        description="Le service lira le dossier entier\u00a0: dites-lui ce que vous attendez de son avis.",
    )
    echeance = Jour("Réponse attendue avant le", description="Le service reste libre de répondre après cette date.")

    def offrir(self, services: Iterable[tuple[int, str]]) -> None:
        """Give the services that may be asked: (id, name)."""
        offerts = [SelectChoice(str(ident), nom) for ident, nom in services]
        self.service.choices = [SelectChoice("", "Choisir un service"), *offerts]


class FichierForm(Formulaire):
    """The file of an avis, read by itself: it is kept whatever the rest of the page says."""

    fichier = Piece("Fichier joint")


class AvisForm(Formulaire):
    """The avis of the agent's service, or of an expert. `version`: « avis.draft », the versions that the page knows."""

    phrase_erreurs = "L’avis n’est pas enregistré. Ce que vous avez écrit est conservé sur cette page."

    version = StringField(widget=HiddenInput(), default="0.0")
    page = HiddenField()
    repris_de = HiddenField()
    sens = RadioField(
        "Votre avis",
        choices=sens_choices(),
        validators=[InputRequired("Choisissez le sens de votre avis.")],
    )
    montant_propose = Montant("Montant proposé", requis=False)
    texte = TextAreaField(
        "Texte de l’avis",
        filters=[net],
        validators=[DataRequired("Écrivez votre avis en quelques mots."), LONGUEUR_TEXTE],
        description=COMMUNICABLE,
    )
    fichier = FileField("Fichier joint", description=FICHIER)
    retirer_fichier = BooleanField("Retirer le fichier joint")
    audience = RadioField(
        "Qui lira cet avis",
        choices=audience_choices(LIBELLES_AUDIENCE),
        validators=[InputRequired("Choisissez qui pourra lire cet avis.")],
    )

    def offer(self, audiences: Collection[str]) -> None:
        """The audiences that may be chosen: none wider than what was asked."""
        self.audience.choices = audience_choices(audiences)

    @property
    def vierge(self) -> bool:
        """Nothing is typed of it; who would read it is ticked beforehand and does not count."""
        dits = (*(self.montant_propose.raw_data or ()), self.sens.data or "", self.texte.data or "")
        return not any(dit.strip() for dit in dits)

    @property
    def lue(self) -> int:
        """The version of the avis that the page showed, 0 when there was none or when it cannot be read."""
        return _number(str(self.version.data or "").partition(".")[0])

    @property
    def brouillon_lu(self) -> int:
        """The version of the draft that the page knows."""
        return _number(str(self.version.data or "").partition(".")[2])

    @property
    def repris(self) -> int | None:
        """The avis that this one takes up again, if any."""
        return _number(str(self.repris_de.data or "")) or None


class AvisAssociationForm(AvisForm):
    """An avis on the association itself: valid until a day, and the services whose later requests it answers by itself."""

    valable_jusqu_au = JourAttendu(
        "Valable jusqu’au",
        absence="Donnez le dernier jour où cet avis vaut.",
        description="Ce jour compris. Par exemple 31 12 2027.",
    )
    permis = SelectMultipleField(
        "Services auxquels cet avis répond de lui-même",
        coerce=int,
        description="Tant qu’il est valable, une demande d’avis de ces services sur un dossier de l’association reçoit aussitôt "
        "cet avis, daté. Sans service coché, il ne répond à personne de lui-même.",
    )

    def offer_services(self, services: Sequence[tuple[int, str]]) -> None:
        """Those that may be allowed: (id, name)."""
        self.permis.choices = [SelectChoice(ident, nom) for ident, nom in services]


class RetraitForm(Formulaire):
    """One button: the avis answers nobody by itself any more."""


def _number(texte: str) -> int:
    return int(texte) if texte.isascii() and texte.isdigit() and len(texte) < 10 else 0


class MemeReponseForm(Formulaire):
    """What the lines that are ticked say, where they say nothing of their own."""

    phrase_erreurs = (
        "Les lignes en erreur ne sont pas enregistrées. Ce que vous avez écrit est conservé sur cette page."
    )

    sens = RadioField("Avis", choices=sens_choices(), validators=[Optional()])
    montant_propose = Montant("Montant proposé", requis=False)
    texte = TextAreaField("Texte", filters=[net], validators=[LONGUEUR_TEXTE], description=COMMUNICABLE)


class LigneAvisForm(Form):  # type: ignore[misc]  # WTForms bears no types
    """One line of several avis given on one page; the CSRF token is that of the page."""

    version = IntegerField(widget=HiddenInput(), default=0)
    meme = BooleanField("Même réponse")
    sens = RadioField("Avis", choices=sens_choices(), validators=[Optional()])
    montant_propose = Montant("Montant proposé", requis=False)
    texte = TextAreaField("Texte", filters=[net], validators=[LONGUEUR_TEXTE])
    audience = SelectField("Qui lira cet avis", choices=audience_choices(LIBELLES_AUDIENCE))
    confirme = BooleanField("Redonner cet avis tel quel")
    repris_de = HiddenField()

    @property
    def repris(self) -> int | None:
        """The avis that it copies."""
        return _number(str(self.repris_de.data or "")) or None

    def says_other_than(self, debut: Mapping[str, object]) -> bool:
        """The person means to answer on this line: a box is ticked, or it no longer says what it said at the beginning."""
        dits = {"sens": self.sens.data, "montant_propose": self.montant_propose.data, "texte": self.texte.data}
        if "audience" in debut:
            dits["audience"] = self.audience.data
        # browsers send other ends of lines than those that were kept
        memes = all((dit or "").split() == str(debut.get(nom) or "").split() for nom, dit in dits.items())
        return bool(self.meme.data or self.confirme.data) or not memes
