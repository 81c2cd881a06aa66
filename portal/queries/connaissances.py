"""What a person may send in an association's name without typing it again, and who says it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import date_fr
from portal.models.associations import FaitAssociation
from portal.models.connexion import User
from portal.models.demandes import Demande
from portal.permissions import Acteur
from portal.queries.associations import LIBELLES_SOURCE, REGISTRES, MonAssociation
from portal.queries.champs_preremplis import Connu, Sujet
from portal.queries.demandes_visibles import visible_demandes
from portal.queries.lecture_demandes import CHARGEMENT, lire
from portal.vocabulaire import RoleMandat, TypeIdentifiant

FICHE, COMPTE = "fiche de l’association", "votre compte"
FAITS = ("denomination", "sigle", "objet_social")
ADRESSE = ("adresse", "code_postal", "commune")


def known_facts(session: Session, viewer: Acteur, mienne: MonAssociation) -> dict[Sujet, Connu]:
    """What may be sent in that person's name: their account, and of the association only what its page shows them.

    Sources that disagree give nothing. A représentant is the person when they said so, else whoever their request names.
    """
    association = mienne.association
    dits = _faits(session, mienne)
    connus = {Sujet(champ): dits[champ] for champ in FAITS if champ in dits}
    connus |= _adresse(dits) | _compte(session, viewer, mienne)
    rnas = [un.valeur for un in association.identifiants if un.type == TypeIdentifiant.RNA]
    if association.siret_siege:
        connus[Sujet.SIRET] = Connu(association.siret_siege, FICHE)
    if len(rnas) == 1:
        connus[Sujet.RNA] = Connu(rnas[0], FICHE)
    return connus


def _faits(session: Session, mienne: MonAssociation) -> dict[str, Connu]:
    lignes = session.scalars(
        select(FaitAssociation)
        .where(FaitAssociation.association_id == mienne.association.id)
        .order_by(FaitAssociation.observed_at.desc(), FaitAssociation.id)
    ).all()
    dits = {}
    for champ in (*FAITS, *ADRESSE):
        siens = [un for un in lignes if un.champ == champ and (mienne.prouve or un.source in REGISTRES)]
        surs = [un for un in siens if un.source in REGISTRES] or siens
        if len({un.valeur for un in surs}) == 1:
            dits[champ] = Connu(surs[0].valeur, LIBELLES_SOURCE.get(surs[0].source, surs[0].source))
        elif not surs and (mienne.prouve or champ == "denomination") and getattr(mienne.association, champ):
            dits[champ] = Connu(getattr(mienne.association, champ), FICHE)
    return dits


def _adresse(dits: Mapping[str, Connu]) -> dict[Sujet, Connu]:
    """In one line, when one source says all of it."""
    voie, code_postal, commune = (dits.get(champ) for champ in ADRESSE)
    if not (voie and code_postal and commune) or len({voie.source, code_postal.source, commune.source}) != 1:
        return {}
    return {Sujet.ADRESSE: Connu(f"{voie.valeur}, {code_postal.valeur} {commune.valeur}", voie.source)}


def _compte(session: Session, viewer: Acteur, mienne: MonAssociation) -> dict[Sujet, Connu]:
    user = session.get_one(User, viewer.user_id)
    personne = {"nom": user.nom, "prenom": user.prenom, "courriel": user.email}
    fonction = {"fonction": mienne.mandat.fonction}
    represente = mienne.mandat.role == RoleMandat.SIGNATAIRE
    legal = _dire("representant", personne | fonction, COMPTE) if represente else {}
    return {**_dire("personne", personne, COMPTE), **_dans_ma_demande(session, viewer, mienne), **legal}


def _dans_ma_demande(session: Session, viewer: Acteur, mienne: MonAssociation) -> dict[Sujet, Connu]:
    """The représentant légal that the person's newest request names."""
    siennes = visible_demandes(viewer).where(
        Demande.association_id == mienne.association.id, Demande.created_by_id == viewer.user_id
    )
    demande = session.scalars(siennes.options(*CHARGEMENT).order_by(Demande.id.desc()).limit(1)).first()
    if demande is None:
        return {}
    identite = lire(demande).identite
    legal = {
        "nom": identite.representant_nom.valeur,
        "prenom": identite.representant_prenom.valeur,
        "fonction": identite.fonction.valeur,
        "courriel": identite.courriel.valeur,
        "telephone": identite.telephone.valeur,
    }
    return _dire("representant", legal, f"votre demande commencée le {date_fr(demande.created_at)}")


def _dire(qui: str, dits: Mapping[str, Any], source: str) -> dict[Sujet, Connu]:
    connus = {Sujet(f"{qui}_{nom}"): Connu(str(valeur), source) for nom, valeur in dits.items() if valeur}
    if dits["prenom"] and dits["nom"]:
        connus[Sujet(qui)] = Connu(f"{dits['prenom']} {dits['nom']}", source)
    return connus
