"""Keeps views of the queue under a name, for oneself or for the whole service."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.errors import Forbidden, Invalid
from portal.formats import ESPACE_INSECABLE
from portal.models.file_agents import VueEnregistree
from portal.permissions import Acteur
from portal.permissions.vues import can_change, can_keep
from portal.queries.vues import MAXIMUM
from portal.services import journal


def save(
    session: Session, *, by: Acteur, nom: str, arguments: Mapping[str, str], partagee: bool = False
) -> VueEnregistree:
    """Keep a view. `arguments`: those of its address. Raises Forbidden, Invalid("nom"): name taken, list full."""
    verdict = can_keep(by, partagee=partagee)
    if not verdict or by.user_id is None:
        raise Forbidden(verdict.raison)
    proprietaire = None if partagee else by.user_id
    siennes = select(func.count()).where(
        VueEnregistree.service_id == by.service_id, VueEnregistree.user_id.is_not_distinct_from(proprietaire)
    )
    if (session.scalar(siennes) or 0) >= MAXIMUM:
        raise Invalid("nom", f"Il y a déjà {MAXIMUM} vues ici{ESPACE_INSECABLE}: supprimez-en une d’abord.")
    neuve = insert(VueEnregistree).values(
        service_id=by.service_id, user_id=proprietaire, nom=nom, arguments=dict(arguments), par_id=by.user_id
    )
    vue = session.scalars(neuve.on_conflict_do_nothing().returning(VueEnregistree)).first()
    if vue is None:
        raise Invalid("nom", _pris(nom))
    _note(session, by, vue, "vue_enregistree")
    return vue


def rename(session: Session, *, by: Acteur, vue: VueEnregistree, nom: str) -> VueEnregistree:
    """Another name. Raises Forbidden, Invalid("nom") when the name is taken."""
    _check(by, vue)
    meme = select(VueEnregistree.id).where(
        VueEnregistree.service_id == vue.service_id,
        VueEnregistree.user_id.is_not_distinct_from(vue.user_id),
        VueEnregistree.nom == nom,
        VueEnregistree.id != vue.id,
    )
    if session.scalar(meme) is not None:
        raise Invalid("nom", _pris(nom))
    if vue.nom != nom:
        vue.nom = nom
        _note(session, by, vue, "vue_renommee")
    return vue


def delete(session: Session, *, by: Acteur, vue: VueEnregistree) -> None:
    """Forget it; the dossiers that it showed do not change. Raises Forbidden."""
    _check(by, vue)
    _note(session, by, vue, "vue_supprimee")
    session.delete(vue)
    session.flush()


def _check(by: Acteur, vue: VueEnregistree) -> None:
    verdict = can_change(by, vue)
    if not verdict:
        raise Forbidden(verdict.raison)


def _pris(nom: str) -> str:
    return (
        f"Une vue s’appelle déjà «{ESPACE_INSECABLE}{nom}{ESPACE_INSECABLE}»{ESPACE_INSECABLE}: "
        "donnez un autre nom à celle-ci."
    )


def _note(session: Session, by: Acteur, vue: VueEnregistree, action: str) -> None:
    valeurs = {"nom": vue.nom, "arguments": vue.arguments, "partagee": vue.user_id is None}
    journal.record(session, by=by, action=action, objet=f"vue:{vue.id}", valeurs=valeurs)
