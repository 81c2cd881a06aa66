"""The messages that services share with all who know an association, as its sheet shows them."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, Subquery, and_, case, func, select

from portal.models.connexion import User
from portal.models.demarches import Demarche
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.echanges import Message
from portal.models.services import Service
from portal.queries.lecteur import LECTEUR, ouvert
from portal.vocabulaire_demandes import AudienceMessage

NOMBRE = 20


class MessagePartage(NamedTuple):
    """`reference`: of its dossier, where the viewer's service reads it. `at` is UTC; `joint`: a file goes with it, there."""

    id: int
    auteur: str
    at: datetime
    texte: str
    demarche: str
    exercice: int | None
    reference: str | None
    joint: bool


def shared(association_id: Any) -> Select[*tuple[Any, ...]]:
    """For LECTEUR, the last ones, newest first, as MessagePartage. The caller has checked that the viewer may open the sheet
    (model.md §3).

    Nothing of a confidential démarche, nor of a dossier that is closed to the viewer.
    """
    derniers = _last(association_id)
    nom = func.coalesce(func.nullif(func.trim(func.concat(User.prenom, " ", User.nom)), ""), User.email)
    return (
        select(
            Message.id,
            func.concat(nom, ", ", Service.nom).label("auteur"),
            Message.created_at,
            Message.texte,
            Demarche.titre,
            Dossier.exercice,
            case((AccesDossier.dossier_id.is_not(None), Dossier.reference)).label("reference"),
            (Message.fichier_nom != "").label("joint"),
        )
        .join(derniers, derniers.c.id == Message.id)
        .join(User, User.id == Message.auteur_id)
        .join(Service, Service.id == Message.service_id)
        .join(Dossier, Dossier.id == Message.dossier_id)
        .join(Demarche, Demarche.id == Dossier.demarche_id)
        .outerjoin(
            AccesDossier, and_(AccesDossier.dossier_id == Dossier.id, AccesDossier.service_id == LECTEUR.service_id)
        )
        .order_by(Message.id.desc())
    )


def _last(association_id: Any) -> Subquery:
    """Chosen before anything else is read of them."""
    return (
        select(Message.id)
        .join(Dossier, Dossier.id == Message.dossier_id)
        .join(Demarche, Demarche.id == Dossier.demarche_id)
        .where(
            Dossier.association_id == association_id,
            Message.audience == AudienceMessage.PARTAGE,
            Message.service_id.is_not(None),
            Demarche.confidentielle.is_(False),
            ouvert(Dossier.id),
        )
        .order_by(Message.id.desc())
        .limit(NOMBRE)
        .subquery("derniers")
    )
