"""What a lot must know before its dry run, by action: `parametres()` says it in JSON, once the form is validated."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from wtforms import RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal.forms.base import Formulaire
from portal.forms.champs import Montant, Pourcentage
from portal.forms.complements import ComplementForm
from portal.forms.consultes import en_json
from portal.forms.decisions import MOTIFS
from portal.forms.saisines import SaisineForm
from portal.forms.textes import LONGUEUR_TEXTE, net
from portal.vocabulaire_demandes import Place, SectionDemande
from portal.vocabulaire_instruction import ActionLot
from portal.vocabulaire_lots import LIBELLES_CHOIX_DECISION, ChoixDecision

PERSONNE = "0"
RIEN_DE_LANCE = "Rien n’est lancé. Votre choix de dossiers est conservé."


class LotForm(Formulaire):
    """An act that asks for nothing."""

    phrase_erreurs = RIEN_DE_LANCE

    def offer(self, options: Iterable[tuple[Any, ...]]) -> None:
        """Give what may be chosen: (id, name)."""

    def parametres(self) -> dict[str, Any]:
        """What the lot keeps."""
        return {}

    def saisies(self) -> Mapping[str, str | list[str]]:
        """What was typed, input by input, for a page that must send it again."""
        return {}


class AttribuerForm(LotForm):
    """Who instructs from now on."""

    instructeur = SelectField("Attribuer à", validators=[InputRequired("Choisissez à qui attribuer ces dossiers.")])

    def offer(self, options: Iterable[tuple[Any, ...]]) -> None:
        """Give the agents of the service."""
        agents = [SelectChoice(str(ident), nom) for ident, nom in options]
        self.instructeur.choices = [
            SelectChoice("", "Choisissez une personne"),
            *agents,
            SelectChoice(PERSONNE, "Personne\u00a0: ne plus les attribuer"),
        ]

    def parametres(self) -> dict[str, Any]:
        """The id of the agent, None for nobody."""
        return {"instructeur": int(self.instructeur.data) or None}

    def saisies(self) -> dict[str, str]:
        """The choice."""
        return {"instructeur": self.instructeur.data}


class EtiqueterForm(LotForm):
    """Which label."""

    etiquette = SelectField("Étiquette", validators=[InputRequired("Choisissez l’étiquette à poser.")])

    def offer(self, options: Iterable[tuple[Any, ...]]) -> None:
        """Give the labels of the service that are put."""
        siennes = [SelectChoice(str(ident), nom) for ident, nom in options]
        self.etiquette.choices = [SelectChoice("", "Choisissez une étiquette"), *siennes]

    def parametres(self) -> dict[str, Any]:
        """Its id."""
        return {"etiquette": int(self.etiquette.data)}

    def saisies(self) -> dict[str, str]:
        """The choice."""
        return {"etiquette": self.etiquette.data}


class AvisLotForm(SaisineForm, LotForm):
    """The same question to the same parties, on each dossier; the lot has a key of its own."""

    phrase_erreurs = RIEN_DE_LANCE
    cle = None
    modele = None

    def offer(self, options: Iterable[tuple[Any, ...]]) -> None:
        """Give who may be asked: (« proposes », those), (« services », those)."""
        self.offrir(**dict(options))

    def parametres(self) -> dict[str, Any]:
        """Who is asked, and what."""
        return en_json(self.consultes(), self.teneur())

    def saisies(self) -> dict[str, str | list[str]]:
        """As typed; a box that is not ticked is not sent."""
        textes = {
            champ.name: champ.data or "" for champ in self._choisis() if not isinstance(champ, SelectMultipleField)
        }
        cases = {champ.name: champ.data or [] for champ in self._choisis() if isinstance(champ, SelectMultipleField)}
        return textes | cases | _jours(self.echeance) | ({"scelle": "y"} if self.scelle.data else {})

    def _choisis(self) -> list[Any]:
        noms = ("proposes", "service", "service_2", "service_3", "adresses", "question", "sections", "audience")
        return [self._fields[nom] for nom in noms if nom in self._fields]


class ComplementLotForm(ComplementForm, LotForm):
    """The same pages asked of each association; those of a project are asked for each of its projects."""

    phrase_erreurs = RIEN_DE_LANCE

    def parametres(self) -> dict[str, Any]:
        """Why, by page, until when."""
        return {
            "motifs": {place.slug: texte for place, texte in self.motifs.items()},
            "motif": self.motif.data,
            "echeance": self.echeance.valeur.isoformat(),
            "pieces_exigees": self.pieces_exigees.data,
        }

    def saisies(self) -> dict[str, str]:
        """As typed; a box that is not ticked is not sent."""
        textes = {champ.name: champ.data for champ in (self.motif, *self.textes_de_section) if champ.data}
        return textes | _jours(self.echeance) | ({"pieces_exigees": "y"} if self.pieces_exigees.data else {})


class DeciderLotForm(LotForm):
    """The same decision for all, or what was proposed for each."""

    choix = RadioField(
        "Décision",
        choices=[SelectChoice(choix.value, libelle) for choix, libelle in LIBELLES_CHOIX_DECISION.items()],
        validators=[InputRequired("Choisissez la décision.")],
    )
    part = Pourcentage(
        "Part du montant demandé", requis=False, description="De 1 à 100. Les centimes sont laissés de côté."
    )
    montant = Montant("Montant de chaque accord", requis=False)
    motif = SelectField("Motif", choices=MOTIFS, description="Pour un refus ou un classement sans suite.")
    modele = SelectField(
        "Motivation d’un modèle",
        choices=[],
        description="Sert de motivation quand vous n’en écrivez pas ci-dessous.",
    )
    motivation = TextAreaField(
        "Motivation",
        filters=[net],
        validators=[LONGUEUR_TEXTE],
        description="Nécessaire pour un refus. {association}, {intitule}, {montant_demande} se remplissent pour chaque dossier.",
    )
    conditions = TextAreaField("Conditions", filters=[net], validators=[LONGUEUR_TEXTE])
    textes: Mapping[str, str] = {}

    def offer(self, options: Iterable[tuple[Any, ...]]) -> None:
        """Give the models of the service: (id, title, text)."""
        offerts = [(str(ident), titre, texte) for ident, titre, texte in options]
        self.textes = {ident: texte for ident, _, texte in offerts}
        self.modele.choices = [SelectChoice("", "Aucun"), *(SelectChoice(ident, titre) for ident, titre, _ in offerts)]

    def validate(self, extra_validators: Any = None) -> bool:
        """Which answers go with the decision chosen."""
        valides = bool(super().validate(extra_validators))
        manque = self._manque()
        for champ, phrase in manque:
            champ.errors = [*champ.errors, phrase]
        return valides and not manque

    def _manque(self) -> list[tuple[Any, str]]:
        choix, manque = self.choix.data, []
        if choix == ChoixDecision.PART and not self.part.errors and not self.part.valeur:
            manque.append((self.part, "Donnez la part accordée, de 1 à 100."))
        if choix == ChoixDecision.MONTANT and not self.montant.errors and not self.montant.valeur:
            manque.append((self.montant, "Donnez le montant accordé, supérieur à zéro."))
        if choix in (ChoixDecision.REFUSE, ChoixDecision.SANS_SUITE) and not self.motif.data:
            manque.append((self.motif, "Choisissez le motif de cette décision."))
        if choix == ChoixDecision.REFUSE and not self._motivation():
            manque.append(
                (self.motivation, "Expliquez le refus\u00a0: l’association doit pouvoir le comprendre et le contester.")
            )
        return manque

    def _motivation(self) -> str:
        return self.motivation.data or self.textes.get(self.modele.data or "", "")

    def parametres(self) -> dict[str, Any]:
        """What is decided; amounts as text. Of what was proposed, nothing else is kept."""
        choix = self.choix.data
        if choix == ChoixDecision.PROPOSITION:
            return {"choix": choix}
        negatif = choix in (ChoixDecision.REFUSE, ChoixDecision.SANS_SUITE)
        return {
            "choix": choix,
            "part": str(self.part.valeur) if choix == ChoixDecision.PART else None,
            "montant": str(self.montant.valeur) if choix == ChoixDecision.MONTANT else None,
            "motif": self.motif.data if negatif else None,
            "motivation": self._motivation(),
            "conditions": self.conditions.data or "",
        }

    def saisies(self) -> dict[str, str]:
        """As typed."""
        champs = (self.choix, self.part, self.montant, self.motif, self.modele, self.motivation, self.conditions)
        return {champ.name: champ.data or "" for champ in champs}


def _jours(champ: Any) -> dict[str, str]:
    """The three inputs of a date."""
    trois = zip(("jour", "mois", "annee"), champ.form.bruts(), strict=True)
    return {f"{champ.name}-{nom}": texte for nom, texte in trois}


# Every request has these pages, but for those of a project, which a request for a year has not.
SECTIONS_A_CORRIGER = tuple(Place(section) for section in SectionDemande if section != SectionDemande.QUESTIONS)
FORMULAIRES: dict[ActionLot, type[LotForm]] = {
    ActionLot.ATTRIBUER: AttribuerForm,
    ActionLot.ETIQUETER: EtiqueterForm,
    ActionLot.DEMANDER_AVIS: AvisLotForm,
    ActionLot.DECIDER: DeciderLotForm,
}


def form_of(action: ActionLot, **options: Any) -> LotForm:
    """The form of that action."""
    if action == ActionLot.DEMANDER_COMPLEMENT:
        pages = ((place, place.libelle) for place in SECTIONS_A_CORRIGER)
        return cast("LotForm", ComplementLotForm.for_places(pages, **options))
    return FORMULAIRES.get(action, LotForm)(**options)
