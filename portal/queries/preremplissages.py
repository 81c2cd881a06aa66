"""Requests that a person starts at Démarches Simplifiées from an association's page: what can be sent, and what became of it.

A draft belongs to the person who asked for it: its link opens it to whoever holds it, so that nobody else is shown it.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from portal.errors import Forbidden, NotFound
from portal.formats import maintenant
from portal.models.correspondances import Correspondance
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier
from portal.models.preremplissages import Preremplissage
from portal.permissions import Acteur
from portal.permissions.preremplissages import can_prefill
from portal.queries import associations, mes_dossiers, revisions_ds
from portal.queries.associations import MonAssociation
from portal.queries.champs_preremplis import ChampPrerempli, list_champs
from portal.queries.connaissances import known_facts
from portal.queries.correspondances import PRESELECTION
from portal.vocabulaire import Source
from portal.vocabulaire_ds import LIBELLES_PREREMPLISSAGE, CibleChamp, EtatCorrespondance, EtatPreremplissage

# DS's state of a démarche that takes requests (ds/api §11: it would take drafts for a test one too, nobody files these).
OUVERTE = "publiee"


def list_open(session: Session, *, instance: str) -> list[Demarche]:
    """The démarches of that DS that we follow and that take requests, by title."""
    ouvertes = _ouvertes(instance).options(joinedload(Demarche.service)).order_by(Demarche.titre, Demarche.id)
    return list(session.scalars(ouvertes))


@dataclass(frozen=True, slots=True)
class Preparation:
    """What can be sent to the form of a démarche. `repere` changes with it; `en_cours`: the draft already asked for."""

    mienne: MonAssociation
    demarche: Demarche
    champs: tuple[ChampPrerempli, ...]
    repere: str
    en_cours: Preremplissage | None


def get_mine(session: Session, viewer: Acteur, association_id: int) -> MonAssociation:
    """An association for which this person may start a request. Raises NotFound, and Forbidden with the reason."""
    mienne = associations.get_mine(session, viewer, association_id)
    if not (verdict := can_prefill(viewer, association_id)):
        raise Forbidden(verdict.raison)
    return mienne


def prepare(session: Session, viewer: Acteur, *, association_id: int, demarche_id: int, instance: str) -> Preparation:
    """The answers we can give to that form. Raises NotFound (a démarche that is not open too), Forbidden."""
    mienne = get_mine(session, viewer, association_id)
    ouverte = _ouvertes(instance).where(Demarche.id == demarche_id).options(joinedload(Demarche.service))
    demarche = session.scalars(ouverte).first()
    if demarche is None:
        raise NotFound
    revision, _ = revisions_ds.last_two(session, demarche_id)
    champs = list_champs(
        known_facts(session, viewer, mienne), revision.descripteurs if revision else [], _cibles(session, demarche_id)
    )
    return Preparation(
        mienne, demarche, champs, _empreinte(champs), current(session, viewer, association_id, demarche_id)
    )


def current(session: Session, viewer: Acteur, association_id: int, demarche_id: int) -> Preremplissage | None:
    """The draft of this person that still waits to be opened at DS; one that is open there leaves room for another."""
    attente = _mine(viewer, association_id).where(
        Preremplissage.demarche_id == demarche_id,
        Preremplissage.etat.in_((EtatPreremplissage.A_ENVOYER, EtatPreremplissage.EN_ATTENTE)),
        Preremplissage.etat_ds.in_(("", "prefilled")),
    )
    return session.scalars(attente.order_by(Preremplissage.id.desc())).first()


@dataclass(frozen=True, slots=True)
class LignePreremplissage:
    """A request that was started: its page, its démarche, when, and where it stands in words."""

    id: int
    titre: str
    created_at: datetime
    etat: str


def list_started(session: Session, viewer: Acteur, association_id: int) -> list[LignePreremplissage]:
    """What this person has started for that association, newest first."""
    miens = _mine(viewer, association_id).options(joinedload(Preremplissage.demarche))
    commences = session.scalars(miens.order_by(Preremplissage.created_at.desc(), Preremplissage.id.desc()))
    return [
        LignePreremplissage(un.id, un.demarche.titre, un.created_at, LIBELLES_PREREMPLISSAGE[un.etat])
        for un in commences
    ]


@dataclass(frozen=True, slots=True)
class SuiviPreremplissage:
    """A draft and what is said of it. `envoyes`: (question, value); `ignores`: the questions DS left empty.

    `reference`: that of the dossier, when this person may read it here.
    """

    preremplissage: Preremplissage
    envoyes: tuple[tuple[str, str], ...]
    ignores: tuple[str, ...]
    reference: str

    @property
    def en_route(self) -> bool:
        """Whether the answer of DS is a matter of seconds: the page then asks again by itself."""
        mien = self.preremplissage
        a_l_heure = not mien.erreur or mien.prochain_essai <= maintenant()
        return mien.etat == EtatPreremplissage.A_ENVOYER and a_l_heure

    @property
    def ouvert_chez_ds(self) -> bool:
        """Somebody has taken the draft at DS: it is no longer purged."""
        return self.preremplissage.etat_ds not in ("", "prefilled")

    @property
    def depose_chez_ds(self) -> bool:
        """Filed at DS, and not here yet."""
        return self.ouvert_chez_ds and self.preremplissage.etat_ds != "brouillon"


def get(session: Session, viewer: Acteur, *, association_id: int, preremplissage_id: int) -> SuiviPreremplissage:
    """One of this person's drafts. Raises NotFound."""
    mien = session.scalars(
        _mine(viewer, association_id)
        .where(Preremplissage.id == preremplissage_id)
        .options(joinedload(Preremplissage.demarche).joinedload(Demarche.service))
        .options(joinedload(Preremplissage.association))
    ).first()
    if mien is None:
        raise NotFound
    ordre = sorted(mien.valeurs, key=lambda cle: mien.valeurs[cle]["rang"])
    return SuiviPreremplissage(
        preremplissage=mien,
        envoyes=tuple((mien.valeurs[cle]["libelle"], mien.valeurs[cle]["lisible"]) for cle in ordre),
        ignores=tuple(mien.valeurs[cle]["libelle"] for cle in ordre if cle in mien.ignores),
        reference=_reference(session, viewer, mien),
    )


