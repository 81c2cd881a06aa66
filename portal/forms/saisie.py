"""A section of a request as a form: bound to what was typed, examined without a request, described as data."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple, Self, TypeVar

from werkzeug.datastructures import MultiDict
from wtforms import FieldList, FormField, HiddenField
from wtforms.i18n import DummyTranslations

from portal.forms.base import Formulaire
from portal.forms.pieces_attendues import PieceAttendue
from portal.forms.supplements import SANS_TERRITOIRE, QuestionsCampagne, Territoires
from portal.vocabulaire_demandes import EtatSection

# Controls but for tab and line feed, and the code points that Unicode gives to no character.
INTENABLES = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plan * 0x10000 + 0xFFFE)}{chr(plan * 0x10000 + 0xFFFF)}" for plan in range(17))
    + "]"
)
TECHNIQUES = frozenset({"csrf_token", "version", "page"})


@dataclass(frozen=True, slots=True)
class Groupe:
    """Fields shown together; without a legend they stand alone."""

    champs: tuple[str, ...]
    legende: str = ""
    indice: str = ""


class AutreCampagne(NamedTuple):
    """A campaign of another service, to which the same request may be addressed too."""

    demarche_id: int
    service: str
    titre: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contexte:
    """What a section must know of the rest of the request. Amounts in euros, None while they cannot be read.

    `droit_local`: of Alsace-Moselle, without RNA. `numero_local`: RIDET or Tahiti number of one that has no SIREN.
    `etablissements`: (SIRET, address) of each known place of the association. `objet`, `periode`: codes chosen in the section
    of what is asked, "" before. `projets`: how many projects there are. `noms_projets`, `montants_projets`: (number, title)
    and (number, amount asked) of each; `autres_projets`: asked for all of them but the one of this page. `total_produits`: of
    the budgets of the projects, else of the association's. `service`: the one whose campaign the request began with;
    `autres_campagnes`: those on offer besides, and those already addressed. `montant_demande`: of all of them together;
    `parts`: (service, amount) of each when there are several. `pieces`: what may or must be joined, and what was.
    `questions`: of each campaign. `territoires`: what the reference table says of those typed.
    """

    siren: str = ""
    droit_local: bool = False
    numero_local: str = ""
    etablissements: tuple[tuple[str, str], ...] = ()
    total_produits: Decimal | None = None
    montant_demande: Decimal | None = None
    exercice: int | None = None
    objet: str = ""
    periode: str = ""
    projets: int = 1
    noms_projets: tuple[tuple[int, str], ...] = ()
    montants_projets: tuple[tuple[int, Decimal | None], ...] = ()
    autres_projets: Decimal | None = None
    service: str = ""
    autres_campagnes: tuple[AutreCampagne, ...] = ()
    pieces: tuple[PieceAttendue, ...] = ()
    questions: tuple[QuestionsCampagne, ...] = ()
    territoires: Territoires = SANS_TERRITOIRE
    parts: tuple[tuple[str, Decimal], ...] = ()

    def au_projet(self, rang: int) -> Self:
        """The same, as a page of that project sees it."""
        autres = [montant for numero, montant in self.montants_projets if numero != rang]
        connus = [montant for montant in autres if montant is not None]
        return replace(self, autres_projets=sum(connus, Decimal(0)) if len(connus) == len(autres) else None)


class Saisie(Formulaire):
    """Base of the sections. `version` is the lock that the page posts back, `page` a name drawn for each page shown."""

    class Meta(Formulaire.Meta):
        """Every message is ours: no translation, and so no need of a request."""

        def get_translations(self, _form: Any) -> DummyTranslations:
            """None to make."""
            return DummyTranslations()

    # nothing is typed on its page: what it reads elsewhere gives its state, saved or not
    calculee = False
    groupes: tuple[Groupe, ...] = ()
    # Field asked only when another has that answer: {"rup_date": ("rup", "oui")}. It is optional in itself, always kept.
    conditions: ClassVar[Mapping[str, tuple[str, str]]] = {}
    # said above the list of errors: here, wrong values are saved too
    phrase_erreurs = "Ce que vous avez écrit est enregistré. Corrigez ces réponses avant de déposer la demande."

    version = HiddenField()
    page = HiddenField()

    contexte = Contexte()

    def situer(self, contexte: Contexte) -> None:
        """Give the form what it must know of the rest of the request."""
        self.contexte = contexte

    def verifier(self) -> None:
        """Check what takes several fields; attach errors to the fields that the page shows."""

    def examiner(self) -> None:
        """Validate the content. The token is none of it: the web layer has checked it before any view."""
        self.validate()
        if "csrf_token" in self:
            self.csrf_token.errors = []
        self.verifier()
        for nom in self.conditions:
            if not self.concerne(nom):
                _taire(self[nom])

    def concerne(self, nom: str) -> bool:
        """Whether a field is asked, given the answer on which it depends."""
        autre, reponse = self.conditions.get(nom, ("", ""))
        return not autre or self[autre].data == reponse

    def condition(self, champ: Any) -> str | None:
        """« field=answer » that makes a field appear, None when it is always there."""
        return "=".join(self.conditions[champ.short_name]) if champ.short_name in self.conditions else None

    def annoter(self, sources: Mapping[str, str]) -> None:
        """Say under each field where what it holds comes from. `sources`: a sentence by input."""
        for champ in self.contenus():
            siennes = {
                source for nom, source in sources.items() if nom == champ.name or nom.startswith(f"{champ.name}-")
            }
            champ.description = " ".join(filter(None, (champ.description, *sorted(siennes))))

    def relire(self) -> list[tuple[str, str]]:
        """(label, what was answered) of each field, in words."""
        return [
            (str(champ.label.text), champ.lisible()) for champ in self.contenus() if self.concerne(champ.short_name)
        ]

    def contenus(self) -> list[Any]:
        """The fields that people fill in, in order."""
        return [champ for champ in self if champ.short_name not in TECHNIQUES]

    def montre(self, groupe: Groupe) -> bool:
        """Whether a group holds a field that is asked here."""
        return any(champ.short_name in groupe.champs for champ in self.contenus())

    def brut(self) -> dict[str, str]:
        """What was typed, by the name of each input."""
        return {nom: valeur for champ in self.contenus() for nom, valeur in bruts(champ).items()}

    @property
    def a_dire(self) -> tuple[str, ...]:
        """Sentences about what was sent besides the fields, and was not understood."""
        return ()

    @property
    def manquants(self) -> tuple[str, ...]:
        """Labels of what is still to be answered, once examined."""
        return tuple(str(champ.label.text) for champ in self.contenus() if self._manque(champ))

    def _manque(self, champ: Any) -> bool:
        """Asked for without an answer; what depends on another answer is asked with it."""
        if champ.short_name not in self.conditions:
            return bool(champ.manque)
        return self.concerne(champ.short_name) and not champ.lisible()

    @property
    def etat(self) -> EtatSection:
        """State of the section, once examined."""
        if self.errors:
            return EtatSection.A_CORRIGER
        if self.manquants:
            return EtatSection.EN_COURS if any(self.brut().values()) else EtatSection.A_COMMENCER
        return EtatSection.REMPLIE


def _taire(champ: Any) -> None:
    """Forget what is wrong in a field that is not asked: what was typed stays, and stops nothing."""
    if isinstance(champ, FormField):
        for partie in champ:
            _taire(partie)
    else:
        champ.errors = []


def bruts(champ: Any) -> dict[str, str]:
    """What was typed in a field, by the name of each of its inputs; a line left blank is none."""
    if isinstance(champ, FieldList):
        lignes = [bruts(ligne) for ligne in champ]
        return {nom: texte for ligne in lignes if any(ligne.values()) for nom, texte in ligne.items()}
    if isinstance(champ, FormField):
        return {nom: texte for partie in champ for nom, texte in bruts(partie).items()}
    return {champ.name: champ.raw_data[0] if champ.raw_data else ""}


UneSaisie = TypeVar("UneSaisie", bound=Saisie)


def lier(
    genre: type[UneSaisie], valeurs: Mapping[str, str], contexte: Contexte, *, version: int = 0, csrf: bool = False
) -> UneSaisie:
    """A section bound to what was typed. `csrf` for a page that will be sent; without it no request is needed.

    A line ends in one character, however it was sent: the same words are the same text, and count the same. Characters that
    neither a page nor the database can hold (NUL and other controls) are no words, and are left out.
    """
    donnees = MultiDict({nom: tenable(valeur) for nom, valeur in valeurs.items() if valeur})
    donnees["version"], donnees["page"] = str(version), secrets.token_urlsafe(12) if csrf else ""
    form = genre(donnees, **({} if csrf else {"meta": {"csrf": False}}))
    form.situer(contexte)
    return form


def tenable(texte: str) -> str:
    """The text as typed, with one character for the end of a line, without what HTML forbids."""
    return INTENABLES.sub("", texte.replace("\r\n", "\n").replace("\r", "\n"))


def version_recue(valeurs: Mapping[str, str]) -> int:
    """The lock that a page posts back; an unreadable one never matches."""
    brute = valeurs.get("version", "")
    return int(brute) if re.fullmatch(r"[0-9]{1,9}", brute) else -1
