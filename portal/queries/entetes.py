"""What stands above every section of a dossier, read in the very statement that reads the dossier."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal_column, select

from portal.models.avis import Avis, DemandeAvis, Saisine
from portal.models.connexion import User
from portal.models.demarches import Demarche
from portal.models.dossiers import AccesDossier, Dossier, DossierDS
from portal.models.echanges import Complement, Message
from portal.models.envois import EN_ATTENTE, OperationDS
from portal.models.file_agents import Etiquette, EtiquetteDossier, Suivi, VisiteDossier
from portal.models.services import Affectation, Service
from portal.models.synchronisation import Quarantaine
from portal.permissions import Acteur
from portal.permissions.complements import can_ask
from portal.queries import messages
from portal.queries.delais_rejet import est_ouvert
from portal.queries.destinataires import DossierLie
from portal.queries.echeances_rejet import EcheanceRejet
from portal.queries.echeances_rejet import of_dossier as echeance_de
from portal.queries.lecteur import LECTEUR
from portal.queries.lots import as_column, read_column
from portal.queries.mes_dossiers import libelle_public
from portal.queries.visites import Visite
from portal.vocabulaire import ETATS_FINAUX, Etat, Source
from portal.vocabulaire_instruction import EtapeFile

AILLEURS = 5


class ComplementLu(NamedTuple):
    """What the computation of a delay needs of a Complement, and what the page says of it."""

    id: int
    demande_at: datetime
    echeance: date
    pieces_exigees: bool
    repondu_at: datetime | None
    annule_at: datetime | None


class DossierAilleurs(NamedTuple):
    """Another dossier of the same association, this exercice or the last. On a confidential démarche it only exists."""

    id: int
    service: str
    exercice: int | None
    etat: Etat
    complement_demande: bool
    confidentiel: bool

    @property
    def libelle_etat(self) -> str:
        """The état as the association reads it."""
        return libelle_public(self.etat, complement_demande=self.complement_demande)


class ServiceSaisi(NamedTuple):
    """A service that was asked for its avis, and what it may read: values of SectionDemande, all when empty."""

    service_id: int
    sigle: str
    sections: Sequence[str]

    @property
    def expert_id(self) -> None:
        """It is nobody outside the services."""
        return None

    @property
    def ouverte(self) -> bool:
        """Those of a header have not been closed."""
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class EnTete:
    """For one viewer. `suiveurs`: agents of the viewer's service who follow; `etiquettes`: labels of that service.

    `ailleurs`: the last other dossiers of the association, AILLEURS + 1 at most, those of a demande commune left out.
    `lies`: the other dossiers of a demande commune. `non_lus`: messages that the viewer has not read. `attendu`: the
    corrections that are awaited. `ecarte_at` (UTC): the last time that what DS says of the dossier could not be stored.
    `mon_avis`: the viewer's service has given one. `corrigeable`: the viewer may ask for corrections now.
    `envoi_en_attente`: DS has not answered yet what the owner service, which alone knows of it, asked of it.
    """

    etape: EtapeFile
    suiveurs: tuple[str, ...]
    etiquettes: tuple[str, ...]
    lies: tuple[DossierLie, ...]
    ailleurs: tuple[DossierAilleurs, ...]
    saisis: tuple[ServiceSaisi, ...]
    complements: tuple[ComplementLu, ...]
    non_lus: int
    attendu: ComplementLu | None
    echeance: EcheanceRejet | None
    visite: Visite | None
    ecarte_at: datetime | None
    mon_avis: bool
    envoi_en_attente: bool
    corrigeable: bool

    @property
    def change(self) -> bool:
        """Something has changed in the request since the viewer looked at it."""
        return self.visite is not None and self.visite.change


@cache
def colonnes() -> list[Any]:
    """The columns to add to the statement that reads a dossier with its access for LECTEUR, in the order that `lire` expects."""
    return [
        AccesDossier.etape,
        *(as_column(lot) for lot in _lots().values()),
        messages.unread(LECTEUR)
        .where(Message.dossier_id == Dossier.id)
        .with_only_columns(func.count())
        .correlate(Dossier)
        .scalar_subquery(),
        select(Quarantaine.at)
        .where(Quarantaine.demarche_id == Dossier.demarche_id, Quarantaine.number == DossierDS.number)
        .join(DossierDS, DossierDS.dossier_id == Dossier.id)
        .correlate(Dossier)
        .limit(1)
        .scalar_subquery(),
        _mon_avis(LECTEUR),
        _waits_for_ds(LECTEUR),
    ]


def lire(viewer: Acteur, dossier: Dossier, lues: Sequence[Any]) -> EnTete:
    """From these columns."""
    etape, *lots, non_lus, ecarte_at, mon_avis, envoi_en_attente = lues
    par_nom = {nom: read_column(lu, lot) for (nom, lot), lu in zip(_lots().items(), lots, strict=True)}
    complements = tuple(ComplementLu(*ligne) for ligne in par_nom["complements"])
    ouverts = [un for un in complements if est_ouvert(un) and dossier.etat not in ETATS_FINAUX]
    visites = [Visite(dossier.contenu_version, *ligne) for ligne in par_nom["visite"]]
    return EnTete(
        etape=etape,
        suiveurs=tuple(nom for (nom,) in par_nom["suiveurs"]),
        etiquettes=tuple(nom for (nom,) in par_nom["etiquettes"]),
        ailleurs=tuple(DossierAilleurs(*ligne) for ligne in par_nom["ailleurs"] if ligne[0] not in viewer.recuses),
        lies=tuple(DossierLie(*ligne) for ligne in par_nom["lies"] if ligne[0] not in viewer.recuses),
        saisis=tuple(ServiceSaisi(*ligne) for ligne in par_nom["saisis"]),
        complements=complements,
        non_lus=non_lus,
        attendu=ouverts[0] if ouverts else None,
        echeance=echeance_de(dossier, complements),
        visite=visites[0] if visites else None,
        ecarte_at=ecarte_at,
        mon_avis=mon_avis,
        envoi_en_attente=envoi_en_attente,
        corrigeable=dossier.source == Source.PORTAIL and can_ask(viewer, dossier).ok,
    )


@cache
def _lots() -> dict[str, Select[*tuple[Any, ...]]]:
    """Small selections about `Dossier`, the table of the outer statement."""
    lots = _of_people(LECTEUR) | _of_request() | _elsewhere() | _of_viewer(LECTEUR)
    return {nom: lot.correlate(Dossier) for nom, lot in lots.items()}


def _of_people(viewer: Acteur) -> dict[str, Select[*tuple[Any, ...]]]:
    """Who follows, and which services are asked."""
    nom = func.coalesce(func.nullif(func.trim(func.concat(User.prenom, " ", User.nom)), ""), User.email)
    return {
        "suiveurs": select(nom)
        .select_from(Suivi)
        .join(User, User.id == Suivi.user_id)
        .where(Suivi.dossier_id == Dossier.id, _du_service(viewer))
        .order_by(User.nom, User.prenom, User.id),
        "saisis": select(DemandeAvis.service_id, Service.sigle, Saisine.sections)
        .select_from(DemandeAvis)
        .join(Saisine, Saisine.id == DemandeAvis.saisine_id)
        .join(Service, Service.id == DemandeAvis.service_id)
        .where(DemandeAvis.dossier_id == Dossier.id, DemandeAvis.close_at.is_(None))
        .order_by(DemandeAvis.created_at, DemandeAvis.id),
    }


def _of_request() -> dict[str, Select[*tuple[Any, ...]]]:
    """The other dossiers of the same request, and the corrections asked of it."""
    lie = Dossier.__table__.alias("lie")
    return {
        "lies": select(lie.c.id, lie.c.reference, Service.nom, lie.c.montant_demande)
        .select_from(lie)
        .join(Service, Service.id == lie.c.service_id)
        .where(lie.c.demande_id == Dossier.demande_id, lie.c.id != Dossier.id)
        .order_by(lie.c.id),
        "complements": select(*(getattr(Complement, nom) for nom in ComplementLu._fields))
        .where(Complement.dossier_id == Dossier.id)
        .order_by(Complement.id),
    }


def _elsewhere() -> dict[str, Select[*tuple[Any, ...]]]:
    """The last other dossiers of the association, this exercice and the one before: one walk of its index."""
    autre = Dossier.__table__.alias("autre")
    return {
        "ailleurs": select(
            autre.c.id,
            Service.sigle,
            autre.c.exercice,
            autre.c.etat,
            autre.c.complement_demande,
            Demarche.confidentielle,
        )
        .select_from(autre)
        .join(Service, Service.id == autre.c.service_id)
        .join(Demarche, Demarche.id == autre.c.demarche_id)
        .where(
            autre.c.association_id == Dossier.association_id,
            autre.c.id != Dossier.id,
            autre.c.exercice.between(Dossier.exercice - 1, Dossier.exercice),
            autre.c.etat != Etat.BROUILLON,
            func.coalesce(autre.c.demande_id, 0) != func.coalesce(Dossier.demande_id, -1),
        )
        .order_by(autre.c.date_depot.desc(), autre.c.id.desc())
        .limit(literal_column(str(AILLEURS + 1))),
    }


def _of_viewer(viewer: Acteur) -> dict[str, Select[*tuple[Any, ...]]]:
    """The labels of the viewer's service, and when the viewer looked."""
    return {
        "etiquettes": select(Etiquette.nom)
        .select_from(EtiquetteDossier)
        .join(Etiquette, Etiquette.id == EtiquetteDossier.etiquette_id)
        .where(EtiquetteDossier.dossier_id == Dossier.id, Etiquette.service_id == viewer.service_id)
        .order_by(Etiquette.nom, Etiquette.id),
        "visite": select(
            VisiteDossier.vue_at,
            VisiteDossier.contenu_version,
            VisiteDossier.precedente_at,
            VisiteDossier.precedente_version,
        ).where(VisiteDossier.dossier_id == Dossier.id, VisiteDossier.user_id == viewer.user_id),
    }


def _du_service(viewer: Acteur) -> ColumnElement[bool]:
    """A user who is an agent of the viewer's service now."""
    return exists().where(
        Affectation.user_id == User.id, Affectation.service_id == viewer.service_id, Affectation.ended_at.is_(None)
    )


def _mon_avis(viewer: Acteur) -> ColumnElement[bool]:
    return exists().where(Avis.dossier_id == Dossier.id, Avis.service_id == viewer.service_id).correlate(Dossier)


def _waits_for_ds(viewer: Acteur) -> ColumnElement[bool]:
    """Something asked of DS waits, said to the owner service alone: it may be a decision that is not notified."""
    return and_(
        Dossier.service_id == viewer.service_id,
        exists().where(OperationDS.dossier_id == Dossier.id, OperationDS.etat.in_(EN_ATTENTE)).correlate(Dossier),
    )
