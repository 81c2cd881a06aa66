"""The one statement that reads the findings about a dossier, for whoever reads it."""

from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    cast,
    column,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from portal.models.connexion import User
from portal.models.demarches import Demarche
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.recoupements import Recoupement
from portal.models.services import Service
from portal.queries.lecteur import LECTEUR

MAXIMUM = 100


@cache
def choix() -> Select[*tuple[Any, ...]]:
    """For LECTEUR: a line for each finding about `dossier_id`, one without any when there is none.

    The last column: whether the viewer may know of it. Of a confidential démarche, a pair is not told.
    """
    autre, acces = aliased(Dossier), aliased(AccesDossier)
    nom = func.coalesce(func.nullif(func.trim(func.concat(User.prenom, " ", User.nom)), ""), User.email)
    return (
        select(
            _confidential(),
            Recoupement,
            autre,
            Demarche.titre,
            Service,
            acces.dossier_id.is_not(None),
            _cited(),
            nom,
            or_(Recoupement.autre_dossier_id.is_(None), acces.dossier_id.is_not(None), ~Demarche.confidentielle),
        )
        .select_from(Dossier)
        .outerjoin(Recoupement, and_(Recoupement.dossier_id == Dossier.id, Recoupement.disparu_at.is_(None)))
        .outerjoin(autre, autre.id == Recoupement.autre_dossier_id)
        .outerjoin(Demarche, Demarche.id == autre.demarche_id)
        .outerjoin(Service, Service.id == autre.service_id)
        .outerjoin(acces, _reads(acces, autre))
        .outerjoin(User, User.id == Recoupement.juge_par_id)
        .where(Dossier.id == bindparam("dossier_id"))
        .order_by(Recoupement.id)
        .limit(MAXIMUM)
    )


def _reads(acces: Any, dossier: Any) -> ColumnElement[bool]:
    return and_(acces.dossier_id == dossier.id, acces.service_id == LECTEUR.service_id)


def _confidential() -> ScalarSelect[int]:
    """How many other dossiers of the association belong to a confidential démarche that the viewer does not read."""
    voisin, acces, demarche = aliased(Dossier), aliased(AccesDossier), aliased(Demarche)
    return (
        select(func.count())
        .select_from(voisin)
        .join(demarche, demarche.id == voisin.demarche_id)
        .outerjoin(acces, _reads(acces, voisin))
        .where(
            voisin.association_id == Dossier.association_id,
            voisin.id != Dossier.id,
            demarche.confidentielle,
            acces.dossier_id.is_(None),
        )
        .correlate(Dossier)
        .scalar_subquery()
    )


def _cited() -> ScalarSelect[Any]:
    """[id, sigle of its service, reference or null] of each dossier that a finding cites and that the viewer may know of."""
    cite, acces, demarche, service = aliased(Dossier), aliased(AccesDossier), aliased(Demarche), aliased(Service)
    lignes = func.jsonb_array_elements(func.coalesce(Recoupement.faits["lignes"], cast([], JSONB)))
    ligne = lignes.table_valued(column("value", JSONB)).alias("ligne")
    reference = case((acces.dossier_id.is_not(None), cite.reference))
    return (
        select(func.jsonb_agg(func.jsonb_build_array(cite.id, service.sigle, reference)))
        .select_from(ligne)
        .join(cite, cite.id == cast(ligne.c.value["dossier_id"].astext, BigInteger))
        .join(demarche, demarche.id == cite.demarche_id)
        .join(service, service.id == cite.service_id)
        .outerjoin(acces, _reads(acces, cite))
        .where(or_(acces.dossier_id.is_not(None), ~demarche.confidentielle))
        .correlate(Recoupement)
        .scalar_subquery()
    )
