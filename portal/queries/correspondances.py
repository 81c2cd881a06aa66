"""What the form of a DS démarche feeds here, for the administrator who settles it."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from portal.errors import NotFound
from portal.models.autorisations import AutorisationContenu
from portal.models.correspondances import Correspondance, RevisionDS
from portal.models.demarches import Demarche
from portal.models.synchronisation import SyncRun
from portal.queries import echantillons_ds, revisions_ds
from portal.queries.autorisations import current, list_responsables
from portal.queries.cibles_ds import A_DECIDER, LIBELLES_TYPE, code_de, codes_possibles, libelle_de, mappable
from portal.queries.echantillons_ds import Echantillon
from portal.queries.revisions_ds import Changements
from portal.vocabulaire import Source
from portal.vocabulaire_ds import LIBELLES_CORRESPONDANCE, EtatCorrespondance, GenreRun

# Below, a proposal is shown but a person must choose it.
PRESELECTION = 80
DECIDES = (EtatCorrespondance.CONFIRMEE, EtatCorrespondance.ECARTEE)
VIVANTES = (EtatCorrespondance.CONFIRMEE, EtatCorrespondance.PROPOSEE)


@dataclass(frozen=True, slots=True)
class ChampMontre:
    """A question that may feed one of our facts. `choix` is the code that its list shows first."""

    champ_id: str
    libelle: str
    section: str
    type: str
    options: tuple[str, ...]
    choix: str
    etat: EtatCorrespondance | None
    libelle_etat: str
    cible: str
    confiance: int
    raison: str
    mesure: str
    exemples: tuple[str, ...]
    illisibles: int


@dataclass(frozen=True, slots=True)
class FormulaireDS:
    """The page. `revision` is None while no form was read; `ouverte`: the authorisation under which content is shown."""

    demarche: Demarche
    revision: RevisionDS | None
    changements: Changements
    champs: tuple[ChampMontre, ...]
    disparues: tuple[Correspondance, ...]
    sans_cible: int
    empreinte: str
    ouverte: AutorisationContenu | None
    responsables: tuple[str, ...]
    rejeu: SyncRun | None
    a_rejouer: bool


def of_demarche(demarche_id: int) -> Select[Correspondance]:
    """Every mapping of a démarche, whatever its état."""
    return select(Correspondance).where(Correspondance.demarche_id == demarche_id).order_by(Correspondance.id)


def get_form(session: Session, demarche_id: int) -> FormulaireDS:
    """The form in force of a DS démarche, what it feeds, and what the latest dossiers answer. Raises NotFound.

    The words of the dossiers are there only under an authorisation of the owner service: the caller must then leave a trace
    before it shows them (model.md §3).
    """
    demarche = session.get(Demarche, demarche_id, options=[joinedload(Demarche.service)])
    if demarche is None or demarche.source != Source.DS:
        raise NotFound
    revision, precedente = revisions_ds.last_two(session, demarche_id)
    lignes = list(session.scalars(of_demarche(demarche_id)))
    ouverte = current(session, demarche_id)
    descripteurs = revision.descripteurs if revision else []
    echantillons = echantillons_ds.read(session, demarche_id)
    champs = tuple(_champ(un, lignes, echantillons, ouverte=ouverte is not None) for un in descripteurs if mappable(un))
    rejeu = _dernier_rejeu(session, demarche_id)
    return FormulaireDS(
        demarche=demarche,
        revision=revision,
        changements=revisions_ds.compare(precedente.descripteurs, descripteurs) if precedente else Changements(),
        champs=champs,
        disparues=tuple(ligne for ligne in lignes if ligne.etat == EtatCorrespondance.DISPARUE),
        sans_cible=len(descripteurs) - len(champs),
        empreinte=empreinte_de(revision, lignes),
        ouverte=ouverte,
        responsables=tuple(un.nom_affiche for un in list_responsables(session, demarche.service_id)),
        rejeu=rejeu,
        a_rejouer=_a_rejouer(session, demarche_id, rejeu),
    )


def empreinte_de(revision: RevisionDS | None, lignes: Iterable[Correspondance]) -> str:
    """The lock of the page: it changes with the form and with each mapping."""
    etats = sorted((un.champ_id, code_de(un.cible, un.detail), str(un.etat)) for un in lignes)
    texte = json.dumps([revision.ds_id if revision else "", etats])
    return hashlib.sha256(texte.encode()).hexdigest()


def count_unseen(session: Session) -> dict[int, int]:
    """For each démarche whose form in force no administrator has looked at: how many of its champs wait for a decision.

    They are those that a new form asks for the first time, those for which something is proposed, and those that fed one of
    our facts and are asked no more. A démarche that waits for nothing is left out.
    """
    non_vues = select(RevisionDS.demarche_id).where(RevisionDS.vue_at.is_(None))
    lues = session.scalars(
        select(RevisionDS)
        .where(RevisionDS.demarche_id.in_(non_vues))
        .order_by(RevisionDS.demarche_id, RevisionDS.lue_at.desc(), RevisionDS.id.desc())
    ).all()
    if not lues:
        return {}
    lignes = session.scalars(
        select(Correspondance).where(Correspondance.demarche_id.in_(non_vues)).order_by(Correspondance.id)
    ).all()
    comptes = {}
    for demarche_id, groupe in groupby(lues, key=lambda une: une.demarche_id):
        derniere, precedente = (*groupe, None)[:2]
        siennes = [ligne for ligne in lignes if ligne.demarche_id == demarche_id]
        if derniere is not None and derniere.vue_at is None:
            comptes[demarche_id] = len(_en_attente(derniere, precedente, siennes))
    return {demarche_id: combien for demarche_id, combien in comptes.items() if combien}


def _en_attente(derniere: RevisionDS, precedente: RevisionDS | None, lignes: Sequence[Correspondance]) -> set[str]:
    decides = {ligne.champ_id for ligne in lignes if ligne.etat in DECIDES}
    proposes = {ligne.champ_id for ligne in lignes if ligne.etat == EtatCorrespondance.PROPOSEE}
    if precedente is None:
        return proposes
    anciens = {un["id"] for un in precedente.descripteurs}
    nouveaux = {un["id"] for un in derniere.descripteurs if mappable(un)} - anciens - decides
    actuels = {un["id"] for un in derniere.descripteurs}
    disparus = {ligne.champ_id for ligne in lignes if ligne.etat == EtatCorrespondance.DISPARUE}
    return proposes | nouveaux | (disparus & anciens - actuels)


def _champ(
    descripteur: Mapping[str, Any],
    lignes: Iterable[Correspondance],
    echantillons: Mapping[str, Echantillon],
    *,
    ouverte: bool,
) -> ChampMontre:
    siennes = [ligne for ligne in lignes if ligne.champ_id == descripteur["id"] and ligne.etat in VIVANTES]
    ligne = min(siennes, key=lambda une: VIVANTES.index(une.etat), default=None)
    echantillon = echantillons.get(descripteur["id"], echantillons_ds.VIDE)
    return ChampMontre(
        champ_id=descripteur["id"],
        libelle=descripteur["libelle"],
        section=descripteur["section"],
        type=LIBELLES_TYPE[descripteur["type"]],
        options=codes_possibles(descripteur),
        choix=_choix(ligne),
        etat=ligne.etat if ligne else None,
        libelle_etat=LIBELLES_CORRESPONDANCE[ligne.etat] if ligne else "",
        cible=libelle_de(code_de(ligne.cible, ligne.detail)) if ligne else "",
        confiance=ligne.confiance if ligne else 0,
        raison=ligne.raison if ligne else "",
        mesure=echantillon.mesure,
        exemples=echantillon.exemples if ouverte else (),
        illisibles=echantillon.illisibles(ligne.cible) if ligne else 0,
    )


def _choix(ligne: Correspondance | None) -> str:
    if ligne is None:
        return ""
    sure = ligne.etat == EtatCorrespondance.CONFIRMEE or ligne.confiance >= PRESELECTION
    return code_de(ligne.cible, ligne.detail) if sure else A_DECIDER


def _dernier_rejeu(session: Session, demarche_id: int) -> SyncRun | None:
    return session.scalars(
        select(SyncRun)
        .where(SyncRun.demarche_id == demarche_id, SyncRun.genre == GenreRun.REJEU)
        .order_by(SyncRun.started_at.desc(), SyncRun.id.desc())
        .limit(1)
    ).first()


def _a_rejouer(session: Session, demarche_id: int, rejeu: SyncRun | None) -> bool:
    """Whether something was decided since the last replay that went to its end began."""
    decision = session.scalar(
        select(func.max(Correspondance.decidee_at)).where(Correspondance.demarche_id == demarche_id)
    )
    fini = rejeu is not None and rejeu.ended_at is not None and not rejeu.erreur
    return decision is not None and not (fini and rejeu is not None and rejeu.started_at > decision)
