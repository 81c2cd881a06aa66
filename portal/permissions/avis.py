"""Who gives an avis and who reads it (model.md §3): audience, and what is sealed among those asked together."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

from portal.formats import aujourdhui
from portal.models.associations import Association
from portal.models.avis import Avis, DemandeAvis, RevisionAvis
from portal.models.dossiers import Dossier
from portal.permissions import OUI, ROLES_ACTIFS, Acteur, Verdict
from portal.vocabulaire import Audience
from portal.vocabulaire_avis import narrowest

LECTEUR = Verdict(ok=False, raison="Votre rôle dans le service permet de lire les dossiers, pas de donner un avis.")
PAS_SAISI = Verdict(ok=False, raison="Votre service n’a pas été saisi pour avis sur ce dossier.")
PAS_SAISI_ASSOCIATION = Verdict(
    ok=False, raison="Votre service n’a pas de dossier de cette association, et aucun avis ne lui est demandé sur elle."
)
PAS_DEMANDE = Verdict(ok=False, raison="Aucun avis ne vous est demandé, ou la demande a été retirée.")
RECUSE = Verdict(
    ok=False, raison="Vous avez déclaré un conflit d’intérêts\u00a0: un autre agent de votre service donne cet avis."
)
RECUSE_SCELLE = Verdict(
    ok=False, raison="Vous avez déclaré un conflit d’intérêts\u00a0: un autre agent de votre service lève ce scellé."
)
RESERVE = Verdict(ok=False, raison="Cet avis est réservé au service qui l’a donné et à celui qui l’a demandé.")
SCELLE = Verdict(
    ok=False,
    raison="Cet avis est sous scellé\u00a0: il sera lu quand tous ceux qui ont été saisis ensemble auront répondu.",
)
AU_DELA = frozenset({Audience.SERVICES_SAISIS, Audience.PARTAGE})


class Demandee(Protocol):
    """What is read of an avis that was asked, and not closed: of which service."""

    @property
    def service_id(self) -> int | None: ...


def is_recused(acteur: Acteur, objet: Dossier | Association) -> bool:
    """A conflict of interest closes that object to this agent."""
    return objet.id in (acteur.recuses if isinstance(objet, Dossier) else acteur.associations_recusees)


def is_recused_from(acteur: Acteur, demande: DemandeAvis) -> bool:
    """The same of what that demande is about."""
    return demande.dossier_id in acteur.recuses or demande.association_id in acteur.associations_recusees


def can_give_avis(acteur: Acteur, objet: Dossier | Association, demandes: Iterable[Demandee]) -> Verdict:
    """An avis is given by who was asked, and on a dossier by its owner service; never by a lecteur.

    `demandes`: about that object; those that were closed without an answer open nothing.
    """
    if is_recused(acteur, objet):
        return RECUSE
    ouvertes = [une for une in demandes if not (isinstance(une, DemandeAvis) and une.close_at is not None)]
    if acteur.est_expert:
        siennes = (une for une in ouvertes if isinstance(une, DemandeAvis) and une.expert_id == acteur.expert_id)
        return OUI if any(siennes) else PAS_DEMANDE
    if acteur.role not in ROLES_ACTIFS:
        return LECTEUR
    saisis = {une.service_id for une in ouvertes}
    if isinstance(objet, Dossier):
        saisis.add(objet.service_id)
    return OUI if acteur.service_id in saisis else PAS_SAISI


def can_give_on_association(acteur: Acteur, *, connue: bool) -> Verdict:
    """Unasked, on the association itself: by a service that has a dossier of it (`connue`), never by a lecteur."""
    if acteur.role not in ROLES_ACTIFS:
        return LECTEUR
    return OUI if connue else PAS_SAISI_ASSOCIATION


def asks(acteur: Acteur, demande: DemandeAvis) -> bool:
    """That demande is put to the actor's service, or to the actor itself when it is an expert."""
    if acteur.expert_id is not None:
        return demande.expert_id == acteur.expert_id
    return acteur.service_id is not None and demande.service_id == acteur.service_id


def is_author(acteur: Acteur, avis: Avis) -> bool:
    """Of the actor's own service, or of the actor itself when it is an expert."""
    if acteur.expert_id is not None:
        return avis.expert_id == acteur.expert_id
    return acteur.service_id is not None and avis.service_id == acteur.service_id


def can_read_avis(
    acteur: Acteur,
    avis: Avis,
    demandes: Sequence[DemandeAvis],
    *,
    jour: date | None = None,
    revision: RevisionAvis | None = None,
) -> Verdict:
    """Its author, who asked for it, then those whom its audience names; a sealed one, once it is revealed to them.

    `demandes`: every demande d'avis about the same object. The caller has checked that the actor may read that object.
    `jour`: of Paris, today when None. `revision`: a former version of it, which keeps the audience that it was written for.
    """
    if is_author(acteur, avis):
        return OUI
    if acteur.est_expert or acteur.service_id is None:
        return RESERVE
    if not is_revealed(avis, demandes, service_id=acteur.service_id, jour=jour or aujourdhui()):
        return SCELLE
    if asked_by(acteur.service_id, avis, demandes) or _within(acteur.service_id, avis, demandes, revision):
        return OUI
    return RESERVE


