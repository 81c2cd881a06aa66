"""The association that numbers tell, never a name."""

from collections.abc import Mapping

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from portal.models.associations import Association, AssociationIdentifiant
from portal.vocabulaire import TypeIdentifiant


def association_of(session: Session, valeurs: Mapping[str, str]) -> int | None:
    """That of this SIRET or SIREN, RNA, RIDET or Tahiti number; the one that absorbed it. None: unknown, or they disagree."""
    siren = valeurs.get("siren") or valeurs.get("siret", "")[:9]
    dits = [
        (AssociationIdentifiant.type.in_(types), AssociationIdentifiant.valeur == valeur)
        for types, valeur in (
            ((TypeIdentifiant.SIREN,), siren),
            ((TypeIdentifiant.RNA,), valeurs.get("rna", "")),
            ((TypeIdentifiant.RIDET, TypeIdentifiant.TAHITI), valeurs.get("ridet", "")),
        )
        if valeur
    ]
    if not dits:
        return None
    trouvees = session.scalars(
        select(func.coalesce(Association.absorbee_par_id, Association.id))
        .join(AssociationIdentifiant, AssociationIdentifiant.association_id == Association.id)
        .where(or_(*(type_ & valeur for type_, valeur in dits)))
        .distinct()
        .limit(2)
    ).all()
    return trouvees[0] if len(trouvees) == 1 else None
