"""Imports of payments (Chorus, Fonjep, others): each line is a payment, tied to its association and to the grants it may pay."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import montant_fr
from portal.models.dossiers import Dossier
from portal.models.imports import LigneImport, LotImport
from portal.models.versements import Versement, VersementDossier
from portal.permissions import Acteur, may_instruct
from portal.queries.identifiants import association_of
from portal.services import journal
from portal.vocabulaire import Etat
from portal.vocabulaire_imports import MethodeRapprochement, SourceVersement

CERTAINE, PROBABLE, A_CONFIRMER = 100, 80, 50
CHANGEANTS = ("montant", "date_operation", "exercice", "ej", "programme", "libelle")


def key(valeurs: Mapping[str, str]) -> str:
    """The provider's own key; several lines may bear it (Chorus parts a payment by account)."""
    return valeurs.get("cle_source", "")


def apply(session: Session, *, by: Acteur, lot: LotImport, ligne: LigneImport) -> None:
    """Keep the payment, or bring up to date the one that a former import made of the same key. Raises Forbidden, Invalid."""
    verdict = may_instruct(by)
    if not verdict:
        raise Forbidden(verdict.raison)
    valeurs = read(ligne.valeurs)
    connu = _known(session, lot, ligne, valeurs)
    if connu is not None:
        _again(session, by, ligne, connu, valeurs)
        return
    versement = Versement(
        source=source_of(lot), service_id=lot.service_id, cle=ligne.cle_source, ligne_id=ligne.id, **valeurs
    )
    versement.association_id = association_of(session, ligne.valeurs)
    session.add(versement)
    session.flush()
    liens = tie(session, versement)
    ligne.objet, ligne.avant = f"versement:{versement.id}", {"cree": True}
    ligne.message = (
        "" if versement.association_id else "Bénéficiaire inconnu du portail\u00a0: versement gardé sans lien."
    )
    noms = {"lot": lot.id, "ligne": ligne.numero, "montant": str(versement.montant), "dossiers": len(liens)}
    journal.record(session, by=by, action="versement_importe", objet=ligne.objet, valeurs=noms)


def read(valeurs: Mapping[str, str]) -> dict[str, Any]:
    """A payment's columns. Raises Invalid without an amount."""
    if "montant" not in valeurs:
        raise Invalid("montant", "Le montant de ce versement n’a pas été lu\u00a0: rien n’est écrit.")
    jour = valeurs.get("date_operation")
    exercice = valeurs.get("exercice")
    return {
        "beneficiaire_nom": valeurs.get("beneficiaire_nom", ""),
        "beneficiaire_siret": valeurs.get("siret", ""),
        "montant": Decimal(valeurs["montant"]),
        "date_operation": date.fromisoformat(jour) if jour else None,
        "exercice": int(exercice) if exercice else (int(jour[:4]) if jour else None),
        "ej": valeurs.get("ej", ""),
        "programme": valeurs.get("programme", ""),
        "libelle": valeurs.get("libelle", ""),
    }


def source_of(lot: LotImport) -> SourceVersement:
    """Which tool made the file, as its name and its headers tell."""
    mots = " ".join([lot.nom, *(vue["titre"] for vue in lot.constat.get("colonnes", ()))]).casefold()
    if "fonjep" in mots:
        return SourceVersement.FONJEP
    if "chorus" in mots or "ej" in mots.split():
        return SourceVersement.CHORUS
    return SourceVersement.FONJEP if "code poste" in mots else SourceVersement.AUTRE


def _known(session: Session, lot: LotImport, ligne: LigneImport, valeurs: Mapping[str, Any]) -> Versement | None:
    """The first payment of the same key that a former import made, and that no line of this one has brought up to date.

    A key comes back each year, or for somebody else: another beneficiary, engagement or exercice is another payment.
    """
    if not ligne.cle_source:
        return None
    anciens = (
        select(Versement)
        .outerjoin(LigneImport, LigneImport.id == Versement.ligne_id)
        .where(Versement.service_id == lot.service_id, Versement.cle == ligne.cle_source)
        .where(LigneImport.lot_id.is_distinct_from(lot.id))
    )
    for nom, inconnu in (("beneficiaire_siret", ""), ("ej", ""), ("exercice", None)):
        if valeurs[nom] != inconnu:
            colonne = getattr(Versement, nom)
            anciens = anciens.where(or_(colonne == valeurs[nom], colonne.is_not_distinct_from(inconnu)))
    return session.scalars(anciens.order_by(Versement.id).limit(1).with_for_update(of=Versement)).first()


