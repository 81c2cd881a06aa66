"""A template tried on a real dossier of its service, as a page."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.documents.gabarits_lettres import TexteLettre
from portal.documents.modeles_lettres import LettreAgent
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.lettres import GabaritLettre
from portal.permissions import Acteur
from portal.queries import contenus_lettres
from portal.queries.decisions import of_dossier
from portal.queries.dossiers import in_scope
from portal.vocabulaire import MotifAcces
from portal.vocabulaire_lettres import LETTRES_DE_SENS

DOSSIERS_OFFERTS = 20
APERCU = "aperçu"


@dataclass(frozen=True, slots=True)
class ApercuLettre:
    """`offerts`: the newest dossiers of the service, (reference, words) each; `lettre` is None when it has no dossier at all."""

    gabarit: GabaritLettre
    dossier: Dossier | None
    offerts: Sequence[tuple[str, str]]
    lettre: LettreAgent | None


def get(session: Session, viewer: Acteur, gabarit: GabaritLettre, reference: str) -> ApercuLettre:
    """That version on that dossier, on the newest one when the service has none of that reference."""
    siens = (
        select(Dossier)
        .join(AccesDossier, AccesDossier.dossier_id == Dossier.id)
        .where(in_scope(viewer), AccesDossier.motif == MotifAcces.PROPRIETAIRE)
        .options(joinedload(Dossier.association), joinedload(Dossier.demarche), joinedload(Dossier.service))
        .order_by(AccesDossier.date_depot.desc(), Dossier.id.desc())
    )
    derniers = session.scalars(siens.limit(DOSSIERS_OFFERTS)).all()
    choisi = session.scalars(siens.where(Dossier.reference == reference)).first() if reference else None
    dossier = choisi or (derniers[0] if derniers else None)
    offerts = tuple((une.reference, f"{une.reference}, {une.demandeur_nom}") for une in derniers)
    return ApercuLettre(gabarit, dossier, offerts, _lettre(session, viewer, gabarit, dossier) if dossier else None)


def _lettre(session: Session, viewer: Acteur, gabarit: GabaritLettre, dossier: Dossier) -> LettreAgent:
    decision = of_dossier(session, dossier.id)
    convient = decision is not None and gabarit.genre in LETTRES_DE_SENS[decision.sens]
    return contenus_lettres.lettre(
        session,
        by=viewer,
        numero=APERCU,
        genre=gabarit.genre,
        texte=TexteLettre(gabarit.objet, gabarit.corps),
        dossier=dossier,
        decision=decision if convient else None,
        exemple=True,
    )
