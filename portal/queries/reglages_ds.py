"""What an administrator settles of a DS démarche: whose groups are whose, which annotation tells our avis; what is set aside."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.errors import NotFound
from portal.models.autorisations import AutorisationContenu
from portal.models.demarches import Demarche, GroupeInstructeur
from portal.models.dossiers import Dossier, DossierDS
from portal.models.services import Service
from portal.models.synchronisation import Quarantaine
from portal.queries import revisions_ds
from portal.queries.autorisations import current, list_responsables
from portal.vocabulaire import Source

EXTRAIT = 8_000
GROUPES = 500


@dataclass(frozen=True, slots=True)
class ReglagesDS:
    """The settings of a démarche. `annotations`: (champ id, label) of those that may receive our avis."""

    demarche: Demarche
    annotations: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class GroupesDS:
    """Its groups, open ones first, each with the sigle of its service or ""; and the sigles of every service."""

    demarche: Demarche
    groupes: Sequence[tuple[GroupeInstructeur, str]]
    services: Sequence[str]


@dataclass(frozen=True, slots=True)
class DossierEcarte:
    """A dossier that could not be stored. `extrait`: what was last stored of it, "" while content is closed or was never stored.

    `ouverte`: the authorisation under which it is shown. `coupe`: there is more than `extrait`. `ailleurs`: the sigle of the
    other service that has the dossier, which no authorisation opens, "" when the owner of the démarche has it.
    """

    demarche: Demarche
    ligne: Quarantaine
    connu: bool
    ailleurs: str
    ouverte: AutorisationContenu | None
    responsables: tuple[str, ...]
    extrait: str
    coupe: bool


def get(session: Session, demarche_id: int) -> ReglagesDS:
    """Raises NotFound."""
    annotations = revisions_ds.text_annotations(session, demarche_id)
    return ReglagesDS(_demarche(session, demarche_id), [(une["id"], une["libelle"]) for une in annotations])


def list_groups(session: Session, demarche_id: int) -> GroupesDS:
    """Raises NotFound."""
    groupes = session.execute(
        select(GroupeInstructeur, Service.sigle)
        .outerjoin(Service, Service.id == GroupeInstructeur.service_id)
        .where(GroupeInstructeur.demarche_id == demarche_id)
        .order_by(GroupeInstructeur.closed, GroupeInstructeur.label, GroupeInstructeur.id)
        .limit(GROUPES)
    )
    return GroupesDS(
        demarche=_demarche(session, demarche_id),
        groupes=[(groupe, sigle or "") for groupe, sigle in groupes],
        services=session.scalars(select(Service.sigle).order_by(Service.sigle)).all(),
    )


def get_set_aside(session: Session, demarche_id: int, number: int) -> DossierEcarte:
    """A dossier that is set aside. Its words are there only under an authorisation of the owner service (model.md §3).

    The caller must then leave a trace before it shows them. Raises NotFound.
    """
    demarche = _demarche(session, demarche_id)
    ligne = session.scalars(
        select(Quarantaine).where(Quarantaine.demarche_id == demarche_id, Quarantaine.number == number)
    ).first()
    if ligne is None:
        raise NotFound
    ouverte = current(session, demarche_id)
    miroir = session.execute(
        select(DossierDS.raw, Service)
        .join(Dossier, Dossier.id == DossierDS.dossier_id)
        .join(Service, Service.id == Dossier.service_id)
        .where(DossierDS.instance == demarche.instance, DossierDS.number == number)
    ).first()
    raw, service = miroir or (None, demarche.service)
    ailleurs = service.sigle if service.id != demarche.service_id else ""
    texte = json.dumps(raw, ensure_ascii=False, indent=2) if raw and ouverte and not ailleurs else ""
    return DossierEcarte(
        demarche=demarche,
        ligne=ligne,
        connu=raw is not None,
        ailleurs=ailleurs,
        ouverte=ouverte if texte else None,
        responsables=tuple(un.nom_affiche for un in list_responsables(session, demarche.service_id)),
        extrait=texte[:EXTRAIT],
        coupe=len(texte) > EXTRAIT,
    )


def _demarche(session: Session, demarche_id: int) -> Demarche:
    demarche = session.get(Demarche, demarche_id, options=[joinedload(Demarche.service)])
    if demarche is None or demarche.source != Source.DS or demarche.ds_number is None:
        raise NotFound
    return demarche