def _reference(session: Session, viewer: Acteur, mien: Preremplissage) -> str:
    lisible = mes_dossiers.visible_dossiers(viewer).where(Dossier.id == mien.dossier_id)
    return session.scalar(lisible.with_only_columns(Dossier.reference)) or ""


def _cibles(session: Session, demarche_id: int) -> dict[str, CibleChamp]:
    """What each champ asks, as an administrator has confirmed it, or as the portal proposes it for sure."""
    lignes = session.scalars(
        select(Correspondance)
        .where(Correspondance.demarche_id == demarche_id)
        .order_by(Correspondance.confiance, Correspondance.id)
    ).all()
    sures = [un for un in lignes if un.etat == EtatCorrespondance.PROPOSEE and un.confiance >= PRESELECTION]
    return _par_champ(sures) | _par_champ(un for un in lignes if un.etat == EtatCorrespondance.CONFIRMEE)


def _par_champ(lignes: Iterable[Correspondance]) -> dict[str, CibleChamp]:
    return {un.champ_id: un.cible for un in lignes}


def _ouvertes(instance: str) -> Select[Demarche]:
    return select(Demarche).where(
        Demarche.source == Source.DS, Demarche.instance == instance, Demarche.ds_state == OUVERTE
    )


def _mine(viewer: Acteur, association_id: int) -> Select[Preremplissage]:
    """Those of this person, while its mandat lasts."""
    mandat = viewer.mandat(association_id)
    return select(Preremplissage).where(
        Preremplissage.demande_par_id == viewer.user_id,
        Preremplissage.association_id == (mandat.association_id if mandat else None),
    )


def _empreinte(champs: Iterable[ChampPrerempli]) -> str:
    return hashlib.sha256(json.dumps([(un.cle, un.valeur) for un in champs]).encode()).hexdigest()
