"""Asking for avis: of whom, what, until when, read by whom; and what is done afterwards with what was asked."""

from collections.abc import Iterable, Sequence
from datetime import date
from secrets import token_hex
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from portal.formats import ValeurIllisible
from portal.forms.base import Formulaire
from portal.forms.consultes import Consulte, TeneurSaisine
from portal.forms.dates import Jour
from portal.forms.textes import LONGUEUR_TEXTE, net
from portal.vocabulaire import Audience
from portal.vocabulaire_avis import LIBELLES_AUDIENCE_DEMANDEE
from portal.vocabulaire_demandes import LIBELLES_SECTION, SectionDemande

ADRESSES_MAXIMUM = 20
NOMS = LIBELLES_SECTION | {SectionDemande.DEMANDE: "Demande"}
DESTINATAIRES = ("service", "service_2", "service_3", "proposes", "adresses")
MOTIF = Length(max=2_000, message="Ce texte est trop long\u00a0: 2\u00a0000\u00a0caractères au plus.")


class SaisineForm(Formulaire):
    """A question, and those to whom it is put. `cle`: sent twice, it asks once."""

    phrase_erreurs = "Rien n’est encore demandé. Ce que vous avez saisi est conservé."

    cle = HiddenField(default=lambda: token_hex(20), validators=[InputRequired(), Length(min=16, max=60)])
    proposes = SelectMultipleField("Déjà consultés, ou proposés par la démarche", choices=[])
    service = SelectField("Service à saisir", choices=[])
    service_2 = SelectField("Deuxième service", choices=[])
    service_3 = SelectField("Troisième service", choices=[])
    adresses = TextAreaField(
        "Adresses électroniques",
        filters=[net],
        validators=[LONGUEUR_TEXTE],
        description="Une par ligne. Celle d’un agent du portail le nomme pour répondre au nom de son service. Toute autre "
        "personne reçoit un lien, sans compte\u00a0: vous pouvez écrire son nom et son organisme après l’adresse, "
        "séparés par des virgules.",
    )
    modele = SelectField("Question type", choices=[], description="Pour commencer d’une question de la démarche.")
    question = TextAreaField(
        "Votre question",
        filters=[net],
        validators=[DataRequired("Écrivez votre question."), LONGUEUR_TEXTE],
        description="Dites ce que vous attendez de cet avis. La question est dans le courriel qui l’annonce.",
    )
    echeance = Jour(
        "Réponse attendue avant le",
        requis=False,
        description="Un rappel part trois jours avant, le jour même et trois jours après. Passé ce jour, l’absence de "
        "réponse reste une absence de réponse, jamais un avis favorable.",
    )
    sections = SelectMultipleField(
        "Ce qui peut être lu de la demande",
        choices=[SelectChoice(une.value, NOMS[une]) for une in SectionDemande],
        default=[une.value for une in SectionDemande],
        description="Décochez ce dont la réponse n’a pas besoin.",
    )
    audience = RadioField(
        "Qui pourra lire les réponses, au plus large",
        choices=[SelectChoice(une.value, LIBELLES_AUDIENCE_DEMANDEE[une][0]) for une in Audience],
        default=Audience.PARTAGE.value,
        description="Voici qui lira les avis. Qui répond peut choisir moins de lecteurs, jamais plus.",
    )
    scelle = BooleanField(
        "Sous scellé",
        description="Ceux que vous consultez ensemble ne lisent pas l’avis des autres avant que tous aient répondu. "
        "Votre service non plus, sauf à l’échéance ou si vous levez le scellé.",
    )
    textes: dict[str, str]

    @property
    def lecteurs(self) -> dict[str, str]:
        """Who would read, audience by audience, in a sentence."""
        return {une.value: LIBELLES_AUDIENCE_DEMANDEE[une][1] for une in Audience}

    def offrir(
        self,
        *,
        proposes: Iterable[tuple[str, str]],
        services: Iterable[tuple[int, str]],
        modeles: Iterable[tuple[int, str, str]] = (),
        fermee: bool = False,
        scelle: bool = False,
    ) -> None:
        """Give who may be asked and the questions (id, title, text). What is not open to choice is taken out of the form."""
        self.proposes.choices = [SelectChoice(jeton, nom) for jeton, nom in proposes]
        autres = [SelectChoice(str(ident), nom) for ident, nom in services]
        for champ in (self.service, self.service_2, self.service_3):
            champ.choices = [SelectChoice("", "Aucun"), *autres]
        self.service.choices = [SelectChoice("", "Choisir un service"), *autres]
        lus = [(str(ident), titre, texte) for ident, titre, texte in modeles]
        self.textes = {ident: texte for ident, _, texte in lus}
        if self.modele is not None:
            self.modele.choices = [SelectChoice("", "Aucune"), *(SelectChoice(ident, titre) for ident, titre, _ in lus)]
        retires = [nom for nom, oui in (("proposes", not self.proposes.choices), ("modele", not lus)) if oui]
        if fermee:
            retires += ["service", "service_2", "service_3", "adresses"]
        for nom in (*retires, *(["scelle"] if scelle else [])):
            if nom in self._fields:
                delattr(self, nom)

    def limiter(self, sections: Sequence[SectionDemande]) -> None:
        """Give the sections that there are; none for an association itself."""
        if not sections:
            del self.sections
            return
        self.sections.choices = [SelectChoice(une.value, NOMS[une]) for une in sections]
        if not self.is_submitted():
            self.sections.data = [une.value for une in sections]

    def redemander(
        self, jeton: str, question: str, *, audience: Audience, scelle: bool, sections: Sequence[str]
    ) -> bool:
        """Begin with whom is asked again (« service:3 »), in which words, and no wider than the first time.

        False when the form offers that one no more.
        """
        self.question.data, self.audience.data = question, audience.value
        if "scelle" in self._fields:
            self.scelle.data = scelle
        if sections:
            self.sections.data = list(sections)
        if "proposes" in self._fields and jeton in {str(choix.value) for choix in self.proposes.choices}:
            self.proposes.data = [jeton]
            return True
        service = jeton.removeprefix("service:")
        if "service" in self._fields and service in {str(choix.value) for choix in self.service.choices}:
            self.service.data = service
            return True
        return False

    def reprendre(self) -> None:
        """Begin the question with the one that is chosen."""
        texte = self.textes.get(self.modele.data or "") if "modele" in self._fields else None
        if texte:
            self.question.data = texte

    def validate(self, extra_validators: Any = None) -> bool:
        """Somebody is asked; said with whatever else is missing."""
        lisible = bool(super().validate(extra_validators))
        if any(self._lu(nom) for nom in DESTINATAIRES):
            return lisible
        champ = next(self._fields[nom] for nom in DESTINATAIRES if nom in self._fields)
        champ.errors = [
            *champ.errors,
            "Choisissez à qui demander un avis\u00a0: un service, ou une adresse électronique.",
        ]
        return False

    def validate_adresses(self, field: Any) -> None:
        """Each line is an address; twenty at most."""
        lignes = _lignes(field.data)
        if len(lignes) > ADRESSES_MAXIMUM:
            raise ValidationError(f"Écrivez {ADRESSES_MAXIMUM} adresses au plus.")
        for ligne in lignes:
            try:
                Consulte.de_la_ligne(ligne)
            except ValeurIllisible as refus:
                raise ValidationError(str(refus)) from refus

    def validate_sections(self, field: Any) -> None:
        """Something has to be read."""
        if not field.data:
            raise ValidationError("Cochez au moins ce que la réponse a besoin de lire.")

    def consultes(self) -> list[Consulte]:
        """Those who are chosen, once the form is validated."""
        choisis = [Consulte.du_jeton(jeton) for jeton in self._lu("proposes") or ()]
        services = [self._lu(nom) for nom in ("service", "service_2", "service_3")]
        choisis += [Consulte(service_id=int(ident)) for ident in services if ident]
        return choisis + [Consulte.de_la_ligne(ligne) for ligne in _lignes(self._lu("adresses"))]

    def teneur(self) -> TeneurSaisine:
        """What is asked, once the form is validated; every section ticked is all of them."""
        cochees = self._lu("sections") or []
        offertes = [un.value for un in self.sections.choices] if "sections" in self._fields else []
        return TeneurSaisine(
            question=self.question.data,
            echeance=self.echeance.valeur,
            audience=Audience(self.audience.data),
            scelle=bool(self._lu("scelle")),
            sections=() if set(cochees) >= set(offertes) else tuple(cochees),
        )

    def _lu(self, nom: str) -> Any:
        champ = self._fields.get(nom)
        return champ.data if champ is not None else None


