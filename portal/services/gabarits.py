"""Templates of letters: a service writes its own, tries them on its dossiers, and publishes them."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.documents.gabarits_lettres import TexteLettre, champs_inconnus
from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import maintenant
from portal.models.documents import Document
from portal.models.dossiers import Dossier
from portal.models.lettres import GabaritLettre
from portal.models.services import Service
from portal.permissions import Acteur, may_lead
from portal.queries import contenus_lettres
from portal.queries.decisions import of_dossier
from portal.services import documents, journal
from portal.vocabulaire import GenreDocument
from portal.vocabulaire_instruction import LIBELLES_GENRE_LETTRE, GenreLettre
from portal.vocabulaire_lettres import LETTRES_DE_SENS


def save(session: Session, *, by: Acteur, genre: GenreLettre, objet: str, corps: str) -> GabaritLettre:
    """Keep a new version, that no letter uses before it is published. Raises Forbidden, Invalid for an unknown field."""
    service_id = _service_of(by)
    for champ, texte in (("objet", objet), ("corps", corps)):
        inconnus = champs_inconnus(genre, texte)
        if inconnus:
            noms = ", ".join(nom if nom in "{}" else f"{{{nom}}}" for nom in inconnus)
            raise Invalid(champ, f"Ce champ n’existe pas dans cette lettre\u00a0: {noms}. Prenez-le dans la liste.")
    # One version after another, even when two people write at once.
    session.execute(select(Service.id).where(Service.id == service_id).with_for_update())
    derniere = session.scalar(
        select(func.max(GabaritLettre.version)).where(
            GabaritLettre.service_id == service_id, GabaritLettre.genre == genre
        )
    )
    gabarit = GabaritLettre(
        service_id=service_id,
        genre=genre,
        version=(derniere or 0) + 1,
        objet=objet,
        corps=corps.replace("\r\n", "\n"),
        auteur_id=by.user_id,
    )
    session.add(gabarit)
    session.flush()
    _note(session, by, gabarit, "gabarit_ecrit")
    return gabarit


def publish(session: Session, *, by: Acteur, gabarit: GabaritLettre) -> None:
    """The next letters of its kind are written with it; those that exist keep theirs. Raises Forbidden, Conflict."""
    service_id = _service_of(by)
    session.refresh(gabarit, with_for_update=True)
    if gabarit.service_id != service_id:
        raise Forbidden("Ce modèle est celui d’un autre service.")
    plus_recente = session.scalar(
        select(func.max(GabaritLettre.version)).where(
            GabaritLettre.service_id == service_id,
            GabaritLettre.genre == gabarit.genre,
            GabaritLettre.publie_at.is_not(None),
        )
    )
    if gabarit.publie_at is not None or (plus_recente or 0) > gabarit.version:
        raise Conflict("Cette version est déjà publiée, ou une plus récente l’est\u00a0: rien n’a été changé.")
    gabarit.publie_at = maintenant()
    _note(session, by, gabarit, "gabarit_publie")


def order_preview(session: Session, *, by: Acteur, gabarit: GabaritLettre, dossier: Dossier) -> Document:
    """The PDF of a version tried on a dossier of the service, for who asks: it is no letter. Raises Forbidden."""
    if _service_of(by) != dossier.service_id or gabarit.service_id != dossier.service_id:
        raise Forbidden("Un modèle s’essaie sur un dossier de votre service.")
    numero = documents.draw_number()
    decision = of_dossier(session, dossier.id)
    convient = decision is not None and gabarit.genre in LETTRES_DE_SENS[decision.sens]
    contenu = contenus_lettres.lettre(
        session,
        by=by,
        numero=numero,
        genre=gabarit.genre,
        texte=TexteLettre(gabarit.objet, gabarit.corps),
        dossier=dossier,
        decision=decision if convient else None,
        exemple=True,
    )
    return documents.issue(
        session,
        by=by,
        genre=GenreDocument.APERCU_LETTRE,
        nom=f"Aperçu {LIBELLES_GENRE_LETTRE[gabarit.genre]} {dossier.reference}",
        document=contenu,
        numero=numero,
    )


def _service_of(by: Acteur) -> int:
    verdict = may_lead(by)
    if not verdict or by.service_id is None:
        raise Forbidden(verdict.raison)
    return by.service_id


def _note(session: Session, by: Acteur, gabarit: GabaritLettre, action: str) -> None:
    valeurs = {"genre": gabarit.genre, "version": gabarit.version}
    journal.record(session, by=by, action=action, objet=f"service:{gabarit.service_id}", valeurs=valeurs)