def _again(session: Session, by: Acteur, ligne: LigneImport, versement: Versement, valeurs: dict[str, Any]) -> None:
    """The source speaks again of a payment: what it says now replaces what it said, and can be put back."""
    anciennes = {nom: _plain(getattr(versement, nom)) for nom in CHANGEANTS}
    for nom in CHANGEANTS:
        setattr(versement, nom, valeurs[nom])
    neuves = {nom: _plain(getattr(versement, nom)) for nom in CHANGEANTS}
    ligne.objet = f"versement:{versement.id}"
    ligne.avant = {"cree": False, "ligne": versement.ligne_id, "ancien": anciennes, "ecrit": neuves}
    versement.ligne_id = ligne.id
    if anciennes == neuves:
        ligne.message = "Déjà connu, rien n’a changé."
        return
    ligne.message = f"Mis à jour\u00a0: {montant_fr(versement.montant)}."
    changes = [nom for nom in CHANGEANTS if anciennes[nom] != neuves[nom]]
    journal.record(session, by=by, action="versement_mis_a_jour", objet=ligne.objet, valeurs={"champs": changes})


def _plain(valeur: Any) -> str | int | None:
    return valeur if isinstance(valeur, int) else None if valeur is None else str(valeur)


def tie(session: Session, versement: Versement) -> Sequence[VersementDossier]:
    """Tie a payment to the grant of its service that it surely or perhaps pays: by a known EJ, else association and exercice.

    A doubt between several grants ties nothing.
    """
    de_l_ej = _of_ej(session, versement)
    if de_l_ej:
        certaines = de_l_ej if len(de_l_ej) == 1 else []
        liens = [_link(versement, une, MethodeRapprochement.EJ, CERTAINE) for une in certaines]
    else:
        liens = _by_exercice(session, versement)
    session.add_all(liens)
    session.flush()
    return liens


def _of_ej(session: Session, versement: Versement) -> Sequence[int]:
    """The grants that a person has tied to a payment of the same engagement juridique."""
    if not versement.ej:
        return []
    dits = (
        select(VersementDossier.dossier_id)
        .join(Versement, Versement.id == VersementDossier.versement_id)
        .where(Versement.ej == versement.ej, Versement.service_id == versement.service_id)
        .where(VersementDossier.confiance == CERTAINE)
        .distinct()
    )
    return session.scalars(dits).all()


def _by_exercice(session: Session, versement: Versement) -> list[VersementDossier]:
    if versement.association_id is None or versement.exercice is None:
        return []
    candidats = session.execute(
        select(Dossier.id, Dossier.montant_accorde)
        .where(Dossier.service_id == versement.service_id, Dossier.association_id == versement.association_id)
        .where(Dossier.exercice == versement.exercice, Dossier.etat == Etat.ACCEPTE)
        .order_by(Dossier.id)
    ).all()
    exacts = [dossier_id for dossier_id, accorde in candidats if accorde == versement.montant]
    if len(exacts) == 1:
        return [_link(versement, exacts[0], MethodeRapprochement.SIRET_EXERCICE, PROBABLE)]
    if len(candidats) == 1:
        return [_link(versement, candidats[0][0], MethodeRapprochement.SIRET_EXERCICE, A_CONFIRMER)]
    return []


def _link(versement: Versement, dossier_id: int, methode: MethodeRapprochement, confiance: int) -> VersementDossier:
    return VersementDossier(versement_id=versement.id, dossier_id=dossier_id, methode=methode, confiance=confiance)


def undo(session: Session, *, by: Acteur, lot: LotImport, ligne: LigneImport) -> None:
    """Take the payment back, or put back what the source said before. Raises Conflict when a person has tied it since."""
    del lot
    versement = session.get(Versement, int(ligne.objet.partition(":")[2]), with_for_update=True)
    if versement is None:
        return
    if versement.ligne_id != ligne.id:
        raise Conflict("un import plus récent a parlé de ce versement\u00a0: annulez-le d’abord.")
    if not ligne.avant["cree"]:
        _put_back(versement, ligne.avant)
        valeurs = {"lot": ligne.lot_id, "ligne": ligne.numero}
        journal.record(session, by=by, action="import_retire", objet=ligne.objet, valeurs=valeurs)
        return
    dits = select(VersementDossier.dossier_id).where(
        VersementDossier.versement_id == versement.id, VersementDossier.methode == MethodeRapprochement.MANUEL
    )
    if session.scalars(dits.limit(1)).first() is not None:
        raise Conflict("quelqu’un a rattaché ce versement à un dossier.")
    journal.record(session, by=by, action="versement_retire", objet=ligne.objet, valeurs={"ligne": ligne.numero})
    session.execute(delete(VersementDossier).where(VersementDossier.versement_id == versement.id))
    session.delete(versement)
    session.flush()


def _put_back(versement: Versement, avant: Mapping[str, Any]) -> None:
    ancien = avant["ancien"]
    versement.ligne_id, versement.montant = avant["ligne"], Decimal(ancien["montant"])
    versement.date_operation = date.fromisoformat(ancien["date_operation"]) if ancien["date_operation"] else None
    for nom in ("exercice", "ej", "programme", "libelle"):
        setattr(versement, nom, ancien[nom])
