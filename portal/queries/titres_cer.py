"""What binds an association to the CER, or frees it from signing: titles of every origin as the same columns.

A title counts from its own date, whenever it came to be known here. What was judged of it since (a mandat proved, a paper set
aside, an agrément noted by mistake) holds for the past too.
"""

from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from portal.db import enum_texte
from portal.documents.statut_cer import StatutCer
from portal.formats import PARIS, aujourdhui, maintenant
from portal.models.associations import Association, Mandat
from portal.models.demandes import Demande
from portal.models.dossiers import Dossier, DossierDS
from portal.models.engagements import Engagement, TexteCer
from portal.models.souscriptions import AttestationCer, Reconnaissance
from portal.vocabulaire import EtatMandat
from portal.vocabulaire_cer import DISPENSENT, EtatAttestation, EtatCer, OrigineCer, TypeReconnaissance
from portal.vocabulaire_ds import Visibilite

ETAT, ORIGINE = enum_texte(EtatCer), enum_texte(OrigineCer)
# `auteur_id`: the person of the association who made it, if known. The rest is that of documents/statut_cer.StatutCer.
COLONNES: dict[str, Any] = {
    "association_id": BigInteger(),
    "auteur_id": BigInteger(),
    "etat": ETAT,
    "at": DateTime(timezone=True),
    "origine": ORIGINE,
    "version": String(),
    "empreinte": String(),
    "preuve": String(),
    "seconde_attendue": Boolean(),
    "reconnaissance": enum_texte(TypeReconnaissance),
    "autorite": String(),
    "fin": Date(),
}


def titres(on: datetime | None = None) -> Subquery:
    """Every title of every association, dated `on` (UTC, now by default) or before, with the état that it gives by itself."""
    instant, jour = _date(on)
    souscriptions = (_signatures(instant), _attestations(instant), _dossiers(instant))
    return union_all(*souscriptions, _dispenses(jour)).subquery("titre")


def _date(on: datetime | None) -> tuple[Any, Any]:
    """The instant and its day in Paris; those of now are read when the statement is executed, so that it may be kept."""
    if on is not None:
        return on, on.astimezone(PARIS).date()
    return (
        bindparam("instant", callable_=maintenant, type_=DateTime(timezone=True), unique=True),
        bindparam("jour", callable_=aujourdhui, type_=Date(), unique=True),
    )


def list_titres(session: Session, association_id: int) -> list[StatutCer]:
    """Every title of one association, each as the status that it gives by itself, newest first."""
    titre = titres().c
    choix = select(*(titre["at" if champ.name == "depuis" else champ.name] for champ in fields(StatutCer)))
    lignes = choix.where(titre.association_id == association_id).order_by(titre.at.desc(), titre.preuve)
    return [StatutCer(*ligne) for ligne in session.execute(lignes)]


def _signatures(instant: Any) -> Select[*tuple[Any, ...]]:
    """Signatures made here: they count when the link is proved, from the second such one where two are asked for."""
    prouve = Mandat.etat == EtatMandat.PROUVE
    prouvees = func.count().filter(prouve)
    rang = prouvees.over(
        partition_by=(Engagement.association_id, Engagement.texte_id), order_by=(Engagement.signed_at, Engagement.id)
    )
    assez = rang >= case((Association.cer_deux_signatures, 2), else_=1)
    return (
        _titre(
            association_id=Engagement.association_id,
            auteur_id=Engagement.signataire_id,
            etat=_souscrit(and_(prouve, assez)),
            at=Engagement.signed_at,
            origine=literal(OrigineCer.PORTAIL, ORIGINE),
            version=TexteCer.version,
            empreinte=TexteCer.sha256,
            preuve=Engagement.code,
            seconde_attendue=and_(prouve, ~assez),
        )
        .join(Mandat, Mandat.id == Engagement.mandat_id)
        .join(Association, Association.id == Engagement.association_id)
        .join(TexteCer, TexteCer.id == Engagement.texte_id)
        .where(Engagement.signed_at <= instant)
    )


def _attestations(instant: Any) -> Select[*tuple[Any, ...]]:
    """Papers and lines of spreadsheets that a service has admitted."""
    signe = _minuit(AttestationCer.date)
    return (
        _titre(
            association_id=AttestationCer.association_id,
            auteur_id=AttestationCer.deposee_par_id,
            etat=literal(EtatCer.SIGNE, ETAT),
            at=signe,
            origine=AttestationCer.origine,
            version=TexteCer.version,
            empreinte=TexteCer.sha256,
            preuve=AttestationCer.reference,
        )
        .outerjoin(TexteCer, TexteCer.id == AttestationCer.texte_id)
        .where(AttestationCer.etat == EtatAttestation.ADMISE, signe <= instant)
    )


def _dossiers(instant: Any) -> Select[*tuple[Any, ...]]:
    """Requests: every one filed here has its clause ticked, one of DS when its form says so."""
    souscrit = func.coalesce(_minuit(DossierDS.cer_date), Dossier.date_depot)
    return (
        _titre(
            association_id=Dossier.association_id,
            auteur_id=Demande.deposee_par_id,
            etat=_souscrit(Dossier.lien_verifie),
            at=souscrit,
            origine=case(
                (Dossier.demande_id.is_(None), literal(OrigineCer.DS, ORIGINE)),
                else_=literal(OrigineCer.DEMANDE, ORIGINE),
            ),
            preuve=Dossier.reference,
        )
        .outerjoin(Demande, Demande.id == Dossier.demande_id)
        .outerjoin(DossierDS, DossierDS.dossier_id == Dossier.id)
        .where(
            souscrit <= instant,
            or_(
                Dossier.demande_id.is_not(None),
                and_(DossierDS.cer_atteste.is_(True), DossierDS.visibilite == Visibilite.VISIBLE),
            ),
        )
    )


def _dispenses(jour: Any) -> Select[*tuple[Any, ...]]:
    """Agréments under art. 25-1 and RUP; one that has ended says so by itself, others do not count."""
    finie = func.coalesce(Reconnaissance.date_fin < jour, False)
    return _titre(
        association_id=Reconnaissance.association_id,
        etat=case((finie, literal(EtatCer.DISPENSE_EXPIREE, ETAT)), else_=literal(EtatCer.DISPENSE, ETAT)),
        at=_minuit(Reconnaissance.date_debut),
        preuve=Reconnaissance.reference,
        reconnaissance=Reconnaissance.type,
        autorite=Reconnaissance.autorite,
        fin=Reconnaissance.date_fin,
    ).where(Reconnaissance.type.in_(DISPENSENT), Reconnaissance.retiree_at.is_(None), Reconnaissance.date_debut <= jour)


def _titre(**valeurs: Any) -> Select[*tuple[Any, ...]]:
    """The columns of a title, those that it lacks being null."""
    return select(*(valeurs.get(nom, cast(null(), genre)).label(nom) for nom, genre in COLONNES.items()))


def _souscrit(compte: Any) -> ColumnElement[Any]:
    return case((compte, literal(EtatCer.SIGNE, ETAT)), else_=literal(EtatCer.DECLARE, ETAT))


def _minuit(jour: Any) -> ColumnElement[datetime]:
    """The instant at which a day begins in Paris."""
    return func.timezone(PARIS.key, cast(jour, DateTime(timezone=False)), type_=DateTime(timezone=True))
