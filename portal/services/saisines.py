"""Asks services, agents and people outside for their avis, on one or several dossiers or associations, in the same words.

A saisine is known by the key of the form that sent it: sent again, it adds what is not in it yet and nothing else. So a lot puts
its dossiers one by one in one saisine, and each party is told once, by `services.annonces_avis`.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import aujourdhui
from portal.forms.consultes import Consulte, TeneurSaisine
from portal.models.associations import Association
from portal.models.avis import DemandeAvis, Saisine
from portal.models.dossiers import AccesDossier, Dossier
from portal.permissions import Acteur, can_instruct
from portal.permissions.actes_lots import avis_already_asked, off_the_list
from portal.permissions.saisines import can_ask_about_association
from portal.queries import consultables, objets_saisis
from portal.queries.consultables import Partie
from portal.services import annonces_avis, avis, avis_permanents, experts, instruction, journal
from portal.vocabulaire import MotifAcces

__all__ = ["Consulte", "TeneurSaisine", "ask", "check_date"]

Objet = Dossier | Association


def ask(
    session: Session,
    *,
    by: Acteur,
    objets: Sequence[Objet],
    consultes: Sequence[Consulte],
    teneur: TeneurSaisine,
    cle: str,
    annoncer: bool = True,
) -> Saisine:
    """Ask each of `consultes` about each of `objets`: they may read from now on what `teneur` opens, and are told by one mail.

    `cle`: of the form. `annoncer=False`: whoever calls will tell them (annonces_avis.announce). Raises Forbidden,
    TransitionInterdite on a closed dossier, Invalid (proposes, service, adresses, question, echeance), Conflict on a key of
    somebody else.
    """
    for objet in objets:
        _require(session, by, objet)
    parties = consultables.resolve(session, by, consultes)
    _check(objets, teneur)
    saisine = _saisine(session, by, objets, teneur, cle)
    nouvelles: list[DemandeAvis] = []
    for objet in sorted(objets, key=lambda un: (isinstance(un, Association), un.id)):
        nouvelles += _ask_about(session, by, saisine, objet, parties, teneur)
    # A valid avis on the association may answer by itself: nobody is told of what is answered.
    avis_permanents.answer(session, by=by, demandes=nouvelles)
    if annoncer:
        annonces_avis.announce(session, by=by, saisine=saisine, demandes=nouvelles)
    return saisine


def check_date(echeance: date | None) -> None:
    """Raise Invalid when that day is past."""
    if echeance is not None and echeance < aujourdhui():
        raise Invalid("echeance", "Cette date est déjà passée. Donnez une date à venir, ou aucune.")


def _require(session: Session, by: Acteur, objet: Objet) -> None:
    if isinstance(objet, Dossier):
        verdict = can_instruct(by, objet)
    else:
        verdict = can_ask_about_association(by, liee=objets_saisis.is_tied(session, by, objet.id))
    if not verdict:
        raise Forbidden(verdict.raison)


def _check(objets: Sequence[Objet], teneur: TeneurSaisine) -> None:
    if not objets:
        raise Invalid("", "Aucun dossier n’est choisi\u00a0: rien n’est demandé.")
    if not teneur.question.strip():
        raise Invalid("question", "Écrivez votre question.")
    check_date(teneur.echeance)


def _saisine(session: Session, by: Acteur, objets: Sequence[Objet], teneur: TeneurSaisine, cle: str) -> Saisine:
    """The saisine of that key, made now unless it was. A request may be stricter than its démarche, never looser."""
    scelle = teneur.scelle or any(isinstance(un, Dossier) and un.demarche.avis_scelle for un in objets)
    nouvelle = insert(Saisine).values(
        cle=cle,
        question=teneur.question.strip(),
        audience=teneur.audience,
        scelle=scelle,
        sections=list(teneur.sections),
    )
    faite = session.scalar(nouvelle.on_conflict_do_nothing(index_elements=["cle"]).returning(Saisine.id))
    saisine = session.scalars(select(Saisine).where(Saisine.cle == cle).with_for_update()).one()
    if faite is not None:
        return saisine
    une = session.scalars(select(DemandeAvis).where(DemandeAvis.saisine_id == saisine.id).limit(1)).first()
    if une is not None and (une.demandeur_id, une.demandeur_service_id) != (by.user_id, by.service_id):
        raise Conflict("Cette page a déjà servi\u00a0: rien n’est demandé. Recommencez depuis le dossier.")
    if scelle and not saisine.scelle:
        saisine.scelle = True
    return saisine


def _ask_about(
    session: Session, by: Acteur, saisine: Saisine, objet: Objet, parties: Iterable[Partie], teneur: TeneurSaisine
) -> list[DemandeAvis]:
    """What is new of it, under the lock of the dossier; counted and journaled."""
    if isinstance(objet, Dossier):
        instruction.lock(session, objet)
    siennes = _demandes(session, objet)
    dedans = {_cle(une) for une in siennes if une.saisine_id == saisine.id}
    nouvelles = [une for une in parties if une.cle == (None, None) or une.cle not in dedans]
    if not nouvelles:
        return []
    if isinstance(objet, Dossier):
        instruction.check_open(objet)
    _refuse(session, by, objet, siennes, nouvelles)
    faites = [_demande(session, by, saisine, objet, partie, teneur) for partie in nouvelles]
    session.add_all(faites)
    session.flush()
    if isinstance(objet, Dossier):
        _open(session, objet, faites)
        avis.recount(session, objet)
    for une in faites:
        valeurs = {"service": une.consulte, "echeance": une.echeance.isoformat() if une.echeance else None}
        journal.record(session, by=by, action="avis_demande", objet=objets_saisis.journal_key(une), valeurs=valeurs)
    return faites


def _demandes(session: Session, objet: Objet) -> list[DemandeAvis]:
    colonne = DemandeAvis.dossier_id if isinstance(objet, Dossier) else DemandeAvis.association_id
    choix = select(DemandeAvis).where(colonne == objet.id).order_by(DemandeAvis.id)
    return list(session.scalars(choix.execution_options(populate_existing=True)))


def _cle(demande: DemandeAvis) -> consultables.Cle:
    return demande.service_id, demande.expert_id


def _refuse(
    session: Session, by: Acteur, objet: Objet, siennes: Iterable[DemandeAvis], parties: Sequence[Partie]
) -> None:
    """Who is asked already, who is not on the list of the démarche, who acts for the association itself."""
    attendues = {_cle(une) for une in siennes if une.attendue and une.demandeur_service_id == by.service_id}
    listes = consultables.closed_lists(session, [objet.id] if isinstance(objet, Dossier) else [])
    recuses = consultables.recused(session, objet)
    agents = consultables.answerers_of(session, parties) if recuses else {}
    association_id = objet.association_id if isinstance(objet, Dossier) else objet.id
    for une in parties:
        champ = une.dit.champ
        if une.cle in attendues and une.cle != (None, None):
            raise Invalid(champ, avis_already_asked(une.nom))
        for liste in listes.values():
            if une.cle not in liste:
                raise Invalid("proposes", off_the_list(une.nom))
        conflit = consultables.conflict(une, agents, recuses)
        if conflit:
            raise Invalid(champ, conflit)
        if une.service is None and consultables.represents(session, association_id, _email(une)):
            raise Invalid(champ, f"{une.nom} représente cette association\u00a0: demandez l’avis de quelqu’un d’autre.")


def _email(partie: Partie) -> str:
    return partie.expert.email if partie.expert else partie.dit.email


def _demande(
    session: Session, by: Acteur, saisine: Saisine, objet: Objet, partie: Partie, teneur: TeneurSaisine
) -> DemandeAvis:
    valeurs: dict[str, Any] = {"dossier_id" if isinstance(objet, Dossier) else "association_id": objet.id}
    if partie.service is not None:
        valeurs |= {"service": partie.service, "agent": partie.agent}
    else:
        dit = partie.dit
        valeurs["expert"] = partie.expert or experts.find_or_add(
            session, email=dit.email, nom=dit.nom, organisme=dit.organisme
        )
    return DemandeAvis(
        saisine=saisine,
        demandeur_service_id=objet.service_id if isinstance(objet, Dossier) else by.service_id,
        demandeur_id=by.user_id,
        echeance=teneur.echeance,
        **valeurs,
    )


def _open(session: Session, dossier: Dossier, demandes: Iterable[DemandeAvis]) -> None:
    """Each service that is asked reads the dossier from now on; an expert reads it through what is asked of it."""
    for une in demandes:
        if une.service_id is None:
            continue
        acces = insert(AccesDossier).values(
            service_id=une.service_id, dossier_id=dossier.id, motif=MotifAcces.SAISI, date_depot=dossier.date_depot
        )
        session.execute(acces.on_conflict_do_nothing(index_elements=["service_id", "dossier_id"]))
    session.flush()
