"""The lines of the queue: what each column shows of a dossier, read for the columns that are shown alone."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Date,
    Row,
    ScalarSelect,
    Select,
    and_,
    any_,
    bindparam,
    case,
    exists,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from portal.documents.statut_cer import StatutCer
from portal.formats import aujourdhui
from portal.models.avis import DemandeAvis
from portal.models.connexion import User
from portal.models.decisions import Decision, Proposition
from portal.models.demarches import Demarche
from portal.models.dossiers import AccesDossier, Dossier, DossierDS
from portal.models.envois import EN_ATTENTE, OperationDS
from portal.models.file_agents import Etiquette, EtiquetteDossier
from portal.models.services import Service
from portal.permissions import Acteur
from portal.queries import statuts_cer
from portal.queries.curseurs_file import COLONNES, Rang
from portal.queries.lecteur import LECTEUR, valeurs
from portal.vocabulaire import Etat, MotifAcces
from portal.vocabulaire_ds import Visibilite
from portal.vocabulaire_file import ColonneFile, TriFile
from portal.vocabulaire_instruction import EtapeFile, OrigineDossier


@dataclass(frozen=True, slots=True)
class LigneDossier:
    """A line of the queue. Amounts are euros, instants UTC; `cer` is None when the demandeur is no association.

    `envoi_en_attente` and `propose` are told to the owner service alone: they may be a decision that is not notified.
    `rang`: what the queue is sorted by. The last fields are read when their column is shown, `cer` last of all.
    """

    id: int
    reference: str
    origine: OrigineDossier
    demarche_id: int
    demarche: str
    etat: Etat
    complement_demande: bool
    demandeur_nom: str
    demandeur_siret: str
    demandeur_commune: str
    lien_verifie: bool
    intitule: str
    exercice: int | None
    montant_demande: Decimal | None
    montant_accorde: Decimal | None
    departement: str
    avis_demandes: int
    avis_rendus: int
    instructeur_id: int | None
    instructeur: str
    service: str
    visibilite: Visibilite | None
    association_id: int | None
    motif: MotifAcces
    etape: EtapeFile
    date_depot: datetime
    echeance: date
    envoi_en_attente: bool
    rang: Rang
    etiquettes: tuple[tuple[int, str], ...] = ()
    propose: Decimal | None = None
    avis_en_retard: int = 0
    cer: StatutCer | None = None

    @property
    def attend_complement(self) -> bool:
        """The demandeur owes a complément: the état reads so (model.md §2)."""
        return self.complement_demande and self.etat == Etat.EN_CONSTRUCTION


FIN_DE_BASE = [champ.name for champ in fields(LigneDossier)].index("etiquettes")
# Few enough for the database to be free again within a few milliseconds: it works for pages too.
PAR_LOT = 100
Extra = tuple[str, ColumnElement[Any], Callable[[Any], Any]]


def read_ids(
    session: Session,
    viewer: Acteur,
    ids: list[int],
    colonnes: tuple[ColonneFile, ...],
    tri: TriFile,
    *,
    croissant: bool,
) -> list[LigneDossier]:
    """The lines of these dossiers of the viewer's service, in the order of that sort."""
    if not ids:
        return []
    lignes = session.execute(_choix_par_ids(colonnes, tri, croissant), valeurs(viewer, ids=ids)).all()
    return list(_lot(session, lignes, LECTEUR, colonnes))


# Columns are chosen by each agent, and most keep those that they began with.
@lru_cache(maxsize=256)
def _choix_par_ids(colonnes: tuple[ColonneFile, ...], tri: TriFile, croissant: bool) -> Select[*tuple[Any, ...]]:
    places = select(AccesDossier.dossier_id, COLONNES[tri].label("rang")).where(
        AccesDossier.service_id == LECTEUR.service_id,
        AccesDossier.dossier_id == any_(bindparam("ids", type_=ARRAY(BigInteger))),
    )
    return choix(places, LECTEUR, colonnes, tri, croissant=croissant)


def lire(
    session: Session, choix: Select[*tuple[Any, ...]], viewer: Acteur, colonnes: Collection[ColonneFile]
) -> Iterator[LigneDossier]:
    """Lines, one by one, of this `choix` made for the same columns, read as they are taken where it says yield_per."""
    for lot in session.execute(choix).partitions(PAR_LOT):
        yield from _lot(session, lot, viewer, colonnes)


def _lot(
    session: Session, lot: Sequence[Row[*tuple[Any, ...]]], viewer: Acteur, colonnes: Collection[ColonneFile]
) -> Iterator[LigneDossier]:
    """The status of all their associations is read at once: to join it to each line cost more than the rest of the page."""
    extras = list(enumerate(_extras(viewer, colonnes), FIN_DE_BASE))
    connues = {ligne.association_id for ligne in lot} - {None} if ColonneFile.CER in colonnes else ()
    cer = statuts_cer.statuts_cer(session, connues)
    for ligne in lot:
        lues = {nom: lecture(ligne[rang]) for rang, (nom, _, lecture) in extras}
        yield LigneDossier(*ligne[:FIN_DE_BASE], **(lues | {"cer": cer.get(ligne.association_id)}))


