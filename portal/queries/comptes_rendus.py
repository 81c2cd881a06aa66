"""Comptes rendus financiers: of one's associations, of the grants of one's service, and what they say of a renewal."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import cast

from sqlalchemy import Select, func, literal, select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.errors import Forbidden, NotFound
from portal.formats import aujourdhui, date_fr, nombre_fr
from portal.forms.budget import ASSOCIATION
from portal.forms.comptes_rendus import FEUILLES, SLUGS, FeuilleForm, TableauForm
from portal.forms.saisie import Contexte, lier
from portal.models.comptes_rendus import CompteRendu
from portal.models.demandes import Demande, LigneBudget
from portal.models.dossiers import AccesDossier, Dossier, DossierDS
from portal.permissions import Acteur
from portal.permissions.comptes_rendus import can_fill
from portal.queries.dossiers import in_scope
from portal.queries.lecture_demandes import CHARGEMENT as DEMANDES
from portal.queries.lecture_demandes import lire as lire_demande
from portal.queries.mes_dossiers import visible_dossiers
from portal.vocabulaire import Etat, MotifAcces
from portal.vocabulaire_demandes import EtatSection, SectionCompteRendu

PAGE = 50
MARQUE = re.compile(r"(oui|non)_([0-9]{4}-[0-9]{2}-[0-9]{2})_([0-9]{1,18})")
CHARGEMENT = (
    joinedload(CompteRendu.dossier).joinedload(Dossier.service),
    joinedload(CompteRendu.dossier).joinedload(Dossier.ds).load_only(DossierDS.budget, raiseload=True),
    selectinload(CompteRendu.sections),
)


@dataclass(frozen=True, slots=True)
class CompteRenduLu:
    """A compte rendu as its typed texts read now: one examined form per sheet. `versions`: locks of the saved ones."""

    compte_rendu: CompteRendu
    feuilles: Mapping[SectionCompteRendu, FeuilleForm]
    versions: Mapping[SectionCompteRendu, int]

    def etat(self, section: SectionCompteRendu) -> EtatSection:
        """Where a sheet stands; never saved, it is « à commencer »."""
        return self.feuilles[section].etat if section in self.versions else EtatSection.A_COMMENCER

    @property
    def prete(self) -> bool:
        """Every sheet is filled in and readable."""
        return all(self.etat(section) == EtatSection.REMPLIE for section in self.feuilles)

    @property
    def tableau(self) -> TableauForm:
        """Sheet 2."""
        return cast("TableauForm", self.feuilles[SectionCompteRendu.TABLEAU])


def visible_comptes_rendus(viewer: Acteur) -> Select[CompteRendu]:
    """Those of the dossiers that a person of an association may see."""
    return (
        select(CompteRendu)
        .where(CompteRendu.dossier_id.in_(visible_dossiers(viewer).with_only_columns(Dossier.id)))
        .options(*CHARGEMENT)
    )


def get(session: Session, viewer: Acteur, reference: str) -> CompteRendu:
    """That of one dossier. Raises NotFound."""
    return _un(session, visible_comptes_rendus(viewer), reference)


def get_to_fill(session: Session, viewer: Acteur, reference: str) -> CompteRendu:
    """The same, for whoever may fill it in. Raises NotFound, and Forbidden with the reason."""
    compte_rendu = get(session, viewer, reference)
    verdict = can_fill(viewer, compte_rendu)
    if not verdict:
        raise Forbidden(verdict.raison)
    return compte_rendu


def get_for_agent(session: Session, viewer: Acteur, reference: str) -> CompteRendu:
    """The same for the service that granted. Raises NotFound."""
    return _un(session, _du_service(viewer), reference)


def _un(session: Session, choix: Select[CompteRendu], reference: str) -> CompteRendu:
    dossiers = select(Dossier.id).where(Dossier.reference == reference)
    trouve = session.scalars(choix.where(CompteRendu.dossier_id.in_(dossiers))).first()
    if trouve is None:
        raise NotFound
    return trouve


def _du_service(viewer: Acteur) -> Select[CompteRendu]:
    return select(CompteRendu).where(CompteRendu.dossier_id.in_(_dossiers_du_service(viewer))).options(*CHARGEMENT)


def _dossiers_du_service(viewer: Acteur) -> Select[int]:
    return select(AccesDossier.dossier_id).where(in_scope(viewer), AccesDossier.motif == MotifAcces.PROPRIETAIRE)


def lire(session: Session, compte_rendu: CompteRendu) -> CompteRenduLu:
    """Read the three sheets, each amount of sheet 2 beside what was expected."""
    saisies = {saisie.section: saisie for saisie in compte_rendu.sections}
    prevus = _prevus(session, compte_rendu.dossier)
    feuilles = {}
    for section, genre in FEUILLES.items():
        feuilles[section] = lier(genre, saisies[section].valeurs if section in saisies else {}, Contexte())
        _situer(feuilles[section], prevus)
        feuilles[section].examiner()
    return CompteRenduLu(compte_rendu, feuilles, {section: s.version for section, s in saisies.items()})


def a_remplir(
    session: Session, lu: CompteRenduLu, section: SectionCompteRendu, typed: Mapping[str, str] | None = None
) -> FeuilleForm:
    """The form of a sheet for its page: what was `typed` just now, else saved, else what the request already said."""
    offertes: Mapping[str, str] = {}
    if typed is None and section not in lu.versions and section == SectionCompteRendu.BILAN:
        offertes = _deja_dit(session, lu.compte_rendu.dossier)
    valeurs = lu.feuilles[section].brut() | dict(offertes) if typed is None else typed
    form = lier(FEUILLES[section], valeurs, Contexte(), version=lu.versions.get(section, 0), csrf=True)
    _situer(form, lu.tableau.prevus)
    for nom in {un.partition("-")[0] for un in offertes}:
        form[
            nom
        ].description = f"Repris de votre demande {lu.compte_rendu.dossier.reference}\u00a0: corrigez s’il le faut."
    return form


def _deja_dit(session: Session, dossier: Dossier) -> dict[str, str]:
    """Dates, places and public of each project, as the request said them."""
    demande = session.get(Demande, dossier.demande_id, options=DEMANDES) if dossier.demande_id else None
    if demande is None:
        return {}
    projets = [lu.projet for lu in lire_demande(demande).projets]
    dates = "\n".join(
        f"{projet.intitule.lisible()}\u00a0: du {projet.date_debut.lisible()} au {projet.date_fin.lisible()}, "
        f"{projet.territoire.lisible()}"
        for projet in projets
    )
    publics = {
        f"beneficiaires-{rang}-{nom}": texte
        for rang, projet in enumerate(projets)
        for nom, texte in (("public", projet.public.lisible()[:200]), ("nombre", projet.public_nombre.lisible()))
    }
    return {"dates_et_lieux": dates} | publics


def _situer(form: FeuilleForm, prevus: Mapping[str, Decimal]) -> None:
    if isinstance(form, TableauForm):
        form.prevus = prevus


def _prevus(session: Session, dossier: Dossier) -> dict[str, Decimal]:
    """Euros by slug: the budgets of the projects as filed, else the lines that the mapping of a DS démarche has read."""
    if dossier.demande_id is not None:
        lignes = session.execute(
            select(LigneBudget.slug, func.sum(LigneBudget.montant).label("montant"))
            .where(LigneBudget.demande_id == dossier.demande_id, LigneBudget.projet_rang != ASSOCIATION)
            .group_by(LigneBudget.slug)
        )
        return {ligne.slug: ligne.montant for ligne in lignes}
    connues = dossier.ds.budget if dossier.ds else []
    return {ligne["ligne"]: Decimal(ligne["montant"]) for ligne in connues if ligne["ligne"] in SLUGS}


def phrase_echeance(compte_rendu: CompteRendu, jour: date) -> str:
    """Where it stands, in words."""
    if compte_rendu.depose_at is not None:
        return f"Compte rendu déposé le {date_fr(compte_rendu.depose_at)}."
    reste = (compte_rendu.echeance - jour).days
    if reste < 0:
        return f"Compte rendu en retard de {_jours(-reste)}\u00a0: il était à rendre avant le {date_fr(compte_rendu.echeance)}."
    return f"Compte rendu à rendre avant le {date_fr(compte_rendu.echeance)} compris."


def _jours(nombre: int) -> str:
    return f"{nombre_fr(nombre)} jour{'s' if nombre > 1 else ''}"


def situation(session: Session, dossier: Dossier) -> str:
    """Where the compte rendu of a dossier stands, in words; empty when none is owed."""
    if dossier.etat != Etat.ACCEPTE:
        return ""
    compte_rendu = session.scalars(select(CompteRendu).where(CompteRendu.dossier_id == dossier.id)).first()
    return phrase_echeance(compte_rendu, aujourdhui()) if compte_rendu else ""


def sentences_for(session: Session, association_id: int, jour: date) -> list[str]:
    """What a new request must know of the former grants of the association: due and missing, or « pas encore dû »."""
    attendus = session.scalars(
        select(CompteRendu)
        .join(Dossier, Dossier.id == CompteRendu.dossier_id)
        .where(Dossier.association_id == association_id, CompteRendu.depose_at.is_(None))
        .options(joinedload(CompteRendu.dossier))
        .order_by(CompteRendu.echeance, CompteRendu.id)
        .limit(PAGE)
    )
    return [_phrase(un, jour) for un in attendus]


def _phrase(compte_rendu: CompteRendu, jour: date) -> str:
    debut = f"Compte rendu financier du dossier {compte_rendu.dossier.reference}\u00a0: "
    if compte_rendu.echeance >= jour:
        return f"{debut}pas encore dû (avant le {date_fr(compte_rendu.echeance)} compris)."
    return (
        f"{debut}il était dû avant le {date_fr(compte_rendu.echeance)} et n’est pas déposé. "
        "Le service peut l’attendre avant d’accorder une nouvelle subvention."
    )


@dataclass(frozen=True, slots=True)
class LigneCompteRendu:
    """A line of the agents' list."""

    reference: str
    association: str
    intitule: str
    phrase: str
    depose: bool
    en_retard: bool


