"""Asks an association to correct its filed request, and keeps the corrections that it writes until it sends them."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import aujourdhui, date_fr, maintenant
from portal.forms.fusion import Verrou
from portal.models.demandes import SectionSaisie
from portal.models.dossiers import Dossier
from portal.models.echanges import Complement
from portal.permissions import Acteur, Verdict
from portal.permissions.actes_lots import CORRECTIONS_DEJA_DEMANDEES
from portal.permissions.complements import can_ask, can_ask_online, can_correct
from portal.queries import complements as queries
from portal.queries import correspondants
from portal.queries.complements import Correction
from portal.queries.lecture_demandes import DemandeLue
from portal.services import courriels, delais, instruction, journal
from portal.services.demandes import Enregistrement, keep
from portal.vocabulaire_demandes import Place, SectionDemande

DELAI_PROPOSE = timedelta(days=15)
DELAI_MAXIMAL = timedelta(days=183)
SUIVENT_LA_DEMANDE = (
    "Les attestations portent le montant et l’exercice\u00a0: relisez-les, et cochez de nouveau celles qui changent."
)


def ask(
    session: Session,
    *,
    by: Acteur,
    dossier: Dossier,
    lue: DemandeLue,
    motifs: Mapping[Place, str],
    motif: str,
    echeance: date,
    pieces_exigees: bool,
) -> Complement:
    """Ask for pages of a filed request (`motifs`: why, each) to be corrected until `echeance`; the members are told by mail.

    One at a time. What is asked brings the attestations along, which bear its amount. Raises Forbidden, Invalid, Conflict.
    """
    lock_to_ask(session, by, dossier)
    _require(can_ask_online(by, dossier))
    demandees = _demandees(lue, motifs)
    complement = record(session, by, dossier, demandees, motif=motif, echeance=echeance, pieces_exigees=pieces_exigees)
    session.add_all(_copies(lue, complement, demandees, cast("int", by.user_id)))
    session.flush()
    return complement


def lock_to_ask(session: Session, by: Acteur, dossier: Dossier) -> None:
    """Lock the dossier. Raises Forbidden when nothing may be asked, Conflict when something is being asked already."""
    instruction.lock(session, dossier)
    _require(can_ask(by, dossier))
    if queries.open_of(session, dossier.id) is not None:
        raise Conflict(CORRECTIONS_DEJA_DEMANDEES)


def record(
    session: Session,
    by: Acteur,
    dossier: Dossier,
    demandees: Mapping[Place, str],
    *,
    motif: str,
    echeance: date,
    pieces_exigees: bool,
) -> Complement:
    """Write what is asked of a locked dossier, count its delay again, tell its members. Raises Invalid."""
    check_date(echeance)
    complement = Complement(
        dossier_id=dossier.id,
        sections=[{"place": place.slug, "motif": raison} for place, raison in demandees.items()],
        motif=motif,
        echeance=echeance,
        pieces_exigees=pieces_exigees,
        demande_par_id=by.user_id,
    )
    session.add(complement)
    session.flush()
    dossier.complement_demande = True
    delais.refresh(session, dossier)
    note(session, by, complement, "complement_demande", sections=[p.slug for p in demandees], echeance=str(echeance))
    _tell(session, dossier, "complement_demande", echeance=echeance.isoformat())
    return complement


def _demandees(lue: DemandeLue, motifs: Mapping[Place, str]) -> dict[Place, str]:
    """The pages asked, in the order of the form. Raises Invalid when there is none."""
    demandees = {place: motifs[place] for place in lue.places if place in motifs}
    if not demandees:
        raise Invalid("", "Écrivez ce qui est à corriger dans une section au moins.")
    attestations = Place(SectionDemande.ATTESTATIONS)
    if Place(SectionDemande.DEMANDE) in demandees and attestations in lue.places:
        demandees.setdefault(attestations, SUIVENT_LA_DEMANDE)
    return demandees


def check_date(echeance: date) -> None:
    """Raise Invalid unless it is to come, within six months."""
    jour = aujourdhui()
    if not jour < echeance <= jour + DELAI_MAXIMAL:
        raise Invalid(
            "echeance",
            f"Le {date_fr(echeance)} ne peut pas être retenu\u00a0: donnez une date à venir, dans les six mois.",
        )


def _copies(lue: DemandeLue, complement: Complement, demandees: Mapping[Place, str], by_id: int) -> list[SectionSaisie]:
    """The pages as they are filed: corrections begin from there, and nothing that was filed moves until they are sent."""
    filees = {Place(une.section, une.rang): une for une in lue.demande.sections if une.retiree_at is None}
    return [
        SectionSaisie(
            demande_id=lue.demande.id,
            section=place.section,
            rang=place.rang,
            complement_id=complement.id,
            valeurs=dict(filees[place].valeurs) if place in filees else {},
            updated_by_id=filees[place].updated_by_id if place in filees else by_id,
        )
        for place in demandees
    ]


def cancel(session: Session, *, by: Acteur, dossier: Dossier) -> Complement:
    """Ask for nothing more: what was begun is left aside. Raises Forbidden, Conflict when nothing is asked."""
    instruction.lock(session, dossier)
    _require(can_ask(by, dossier))
    complement = queries.open_of(session, dossier.id)
    if complement is None:
        raise Conflict(
            "Plus rien n’est demandé à l’association\u00a0: elle vient peut-être de répondre. Rechargez le dossier."
        )
    complement.annule_at, dossier.complement_demande = maintenant(), False
    delais.refresh(session, dossier)
    note(session, by, complement, "complement_annule")
    _tell(session, dossier, "complement_annule")
    return complement


def _tell(session: Session, dossier: Dossier, gabarit: str, **donnees: str) -> None:
    """A mail to each member, without a word of what is asked."""
    for adresse in correspondants.members(session, dossier):
        courriels.enqueue(
            session,
            gabarit,
            destinataire=adresse,
            reference=dossier.reference,
            association=dossier.demandeur_nom,
            service=dossier.service.nom,
            **donnees,
        )


def save(
    session: Session, *, by: Acteur, correction: Correction, place: Place, valeurs: dict[str, str], verrou: Verrou
) -> Enregistrement:
    """Keep a page being corrected as typed, merged input by input with what other members have saved since it was opened.

    Raises Forbidden, Conflict once the corrections are sent, cancelled, or the dossier decided.
    """
    lock_open(session, correction.complement)
    session.refresh(correction.dossier, ["etat"])
    _require(can_correct(by, correction.dossier))
    saisie = correction.saisies[place]
    session.refresh(saisie)
    avant = dict(saisie.valeurs)
    enregistrement = keep(session, by=by, saisie=saisie, valeurs=valeurs, verrou=verrou)
    changees = {f"{place.slug}.{nom}": texte for nom, texte in saisie.valeurs.items() if avant.get(nom, "") != texte}
    if changees:
        objet = f"demande:{saisie.demande_id}"
        journal.record(session, by=by, action="correction_enregistree", objet=objet, valeurs=changees)
    return enregistrement


def lock_open(session: Session, complement: Complement) -> None:
    """Lock it and read it afresh. Raises Conflict when nothing is asked any more."""
    verrou = select(Complement).where(Complement.id == complement.id).with_for_update()
    session.scalars(verrou.execution_options(populate_existing=True)).one()
    if complement.repondu_at is not None:
        raise Conflict("Les corrections de ce dossier viennent d’être envoyées\u00a0: cette page n’est plus gardée.")
    if complement.annule_at is not None:
        raise Conflict("Le service ne demande plus ces corrections\u00a0: cette page n’est plus gardée.")


def _require(verdict: Verdict) -> None:
    if not verdict:
        raise Forbidden(verdict.raison)


def note(session: Session, by: Acteur, complement: Complement, action: str, **valeurs: object) -> None:
    journal.record(
        session,
        by=by,
        action=action,
        objet=f"dossier:{complement.dossier_id}",
        valeurs={"complement": complement.id, **valeurs},
    )
