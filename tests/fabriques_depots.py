"""Requests that are ready, made without their pages: every section as a person types it, the pieces, the attestations ticked."""

import hashlib
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.forms.attestations import AttestationsForm, Clause
from portal.forms.saisie import lier
from portal.models.associations import Mandat
from portal.models.connexion import User
from portal.models.demandes import Demande, SectionSaisie
from portal.models.documents import Fichier
from portal.models.pieces import PieceDemande
from portal.permissions import Acteur, GenreActeur, MandatActif
from portal.queries.lecture_demandes import lire
from portal.vocabulaire import EtatMandat
from portal.vocabulaire_demandes import Place, SectionDemande
from tests import saisies

ATTESTATIONS = Place(SectionDemande.ATTESTATIONS)


def acteur(session: Session, user: User) -> Acteur:
    """That person, with her mandats in force."""
    mandats = session.scalars(select(Mandat).where(Mandat.user_id == user.id, Mandat.ended_at.is_(None)))
    actifs = tuple(
        MandatActif(
            id=mandat.id,
            association_id=mandat.association_id,
            denomination="",
            role=mandat.role,
            prouve=mandat.etat == EtatMandat.PROUVE,
        )
        for mandat in mandats
    )
    return Acteur(
        genre=GenreActeur.USAGER, user_id=user.id, email=user.email, nom_affiche=user.nom_affiche, mandats=actifs
    )


def remplir(
    session: Session, demande: Demande, user: User, sections: Mapping[str, Mapping[str, str]] | None = None
) -> Demande:
    """Every section typed by that person, with what `sections` says otherwise; the attestations stay to be ticked."""
    autres = sections or {}
    for slug, valeurs in saisies.SECTIONS.items():
        place = Place.lire(slug)
        assert place is not None
        siret = {"siret": demande.association.siret_siege} if place.section == SectionDemande.IDENTITE else {}
        if place != ATTESTATIONS:
            ecrire(session, demande, user, place, {**valeurs, **siret, **autres.get(slug, {})})
    for attendue in lire(demande).contexte.pieces:
        if attendue.manque:
            session.add(
                PieceDemande(
                    demande_id=demande.id,
                    code=attendue.code,
                    fichier_id=_fichier(session, attendue.code).id,
                    nom=f"{attendue.code}.pdf",
                    deposee_par_id=user.id,
                )
            )
    session.commit()
    return demande


def attester(session: Session, demande: Demande, user: User, **autres: str) -> Demande:
    """Tick every clause as it reads now, as that person."""
    form = lier(AttestationsForm, {}, lire(demande).contexte)
    clauses = {champ.name: champ.empreinte for champ in form if isinstance(champ, Clause)}
    ecrire(session, demande, user, ATTESTATIONS, {**saisies.ATTESTATIONS, **clauses, **autres})
    session.commit()
    return demande


def prete(
    session: Session, demande: Demande, user: User, sections: Mapping[str, Mapping[str, str]] | None = None
) -> Demande:
    """A request ready to be filed by that person."""
    return attester(session, remplir(session, demande, user, sections), user)


def ecrire(session: Session, demande: Demande, user: User, place: Place, valeurs: Mapping[str, str]) -> None:
    """Save a page as that person typed it, in place of what was there."""
    saisie = next((une for une in demande.sections if (une.section, une.rang) == place), None)
    if saisie is None:
        saisie = SectionSaisie(section=place.section, rang=place.rang, valeurs={}, updated_by_id=user.id)
        demande.sections.append(saisie)
    saisie.valeurs, saisie.updated_by_id = dict(valeurs), user.id
    session.flush()


def _fichier(session: Session, nom: str) -> Fichier:
    empreinte = hashlib.sha256(nom.encode()).hexdigest()
    connu = session.scalars(select(Fichier).where(Fichier.sha256 == empreinte)).first()
    if connu is None:
        connu = Fichier(sha256=empreinte, cle_stockage=empreinte[:32], taille=12, type_mime="application/pdf")
        session.add(connu)
        session.flush()
    return connu
