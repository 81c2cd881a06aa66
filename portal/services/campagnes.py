"""Prepares the campaigns of a service: written, published, taken up again the year after."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.errors import Forbidden, Invalid
from portal.formats import maintenant
from portal.forms.echeances import echeance_fr, un_an_apres
from portal.models.campagnes import PieceRequise, Question
from portal.models.demarches import Demarche
from portal.permissions import Acteur
from portal.permissions.campagnes import can_prepare, may_prepare_campaigns
from portal.queries.campagnes import a_des_brouillons, manques
from portal.services import formulaires, journal
from portal.vocabulaire import Source

RIEN = "Rien n’est enregistré\u00a0: ce que vous avez écrit est conservé sur cette page."


def create(session: Session, *, by: Acteur, **valeurs: Any) -> Demarche:
    """A campaign of the actor's service, seen by nobody else until it is published. Raises Forbidden, Invalid."""
    verdict = may_prepare_campaigns(by)
    if not verdict or by.service_id is None:
        raise Forbidden(verdict.raison)
    _check(valeurs)
    campagne = Demarche(source=Source.PORTAIL, service_id=by.service_id, **valeurs)
    session.add(campagne)
    session.flush()
    _record(session, by, "campagne_preparee", campagne, _dites(valeurs))
    return campagne


def save(session: Session, *, by: Acteur, campagne: Demarche, version: int, **valeurs: Any) -> bool:
    """Write a campaign. False when somebody else has since `version`: nothing is written then.

    Once published, its closing is put off by `prolongations.extend`; it is brought forward only while nobody has begun a request.
    Raises Forbidden, Invalid.
    """
    lock(session, by=by, campagne=campagne)
    if campagne.version != version:
        return False
    _check(valeurs)
    _check_closing(session, campagne, valeurs["cloture"])
    changees = {nom: valeur for nom, valeur in valeurs.items() if getattr(campagne, nom) != valeur}
    for nom, valeur in changees.items():
        setattr(campagne, nom, valeur)
    if campagne.publiee_at is not None:
        _refuse_missing(campagne, "titre")
    campagne.version += 1
    _record(session, by, "campagne_modifiee", campagne, _dites(changees))
    return True


def publish(session: Session, *, by: Acteur, campagne: Demarche) -> Demarche:
    """Show it to everybody; from its opening on, requests may be begun. Published twice, it is published once.

    Raises Forbidden, and Invalid that names what is missing.
    """
    lock(session, by=by, campagne=campagne)
    if campagne.publiee_at is not None:
        return campagne
    _refuse_missing(campagne, "publication")
    instant = maintenant()
    if campagne.cloture is not None and campagne.cloture <= instant:
        raise Invalid("publication", "La clôture est déjà passée. Choisissez une autre date, puis publiez la campagne.")
    campagne.publiee_at, campagne.version = instant, campagne.version + 1
    _record(session, by, "campagne_publiee", campagne, {"cloture": _dit(campagne.cloture)})
    formulaires.issue_blank(session, by=by, demarche=campagne)
    return campagne


def duplicate(session: Session, *, by: Acteur, campagne: Demarche) -> Demarche:
    """Next year's campaign, to be checked and published: dates a year later, pieces and questions copied with their codes.

    Asked for again while that copy is not published, it is the same one. Raises Forbidden.
    """
    lock(session, by=by, campagne=campagne)
    copie = session.scalars(
        select(Demarche).where(Demarche.precedente_id == campagne.id, Demarche.publiee_at.is_(None))
    ).first()
    if copie is not None:
        return copie
    exercice = campagne.exercice + 1 if campagne.exercice else None
    copie = Demarche(
        source=Source.PORTAIL,
        service_id=campagne.service_id,
        precedente_id=campagne.id,
        titre=campagne.titre.replace(str(campagne.exercice), str(exercice)) if exercice else campagne.titre,
        exercice=exercice,
        ouverture=un_an_apres(campagne.ouverture),
        cloture=un_an_apres(campagne.cloture),
        **{nom: getattr(campagne, nom) for nom in REPRIS},
    )
    session.add(copie)
    session.flush()
    for genre in (PieceRequise, Question):
        _copy(session, genre, campagne, copie)
    _record(session, by, "campagne_reprise", copie, {"precedente": campagne.id})
    return copie


REPRIS = ("description", "dispositif", "programme", "enveloppe", "public", "montants", "aides", "fuseau")


def _copy(session: Session, genre: type[PieceRequise] | type[Question], de: Demarche, vers: Demarche) -> None:
    """What is still asked for, in the same order."""
    propres = [colonne.key for colonne in genre.__table__.columns if colonne.key not in ("id", "demarche_id")]
    demandees = (
        select(genre).where(genre.demarche_id == de.id, genre.retiree_at.is_(None)).order_by(genre.ordre, genre.id)
    )
    for une in session.scalars(demandees):
        session.add(genre(demarche_id=vers.id, **{nom: getattr(une, nom) for nom in propres}))


def lock(session: Session, *, by: Acteur, campagne: Demarche) -> None:
    """Lock a campaign and read it afresh: changes follow one another, and a request cannot begin meanwhile. Raises Forbidden."""
    verdict = can_prepare(by, campagne)
    if not verdict:
        raise Forbidden(verdict.raison)
    verrou = select(Demarche).where(Demarche.id == campagne.id).options(joinedload(Demarche.service))
    session.scalars(verrou.with_for_update(of=Demarche).execution_options(populate_existing=True)).one()


def _check(valeurs: dict[str, Any]) -> None:
    """A title, and dates in order."""
    if not valeurs["titre"]:
        raise Invalid("titre", f"Écrivez le titre de la campagne. {RIEN}")
    ouverture, cloture = valeurs["ouverture"], valeurs["cloture"]
    if ouverture and cloture and cloture <= ouverture:
        raise Invalid("cloture", f"La clôture n’est pas après l’ouverture. {RIEN}")


def _check_closing(session: Session, campagne: Demarche, cloture: datetime | None) -> None:
    """Of a published campaign, the closing moves in one direction here."""
    ancienne = campagne.cloture
    if campagne.publiee_at is None or cloture == ancienne:
        return
    if ancienne is not None and (cloture is None or cloture > ancienne):
        raise Invalid(
            "cloture",
            "Pour laisser plus de temps, utilisez «\u00a0Repousser la clôture\u00a0» sur la page de la campagne\u00a0: le motif "
            f"est dit aux associations. {RIEN}",
        )
    if a_des_brouillons(session, campagne):
        raise Invalid(
            "cloture",
            f"Des demandes sont déjà commencées\u00a0: la clôture reste au {echeance_fr(ancienne, campagne.fuseau)}, "
            f"elle ne peut pas être avancée. {RIEN}",
        )


def _refuse_missing(campagne: Demarche, champ: str) -> None:
    manquent = manques(campagne)
    if manquent:
        raise Invalid(champ, f"Une campagne publiée doit tout dire. Il manque\u00a0: {', '.join(manquent)}.")


def _record(session: Session, by: Acteur, action: str, campagne: Demarche, valeurs: dict[str, Any]) -> None:
    journal.record(session, by=by, action=action, objet=f"demarche:{campagne.id}", valeurs=valeurs)


def _dites(valeurs: dict[str, Any]) -> dict[str, Any]:
    return {nom: _dit(valeur) for nom, valeur in valeurs.items()}


def _dit(valeur: Any) -> Any:
    """A value as the journal takes it: instants and amounts as text."""
    if isinstance(valeur, datetime):
        return valeur.isoformat()
    return valeur if isinstance(valeur, str | int | dict | type(None)) else str(valeur)
