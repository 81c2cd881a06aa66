"""A person of the service says which grants a payment pays."""

from sqlalchemy.orm import Session

from portal.errors import Forbidden, Invalid, NotFound
from portal.models.versements import Versement, VersementDossier
from portal.permissions import Acteur, may_instruct
from portal.queries import dossiers
from portal.services import journal
from portal.services.imports_versements import CERTAINE
from portal.vocabulaire_imports import MethodeRapprochement

ABSENT = "Aucun dossier de votre service ne porte cette référence\u00a0: rien n’est changé."


def tie(session: Session, *, by: Acteur, versement: Versement, reference: str) -> None:
    """Say that a payment pays that dossier of the service; said twice, said once. Raises Forbidden, Invalid."""
    _require(by, versement)
    try:
        dossier = dossiers.get(session, by, reference.strip())
    except NotFound as absence:
        raise Invalid("reference", ABSENT) from absence
    if dossier.service_id != by.service_id:
        raise Invalid("reference", ABSENT)
    lien = session.get(VersementDossier, (versement.id, dossier.id))
    if lien is None:
        lien = VersementDossier(versement_id=versement.id, dossier_id=dossier.id)
        session.add(lien)
    lien.methode, lien.confiance = MethodeRapprochement.MANUEL, CERTAINE
    _record(session, by, versement, "versement_rattache", dossier.id)


def untie(session: Session, *, by: Acteur, versement: Versement, dossier_id: int) -> None:
    """Say that a payment does not pay that dossier. Raises Forbidden, NotFound when it was not tied."""
    _require(by, versement)
    lien = session.get(VersementDossier, (versement.id, dossier_id))
    if lien is None:
        raise NotFound
    session.delete(lien)
    _record(session, by, versement, "versement_detache", dossier_id)


def _require(by: Acteur, versement: Versement) -> None:
    if not may_instruct(by) or versement.service_id != by.service_id:
        raise Forbidden("Seul le service qui a importé ce versement dit quels dossiers il paie.")


def _record(session: Session, by: Acteur, versement: Versement, action: str, dossier_id: int) -> None:
    session.flush()
    valeurs = {"versement": versement.id, "montant": str(versement.montant)}
    journal.record(session, by=by, action=action, objet=f"dossier:{dossier_id}", valeurs=valeurs)
