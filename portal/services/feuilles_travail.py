"""Prepares working sheets: what they hold is kept as their base, then the workbook is made by a job from that base alone."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from portal.classeurs.feuille_rendue import ETATS_OFFERTS
from portal.documents.feuille_travail import FeuilleDeTravail, LigneTravail
from portal.documents.tableur_travail import classeur
from portal.errors import Forbidden, Invalid
from portal.liens import lien
from portal.models.documents import Document
from portal.models.feuilles_travail import FeuilleTravail
from portal.permissions import Acteur, may_instruct
from portal.queries import feuilles_travail as queries
from portal.queries.feuilles_travail import MAXIMUM, Contenu
from portal.services import auteurs, documents, journal
from portal.services.codes import draw_code
from portal.vocabulaire import LIBELLES_ETAT_AGENT, LIBELLES_SENS, GenreDocument
from portal.vocabulaire_imports import ChampFeuille

AUCUN = "Aucun de ces dossiers n’est lu par votre service\u00a0: aucune feuille n’est préparée. Revenez à la liste."
TROP = f"Une feuille de travail tient {MAXIMUM}\u00a0dossiers au plus\u00a0: choisissez-en moins, ou filtrez la liste."


def order(session: Session, *, by: Acteur, references: Sequence[str], portail: str) -> Document:
    """Freeze what these dossiers hold now for that agent, and order the workbook. Raises Forbidden, Invalid.

    Dossiers that the agent does not read are left out. `portail`: the address of the portal, told in the workbook.
    """
    verdict = may_instruct(by)
    if not verdict or by.service_id is None or by.user_id is None:
        raise Forbidden(verdict.raison)
    if len(references) > MAXIMUM:
        raise Invalid("", TROP)
    lus = queries.of_references(session, by, references)
    if not lus:
        raise Invalid("", AUCUN)
    feuille = FeuilleTravail(
        jeton=f"FT-{draw_code(20)}",
        service_id=by.service_id,
        user_id=by.user_id,
        colonnes=[champ.value for champ in ChampFeuille],
        base={reference: _kept(un) for reference, un in lus.items()},
    )
    session.add(feuille)
    session.flush()
    document = documents.order_view(
        session,
        by=by,
        genre=GenreDocument.FEUILLE_TRAVAIL,
        nom=f"Feuille de travail {by.libelle_service}",
        parametres={"service_id": by.service_id, "feuille": feuille.id, "portail": portail},
    )
    feuille.document_id = document.id
    valeurs = {"feuille": feuille.id, "dossiers": len(lus)}
    journal.record(session, by=by, action="feuille_travail_demandee", objet=f"service:{by.service_id}", valeurs=valeurs)
    return document


def _kept(contenu: Contenu) -> dict[str, Any]:
    """What is written in the row of a dossier, as the base keeps it."""
    dossier = contenu.dossier
    return {
        "association": dossier.demandeur_nom,
        "siret": dossier.demandeur_siret,
        "intitule": dossier.intitule,
        "demande": queries.montant(dossier.montant_demande),
        "valeurs": {str(champ): valeur for champ, valeur in contenu.valeurs.items()},
        "fermes": [champ.value for champ in contenu.fermes],
    }


def workbook(session: Session, document: Document) -> bytes:
    """The .xlsx of a FEUILLE_TRAVAIL document, as its base is. Raises Forbidden when its author has left the service since."""
    by = auteurs.get(session, document)
    parametres = document.parametres or {}
    feuille = session.get_one(FeuilleTravail, parametres["feuille"])
    return classeur(
        FeuilleDeTravail(
            jeton=feuille.jeton,
            service=by.libelle_service or "",
            personne=by.nom_affiche,
            le=feuille.created_at,
            adresse=lien(parametres["portail"], "feuilles_travail"),
            lignes=[_line(reference, gardee) for reference, gardee in feuille.base.items()],
            choix={
                ChampFeuille.ETAT: tuple(LIBELLES_ETAT_AGENT[un] for un in ETATS_OFFERTS),
                ChampFeuille.INSTRUCTEUR: tuple(queries.agents_offered(session, by)),
                ChampFeuille.AVIS_SENS: tuple(LIBELLES_SENS.values()),
                ChampFeuille.ETIQUETTES: tuple(queries.labels_offered(session, by)),
            },
        )
    )


def _line(reference: str, gardee: Mapping[str, Any]) -> LigneTravail:
    valeurs = {champ: gardee["valeurs"].get(champ.value, "") for champ in ChampFeuille}
    return LigneTravail(
        reference=reference,
        association=gardee["association"],
        siret=gardee["siret"],
        intitule=gardee["intitule"],
        montant_demande=Decimal(gardee["demande"]) if gardee["demande"] else None,
        valeurs={champ: queries.words(champ, valeur) for champ, valeur in valeurs.items()},
        ouverts=frozenset(ChampFeuille) - {ChampFeuille(nom) for nom in gardee["fermes"]},
    )
