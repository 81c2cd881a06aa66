"""Keeps columns under a name for the exports of a whole service."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.errors import Forbidden, Invalid
from portal.formats import ESPACE_INSECABLE
from portal.models.feuilles_travail import ModeleExport
from portal.permissions import Acteur, may_instruct
from portal.queries.modeles_exports import MAXIMUM
from portal.services import journal
from portal.vocabulaire_file import ColonneFile


def save(session: Session, *, by: Acteur, nom: str, colonnes: Sequence[ColonneFile]) -> ModeleExport:
    """Keep them. Raises Forbidden, Invalid("nom"): name taken, list full."""
    _check(by)
    siens = select(func.count()).where(ModeleExport.service_id == by.service_id)
    if (session.scalar(siens) or 0) >= MAXIMUM:
        raise Invalid("nom", f"Votre service a déjà {MAXIMUM} modèles{ESPACE_INSECABLE}: supprimez-en un d’abord.")
    neuf = insert(ModeleExport).values(
        service_id=by.service_id, nom=nom, colonnes=[colonne.value for colonne in colonnes], par_id=by.user_id
    )
    modele = session.scalars(neuf.on_conflict_do_nothing().returning(ModeleExport)).first()
    if modele is None:
        raise Invalid("nom", _pris(nom))
    _note(session, by, modele, "modele_export_enregistre")
    return modele


def change(
    session: Session, *, by: Acteur, modele: ModeleExport, nom: str, colonnes: Sequence[ColonneFile]
) -> ModeleExport:
    """Another name, other columns. Raises Forbidden, Invalid("nom") when the name is taken."""
    _check(by)
    meme = select(ModeleExport.id).where(
        ModeleExport.service_id == modele.service_id, ModeleExport.nom == nom, ModeleExport.id != modele.id
    )
    if session.scalar(meme) is not None:
        raise Invalid("nom", _pris(nom))
    modele.nom, modele.colonnes = nom, [colonne.value for colonne in colonnes]
    _note(session, by, modele, "modele_export_modifie")
    return modele


def delete(session: Session, *, by: Acteur, modele: ModeleExport) -> None:
    """Forget it; the exports already ordered keep its columns. Raises Forbidden."""
    _check(by)
    _note(session, by, modele, "modele_export_supprime")
    session.delete(modele)
    session.flush()


def _check(by: Acteur) -> None:
    verdict = may_instruct(by)
    if not verdict:
        raise Forbidden(verdict.raison)


def _pris(nom: str) -> str:
    return (
        f"Un modèle s’appelle déjà «{ESPACE_INSECABLE}{nom}{ESPACE_INSECABLE}»{ESPACE_INSECABLE}: "
        "donnez un autre nom à celui-ci."
    )


def _note(session: Session, by: Acteur, modele: ModeleExport, action: str) -> None:
    valeurs = {"nom": modele.nom, "colonnes": modele.colonnes}
    journal.record(session, by=by, action=action, objet=f"modele_export:{modele.id}", valeurs=valeurs)
