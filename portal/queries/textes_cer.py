"""The versions of the CER's text, for those who set the portal up."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import NotFound
from portal.models.connexion import User
from portal.models.engagements import TexteCer


@dataclass(frozen=True, slots=True)
class VersionCer:
    """A version, and who has compared it with Légifrance: None for whoever runs the portal from its machine."""

    texte: TexteCer
    verifie_par: str | None
    en_vigueur: bool


def list_versions(session: Session) -> list[VersionCer]:
    """Every version published, the one in force first."""
    lignes = session.execute(
        select(TexteCer, User)
        .outerjoin(User, User.id == TexteCer.verifie_par_id)
        .order_by(TexteCer.published_at.desc(), TexteCer.id.desc())
    )
    return [
        VersionCer(texte, user.nom_affiche if user else None, en_vigueur=rang == 0)
        for rang, (texte, user) in enumerate(lignes)
    ]


def get_version(session: Session, version: str) -> VersionCer:
    """One of them. Raises NotFound."""
    trouvee = next((une for une in list_versions(session) if une.texte.version == version), None)
    if trouvee is None:
        raise NotFound
    return trouvee
