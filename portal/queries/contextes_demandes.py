"""What the sections of a request must know besides what is typed: the association, the campaign, what is on offer."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import object_session

from portal.forms.attestations import MANDATAIRE
from portal.forms.saisie import Contexte
from portal.forms.supplements import SANS_TERRITOIRE, Territoires
from portal.models.associations import Association, Etablissement
from portal.models.demandes import Demande, LigneBudget, SectionSaisie
from portal.queries.destinataires import DossierLie, others, select_dossiers, select_others
from portal.queries.lots import Lignes, read_together
from portal.queries.pieces_attendues import PieceLue, expected, select_joined, select_required
from portal.queries.questions import QuestionLue, asked, by_campaign, select_asked
from portal.queries.territoires import known, select_loaded, select_named, typed_in
from portal.vocabulaire import TypeIdentifiant
from portal.vocabulaire_demandes import Place, SectionDemande

# INSEE's catégorie juridique of an association of the civil code of Alsace-Moselle, and its three départements.
DROIT_LOCAL = "9260"
ALSACE_MOSELLE = frozenset({"57", "67", "68"})


class LigneFigee(NamedTuple):
    """A budget line as it was filed. `rang`: number of its project, 0 for the association. Euros."""

    rang: int
    slug: str
    libelle: str
    montant: Decimal


@dataclass(frozen=True, slots=True)
class Entourage:
    """What surrounds the typed texts of a request. `dossiers`, `lignes`: those that it has become, none while it is a draft."""

    contexte: Contexte
    dossiers: tuple[DossierLie, ...] = ()
    lignes: tuple[LigneFigee, ...] = ()


def entourage_de(demande: Demande, saisies: Mapping[Place, SectionSaisie]) -> Entourage:
    """The facts that do not come from what the other sections say; one statement."""
    association, session = demande.association, object_session(demande)
    connu = Contexte(
        siren=association.siren,
        droit_local=_est_de_droit_local(association),
        numero_local=association.identifiant(TypeIdentifiant.RIDET) or association.identifiant(TypeIdentifiant.TAHITI),
        service=demande.demarche.service.nom,
    )
    if session is None:
        return Entourage(connu)
    adressees, typed = _adressees(saisies), _territoires(saisies)
    demarches, genres = [demande.demarche_id, *adressees], sorted({genre for genre, _ in typed})
    lots = {
        "places": _select_places(association),
        "autres": select_others(demande, adressees),
        "jointes": select_joined(demande),
        "requises": select_required(demarches),
        "questions": select_asked(demarches),
    }
    if typed:
        lots |= {"trouves": select_named(typed), "charges": select_loaded(genres)}
    if demande.deposee_at is not None:
        lots |= {"dossiers": select_dossiers(demande), "lignes": _select_lignes(demande)}
    lus = read_together(session, **lots)
    return Entourage(
        _complet(connu, demande, saisies, lus, genres),
        tuple(DossierLie(*ligne) for ligne in lus.get("dossiers", ())),
        tuple(LigneFigee(*ligne) for ligne in lus.get("lignes", ())),
    )


def _complet(
    connu: Contexte,
    demande: Demande,
    saisies: Mapping[Place, SectionSaisie],
    lus: Mapping[str, Lignes],
    genres: list[str],
) -> Contexte:
    """The context with what was read. `genres`: kinds of the territories typed."""
    autres, adressees = others(lus["autres"]), _adressees(saisies)
    demarches = [demande.demarche_id, *(une.demarche_id for une in autres if une.demarche_id in adressees)]
    retenues = set(demarches)
    questions = by_campaign(
        (lue for lue in (QuestionLue(*ligne) for ligne in lus["questions"]) if lue.demarche_id in retenues), demarches
    )
    return replace(
        connu,
        etablissements=tuple(
            (siret, (f"siège, {adresse}" if siege else adresse).strip(", ")) for siret, siege, adresse in lus["places"]
        ),
        autres_campagnes=autres,
        pieces=expected(
            demande.association,
            demarches,
            requises=(PieceLue(*ligne) for ligne in lus["requises"]),
            questions=questions,
            lignes=lus["jointes"],
            mandataire=_typed(saisies, SectionDemande.ATTESTATIONS).get("qualite") == MANDATAIRE,
        ),
        questions=asked(
            questions,
            deposee=demande.deposee_at is not None,
            repondues=_typed(saisies, SectionDemande.QUESTIONS).keys(),
        ),
        territoires=_connus(lus, genres),
    )


def _typed(saisies: Mapping[Place, SectionSaisie], section: SectionDemande) -> Mapping[str, str]:
    """What is typed in a section that is not repeated."""
    saisie = saisies.get(Place(section))
    return saisie.valeurs if saisie else {}


def _adressees(saisies: Mapping[Place, SectionSaisie]) -> frozenset[int]:
    """The campaigns of other services that it is addressed to: the names of their inputs tell which."""
    typed = _typed(saisies, SectionDemande.DEMANDE)
    numeros = (re.fullmatch(r"destinataire-([0-9]{1,9})", nom) for nom, texte in typed.items() if texte)
    return frozenset(int(numero[1]) for numero in numeros if numero)


def _territoires(saisies: Mapping[Place, SectionSaisie]) -> frozenset[tuple[str, str]]:
    """Those typed in the pages of the projects."""
    return typed_in(saisie.valeurs for place, saisie in saisies.items() if place.section == SectionDemande.PROJET)


def _connus(lus: Mapping[str, Lignes], genres: Sequence[str]) -> Territoires:
    """What the reference table says of them."""
    if not genres:
        return SANS_TERRITOIRE
    charges = zip(genres, lus["charges"][0], strict=True)
    return known(lus["trouves"], (genre for genre, presente in charges if presente))


def _select_places(association: Association) -> Select[*tuple[Any, ...]]:
    """(SIRET, whether it is the siège, address) of each open place."""
    return (
        select(Etablissement.siret, Etablissement.siege, Etablissement.adresse)
        .where(Etablissement.association_id == association.id, Etablissement.actif)
        .order_by(Etablissement.id)
    )


def _select_lignes(demande: Demande) -> Select[*tuple[Any, ...]]:
    """The columns of LigneFigee, of every budget."""
    return (
        select(LigneBudget.projet_rang, LigneBudget.slug, LigneBudget.libelle, LigneBudget.montant)
        .where(LigneBudget.demande_id == demande.id)
        .order_by(LigneBudget.ordre, LigneBudget.id)
    )


def _est_de_droit_local(association: Association) -> bool:
    """Of the Bas-Rhin, Haut-Rhin or Moselle: registered with a tribunal, and without RNA (civil code, art. 55)."""
    return (
        association.nature_juridique == DROIT_LOCAL
        or association.code_postal[:2] in ALSACE_MOSELLE
        or bool(association.identifiant(TypeIdentifiant.REGISTRE_LOCAL))
    )
