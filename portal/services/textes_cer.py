"""Publishes the versions of the CER's text, one body each for ever, and notes that one was compared with Légifrance."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.documents import cer
from portal.errors import Conflict, Forbidden, Invalid, NotFound
from portal.formats import date_fr, maintenant
from portal.models.engagements import TexteCer
from portal.permissions import Acteur, may_set_up
from portal.services import journal


def publish_text(session: Session, *, by: Acteur, contenu: str) -> TexteCer:
    """Publish a version from its file. Publishing it again changes nothing, but the note that it was compared with Légifrance.

    Raises Forbidden, and Invalid("fichier"): unreadable file, or another body under a version already published, since a
    change is a new version.
    """
    _check_right(by)
    try:
        lu = cer.lire(contenu)
    except cer.TexteIllisible as erreur:
        raise Invalid("fichier", str(erreur)) from erreur
    texte = _lock(session, lu.version)
    if texte is None:
        texte = _publish_new(session, by=by, lu=lu)
    elif texte.sha256 != lu.sha256:
        raise Invalid(
            "fichier",
            f"La version {lu.version} est déjà publiée avec un autre texte, que des associations ont pu signer. "
            "Donnez un autre numéro de version au texte modifié.",
        )
    if lu.verifie and texte.verifie_at is None:
        _mark_compared(session, by=by, texte=texte)
    return texte


def confirm(session: Session, *, by: Acteur, version: str) -> TexteCer:
    """Note, once, that somebody has compared this version with Légifrance, word for word. The text and its hash stay.

    Raises Forbidden, NotFound, and Conflict when it is noted already.
    """
    _check_right(by)
    texte = _lock(session, version)
    if texte is None:
        raise NotFound(f"Aucune version {version} du contrat d’engagement républicain n’est publiée ici.")
    if texte.verifie_at is not None:
        raise Conflict(f"Cette version est déjà comparée à Légifrance depuis le {date_fr(texte.verifie_at)}.")
    _mark_compared(session, by=by, texte=texte)
    return texte


def _check_right(by: Acteur) -> None:
    verdict = may_set_up(by)
    if not verdict:
        raise Forbidden(verdict.raison)


def _lock(session: Session, version: str) -> TexteCer | None:
    return session.scalars(
        select(TexteCer).where(TexteCer.version == version).with_for_update().execution_options(populate_existing=True)
    ).first()


def _mark_compared(session: Session, *, by: Acteur, texte: TexteCer) -> None:
    texte.verifie_at = maintenant()
    texte.verifie_par_id = by.user_id
    journal.record(
        session,
        by=by,
        action="texte_cer_verifie",
        objet=f"texte_cer:{texte.id}",
        valeurs={"version": texte.version, "sha256": texte.sha256},
    )


def _publish_new(session: Session, *, by: Acteur, lu: cer.FichierCer) -> TexteCer:
    meme_corps = session.scalars(select(TexteCer.version).where(TexteCer.sha256 == lu.sha256)).first()
    if meme_corps is not None:
        raise Invalid("fichier", f"Ce texte est déjà publié, mot pour mot, comme version {meme_corps}.")
    texte = TexteCer(
        version=lu.version,
        reference=lu.reference,
        nor=lu.nor,
        jorf=lu.jorf,
        date=lu.date,
        url=lu.url,
        corps=lu.corps,
        sha256=lu.sha256,
        published_at=maintenant(),
    )
    session.add(texte)
    session.flush()
    journal.record(
        session,
        by=by,
        action="texte_cer_publie",
        objet=f"texte_cer:{texte.id}",
        valeurs={"version": lu.version, "sha256": lu.sha256},
    )
    return texte
