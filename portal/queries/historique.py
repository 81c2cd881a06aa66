"""What happened to a dossier, in the words of agents: the journal read for one viewer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, and_, cast, func, or_, select
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
    """How an action reads, `{service}`, `{agent}`, `{motif}`, `{acte}` taken from its values.

    `reserve`: to the owner until notified. `interne`: to the owner, always.
    """

    libelle: str
    reserve: bool = False
    interne: bool = False


FAITS = {
    "dossier_depose": Fait("Dossier déposé"),
    "demande_recue": Fait("Demande reçue hors du portail, saisie par le service"),
    "reception_corrigee": Fait("Saisie de la demande reçue corrigée"),
    "scan_joint": Fait("Numérisation jointe"),
    "scan_retire": Fait("Numérisation retirée"),
    "dossier_importe": Fait("Dossier créé par l’import d’un tableau"),
    "dossier_mis_a_jour_par_import": Fait("Dossier mis à jour par l’import d’un tableau"),
    "import_retire": Fait("Mise à jour par un tableau annulée"),
    "dossier_importe_retire": Fait("Dossier retiré avec l’import qui l’avait créé", interne=True),
    "dossier_recu_de_ds": Fait("Dossier reçu de Démarches Simplifiées"),
    "dossier_actualise_depuis_ds": Fait("Dossier mis à jour depuis Démarches Simplifiées"),
    "dossier_confie": Fait("Dossier confié à {service}"),
    "dossier_pris_en_charge": Fait("Dossier pris en charge"),
    "prise_en_charge_annulee": Fait("Prise en charge annulée"),
    "prise_en_charge_demandee": Fait("Prise en charge demandée à Démarches Simplifiées"),
    "fichier_infecte": Fait("Virus détecté dans un fichier reçu par Démarches Simplifiées"),
    "dossier_reoriente": Fait("Dossier réorienté vers {service}\u00a0: {motif}"),
    "reorientation_demandee": Fait("Réorientation demandée à Démarches Simplifiées\u00a0: {motif}"),
    "decision_abandonnee": Fait("Proposition et décision abandonnées, le dossier étant réorienté", interne=True),
    "dossier_attribue": Fait("Dossier attribué à {agent}"),
    "dossier_desattribue": Fait("Dossier attribué à personne"),
    "lien_verifie": Fait("Lien avec l’association vérifié sur pièce"),
    "avis_demande": Fait("Avis demandé à {service}"),
    "avis_rappele": Fait("Avis rappelé à {service}"),
    "avis_prolonge": Fait("Délai de l’avis changé pour {service}"),
    "avis_transfere": Fait("Avis demandé à {service}, confié à {agent}"),
    "avis_retire": Fait("Demande d’avis retirée à {service}"),
    "avis_decline": Fait("{service} ne donnera pas d’avis\u00a0: {motif}"),
    "avis_conflit": Fait("Conflit d’intérêts déclaré par {agent}, consulté pour {service}"),
    "avis_donne": Fait("Avis donné par {service}"),
    "avis_modifie": Fait("Avis modifié par {service}"),
    "avis_repris": Fait("Avis de {service} sur l’association repris sur ce dossier"),
    "recusation_levee": Fait("Conflit d’intérêts levé pour un agent", interne=True),
    "scelle_leve": Fait("Scellé des avis levé par {service}"),
    "proposition_enregistree": Fait("Décision proposée", interne=True),
    "proposition_modifiee": Fait("Proposition modifiée", interne=True),
    "decision_enregistree": Fait("Décision enregistrée", reserve=True),
    "decision_modifiee": Fait("Décision modifiée", reserve=True),
    "decision_retiree": Fait("Décision retirée avant sa notification", interne=True),
    "notification_demandee": Fait("Notification de la décision demandée", reserve=True),
    "decision_notifiee": Fait("Décision notifiée"),
    "decision_consultee": Fait("Décision consultée par l’association", interne=True),
    "recoupement_juge": Fait("Réponse donnée à un recoupement", interne=True),
    "donnees_essentielles_notees": Fait("Données essentielles notées pour leur publication", interne=True),
    "versement_rattache": Fait("Versement rattaché au dossier", interne=True),
    "versement_detache": Fait("Versement détaché du dossier", interne=True),
    "communication_demandee": Fait("Communication des avis demandée", interne=True),
    "occultation_demandee": Fait("Service consulté sur ce qui est à occulter d’un avis", interne=True),
    "occultation_enregistree": Fait("Ce qui est occulté d’un avis a été choisi", interne=True),
    "communication_envoyee": Fait("Avis communiqués à l’association"),
    "communication_refusee": Fait("Communication des avis refusée", interne=True),
    "lettre_preparee": Fait("Lettre préparée", interne=True),
    "lettre_au_parapheur": Fait("Lettre envoyée au parapheur", interne=True),
    "lettre_signee": Fait("Lettre revenue signée du parapheur", interne=True),
    "lettre_recommandee": Fait("Décision envoyée par lettre recommandée", interne=True),
    "dossier_rouvert": Fait("Dossier rouvert"),
    "complement_demande": Fait("Corrections demandées à l’association"),
    "complement_annule": Fait("Corrections plus demandées à l’association"),
    "complement_recu": Fait("Complément demandé par lettre, arrivé"),
    "complement_repondu": Fait("Corrections envoyées par l’association"),
    "demande_commune_corrigee": Fait("Demande commune corrigée, à la demande d’un autre service"),
    "demande_retiree": Fait("Demande retirée par l’association"),
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
    siens = viewer.service_id == dossier.service_id
    montres = [nom for nom, fait in FAITS.items() if siens or not _reserve(fait, notifiee=notifiee)]
    caches = [nom for nom in montres if _reserve(FAITS[nom], notifiee=notifiee)]
    # An actor is « agent:12 » : its number leads to its name; the portal itself has none, and an expert has no account.
    numero = cast(func.nullif(func.split_part(Evenement.acteur, ":", 2), ""), BigInteger)
    lignes = session.execute(
        select(Evenement.at, Evenement.action, EvenementDetail.valeurs, User, Service.sigle)
        .outerjoin(EvenementDetail, EvenementDetail.evenement_id == Evenement.id)
        .outerjoin(User, and_(User.id == numero, Evenement.acteur.not_like("expert:%")))
        .outerjoin(Service, Service.id == Evenement.service_id)
        .where(Evenement.objet == f"dossier:{dossier.id}", Evenement.action.in_(montres))
        # What a former owner prepared stays its own: the dossier may have changed hands since.
        .where(
            or_(
                Evenement.action.not_in(caches),
                Evenement.service_id.is_(None),
                Evenement.service_id == viewer.service_id,
            )
        )
        .order_by(Evenement.seq.desc())
        .limit(LONGUEUR)
    )
    return [
        Etape(at=at, libelle=_libelle(action, valeurs), auteur=_auteur(user, sigle))
        for at, action, valeurs, user, sigle in lignes
    ]


def _reserve(fait: Fait, *, notifiee: bool) -> bool:
    return fait.interne or (fait.reserve and not notifiee)


def _libelle(action: str, valeurs: dict[str, Any] | None) -> str:
    """The words of an action; its values may have been erased since."""
    connues = valeurs or {}
    mutation = MUTATIONS.get(connues.get("mutation", ""))
    return FAITS[action].libelle.format(
        service=connues.get("service", "un service"),
        motif=connues.get("motif", "motif non conservé"),
        agent=connues.get("agent", "une personne du service"),
        acte=mutation.libelle if mutation else "Action",
    )


def _auteur(user: User | None, sigle: str | None) -> str:
    if user is None:
        return LE_PORTAIL
    if user.genre == GenreUser.USAGER:
        return UN_REPRESENTANT
    return f"{user.nom_affiche} ({sigle})" if sigle else user.nom_affiche
