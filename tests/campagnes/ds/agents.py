"""Agents at work during the campaign: each act is intended once, and must reach DS exactly once."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.db import Fabrique
from portal.errors import PortalError
from portal.formats import maintenant
from portal.models.connexion import User
from portal.models.demarches import GroupeInstructeur
from portal.models.dossiers import Dossier, DossierDS
from portal.models.envois import EN_ATTENTE, OperationDS
from portal.models.fichiers_ds import FichierDS
from portal.models.synchronisation import RelectureDS
from portal.permissions import Acteur
from portal.services import actes_ds, operations_ds
from portal.vocabulaire import Etat, EtatEnvoi
from tests.factories import Fabriques

Geste = Callable[[Session, Acteur, Dossier, Random], OperationDS | None]


@dataclass
class Agents:
    """Agents of every group, and what they have asked: the operations whose dossier is `reserve` meet nobody else's act."""

    fabrique: Fabrique
    comptes: dict[str, int]
    tirage: Random
    reserve: frozenset[int]
    demandes: Counter[str] = field(default_factory=Counter)

    def count_known(self) -> int:
        """How many dossiers of DS the base holds."""
        with self.fabrique() as session:
            return session.scalar(select(func.count()).select_from(DossierDS)) or 0

    def agir(self) -> str:
        """One act on a dossier that the base knows; its name, "" when the portal refused it in words."""
        geste = self.tirage.choice(tuple(GESTES))
        with self.fabrique() as session:
            trouve = self._choisir(session)
            if trouve is None:
                return ""
            try:
                operation = GESTES[geste](session, trouve[1], trouve[0], self.tirage)
                session.commit()
            except (PortalError, OperationalError):
                # a refusal in words (its état moved, another act waits, its row is held for too long): nothing was intended
                return ""
        if operation is None:
            return ""
        self.demandes[operation.mutation] += 1
        return geste

    def reessayer(self) -> int:
        """Press « Réessayer » on each refused act, as an agent does when it may pass now. Returns how many."""
        with self.fabrique() as session:
            refusees = session.scalars(
                select(OperationDS)
                .join(DossierDS, DossierDS.dossier_id == OperationDS.dossier_id)
                .where(OperationDS.etat == EtatEnvoi.REFUSE, DossierDS.number.in_(self.reserve))
            ).all()
            for operation in refusees:
                by = self._acteur(session, operation.demande_par_id)
                operations_ds.retry(session, by=by, operation_id=operation.id)
            session.commit()
        return len(refusees)

    def faire_passer_les_delais(self) -> None:
        """Nobody waits minutes here: what waits to be sent or read again is due at once. The leases of what is in flight stay."""
        with self.fabrique.begin() as session:
            attendues = update(OperationDS).where(OperationDS.etat == EtatEnvoi.A_ENVOYER)
            for delai in (attendues, update(RelectureDS)):
                session.execute(delai.values(prochain_essai=maintenant()))

    def lever_les_baux(self) -> None:
        """What dead workers held is nobody's, as it would be once their leases have ended. For when none lives."""
        with self.fabrique.begin() as session:
            laissees = update(OperationDS).where(OperationDS.etat.in_(EN_ATTENTE))
            session.execute(laissees.values(prochain_essai=maintenant()))
            session.execute(update(FichierDS).values(pris_at=None))

    def _choisir(self, session: Session) -> tuple[Dossier, Acteur] | None:
        lignes = session.execute(
            select(DossierDS.dossier_id, GroupeInstructeur.instructeurs)
            .join(GroupeInstructeur, GroupeInstructeur.id == DossierDS.groupe_id)
            .order_by(DossierDS.number)
        ).all()
        if not lignes:
            return None
        dossier_id, membres = self.tirage.choice(lignes)
        emails = [un["email"] for un in membres if un["email"] in self.comptes]
        if not emails:
            return None
        return session.get_one(Dossier, dossier_id), self._acteur(session, self.comptes[self.tirage.choice(emails)])

    def _acteur(self, session: Session, user_id: int) -> Acteur:
        return Fabriques(session).acteur(session.get_one(User, user_id))


def _message(session: Session, by: Acteur, dossier: Dossier, tirage: Random) -> OperationDS | None:
    texte = f"Merci de compléter votre dossier ({tirage.randrange(10**9)})."
    return actes_ds.send_message(session, by=by, dossier=dossier, texte=texte)


def _annoter(session: Session, by: Acteur, dossier: Dossier, tirage: Random) -> OperationDS | None:
    annotations: list[dict[str, Any]] = _raw(session, dossier).get("annotations", [])
    textes = [une["id"] for une in annotations if une["__typename"] == "TextChamp"]
    if not textes:
        return None
    valeurs = {textes[0]: f"Vu par le service ({tirage.randrange(10**9)})."}
    return actes_ds.edit_annotations(session, by=by, dossier=dossier, valeurs=valeurs)


def _etiqueter(session: Session, by: Acteur, dossier: Dossier, tirage: Random) -> OperationDS | None:
    if not dossier.demarche.etiquettes:
        return None
    label = tirage.choice(dossier.demarche.etiquettes)["id"]
    return actes_ds.add_label(session, by=by, dossier=dossier, label_id=label)


def _avancer(session: Session, by: Acteur, dossier: Dossier, tirage: Random) -> OperationDS | None:
    suites = {
        Etat.EN_CONSTRUCTION: ("passer_en_instruction", {}),
        Etat.EN_INSTRUCTION: ("accepter", {"motivation": f"Projet retenu ({tirage.randrange(10**9)})."}),
    }
    if dossier.etat not in suites:
        return None
    mutation, arguments = suites[dossier.etat]
    return operations_ds.queue(session, by=by, dossier=dossier, mutation=mutation, arguments=arguments)


def _suivre(session: Session, by: Acteur, dossier: Dossier, tirage: Random) -> OperationDS | None:
    return actes_ds.follow(session, by=by, dossier=dossier)


def _raw(session: Session, dossier: Dossier) -> dict[str, Any]:
    return session.scalars(select(DossierDS.raw).where(DossierDS.dossier_id == dossier.id)).one()


GESTES: dict[str, Geste] = {
    "message": _message,
    "annotation": _annoter,
    "etiquette": _etiqueter,
    "transition": _avancer,
    "suivi": _suivre,
}
