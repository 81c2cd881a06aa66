"""Begins and saves grant requests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import maintenant
from portal.forms.fusion import Verrou, fusionner
from portal.models.demandes import Demande, ModificationSection, SectionSaisie
from portal.models.demarches import Demarche
from portal.permissions import Acteur, can_edit
from portal.queries.campagnes import est_ouverte
from portal.queries.lecture_demandes import CHARGEMENT
from portal.queries.reponses_connues import Connue, connues, gardees, provenances
from portal.queries.reprises_demandes import last_filed
from portal.queries.versions_sections import Auteur, depart
from portal.services import journal
from portal.vocabulaire_demandes import Place, SectionDemande


def start(
    session: Session, *, by: Acteur, cle: str, demarche: Demarche, association_id: int, reprendre: bool = False
) -> Demande:
    """Begin a request, offering what the last one said if `reprendre`. The same key gives the same request.

    Raises Forbidden, Invalid when the campaign is not open.
    """
    verdict = can_edit(by, Demande(association_id=association_id, created_by_id=by.user_id))
    if not verdict:
        raise Forbidden(verdict.raison)
    if not est_ouverte(demarche, maintenant()):
        raise Invalid("demarche", "Cette campagne n’est pas ouverte. Choisissez-en une autre.")
    precedente = last_filed(session, by, association_id) if reprendre else None
    valeurs = {"association_id": association_id, "demarche_id": demarche.id, "created_by_id": by.user_id}
    nouvelle = session.scalar(
        insert(Demande)
        .values(cle=cle, precedente_id=precedente.id if precedente else None, **valeurs)
        .on_conflict_do_nothing(index_elements=["cle"])
        .returning(Demande.id)
    )
    demande = session.scalars(select(Demande).where(Demande.cle == cle)).one()
    if demande.created_by_id != by.user_id:
        raise Conflict("Cette page a déjà servi à une autre personne. Rechargez-la, puis recommencez.")
    if nouvelle is not None:
        dites = {"association": association_id, "demarche": demarche.id}
        journal.record(session, by=by, action="demande_commencee", objet=f"demande:{demande.id}", valeurs=dites)
    return demande


@dataclass(frozen=True, slots=True)
class Enregistrement:
    """What a saving did. `valeurs`: what its page is to show now; `verrou`: what it then is, if it goes on showing what it sent.

    `completes`: inputs that others alone changed, kept as they are; `conflits`: inputs that they changed to another text, of
    which nothing is written; each with its author. Everything else is kept.
    """

    valeurs: dict[str, str]
    verrou: Verrou
    completes: Mapping[str, Auteur] = field(default_factory=dict)
    conflits: Mapping[str, Auteur] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """True when everything that was sent is kept."""
        return not self.conflits


def save_section(
    session: Session,
    *,
    by: Acteur,
    demande: Demande,
    place: Place,
    valeurs: dict[str, str],
    version: int | Verrou,
    automatique: bool = False,
) -> Enregistrement:
    """Keep a page as typed, right or wrong, merged input by input with what others have saved since it was opened.

    The same values sent twice are one saving. `automatique`: while it is being typed; the former texts are its only trace.
    Raises Forbidden.
    """
    lock(session, demande)
    verdict = can_edit(by, demande)
    if not verdict or by.user_id is None:
        raise Forbidden(verdict.raison)
    saisie = next((s for s in demande.sections if (s.section, s.rang) == place), None)
    if saisie is None and not any(valeurs.values()) and automatique:
        return Enregistrement(valeurs, Verrou())
    verrou, neuve = _verrou(version), saisie is None or not saisie.version
    connue = connues(session, by, demande, place) if neuve or not verrou.version else {}
    if saisie is None:
        saisie = _commencee(session, demande, place, by.user_id)
    avant, offertes = saisie.valeurs, connue if neuve else gardees(saisie.provenances)
    enregistrement = keep(session, by=by, saisie=saisie, valeurs=valeurs, verrou=verrou, proposes=connue)
    saisie.provenances = provenances(saisie.valeurs, offertes)
    if saisie.valeurs is not avant and not automatique:
        changees = {f"{place.slug}.{nom}": texte for nom, texte in _changees(avant, saisie.valeurs).items()}
        journal.record(session, by=by, action="section_enregistree", objet=f"demande:{demande.id}", valeurs=changees)
    return enregistrement


def _commencee(session: Session, demande: Demande, place: Place, user_id: int) -> SectionSaisie:
    """The row of a page that nobody had saved."""
    saisie = SectionSaisie(
        demande_id=demande.id, section=place.section, rang=place.rang, version=0, valeurs={}, updated_by_id=user_id
    )
    demande.sections.append(saisie)
    session.flush()
    return saisie


def keep(
    session: Session,
    *,
    by: Acteur,
    saisie: SectionSaisie,
    valeurs: dict[str, str],
    verrou: Verrou,
    proposes: Mapping[str, Connue] | None = None,
) -> Enregistrement:
    """Merge into a section what one page sends. Who calls has locked it and asked who may.

    The first saving of a page makes its version 1, even of nothing: the page has been seen. `proposes`: what one opened before
    that showed to begin with; to leave it there changes nothing.
    """
    ouverte = depart(session, saisie, verrou, sorted({*saisie.valeurs, *valeurs}))
    if ouverte.perime:
        return Enregistrement(saisie.valeurs, Verrou(saisie.version, page=verrou.page))
    base = ouverte.base | _proposes(saisie, ouverte.versions, proposes or {})
    fusion = fusionner(base, saisie.valeurs, valeurs, ouverte.inconnus)
    anciennes = {nom: str(saisie.valeurs.get(nom, "")) for nom in _changees(saisie.valeurs, fusion.valeurs)}
    if anciennes or not saisie.version or _attestee_par_une_autre(saisie, by):
        saisie.version, saisie.updated_by_id = saisie.version + 1, cast("int", by.user_id)
        saisie.valeurs = fusion.valeurs
        trace = {"anciennes": anciennes, "page": verrou.page, "envoi": verrou.envoi, "by_id": saisie.updated_by_id}
        session.add(ModificationSection(section_id=saisie.id, version=saisie.version, **trace))
        session.flush()
    ecartes = fusion.completes | fusion.conflits
    inconnu = Auteur(saisie.updated_by_id, "une autre personne", saisie.updated_at)
    return Enregistrement(
        {**fusion.valeurs, **{nom: valeurs.get(nom, "") for nom in fusion.conflits}},
        Verrou(saisie.version, {nom: max(0, ouverte.versions[nom]) for nom in ecartes}, verrou.page),
        {nom: ouverte.auteurs.get(nom, inconnu) for nom in sorted(fusion.completes)},
        {nom: ouverte.auteurs.get(nom, inconnu) for nom in sorted(fusion.conflits)},
    )


def _proposes(saisie: SectionSaisie, vues: Mapping[str, int], proposes: Mapping[str, Connue]) -> dict[str, str]:
    """What was shown by a page opened before the section was ever saved, and of which nothing is kept yet.

    Attestations are each person's own.
    """
    if saisie.section == SectionDemande.ATTESTATIONS or not saisie.version or any(vues.values()):
        return {}
    return {nom: une.valeur for nom, une in proposes.items()}


def _attestee_par_une_autre(saisie: SectionSaisie, by: Acteur) -> bool:
    """Attestations bind who ticks them: the same boxes ticked by another person are hers from now on."""
    return saisie.section == SectionDemande.ATTESTATIONS and saisie.updated_by_id != by.user_id


def _verrou(version: int | Verrou) -> Verrou:
    return version if isinstance(version, Verrou) else Verrou(version)


def _changees(avant: Mapping[str, str], apres: Mapping[str, str]) -> dict[str, str]:
    """The inputs whose text changes, with the new one."""
    return {
        nom: apres.get(nom, "") for nom in sorted({*avant, *apres}) if str(avant.get(nom, "")) != apres.get(nom, "")
    }


def lock(session: Session, demande: Demande) -> None:
    """Lock the request and read it afresh with its sections: savings and filing of one request follow one another."""
    session.execute(select(Demande.id).where(Demande.id == demande.id).with_for_update())
    frais = select(Demande).where(Demande.id == demande.id).options(*CHARGEMENT)
    session.scalars(frais.execution_options(populate_existing=True)).one()