def _lignes(texte: str | None) -> list[str]:
    return [ligne.strip() for ligne in (texte or "").splitlines() if ligne.strip()]


class ProlongerForm(Formulaire):
    """Another deadline."""

    echeance = Jour(
        "Nouvelle date", requis=False, description="Les rappels repartent de là, toujours un par jour au plus."
    )
    sans_date = BooleanField("Ne plus fixer de date")
    ensemble = BooleanField("Pour tous ceux qui n’ont pas encore répondu à cette question")

    def validate(self, extra_validators: Any = None) -> bool:
        """A deadline is taken away only by who says so."""
        lisible = bool(super().validate(extra_validators))
        if lisible and self.echeance.valeur is None and not self.sans_date.data:
            self.echeance.refuser("Donnez une date, ou cochez «\u00a0Ne plus fixer de date\u00a0».")
            return False
        return lisible

    def chosen(self) -> date | None:
        """The deadline, None for none any more, once it is validated."""
        return None if self.sans_date.data else self.echeance.valeur


class TransfererForm(Formulaire):
    """Who answers for the service."""

    agent = SelectField("Qui répond pour votre service", choices=[])

    def offrir(self, agents: Iterable[tuple[int, str]]) -> None:
        """Give the agents who may: (id, name)."""
        siens = [SelectChoice(str(ident), nom) for ident, nom in agents]
        self.agent.choices = [SelectChoice("", "Toute personne du service"), *siens]


class RetirerForm(Formulaire):
    """Ask no more."""

    motif = TextAreaField(
        "Motif",
        filters=[net],
        validators=[MOTIF],
        description="Il reste dans le journal du portail. Qui était consulté ne le lit pas.",
    )


class RecuserForm(Formulaire):
    """A conflict of interest."""

    motif = TextAreaField(
        "Votre intérêt dans cette affaire",
        filters=[net],
        validators=[DataRequired("Écrivez en quelques mots quel est votre intérêt dans cette affaire."), MOTIF],
        description="Par exemple\u00a0: je siège au conseil d’administration de cette association.",
    )


class DeclinerForm(Formulaire):
    """Not concerned."""

    motif = TextAreaField(
        "Pourquoi vous n’êtes pas concerné",
        filters=[net],
        validators=[DataRequired("Écrivez en quelques mots pourquoi\u00a0: qui a demandé l’avis le lira."), MOTIF],
    )
