"""Which questions of a DS form we can answer, with what, and from where. Pure: it guesses nothing.

A question is answered when an administrator's mapping or its own words say without doubt what it asks (rules below, as data),
and when DS's prefill takes its type (ds/api §11: neither files, nor RNA, nor linked lists, nor maps).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.formats import mots_de_recherche, siret_fr
from portal.vocabulaire_ds import CibleChamp

PREFIXE = "champ_"


class Sujet(StrEnum):
    """What we may know of an association, of whoever represents it, and of the person who starts the request."""

    SIRET = "siret"
    RNA = "rna"
    DENOMINATION = "denomination"
    SIGLE = "sigle"
    OBJET_SOCIAL = "objet_social"
    ADRESSE = "adresse"
    REPRESENTANT = "representant"
    REPRESENTANT_NOM = "representant_nom"
    REPRESENTANT_PRENOM = "representant_prenom"
    REPRESENTANT_FONCTION = "representant_fonction"
    REPRESENTANT_COURRIEL = "representant_courriel"
    REPRESENTANT_TELEPHONE = "representant_telephone"
    PERSONNE = "personne"
    PERSONNE_NOM = "personne_nom"
    PERSONNE_PRENOM = "personne_prenom"
    PERSONNE_COURRIEL = "personne_courriel"


@dataclass(frozen=True, slots=True)
class Connu:
    """A fact, as DS takes it, and who says it."""

    valeur: str
    source: str


@dataclass(frozen=True, slots=True)
class ChampPrerempli:
    """An answer that we can give. `cle` is the champ id, or one of DS's names for the identity of a person.

    `valeur` is what DS takes, `lisible` what people read.
    """

    cle: str
    question: str
    section: str
    valeur: str
    lisible: str
    source: str


@dataclass(frozen=True, slots=True)
class _Regle:
    """`libelle` is looked for in the words of the question, `contexte` in those of its headings too."""

    sujet: Sujet
    types: frozenset[str]
    libelle: re.Pattern[str]
    contexte: re.Pattern[str]


_AILLEURS = re.compile(
    r"\b(partenaires?|federations?|autres?|banque|bancaire|comptable|tresoriere?|secretaire|suppleante?|delegue\w*|precedente?|"
    r"realisation|lieu|correspondance|gestion|employeur|etablissement|filiale|mandataire)\b"
)
_TOUT = re.compile("")
_DE_L_ASSOCIATION = r"(de |du )?(l |la |votre )?(association|structure|organisme)"
_LEGAL = re.compile(r"\brepresentante? legale?\b|\b(president|presidente)\b")
_SUIVI = re.compile(
    r"\b(personne|contact)\b.*\b(charge|chargee|referente?|suivi|dossier|demande)\b|\bpersonne a contacter\b"
)
_TEXTE = frozenset({"Text"})
_COURRIEL = r"\b(courriel|adresse electronique|adresse e ?mail|e ?mail|mel)\b"


def _regle(sujet: Sujet, types: Iterable[str], libelle: str, contexte: re.Pattern[str] = _TOUT) -> _Regle:
    return _Regle(sujet, frozenset(types), re.compile(libelle), contexte)


_REGLES = (
    _regle(
        Sujet.DENOMINATION,
        _TEXTE,
        rf"^(nom|denomination|raison sociale)( complete?| sociale| legale)? {_DE_L_ASSOCIATION}$",
    ),
    _regle(Sujet.DENOMINATION, _TEXTE, r"^(denomination|raison sociale)$"),
    _regle(Sujet.SIGLE, _TEXTE, rf"^sigle( {_DE_L_ASSOCIATION})?$"),
    _regle(Sujet.OBJET_SOCIAL, {"Text", "Textarea"}, rf"^objet (social|statutaire|{_DE_L_ASSOCIATION})\b"),
    _regle(
        Sujet.ADRESSE,
        {"Address", "Text", "Textarea"},
        rf"^adresse( postale| complete)?( du siege( social)?)?( {_DE_L_ASSOCIATION})$|^adresse( postale)? du siege( social)?$",
    ),
    *(
        regle
        for prefixe, contexte in (("representant", _LEGAL), ("personne", _SUIVI))
        for regle in (
            _regle(Sujet(prefixe), _TEXTE, r"^(prenom et nom|nom et prenom|nom prenom|prenom nom)s?\b", contexte),
            _regle(Sujet(f"{prefixe}_nom"), _TEXTE, r"^nom( de famille)?\b(?!.*\bprenom)", contexte),
            _regle(Sujet(f"{prefixe}_prenom"), _TEXTE, r"^prenom\b(?!.*\bnom\b)", contexte),
            _regle(Sujet(f"{prefixe}_courriel"), {"Email", "Text"}, _COURRIEL, contexte),
        )
    ),
    _regle(Sujet.REPRESENTANT_FONCTION, {"Text", "DropDownList"}, r"^(fonction|qualite)\b", _LEGAL),
    _regle(Sujet.REPRESENTANT_TELEPHONE, {"Phone", "Text"}, r"\b(telephone|tel|portable)\b", _LEGAL),
)
# A mapping also tells what a question asks; the RNA that DS checks by itself (type RNA) takes no prefill.
_SUJETS_DES_CIBLES = {CibleChamp.SIRET: Sujet.SIRET, CibleChamp.RNA: Sujet.RNA}
_TYPES_DES_CIBLES = frozenset({"Siret", "Text", "Formatted"})
# DS's own questions on a person who asks in their own name; a démarche for legal persons drops the answers.
_IDENTITE = (
    ("identite_prenom", "Prénom du demandeur", Sujet.PERSONNE_PRENOM),
    ("identite_nom", "Nom du demandeur", Sujet.PERSONNE_NOM),
)
_SECTION_IDENTITE = "Identité, si la démarche s’adresse à des personnes"


def list_champs(
    connus: Mapping[Sujet, Connu],
    descripteurs: Iterable[Mapping[str, Any]],
    cibles: Mapping[str, CibleChamp],
) -> tuple[ChampPrerempli, ...]:
    """The answers that `connus` gives to the form `descripteurs` (RevisionDS), in its order, the person's identity first.

    `cibles`: by champ id, the fact that a mapping says it asks.
    """
    identite = (
        _champ(cle, question, _SECTION_IDENTITE, sujet, connus[sujet])
        for cle, question, sujet in _IDENTITE
        if sujet in connus
    )
    reponses = (_repondre(un, connus, cibles) for un in descripteurs)
    return (*identite, *(une for une in reponses if une is not None))


def name_for_ds(cle: str) -> str:
    """The name of a `ChampPrerempli.cle` in DS's prefill: base64 ids lose their padding there."""
    return cle if cle in {identite[0] for identite in _IDENTITE} else PREFIXE + cle.rstrip("=")


