"""The facts that cross-checks compare, read for many associations at once: a fixed number of statements, whatever they hold."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from portal.formats import mots_de_recherche
from portal.forms.budget import BUDGET
from portal.forms.demandes.cofinancements import FINANCEURS
from portal.models.associations import AssociationIdentifiant
from portal.models.demandes import LigneBudget, Projet, SectionSaisie
from portal.models.dossiers import Dossier, DossierDS
from portal.models.services import Service
from portal.models.territoires import Territoire
from portal.queries import comptes_recoupes, declarations_aides
from portal.queries.financeurs import Annuaire, ServiceConnu
from portal.queries.lacunes_cer import TitreDate
from portal.queries.rapprochements import Action
from portal.queries.requetes_recoupees import RIEN, Requete
from portal.queries.titres_cer import titres
from portal.vocabulaire import Etat, TypeIdentifiant
from portal.vocabulaire_demandes import GenreTerritoire, SectionDemande, SensBudget
from portal.vocabulaire_ds import Visibilite

# Three rolling years, and the exercice before them.
PROFONDEUR = timedelta(days=4 * 366)
IDENTIFIANTS = (TypeIdentifiant.SIREN, TypeIdentifiant.RNA)
HORS = (Etat.BROUILLON, Etat.RETIRE)
# The accounts of contributions in kind are no cost that money covers.
EN_NATURE = "86"
Budgets = Mapping[int, Sequence[tuple[int, SensBudget, str, str, Decimal]]]


@dataclass(frozen=True, slots=True)
class Groupe:
    """The rows that are one association by an official number, their requests, and what binds each to the CER."""

    requetes: tuple[Requete, ...]
    titres: Mapping[int, list[TitreDate]]


@dataclass(frozen=True, slots=True)
class Releve:
    """All that a calculation needs."""

    groupes: tuple[Groupe, ...]
    annuaire: Annuaire


def load(session: Session, association_ids: Iterable[int], instant: datetime) -> Releve:
    """For these associations, and those that bear the SIREN or the RNA of one of them."""
    groupes = _groups(session, sorted(set(association_ids)))
    ids = [ident for groupe in groupes for ident in groupe]
    annuaire = _directory(session)
    requetes = _requests(session, ids, instant, annuaire)
    liens = _bonds(session, ids)
    return Releve(
        tuple(
            Groupe(tuple(une for ident in groupe for une in requetes[ident]), {ident: liens[ident] for ident in groupe})
            for groupe in groupes
        ),
        annuaire,
    )


def _groups(session: Session, ids: list[int]) -> list[list[int]]:
    """Each association with those that share an official number with it."""
    autre = aliased(AssociationIdentifiant)
    paires = session.execute(
        select(AssociationIdentifiant.association_id, autre.association_id)
        .join(autre, (autre.type == AssociationIdentifiant.type) & (autre.valeur == AssociationIdentifiant.valeur))
        .where(AssociationIdentifiant.association_id.in_(ids), AssociationIdentifiant.type.in_(IDENTIFIANTS))
        .order_by(AssociationIdentifiant.association_id, autre.association_id)
    )
    chefs: dict[int, int] = {ident: ident for ident in ids}
    for un, lie in paires:
        ancien, nouveau = chefs.setdefault(lie, lie), chefs[un]
        for ident, chef in list(chefs.items()):
            if chef == ancien:
                chefs[ident] = nouveau
    groupes = defaultdict[int, list[int]](list)
    for ident in sorted(chefs):
        groupes[chefs[ident]].append(ident)
    return list(groupes.values())


def _directory(session: Session) -> Annuaire:
    lignes = select(Service.id, Service.nom, Service.sigle, Service.type, Service.territoire).order_by(Service.id)
    return Annuaire(ServiceConnu(*ligne) for ligne in session.execute(lignes))


def _requests(session: Session, ids: list[int], instant: datetime, annuaire: Annuaire) -> Mapping[int, list[Requete]]:
    lues = _dossiers(session, ids, instant)
    demandes = sorted({dossier.demande_id for dossier, _ in lues if dossier.demande_id is not None})
    projets, budgets, textes = _projects(session, demandes), _budgets(session, demandes), _texts(session, demandes)
    comptes = comptes_recoupes.load(session, [dossier for dossier, _ in lues])
    noms = _places(session, lues, projets)
    requetes = defaultdict[int, list[Requete]](list)
    for dossier, budget_ds in lues:
        demande_id = dossier.demande_id or 0
        lignes = budgets.get(demande_id, ()) if demande_id else _of_ds(budget_ds)
        declares, aides = declarations_aides.read(textes.get(demande_id, {}), annuaire, dossier.departement)
        requetes[dossier.association_id].append(
            Requete(
                **_seen(dossier),
                actions=_actions(dossier, projets.get(demande_id, ()), lignes, noms),
                declares=declares,
                aides=aides,
                lignes=_account_74(lignes),
                cout=_cost(lignes),
                compte=comptes.get(dossier.id),
            )
        )
    return requetes


def _places(session: Session, lues: Sequence[Any], projets: Mapping[int, list[Projet]]) -> frozenset[str]:
    """The communes of these départements and every place that these requests name: a title bears them without being another."""
    departements = sorted({dossier.departement for dossier, _ in lues if dossier.departement})
    communes = session.scalars(
        select(Territoire.mots)
        .where(Territoire.genre == GenreTerritoire.COMMUNE, Territoire.departement.in_(departements))
        .order_by(Territoire.id)
    )
    nommes = [lieu.nom for siens in projets.values() for projet in siens for lieu in projet.territoires]
    nommes += [dossier.demandeur_commune for dossier, _ in lues]
    return frozenset({*communes, *map(mots_de_recherche, set(nommes))}) - {""}


def _dossiers(session: Session, ids: list[int], instant: datetime) -> Sequence[Any]:
    """(dossier, lines of its DS budget) of those that a service has had to examine."""
    return session.execute(
        select(Dossier, DossierDS.budget)
        .outerjoin(DossierDS, DossierDS.dossier_id == Dossier.id)
        .where(
            Dossier.association_id.in_(ids),
            Dossier.etat.not_in(HORS),
            Dossier.date_depot > instant - PROFONDEUR,
            or_(DossierDS.dossier_id.is_(None), DossierDS.visibilite == Visibilite.VISIBLE),
        )
        .order_by(Dossier.id)
    ).all()


def _seen(dossier: Dossier) -> dict[str, Any]:
    """What every service knows of it, whatever its source."""
    return {
        "id": dossier.id,
        "association_id": dossier.association_id,
        "demande_id": dossier.demande_id,
        "demarche_id": dossier.demarche_id,
        "service_id": dossier.service_id,
        "etat": dossier.etat,
        "exercice": dossier.exercice,
        "montant": dossier.montant_demande,
        "accorde": dossier.montant_accorde,
        "depot": dossier.date_depot,
        "traitement": dossier.date_traitement,
    }


def _projects(session: Session, demandes: list[int]) -> Mapping[int, list[Projet]]:
    choix = select(Projet).where(Projet.demande_id.in_(demandes)).order_by(Projet.demande_id, Projet.rang)
    projets = defaultdict[int, list[Projet]](list)
    for projet in session.scalars(choix.options(joinedload(Projet.territoires))).unique():
        projets[projet.demande_id].append(projet)
    return projets


def _budgets(session: Session, demandes: list[int]) -> Budgets:
    une = LigneBudget
    choix = select(une.demande_id, une.projet_rang, une.sens, une.slug, une.compte, une.montant)
    budgets = defaultdict[int, list[Any]](list)
    for demande_id, *ligne in session.execute(choix.where(une.demande_id.in_(demandes)).order_by(une.id)):
        budgets[demande_id].append(tuple(ligne))
    # The budget of the association says what an action costs only where no project has its own.
    return {demande_id: [ligne for ligne in lignes if ligne[0]] or lignes for demande_id, lignes in budgets.items()}


def _texts(session: Session, demandes: list[int]) -> Mapping[int, dict[str, str]]:
    une = SectionSaisie
    choix = select(une.demande_id, une.valeurs).where(
        une.demande_id.in_(demandes),
        une.section == SectionDemande.COFINANCEMENTS,
        une.complement_id.is_(None),
        une.retiree_at.is_(None),
    )
    return dict(tuple(ligne) for ligne in session.execute(choix.order_by(une.id)))


@cache
def _postes() -> Mapping[str, tuple[SensBudget, str]]:
    return {poste.slug: (sens, poste.compte) for sens in SensBudget for poste in BUDGET.postes(sens)}


def _of_ds(budget: Iterable[Mapping[str, str]] | None) -> list[tuple[int, SensBudget, str, str, Decimal]]:
    """The lines that a confirmed mapping reads in a DS dossier."""
    postes = _postes()
    return [
        (1, *(postes[une["ligne"]][0], une["ligne"], postes[une["ligne"]][1]), Decimal(une["montant"]))
        for une in budget or ()
        if une["ligne"] in postes
    ]


def _actions(
    dossier: Dossier, projets: Sequence[Projet], lignes: Sequence[Any], noms: frozenset[str]
) -> tuple[Action, ...]:
    """Its projects; the dossier itself when it has none. A single project is asked what this service is asked."""
    if not projets:
        return (
            Action(
                titre=dossier.intitule,
                noms=noms,
                exercice=dossier.exercice,
                montant=dossier.montant_demande,
                cout=_cost(lignes),
            ),
        )
    return tuple(
        Action(
            titre=projet.intitule,
            exercice=dossier.exercice,
            debut=projet.date_debut,
            fin=projet.date_fin,
            territoires=frozenset((lieu.genre, lieu.code) for lieu in projet.territoires),
            noms=noms,
            montant=dossier.montant_demande if len(projets) == 1 else projet.montant_demande,
            cout=_cost([ligne for ligne in lignes if ligne[0] == projet.rang]),
        )
        for projet in projets
    )


def _account_74(lignes: Iterable[Any]) -> Mapping[str, Decimal]:
    sommes = defaultdict[str, Decimal](Decimal)
    for _rang, sens, slug, _compte, montant in lignes:
        if sens == SensBudget.PRODUITS and slug in FINANCEURS:
            sommes[slug] += montant
    return sommes


def _cost(lignes: Iterable[Any]) -> Decimal | None:
    charges = [
        montant
        for _rang, sens, _slug, compte, montant in lignes
        if sens == SensBudget.CHARGES and not compte.startswith(EN_NATURE)
    ]
    return sum(charges, RIEN) or None


def _bonds(session: Session, ids: list[int]) -> Mapping[int, list[TitreDate]]:
    """Every title of the CER, whatever its date."""
    titre = titres().c
    choix = select(titre.association_id, titre.etat, titre.at, titre.fin).where(titre.association_id.in_(ids))
    liens = defaultdict[int, list[TitreDate]](list)
    for association_id, *valeurs in session.execute(choix.order_by(titre.association_id, titre.at, titre.preuve)):
        liens[association_id].append(TitreDate(*valeurs))
    return liens