def choix(
    places: Select[*tuple[Any, ...]],
    viewer: Acteur,
    colonnes: Collection[ColonneFile],
    tri: TriFile,
    *,
    croissant: bool,
) -> Select[*tuple[Any, ...]]:
    """The columns of LigneDossier for these places (dossier_id, rang), in their order."""
    trouvees = places.subquery()
    vues = trouvees.c
    extras = [colonne for _, colonne, _ in _extras(viewer, colonnes)]
    lignes = (
        select(*_base(tri), *extras)
        .select_from(trouvees)
        .join(
            AccesDossier, and_(AccesDossier.dossier_id == vues.dossier_id, AccesDossier.service_id == viewer.service_id)
        )
        .join(Dossier, Dossier.id == vues.dossier_id)
        .join(Demarche, Demarche.id == Dossier.demarche_id)
        .join(Service, Service.id == Dossier.service_id)
        .outerjoin(User, User.id == Dossier.instructeur_id)
        .outerjoin(DossierDS, DossierDS.dossier_id == Dossier.id)
    )
    ordre = (vues.rang, vues.dossier_id)
    return lignes.order_by(*(colonne.asc() if croissant else colonne.desc() for colonne in ordre))


@cache
def _base(tri: TriFile) -> list[Any]:
    return [
        Dossier.id,
        Dossier.reference,
        Dossier.origine,
        Dossier.demarche_id,
        Demarche.titre,
        Dossier.etat,
        Dossier.complement_demande,
        Dossier.demandeur_nom,
        Dossier.demandeur_siret,
        Dossier.demandeur_commune,
        Dossier.lien_verifie,
        Dossier.intitule,
        Dossier.exercice,
        Dossier.montant_demande,
        Dossier.montant_accorde,
        Dossier.departement,
        Dossier.avis_demandes,
        Dossier.avis_rendus,
        Dossier.instructeur_id,
        nom_affiche(),
        Service.sigle,
        DossierDS.visibilite,
        Dossier.association_id,
        AccesDossier.motif,
        AccesDossier.etape,
        AccesDossier.date_depot,
        AccesDossier.echeance,
        and_(AccesDossier.motif == MotifAcces.PROPRIETAIRE, _envoi_en_attente()),
        COLONNES[tri].label("rang"),
    ]


def nom_affiche() -> ColumnElement[str]:
    """How an agent is named in a list: her name, her address when she has none."""
    return func.coalesce(func.nullif(func.trim(func.concat(User.prenom, " ", User.nom)), ""), User.email, "")


def _extras(viewer: Acteur, colonnes: Collection[ColonneFile]) -> list[Extra]:
    """What the shown columns need besides: the field, its columns, how they read."""
    tous = _tous_les_extras(viewer.service_id)
    return [extra for colonne, extra in tous.items() if colonne in colonnes]


# To build them anew cost each page more than to execute them.
@lru_cache(maxsize=64)
def _tous_les_extras(service_id: int | None) -> dict[ColonneFile, Extra]:
    return {
        ColonneFile.ETIQUETTES: (
            "etiquettes",
            _etiquettes(service_id),
            lambda lus: tuple((int(ident), nom) for ident, nom in lus or ()),
        ),
        ColonneFile.PROPOSE: ("propose", _propose(), lambda lu: lu),
        ColonneFile.AVIS: ("avis_en_retard", _avis_en_retard(), lambda lu: lu),
    }


def _envoi_en_attente() -> ColumnElement[bool]:
    return exists().where(OperationDS.dossier_id == Dossier.id, OperationDS.etat.in_(EN_ATTENTE))


def _etiquettes(service_id: int | None) -> ScalarSelect[Any]:
    """[[id, name]] of that service, by name."""
    couple = func.jsonb_build_array(Etiquette.id, Etiquette.nom)
    return (
        select(func.jsonb_agg(aggregate_order_by(couple, Etiquette.nom, Etiquette.id)))
        .join(EtiquetteDossier, EtiquetteDossier.etiquette_id == Etiquette.id)
        .where(EtiquetteDossier.dossier_id == Dossier.id, Etiquette.service_id == service_id)
        .scalar_subquery()
    )


def _propose() -> ColumnElement[Any]:
    """What is proposed, or decided and not notified yet: for the owner service alone."""
    decide = select(Decision.montant_accorde).where(Decision.dossier_id == Dossier.id).scalar_subquery()
    propose = select(Proposition.montant).where(Proposition.dossier_id == Dossier.id).scalar_subquery()
    return case((AccesDossier.motif == MotifAcces.PROPRIETAIRE, func.coalesce(decide, propose)))


def _avis_en_retard() -> ColumnElement[int]:
    """How many avis were to come before today, as it is when the statement is executed, and have not."""
    jour = bindparam("jour", callable_=aujourdhui, type_=Date())
    nombre = (
        select(func.count())
        .select_from(DemandeAvis)
        .where(
            DemandeAvis.dossier_id == Dossier.id,
            DemandeAvis.echeance < jour,
            DemandeAvis.repondue_at.is_(None),
            DemandeAvis.close_at.is_(None),
        )
        .scalar_subquery()
    )
    return case((Dossier.avis_echeance < jour, nombre), else_=literal(0))