def _repondre(
    descripteur: Mapping[str, Any], connus: Mapping[Sujet, Connu], cibles: Mapping[str, CibleChamp]
) -> ChampPrerempli | None:
    if descripteur["partie"] != "champs" or descripteur["parent"]:
        return None
    sujet = _sujet(descripteur, cibles)
    if sujet is None or sujet not in connus:
        return None
    if descripteur["type"] == "DropDownList" and connus[sujet].valeur not in descripteur["options"]:
        return None
    return _champ(descripteur["id"], descripteur["libelle"], descripteur["section"], sujet, connus[sujet])


def _champ(cle: str, question: str, section: str, sujet: Sujet, connu: Connu) -> ChampPrerempli:
    lisible = siret_fr(connu.valeur) if sujet == Sujet.SIRET else connu.valeur
    return ChampPrerempli(cle, question, section, connu.valeur, lisible, connu.source)


def _sujet(descripteur: Mapping[str, Any], cibles: Mapping[str, CibleChamp]) -> Sujet | None:
    cible = _SUJETS_DES_CIBLES.get(cibles[descripteur["id"]]) if descripteur["id"] in cibles else None
    if cible is not None and descripteur["type"] in _TYPES_DES_CIBLES:
        return cible
    libelle = mots_de_recherche(descripteur["libelle"])
    autour = mots_de_recherche(descripteur["section"], descripteur["libelle"])
    if _AILLEURS.search(autour):
        return None
    trouvees = (
        regle.sujet
        for regle in _REGLES
        if descripteur["type"] in regle.types and regle.libelle.search(libelle) and regle.contexte.search(autour)
    )
    return next(trouvees, None)
