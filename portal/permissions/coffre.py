"""Who may put documents in the vault of an association, change its IBAN, and confirm that change."""

from portal.models.pieces import PieceCoffre
from portal.permissions import OUI, Acteur, Verdict
from portal.vocabulaire import RoleMandat
from portal.vocabulaire_demandes import GenrePiece

LECTURE_SEULE = "Votre rôle dans cette association permet de lire ses documents, pas d’en ajouter ni d’en retirer."
AIDANT_SANS_RIB = (
    "Un aidant ne change jamais le compte bancaire d’une association\u00a0: une personne de l’association doit déposer "
    "le RIB elle-même."
)


def can_keep(acteur: Acteur, association_id: int, genre: GenrePiece) -> Verdict:
    """Whoever prepares or signs, its link proved or not; an aidant too, but for the RIB."""
    mandat = acteur.mandat(association_id)
    if mandat is None or mandat.role == RoleMandat.LECTEUR:
        return Verdict(ok=False, raison=LECTURE_SEULE)
    if mandat.est_aidant and genre == GenrePiece.RIB:
        return Verdict(ok=False, raison=AIDANT_SANS_RIB)
    return OUI


def can_take_out(acteur: Acteur, piece: PieceCoffre) -> Verdict:
    """The same persons; while the link is declared, and for an aidant, only what they put there themselves."""
    verdict = can_keep(acteur, piece.association_id, piece.genre)
    if verdict and piece.association_id not in acteur.associations_prouvees and piece.deposee_par_id != acteur.user_id:
        return Verdict(ok=False, raison="Ce document a été déposé par une autre personne de l’association.")
    return verdict


def can_confirm(acteur: Acteur, piece: PieceCoffre) -> Verdict:
    """A changed IBAN is confirmed by a second member: link proved, who prepares or signs, and did not put the RIB there."""
    mandat = acteur.mandat(piece.association_id)
    if mandat is None or piece.association_id not in acteur.associations_prouvees or mandat.role == RoleMandat.LECTEUR:
        return Verdict(
            ok=False, raison="Seule une personne de l’association dont le lien est vérifié confirme un IBAN."
        )
    if piece.deposee_par_id == acteur.user_id:
        return Verdict(
            ok=False,
            raison="Vous avez déposé ce RIB\u00a0: une autre personne de l’association doit confirmer l’IBAN.",
        )
    return OUI
