"""Labels of a service: made, renamed, retired, put on dossiers and taken off."""

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.errors import Forbidden, Invalid, NotFound
from portal.formats import ESPACE_INSECABLE, maintenant
from portal.models.dossiers import Dossier
from portal.models.file_agents import Etiquette, EtiquetteDossier
from portal.permissions import Acteur, may_instruct
from portal.permissions.attributions import can_label
from portal.services import journal

LONGUEUR = 40
MAXIMUM = 60


def create(session: Session, *, by: Acteur, nom: str) -> Etiquette:
    """A label of the actor's service; one of that name that was retired comes back. Raises Forbidden, Invalid("nom")."""
    verdict = may_instruct(by)
    if not verdict or by.service_id is None:
        raise Forbidden(verdict.raison)
    nom = _propre(nom)
    siennes = list(session.scalars(select(Etiquette).where(Etiquette.service_id == by.service_id).with_for_update()))
    meme = _homonyme(siennes, nom)
    if meme is not None and meme.retiree_at is None:
        raise Invalid("nom", _deja(meme.nom))
    if sum(1 for une in siennes if une.retiree_at is None) >= MAXIMUM:
        raise Invalid("nom", f"Votre service a déjà {MAXIMUM} étiquettes{ESPACE_INSECABLE}: retirez-en une d’abord.")
    etiquette = meme or Etiquette(service_id=by.service_id, nom=nom)
    etiquette.nom, etiquette.retiree_at = nom, None
    session.add(etiquette)
    session.flush()
    _note(session, by, etiquette, "etiquette_creee")
    return etiquette


def rename(session: Session, *, by: Acteur, etiquette: Etiquette, nom: str) -> Etiquette:
    """Another name, wherever it stands. Raises Forbidden, Invalid("nom")."""
    _check(by, etiquette)
    nom = _propre(nom)
    siennes = session.scalars(
        select(Etiquette)
        .where(Etiquette.service_id == etiquette.service_id, Etiquette.id != etiquette.id)
        .with_for_update()
    )
    meme = _homonyme(list(siennes), nom)
    if meme is not None:
        raise Invalid("nom", _deja(meme.nom))
    if etiquette.nom != nom:
        etiquette.nom = nom
        _note(session, by, etiquette, "etiquette_renommee")
    return etiquette


def retire(session: Session, *, by: Acteur, etiquette: Etiquette) -> Etiquette:
    """Offer it no longer; it is still read where it stands. Retired already, nothing changes. Raises Forbidden."""
    _check(by, etiquette)
    if etiquette.retiree_at is None:
        etiquette.retiree_at = maintenant()
        _note(session, by, etiquette, "etiquette_retiree")
    return etiquette


def put(session: Session, *, by: Acteur, dossier: Dossier, etiquette_id: int) -> bool:
    """Put a label of the actor's service on a dossier that she reads. False when it was there already.

    Raises NotFound for another service's, Forbidden, Invalid("etiquette") for a retired one.
    """
    etiquette = _sienne(session, by, etiquette_id)
    if etiquette.retiree_at is not None:
        raise Invalid(
            "etiquette", f"L’étiquette «{ESPACE_INSECABLE}{etiquette.nom}{ESPACE_INSECABLE}» ne se pose plus."
        )
    nouvelle = insert(EtiquetteDossier).values(dossier_id=dossier.id, etiquette_id=etiquette.id, par_id=by.user_id)
    posee = session.scalar(nouvelle.on_conflict_do_nothing().returning(EtiquetteDossier.etiquette_id))
    if posee is not None:
        _note_on(session, by, dossier, etiquette, "etiquette_posee")
    return posee is not None


def remove(session: Session, *, by: Acteur, dossier: Dossier, etiquette_id: int) -> bool:
    """Take it off. False when it was not there. Raises NotFound, Forbidden."""
    etiquette = _sienne(session, by, etiquette_id)
    otee = session.scalar(
        delete(EtiquetteDossier)
        .where(EtiquetteDossier.dossier_id == dossier.id, EtiquetteDossier.etiquette_id == etiquette.id)
        .returning(EtiquetteDossier.etiquette_id)
    )
    if otee is not None:
        _note_on(session, by, dossier, etiquette, "etiquette_otee")
    return otee is not None


def _sienne(session: Session, by: Acteur, etiquette_id: int) -> Etiquette:
    etiquette = session.get(Etiquette, etiquette_id)
    if etiquette is None or etiquette.service_id != by.service_id:
        raise NotFound
    _check(by, etiquette)
    return etiquette


def _check(by: Acteur, etiquette: Etiquette) -> None:
    verdict = can_label(by, etiquette.service_id)
    if not verdict:
        raise Forbidden(verdict.raison)


def _propre(nom: str) -> str:
    """The name without useless spaces. Raises Invalid when it is empty or too long."""
    propre = " ".join(nom.split())
    if not propre:
        raise Invalid("nom", "Écrivez le nom de l’étiquette.")
    if len(propre) > LONGUEUR:
        raise Invalid(
            "nom", f"Ce nom a {len(propre)} caractères{ESPACE_INSECABLE}: une étiquette en a {LONGUEUR} au plus."
        )
    return propre


def _homonyme(etiquettes: list[Etiquette], nom: str) -> Etiquette | None:
    return next((une for une in etiquettes if une.nom.casefold() == nom.casefold()), None)


def _deja(nom: str) -> str:
    return f"Votre service a déjà une étiquette «{ESPACE_INSECABLE}{nom}{ESPACE_INSECABLE}»."


def _note(session: Session, by: Acteur, etiquette: Etiquette, action: str) -> None:
    valeurs = {"etiquette": etiquette.id, "nom": etiquette.nom}
    journal.record(session, by=by, action=action, objet=f"service:{etiquette.service_id}", valeurs=valeurs)


def _note_on(session: Session, by: Acteur, dossier: Dossier, etiquette: Etiquette, action: str) -> None:
    valeurs = {"etiquette": etiquette.id, "nom": etiquette.nom}
    journal.record(session, by=by, action=action, objet=f"dossier:{dossier.id}", valeurs=valeurs)
