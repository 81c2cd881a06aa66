"""Imports of avis: each line is given as the avis of the importing service, as it would be on the page of the dossier."""

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Invalid, NotFound
from portal.models.avis import Avis, DemandeAvis, Saisine
from portal.models.dossiers import Dossier
from portal.models.imports import LigneImport, LotImport
from portal.permissions import Acteur
from portal.queries import dossiers
from portal.queries.identifiants import association_of
from portal.services import avis
from portal.vocabulaire import Audience, SensAvis

INCONNU = "Aucun dossier lisible par votre service ne porte cette référence\u00a0: rien n’est écrit."
SANS_OBJET = "La ligne ne dit pas quel dossier elle concerne\u00a0: ajoutez sa référence."
PLUSIEURS = "Plusieurs dossiers de cette association attendent votre avis\u00a0: ajoutez la référence de celui-ci."
AUCUN = "Aucun dossier de cette association n’attend l’avis de votre service\u00a0: rien n’est écrit."
DEJA = "Votre service a déjà donné son avis sur ce dossier\u00a0: modifiez-le depuis le dossier."
DONNE = "un avis donné ne se retire pas\u00a0: modifiez-le depuis le dossier, ses versions sont gardées."


def key(valeurs: Mapping[str, str]) -> str:
    """The dossier that the line is about."""
    return valeurs.get("reference", "")


def apply(session: Session, *, by: Acteur, lot: LotImport, ligne: LigneImport) -> None:
    """Give the avis, where one is asked of the service and none was given. Raises Forbidden, Invalid, Conflict."""
    valeurs = ligne.valeurs
    if "sens" not in valeurs:
        raise Invalid("sens", "Le sens de cet avis n’a pas été lu\u00a0: rien n’est écrit.")
    dossier = _object(session, by, lot, valeurs)
    deja = select(Avis.id).where(Avis.dossier_id == dossier.id, Avis.service_id == lot.service_id)
    if session.scalars(deja).first() is not None:
        raise Conflict(DEJA)
    montant = valeurs.get("montant_propose")
    donne = avis.give(
        session,
        by=by,
        objet=dossier,
        sens=SensAvis(valeurs["sens"]),
        montant_propose=Decimal(montant) if montant else None,
        texte=valeurs.get("texte", ""),
        audience=Audience.SERVICES_SAISIS,
    )
    ligne.objet, ligne.avant = f"avis:{donne.id}", {"cree": True}


def _object(session: Session, by: Acteur, lot: LotImport, valeurs: Mapping[str, str]) -> Dossier:
    """The dossier of the line: by its reference, else the only one of that association that waits for the service's avis."""
    reference = valeurs.get("reference")
    if reference:
        try:
            return dossiers.get(session, by, reference)
        except NotFound as absence:
            raise Invalid("reference", INCONNU) from absence
    association_id = association_of(session, valeurs)
    if association_id is None:
        raise Invalid("reference", SANS_OBJET)
    attendus = session.scalars(
        select(Dossier.reference)
        .join(DemandeAvis, DemandeAvis.dossier_id == Dossier.id)
        .join(Saisine, Saisine.id == DemandeAvis.saisine_id)
        .where(Dossier.association_id == association_id, DemandeAvis.service_id == lot.service_id)
        .where(DemandeAvis.repondue_at.is_(None), DemandeAvis.close_at.is_(None))
        .distinct()
        .limit(2)
    ).all()
    if len(attendus) != 1:
        raise Invalid("reference", PLUSIEURS if attendus else AUCUN)
    return dossiers.get(session, by, attendus[0])


def undo(session: Session, *, by: Acteur, lot: LotImport, ligne: LigneImport) -> None:
    """Never: an avis that was given is known of those who asked. Raises Conflict."""
    del session, by, lot, ligne
    raise Conflict(DONNE)
