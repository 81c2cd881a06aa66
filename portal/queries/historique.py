"""What happened to a dossier, in the words of agents: the journal read for one viewer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.orm import Session

from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.journal import Evenement, EvenementDetail
from portal.models.mutations_ds import MUTATIONS
from portal.models.services import Service
from portal.permissions import Acteur
from portal.vocabulaire import GenreUser

LONGUEUR = 200
LE_PORTAIL = "le portail"
UN_REPRESENTANT = "l’association"


@dataclass(frozen=True, slots=True)
class Fait:
    """How an action reads, `{service}` and `{acte}` taken from its values. `reserve`: to the owner service until notified."""

    libelle: str
    reserve: bool = False


FAITS = {
    "dossier_depose": Fait("Dossier déposé"),
    "dossier_recu_de_ds": Fait("Dossier reçu de Démarches Simplifiées"),
    "dossier_actualise_depuis_ds": Fait("Dossier mis à jour depuis Démarches Simplifiées"),
    "dossier_confie": Fait("Dossier confié à {service}"),
    "dossier_pris_en_charge": Fait("Dossier pris en charge"),
    "prise_en_charge_demandee": Fait("Prise en charge demandée à Démarches Simplifiées"),
    "fichier_infecte": Fait("Virus détecté dans un fichier reçu par Démarches Simplifiées"),
    "lien_verifie": Fait("Lien avec l’association vérifié sur pièce"),
    "avis_demande": Fait("Avis demandé à {service}"),
    "avis_donne": Fait("Avis donné par {service}"),
    "avis_modifie": Fait("Avis modifié par {service}"),
    "decision_enregistree": Fait("Décision enregistrée", reserve=True),
    "decision_modifiee": Fait("Décision modifiée", reserve=True),
    "notification_demandee": Fait("Notification de la décision demandée", reserve=True),
    "decision_notifiee": Fait("Décision notifiée"),
    "decision_rouverte": Fait("Dossier décidé repris en instruction sur Démarches Simplifiées"),
    "operation_ds_demandee": Fait("{acte}\u00a0: demandé à Démarches Simplifiées", reserve=True),
    "operation_ds_refusee": Fait("{acte}\u00a0: refusé par Démarches Simplifiées", reserve=True),
    "operation_ds_relancee": Fait("{acte}\u00a0: renvoyé à Démarches Simplifiées", reserve=True),
}


@dataclass(frozen=True, slots=True)
class Etape:
    """A line of the history. `at` is UTC."""

    at: datetime
    libelle: str
    auteur: str


def list_etapes(session: Session, viewer: Acteur, dossier: Dossier, *, notifiee: bool) -> list[Etape]:
    """The last events of a dossier, newest first; what other services may not know yet is left out.

    `notifiee`: a decision is notified, so that its preparation is no secret any more. An action without words here is
    shown to nobody.
    """
    montres = [
        nom for nom, fait in FAITS.items() if not fait.reserve or notifiee or viewer.service_id == dossier.service_id
    ]
    # An actor is « agent:12 » : its number leads to its name; the portal itself has none.
    numero = cast(func.nullif(func.split_part(Evenement.acteur, ":", 2), ""), BigInteger)
    lignes = session.execute(
        select(Evenement.at, Evenement.action, EvenementDetail.valeurs, User, Service.sigle)
        .outerjoin(EvenementDetail, EvenementDetail.evenement_id == Evenement.id)
        .outerjoin(User, User.id == numero)
        .outerjoin(Service, Service.id == Evenement.service_id)
        .where(Evenement.objet == f"dossier:{dossier.id}", Evenement.action.in_(montres))
        .order_by(Evenement.seq.desc())
        .limit(LONGUEUR)
    )
    return [
        Etape(at=at, libelle=_libelle(action, valeurs), auteur=_auteur(user, sigle))
        for at, action, valeurs, user, sigle in lignes
    ]


def _libelle(action: str, valeurs: dict[str, Any] | None) -> str:
    """The words of an action; its values may have been erased since."""
    connues = valeurs or {}
    mutation = MUTATIONS.get(connues.get("mutation", ""))
    return FAITS[action].libelle.format(
        service=connues.get("service", "un service"), acte=mutation.libelle if mutation else "Action"
    )


def _auteur(user: User | None, sigle: str | None) -> str:
    if user is None:
        return LE_PORTAIL
    if user.genre == GenreUser.USAGER:
        return UN_REPRESENTANT
    return f"{user.nom_affiche} ({sigle})" if sigle else user.nom_affiche
