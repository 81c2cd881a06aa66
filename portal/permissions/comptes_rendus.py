"""Who fills in and files a compte rendu financier."""

from portal.models.comptes_rendus import CompteRendu
from portal.permissions import OUI, Acteur, Verdict, can_sign
from portal.vocabulaire import RoleMandat


def can_fill(acteur: Acteur, compte_rendu: CompteRendu) -> Verdict:
    """Whoever prepares requests as one of the association's people, until it is filed; not an aidant, who sees no dossier."""
    if compte_rendu.depose_at is not None:
        return Verdict(ok=False, raison="Ce compte rendu est déposé\u00a0: il ne peut plus être modifié.")
    association_id = compte_rendu.dossier.association_id
    mandat = acteur.mandat(association_id) if association_id else None
    if mandat is None or mandat.role in (RoleMandat.LECTEUR, RoleMandat.AIDANT):
        return Verdict(ok=False, raison="Votre rôle dans cette association ne permet pas de remplir ce compte rendu.")
    return OUI


def can_file(acteur: Acteur, compte_rendu: CompteRendu) -> Verdict:
    """Only a signataire certifies it."""
    verdict = can_fill(acteur, compte_rendu)
    if not verdict:
        return verdict
    return can_sign(acteur, compte_rendu.dossier.association_id or 0)