def asked_by(service_id: int, avis: Avis, demandes: Sequence[DemandeAvis]) -> bool:
    """That service asked for that avis, which answers it."""
    return any(une.demandeur_service_id == service_id for une in answered(avis, demandes))


def _within(service_id: int, avis: Avis, demandes: Sequence[DemandeAvis], revision: RevisionAvis | None) -> bool:
    """Beyond who asked. Who may read a dossier owns it or was asked about it; anybody may open the page of an association."""
    etendue = audience(avis, demandes)
    if revision is not None:
        etendue = narrowest(etendue, revision.audience)
    if etendue == Audience.SERVICES_SAISIS and avis.association_id is not None:
        return any(une.service_id == service_id and une.close_at is None for une in demandes)
    return etendue in AU_DELA


def audience(avis: Avis, demandes: Sequence[DemandeAvis]) -> Audience:
    """The audience that its author chose, no wider than what each request that it answers allows."""
    etendue = avis.audience
    for une in answered(avis, demandes):
        etendue = narrowest(etendue, une.saisine.audience)
    return etendue


def is_revealed(avis: Avis, demandes: Sequence[DemandeAvis], *, service_id: int | None, jour: date) -> bool:
    """Whether that service (None: anybody at all), which is not its author's, may read its sens, amount, text and pieces.

    One that answers sealed requests is revealed to all once each of those asked together has answered or waived; to who
    asked, also when the deadline of those who have not is past, or when it broke the seal. Who asked the same in the open
    reads it, unless it is itself asked under the same seal.
    """
    reponses = answered(avis, demandes)
    a_decouvert = any(une.demandeur_service_id == service_id and not une.saisine.scelle for une in reponses)
    for une in reponses:
        ensemble = together(une, demandes)
        if not is_sealed(ensemble):
            continue
        if une.demandeur_service_id == service_id:
            if not opens_to_asker(ensemble, jour):
                return False
        elif not a_decouvert or service_id in {autre.service_id for autre in ensemble}:
            return False
    return True


def is_sealed(ensemble: Sequence[DemandeAvis]) -> bool:
    """Of those asked together: the answers are hidden among them, for one of them may still come."""
    return any(une.saisine.scelle for une in ensemble) and any(une.attendue for une in ensemble)


def opens_to_asker(ensemble: Sequence[DemandeAvis], jour: date) -> bool:
    """Of those asked together under a seal: who asked broke it, or the deadline of all those who have not answered is past."""
    if any(une.levee_at is not None for une in ensemble):
        return True
    return all(une.echeance is not None and une.echeance < jour for une in ensemble if une.attendue)


def opens_when_withdrawn(demande: DemandeAvis, ensemble: Sequence[DemandeAvis], *, jour: date | None = None) -> bool:
    """It is the last one awaited of a seal under which answers lie that its asker may not read yet."""
    if not is_sealed(ensemble) or opens_to_asker(ensemble, jour or aujourdhui()):
        return False
    return {une.id for une in ensemble if une.attendue} == {demande.id} and any(une.repondue_at for une in ensemble)


def together(demande: DemandeAvis, demandes: Sequence[DemandeAvis]) -> list[DemandeAvis]:
    """Those asked together with that one, itself among them."""
    return [une for une in demandes if une.ensemble() == demande.ensemble()]


def answered(avis: Avis, demandes: Sequence[DemandeAvis]) -> list[DemandeAvis]:
    """The requests that the avis answers; none when nobody asked for it."""
    return [
        une
        for une in demandes
        if une.repondue_at is not None
        and (avis.dossier_id, avis.association_id) == (une.dossier_id, une.association_id)
        and (avis.service_id, avis.expert_id) == (une.service_id, une.expert_id)
    ]


def can_break_seal(acteur: Acteur, ensemble: Sequence[DemandeAvis], *, jour: date | None = None) -> Verdict:
    """« Lever le scellé »: by an instructeur of the service that asked, when there is something that it may not read yet."""
    if acteur.role not in ROLES_ACTIFS or any(une.demandeur_service_id != acteur.service_id for une in ensemble):
        return Verdict(ok=False, raison="Seul un instructeur du service qui a demandé ces avis peut lever leur scellé.")
    if any(is_recused_from(acteur, une) for une in ensemble):
        return RECUSE_SCELLE
    if not is_sealed(ensemble) or opens_to_asker(ensemble, jour or aujourdhui()):
        return Verdict(ok=False, raison="Votre service lit déjà ces avis\u00a0: il n’y a pas de scellé à lever.")
    if not any(une.repondue_at is not None for une in ensemble):
        return Verdict(ok=False, raison="Aucun avis n’est encore rendu\u00a0: il n’y a rien à lire sous ce scellé.")
    return OUI


def can_be_told_to_ds(avis: Avis, demandes: Sequence[DemandeAvis]) -> Verdict:
    """An avis may be summed up in a private annotation, which every instructeur of the DS group reads.

    `demandes`: those of the same dossier. The one door through which an avis leaves: what is sealed stops here.
    """
    if not is_revealed(avis, demandes, service_id=None, jour=aujourdhui()):
        return SCELLE
    return OUI if audience(avis, demandes) in AU_DELA else RESERVE