@dataclass(frozen=True, slots=True)
class PageComptesRendus:
    """A page of it. `suite`: what follows is asked for with this mark, None at the end."""

    lignes: tuple[LigneCompteRendu, ...]
    suite: str | None


def list_of_service(session: Session, viewer: Acteur, *, apres: str = "") -> PageComptesRendus:
    """Comptes rendus of the grants of the agent's service, those that wait first, the first due first; fifty at a time.

    `apres` is the mark of the page before; an unreadable one is the beginning.
    """
    depose = CompteRendu.depose_at.is_not(None)
    rang = tuple_(depose, CompteRendu.echeance, CompteRendu.id)
    choix = (
        select(CompteRendu, Dossier.reference, Dossier.demandeur_nom, Dossier.intitule)
        .join(Dossier, Dossier.id == CompteRendu.dossier_id)
        .where(CompteRendu.dossier_id.in_(_dossiers_du_service(viewer)))
        .order_by(depose, CompteRendu.echeance, CompteRendu.id)
        .limit(PAGE + 1)
    )
    marque = _lire_marque(apres)
    if marque:
        choix = choix.where(rang > tuple_(*map(literal, marque)))
    lignes = session.execute(choix).all()
    jour = aujourdhui()
    vues = tuple(_ligne(*ligne, jour) for ligne in lignes[:PAGE])
    return PageComptesRendus(vues, _marque(lignes[PAGE - 1][0]) if len(lignes) > PAGE else None)


def _ligne(compte_rendu: CompteRendu, reference: str, association: str, intitule: str, jour: date) -> LigneCompteRendu:
    depose = compte_rendu.depose_at is not None
    return LigneCompteRendu(
        reference,
        association,
        intitule,
        phrase_echeance(compte_rendu, jour),
        depose,
        en_retard=not depose and compte_rendu.echeance < jour,
    )


def _marque(compte_rendu: CompteRendu) -> str:
    depose = "oui" if compte_rendu.depose_at else "non"
    return f"{depose}_{compte_rendu.echeance.isoformat()}_{compte_rendu.id}"


def _lire_marque(texte: str) -> tuple[bool, date, int] | None:
    lue = MARQUE.fullmatch(texte)
    try:
        return (lue[1] == "oui", date.fromisoformat(lue[2]), int(lue[3])) if lue else None
    except ValueError:
        return None
