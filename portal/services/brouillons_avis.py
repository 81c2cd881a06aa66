"""Keeps what one person types of an avis before giving it: nobody else reads it, and it is dropped when the avis is given."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.errors import Forbidden
from portal.formats import maintenant
from portal.models.associations import Association
from portal.models.avis import BrouillonAvis
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier
from portal.permissions import Acteur
from portal.queries.avis import list_demandes, may_give
from portal.queries.brouillons_avis import key_of, own

Objet = Dossier | Association
# Where the draft says which page wrote it last: that page never conflicts with itself.
PAGE = "page"
AILLEURS = (
    "Vous écrivez aussi cet avis dans un autre onglet ou sur un autre appareil\u00a0: rien n’est remplacé. Rechargez "
    "la page pour voir ce qui y est écrit, ou enregistrez l’avis ici pour garder cette page."
)


def save(
    session: Session, *, by: Acteur, objet: Objet, champs: Mapping[str, Any], version: int, page: str
) -> int | None:
    """Keep what is typed so far; returns the new version, None when another page has written meanwhile: nothing is replaced.

    `version`: the one that the page knows, 0 when there was none. `page`: « page.sending », of the page that writes. Raises
    Forbidden.
    """
    require(session, by, objet)
    connu = _locked(session, by, objet)
    if connu is None:
        return _create(session, by, objet, {**champs, PAGE: page})
    if connu.version != version and not _same_page(connu.champs.get(PAGE, ""), page):
        return None
    connu.champs, connu.version, connu.updated_at = {**champs, PAGE: page}, connu.version + 1, maintenant()
    session.flush()
    return connu.version


def join_file(
    session: Session, *, by: Acteur, objet: Objet, champs: Mapping[str, Any], fichier: Fichier, nom: str
) -> BrouillonAvis:
    """Keep a file that was just sent, with all that was typed beside it: a page refused for another reason loses neither."""
    require(session, by, objet)
    if _locked(session, by, objet) is None:
        _create(session, by, objet, dict(champs))
    connu = session.scalars(own(by, objet).with_for_update()).one()
    connu.champs, connu.fichier_id, connu.fichier_nom = dict(champs), fichier.id, nom
    connu.version, connu.updated_at = connu.version + 1, maintenant()
    session.flush()
    return connu


def drop(session: Session, *, by: Acteur, objet: Objet) -> None:
    """Forget it: the avis is given, or the person begins again."""
    par, sur = key_of(by, objet)
    session.execute(delete(BrouillonAvis).filter_by(**par, **sur))


def require(session: Session, by: Acteur, objet: Objet) -> None:
    """Raise Forbidden when the actor may not give an avis on that object."""
    verdict = may_give(session, by, objet, list_demandes(session, objet))
    if not verdict:
        raise Forbidden(verdict.raison)


def _locked(session: Session, by: Acteur, objet: Objet) -> BrouillonAvis | None:
    return session.scalars(own(by, objet).with_for_update().execution_options(populate_existing=True)).first()


def _create(session: Session, by: Acteur, objet: Objet, champs: Mapping[str, Any]) -> int | None:
    """Two pages that begin at once make one: the second is told by None."""
    par, sur = key_of(by, objet)
    nouveau = insert(BrouillonAvis).values(**par, **sur, champs=dict(champs), version=1).on_conflict_do_nothing()
    return 1 if session.scalar(nouveau.returning(BrouillonAvis.id)) is not None else None


def _same_page(gardee: str, page: str) -> bool:
    """A later sending of the very page that wrote last, whose answer was lost."""
    nom, _, envoi = gardee.partition(".")
    le_sien, _, le_nouveau = page.partition(".")
    return bool(nom) and nom == le_sien and _number(le_nouveau) > _number(envoi)


def _number(texte: str) -> int:
    return int(texte) if texte.isascii() and texte.isdigit() and len(texte) < 10 else 0
