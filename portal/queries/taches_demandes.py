"""The pages of a request as a list of tasks: in groups, each with its state in words and what it still misses."""

import re
from dataclasses import dataclass

from portal.forms.demandes.demande import FONCTIONNEMENT
from portal.models.demandes import Demande
from portal.queries.lecture_demandes import DemandeLue
from portal.queries.reprises_demandes import REPRIS
from portal.vocabulaire_demandes import (
    LIBELLES_ETAT_SECTION,
    SECTIONS_PAR_PROJET,
    EtatSection,
    Place,
    SectionDemande,
)

PROJETS_AU_PLUS = 20
# A page that nobody opened and where nothing is needed.
FACULTATIVE = "facultative"
# Missing answers that are named; the others are counted.
NOMMEES = 3
# The three inputs of a date are one answer.
DATE = re.compile(r"-(jour|mois|annee)$")
TITRES = {
    SectionDemande.DEMANDE: "Ce que vous demandez",
    SectionDemande.IDENTITE: "Votre association",
    SectionDemande.MOYENS: "Votre association",
    SectionDemande.BUDGET_ASSOCIATION: "Votre association",
}
DEJA_PREPAREE = "Déjà préparée avec votre dernière demande\u00a0: relisez, complétez et enregistrez."
DERNIERES = "Pour compléter la demande"
A_CORRIGER = "Une réponse au moins n’est pas lisible ou ne s’accorde pas avec les autres."
# Said once a page is saved.
ENREGISTREE = {
    EtatSection.REMPLIE: "est enregistrée et remplie.",
    EtatSection.EN_COURS: "est enregistrée. Il reste des réponses à donner avant de déposer la demande.",
    EtatSection.A_COMMENCER: "est enregistrée, sans réponse pour le moment.",
}


@dataclass(frozen=True, slots=True)
class Tache:
    """A page to fill in. `indice`: what it misses, "" when there is nothing to say; `mots`: its state, as people read it."""

    place: Place
    libelle: str
    etat: EtatSection
    indice: str
    mots: str


@dataclass(frozen=True, slots=True)
class GroupeTaches:
    """Pages that go together; `rang`: number of their project, 0 for the others."""

    titre: str
    taches: tuple[Tache, ...]
    rang: int = 0


def groupes_de(lue: DemandeLue) -> tuple[GroupeTaches, ...]:
    """The groups in the order of the form; each project is one."""
    groupes: dict[tuple[str, int], list[Tache]] = {}
    for place in lue.places:
        projet = place.section in SECTIONS_PAR_PROJET
        titre = (
            lue.libelle(Place(SectionDemande.PROJET, place.rang)) if projet else TITRES.get(place.section, DERNIERES)
        )
        tache = Tache(place, place.libelle, lue.etat(place), _indice(lue, place), mots_de(lue, place))
        groupes.setdefault((titre, place.rang if projet else 0), []).append(tache)
    return tuple(GroupeTaches(titre, tuple(taches), rang) for (titre, rang), taches in groupes.items())


def _laissee(lue: DemandeLue, place: Place) -> bool:
    """Whether a page may be passed over, and was."""
    sans_reponse = place.section == SectionDemande.QUESTIONS and place not in lue.versions
    return sans_reponse and lue.etat(place) == EtatSection.REMPLIE


def mots_de(lue: DemandeLue, place: Place) -> str:
    """The state of a page in words."""
    return FACULTATIVE if _laissee(lue, place) else LIBELLES_ETAT_SECTION[lue.etat(place)]


def avancement(lue: DemandeLue) -> tuple[int, int]:
    """How many pages are filled in, of how many; one that may be passed over counts as soon as it is saved."""
    comptees = [lue.etat(place) for place in lue.places if not _laissee(lue, place)]
    return comptees.count(EtatSection.REMPLIE), len(comptees)


def _indice(lue: DemandeLue, place: Place) -> str:
    etat, manquants = lue.etat(place), lue.forms[place].manquants
    if etat == EtatSection.A_CORRIGER:
        return A_CORRIGER
    neuve = place not in lue.versions and etat != EtatSection.REMPLIE
    if neuve and lue.demande.precedente_id and place.section in REPRIS:
        return DEJA_PREPAREE
    if etat != EtatSection.EN_COURS:
        return ""
    if place.section == SectionDemande.ATTESTATIONS:
        return f"Il reste {len(manquants)} réponse{'s' if len(manquants) > 1 else ''} à donner."
    noms = ", ".join(manquants[:NOMMEES])
    if len(manquants) == 1:
        return f"Il reste une réponse à donner\u00a0: {noms}."
    reste = len(manquants) - NOMMEES
    suite = "" if reste < 1 else " et une autre" if reste == 1 else f" et {reste} autres"
    return f"Il reste {len(manquants)} réponses à donner\u00a0: {noms}{suite}."


def phrase_non_retapees(lue: DemandeLue) -> str:
    """How many answers and pieces did not have to be given again; empty when none."""
    reponses = {
        (une.section, une.rang, DATE.sub("", nom))
        for une in lue.demande.sections
        if une.retiree_at is None
        for nom in une.provenances
    }
    pieces = sum(une.coffre_id is not None for piece in lue.contexte.pieces for une in piece.jointes)
    nombre = len(reponses) + pieces
    if not nombre:
        return ""
    if nombre == 1:
        return "Une réponse n’a pas eu à être retapée\u00a0: sa provenance est écrite sous elle."
    return f"{nombre} réponses n’ont pas eu à être retapées\u00a0: leur provenance est écrite sous chacune."


def mise_de_cote(place: Place) -> str:
    """What is said to whoever saves a page that the request does not ask any more."""
    return (
        f"«\u00a0{place.libelle}\u00a0» n’est plus demandé. "
        "Ce que vous avez écrit est conservé, et reviendra avec cette page."
    )


def numero_suivant(demande: Demande) -> int:
    """The number of a project that would be added: never one that was given before, even to a project taken out."""
    return max((une.rang for une in demande.sections if une.section in SECTIONS_PAR_PROJET), default=1) + 1


def peut_ajouter(lue: DemandeLue) -> bool:
    """Whether there is room for one more project; a request of fonctionnement has none."""
    return lue.contexte.objet != FONCTIONNEMENT and len(lue.projets) < PROJETS_AU_PLUS
