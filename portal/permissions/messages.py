"""Who writes and who reads the messages of a dossier."""

from portal.models.dossiers import Dossier
from portal.permissions import OUI, ROLES_ACTIFS, Acteur, Verdict
from portal.vocabulaire import RoleMandat, Source
from portal.vocabulaire_demandes import AudienceMessage

AILLEURS = (
    "Les messages d’un dossier de Démarches Simplifiées s’échangent là-bas\u00a0: rien n’est envoyé. Ouvrez le dossier sur "
    "Démarches Simplifiées pour écrire."
)

ENTRE_SERVICES = frozenset({AudienceMessage.SERVICES_SAISIS, AudienceMessage.PARTAGE})
SANS_FICHE = (
    "Ce dossier n’est pas celui d’une association connue du portail\u00a0: aucun autre service ne lirait ce message."
)
CONFIDENTIELLE = (
    "Cette démarche est confidentielle\u00a0: rien de ce dossier n’est partagé au-delà du service responsable et des services "
    "saisis pour avis."
)

SAISI = Verdict(
    ok=False,
    raison="Votre service a été saisi pour avis\u00a0: il écrit au service responsable et aux autres services, ni à "
    "l’association ni à lui seul.",
)

PERSONNE = (
    "Aucune association de ce portail n’est rattachée à ce dossier\u00a0: personne ne lirait ce message. Écrivez par lettre, ou "
    "à l’adresse électronique donnée à la réception."
)


def audiences_read(acteur: Acteur, dossier: Dossier) -> frozenset[AudienceMessage]:
    """The threads that this person reads. The caller has already checked that she may read the dossier (model.md §3)."""
    if acteur.est_usager:
        return frozenset({AudienceMessage.ASSOCIATION})
    if acteur.service_id == dossier.service_id:
        return frozenset(AudienceMessage)
    return ENTRE_SERVICES


def audiences_written(acteur: Acteur, dossier: Dossier) -> tuple[AudienceMessage, ...]:
    """To whom this person may write, in the order of the page; empty when she only reads."""
    return tuple(audience for audience in AudienceMessage if can_write(acteur, dossier, audience))


def can_write(acteur: Acteur, dossier: Dossier, audience: AudienceMessage) -> Verdict:
    """An association writes to the owner service, which writes to any audience; a service that was asked answers its like.

    Neither a lecteur nor an aidant writes. On a dossier of DS, services write to each other here, to the association there.
    """
    if acteur.est_usager:
        return _association_writes(acteur, dossier, audience)
    if acteur.role not in ROLES_ACTIFS:
        return Verdict(ok=False, raison="Votre rôle dans le service permet de lire les messages, pas d’en envoyer.")
    if audience == AudienceMessage.PARTAGE:
        return _shares(dossier)
    if acteur.service_id != dossier.service_id and audience != AudienceMessage.SERVICES_SAISIS:
        return SAISI
    return _reaches(dossier) if audience == AudienceMessage.ASSOCIATION else OUI


def _reaches(dossier: Dossier) -> Verdict:
    """The association reads here what is written about a request of this portal."""
    if dossier.source != Source.PORTAIL:
        return Verdict(ok=False, raison=AILLEURS)
    return OUI if dossier.association_id is not None else Verdict(ok=False, raison=PERSONNE)


def _shares(dossier: Dossier) -> Verdict:
    """What every service reads stands on the sheet of the association; a confidential démarche shares nothing."""
    if dossier.association_id is None:
        return Verdict(ok=False, raison=SANS_FICHE)
    return Verdict(ok=False, raison=CONFIDENTIELLE) if dossier.demarche.confidentielle else OUI


def _association_writes(acteur: Acteur, dossier: Dossier, audience: AudienceMessage) -> Verdict:
    if dossier.source != Source.PORTAIL:
        return Verdict(ok=False, raison=AILLEURS)
    mandat = acteur.mandat(dossier.association_id or 0)
    muet = mandat is None or mandat.role in (RoleMandat.LECTEUR, RoleMandat.AIDANT)
    if muet or audience != AudienceMessage.ASSOCIATION:
        return Verdict(ok=False, raison="Votre rôle dans cette association ne permet pas d’écrire au service.")
    return OUI
