"""What corrections have changed in a filed request, field by field."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import PARIS
from portal.forms.demandes import FORMULAIRES
from portal.forms.saisie import Saisie, lier
from portal.models.dossiers import Dossier
from portal.models.echanges import Complement, RevisionSection
from portal.models.services import Service
from portal.models.synchronisation import ChampModifie
from portal.permissions.lectures import Lecture
from portal.queries.demandes_lisibles import charger
from portal.queries.lecture_demandes import DemandeLue
from portal.vocabulaire import Source
from portal.vocabulaire_demandes import Place, SectionDemande

LONGUEUR = 200


@dataclass(frozen=True, slots=True)
class Changement:
    """A page as it was and as it became: (label, former answer, new answer) of each field that differs. `at` is UTC.

    `service`: who asked for it, "" where nobody here did.
    """

    libelle: str
    at: datetime
    service: str
    en_retard: bool
    lignes: tuple[tuple[str, str, str], ...]
    section: SectionDemande = SectionDemande.DEMANDE


def list_changements(session: Session, lue: DemandeLue, *, depuis: datetime | None = None) -> list[Changement]:
    """Every page that a correction has changed, newest first, whichever service of a demande commune asked for it; one query.

    `depuis` (UTC): since then only.
    """
    choix = (
        select(RevisionSection, Complement.echeance, Service.sigle)
        .join(Complement, Complement.id == RevisionSection.complement_id)
        .join(Dossier, Dossier.id == Complement.dossier_id)
        .join(Service, Service.id == Dossier.service_id)
        .where(RevisionSection.demande_id == lue.demande.id)
        .order_by(RevisionSection.id.desc())
    )
    if depuis is not None:
        choix = choix.where(RevisionSection.at > depuis)
    return [_changement(lue, revision, echeance, sigle) for revision, echeance, sigle in session.execute(choix)]


def since(session: Session, dossier: Dossier, instant: datetime, lecture: Lecture) -> list[Changement]:
    """What has changed since that instant (UTC) in the request of a dossier that the caller may read, where it may: `lecture`."""
    if dossier.source == Source.DS:
        return _at_ds(session, dossier, instant) if lecture.reponses else []
    if dossier.demande is None:
        return []
    tous = list_changements(session, charger(session, dossier.demande), depuis=instant)
    return [un for un in tous if lecture.opens(un.section)]


def _at_ds(session: Session, dossier: Dossier, instant: datetime) -> list[Changement]:
    """What pulls have found changed in the answers at DS, a pull after the other, newest first."""
    lus = session.scalars(
        select(ChampModifie)
        .where(ChampModifie.dossier_id == dossier.id, ChampModifie.at > instant)
        .order_by(ChampModifie.contenu_version.desc(), ChampModifie.id)
        .limit(LONGUEUR)
    )
    return [
        Changement(
            libelle="Réponses sur Démarches Simplifiées",
            at=premier.at,
            service="",
            en_retard=False,
            lignes=tuple((un.libelle, un.avant, un.apres) for un in (premier, *suivants)),
        )
        for _, (premier, *suivants) in groupby(lus, key=lambda un: un.contenu_version)
    ]


def _changement(lue: DemandeLue, revision: RevisionSection, echeance: date, sigle: str) -> Changement:
    place = Place(revision.section, revision.rang)
    avant, apres = (_lue(lue, place, valeurs) for valeurs in (revision.anciennes, revision.nouvelles))
    return Changement(
        libelle=lue.libelle(place) if place in lue.forms else place.libelle,
        at=revision.at,
        service=sigle,
        en_retard=revision.at.astimezone(PARIS).date() > echeance,
        lignes=tuple(differences(avant, apres)),
        section=place.section,
    )


def _lue(lue: DemandeLue, place: Place, valeurs: dict[str, str]) -> Saisie:
    form = lier(FORMULAIRES[place.section], valeurs, lue.contexte)
    form.examiner()
    return form


def differences(avant: Saisie, apres: Saisie) -> Sequence[tuple[str, str, str]]:
    """(label, former answer, new answer) of each field that reads differently."""
    anciens = {champ.name: champ for champ in avant.contenus()}
    paires = [(anciens.get(champ.name), champ) for champ in apres.contenus()]
    return [
        (str(champ.label.text), ancien.lisible() if ancien else "", champ.lisible())
        for ancien, champ in paires
        if (ancien.lisible() if ancien else "") != champ.lisible()
    ]
