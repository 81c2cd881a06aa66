"""Words of a service to begin a motivation with, and what fills their merge fields."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import NotFound
from portal.formats import date_fr, montant_fr
from portal.forms.champs_fusion import remplir
from portal.models.decisions import ModeleMotivation
from portal.models.dossiers import Dossier
from portal.permissions import Acteur
from portal.vocabulaire import MotifDecision

MAXIMUM = 100


def list_du_service(session: Session, viewer: Acteur, motif: MotifDecision | None = None) -> Sequence[ModeleMotivation]:
    """Those in use in the viewer's service, those of that reason first; 100 at most."""
    choix = select(ModeleMotivation).where(
        ModeleMotivation.service_id == viewer.service_id, ModeleMotivation.retire_at.is_(None)
    )
    ordre = (ModeleMotivation.motif != motif.value, ModeleMotivation.titre) if motif else (ModeleMotivation.titre,)
    return session.scalars(choix.order_by(*ordre, ModeleMotivation.id).limit(MAXIMUM)).all()


def get(session: Session, viewer: Acteur, modele_id: int) -> ModeleMotivation:
    """One of the viewer's service that is in use. Raises NotFound."""
    modele = session.scalars(
        select(ModeleMotivation).where(
            ModeleMotivation.id == modele_id,
            ModeleMotivation.service_id == viewer.service_id,
            ModeleMotivation.retire_at.is_(None),
        )
    ).first()
    if modele is None:
        raise NotFound
    return modele


def texte_pour(modele: ModeleMotivation, dossier: Dossier) -> str:
    """Its words, with what that dossier says."""
    return remplir(modele.texte, valeurs(dossier))


def valeurs(dossier: Dossier) -> dict[str, str]:
    """What each merge field becomes on that dossier."""
    return {
        "association": dossier.demandeur_nom,
        "intitule": dossier.intitule,
        "reference": dossier.reference,
        "montant_demande": montant_fr(dossier.montant_demande),
        "exercice": str(dossier.exercice or "non renseigné"),
        "demarche": dossier.demarche.titre,
        "date_depot": date_fr(dossier.date_depot),
        "service": dossier.service.nom,
    }
