"""Corrections asked of a filed request: what is asked, what is being written, what has changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.errors import Forbidden, NotFound
from portal.formats import aujourdhui
from portal.forms.saisie import Saisie
from portal.models.demandes import Demande, SectionSaisie
from portal.models.dossiers import Dossier
from portal.models.echanges import Complement
from portal.models.pieces import PieceDemande
from portal.permissions import Acteur
from portal.permissions.complements import can_ask, can_correct, is_on_paper
from portal.queries import dossiers, lectures_dossiers, mes_dossiers
from portal.queries.delais_rejet import est_ouvert
from portal.queries.lecture_demandes import CHARGEMENT, DemandeLue, lire
from portal.vocabulaire import ETATS_FINAUX
from portal.vocabulaire_demandes import EtatSection, Place, SectionDemande


@dataclass(frozen=True, slots=True)
class SectionDemandee:
    """A page to correct: why, what it is called, and where it stands as it is being corrected."""

    place: Place
    motif: str
    libelle: str
    etat: EtatSection
    modifiee: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """An open complement as the association works on it. `deposee`: the request as it is filed; `lue`: as it would become.

    `saisies`: the rows being written, by place; `pieces`: the files that it adds.
    """

    dossier: Dossier
    complement: Complement
    deposee: DemandeLue
    lue: DemandeLue
    saisies: Mapping[Place, SectionSaisie] = field(default_factory=dict)
    pieces: Sequence[PieceDemande] = ()

    @property
    def sections(self) -> tuple[SectionDemandee, ...]:
        """What is asked, in the order of the form."""
        motifs = motifs_de(self.complement)
        return tuple(
            SectionDemandee(place, motifs[place], self.lue.libelle(place), self._etat(place), self.est_modifiee(place))
            for place in self.lue.places
            if place in motifs
        )

    @property
    def attestee(self) -> bool:
        """Whether something is attested anew."""
        return Place(SectionDemande.ATTESTATIONS) in motifs_de(self.complement)

    def _etat(self, place: Place) -> EtatSection:
        """Of the pieces: something is added, whatever was filed."""
        if place.section != SectionDemande.PIECES:
            return self.lue.etat(place)
        return EtatSection.REMPLIE if self.pieces else EtatSection.A_COMMENCER

    def est_modifiee(self, place: Place) -> bool:
        """Whether the page says something else than what was filed."""
        if place.section == SectionDemande.PIECES:
            return bool(self.pieces)
        return place in self.saisies and poses(self.saisies[place].valeurs) != poses(
            self.deposee.forms[place].brut() if place in self.deposee.forms else {}
        )

    def ancienne(self, place: Place) -> Saisie | None:
        """The page as it is filed."""
        return self.deposee.forms.get(place)

    @property
    def en_retard(self) -> bool:
        """The day given has passed: corrections are still taken until the decision, and marked late."""
        return aujourdhui() > self.complement.echeance


def poses(valeurs: Mapping[str, str]) -> dict[str, str]:
    """The inputs that hold a text: an empty one and an absent one say the same."""
    return {nom: texte for nom, texte in valeurs.items() if texte}


def motifs_de(complement: Complement) -> dict[Place, str]:
    """The reason of each page asked."""
    lues = ((Place.lire(str(une["place"])), str(une["motif"])) for une in complement.sections)
    return {place: motif for place, motif in lues if place is not None}


def list_of_dossier(session: Session, dossier_id: int) -> list[Complement]:
    """Every one of a dossier, oldest first, with who asked."""
    return list(
        session.scalars(
            select(Complement)
            .where(Complement.dossier_id == dossier_id)
            .options(joinedload(Complement.demande_par))
            .order_by(Complement.id)
        )
    )


def open_of(session: Session, dossier_id: int) -> Complement | None:
    """The one that is open, if any, as it is in the database now."""
    return session.scalars(
        select(Complement)
        .where(Complement.dossier_id == dossier_id, Complement.repondu_at.is_(None), Complement.annule_at.is_(None))
        .execution_options(populate_existing=True)
    ).first()


def saisies_de(session: Session, complement: Complement) -> Sequence[SectionSaisie]:
    """The pages being corrected, as they are in the database now: another member may have saved one since they were read."""
    pages = select(SectionSaisie).where(SectionSaisie.complement_id == complement.id).order_by(SectionSaisie.id)
    return session.scalars(pages.execution_options(populate_existing=True)).all()


def correction(session: Session, dossier: Dossier, complement: Complement) -> Correction:
    """Read the request as it is filed and as its corrections would make it."""
    demande = session.scalars(select(Demande).where(Demande.id == dossier.demande_id).options(*CHARGEMENT)).one()
    saisies = saisies_de(session, complement)
    return Correction(
        dossier=dossier,
        complement=complement,
        deposee=lire(demande),
        lue=lire(demande, saisies),
        saisies={Place(une.section, une.rang): une for une in saisies},
        pieces=session.scalars(
            select(PieceDemande)
            .where(PieceDemande.complement_id == complement.id, PieceDemande.retiree_at.is_(None))
            .options(joinedload(PieceDemande.fichier))
            .order_by(PieceDemande.id)
        ).all(),
    )


def get_mine(session: Session, viewer: Acteur, reference: str) -> Correction:
    """The corrections asked of a dossier of the association. Raises NotFound when none is, Forbidden for a lecteur."""
    dossier = mes_dossiers.get(session, viewer, reference)
    complement = open_of(session, dossier.id)
    if complement is None or dossier.demande_id is None:
        raise NotFound
    verdict = can_correct(viewer, dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    return correction(session, dossier, complement)


def get_asked_by_letter(session: Session, viewer: Acteur, reference: str) -> tuple[Dossier, Complement] | None:
    """What is asked of a dossier of the association that came on paper; None of any other. Raises NotFound."""
    dossier = mes_dossiers.get(session, viewer, reference)
    complement = open_of(session, dossier.id) if is_on_paper(dossier) else None
    return (dossier, complement) if complement is not None else None


def is_sent(session: Session, viewer: Acteur, reference: str) -> bool:
    """Whether the last corrections asked of this dossier have been sent already. Raises NotFound."""
    dossier = mes_dossiers.get(session, viewer, reference)
    demandes = list_of_dossier(session, dossier.id)
    return bool(demandes) and demandes[-1].repondu_at is not None


def recall(form: Saisie, ancienne: Saisie | None) -> None:
    """Say beside each field what was filed."""
    filees = {champ.name: champ.lisible() for champ in ancienne.contenus()} if ancienne else {}
    for champ in form.contenus():
        deposee = filees.get(champ.name) or "aucune"
        indice = f"{champ.description.rstrip()} " if champ.description else ""
        champ.description = f"{indice}Réponse déposée\u00a0: {deposee}"


def get_place(session: Session, viewer: Acteur, reference: str, slug: str) -> tuple[Correction, Place]:
    """One page of them. Raises NotFound also for a page that is not asked."""
    trouvee, place = get_mine(session, viewer, reference), Place.lire(slug)
    if place is None or place not in trouvee.saisies or place not in trouvee.lue.forms:
        raise NotFound
    return trouvee, place


@dataclass(frozen=True, slots=True)
class Suivi:
    """The corrections of a dossier as its service sees them. `lue`: its request, None when it came on paper.

    `ouvert`: the one under way.
    """

    dossier: Dossier
    lue: DemandeLue | None
    complements: Sequence[Complement]

    @property
    def pages(self) -> tuple[tuple[Place, str], ...]:
        """The pages of the request with their names; of one that came on paper, none."""
        lue = self.lue
        return tuple((place, lue.libelle(place)) for place in lue.places) if lue else ()

    @property
    def ouvert(self) -> Complement | None:
        """The one that is neither answered nor cancelled, as long as the dossier is not decided."""
        decide = self.dossier.etat in ETATS_FINAUX
        return next((un for un in self.complements if est_ouvert(un) and not decide), None)


def get_suivi(session: Session, viewer: Acteur, reference: str) -> Suivi:
    """A dossier of ours with its request and every complement, for whoever reads all of it.

    Raises NotFound, also for a DS dossier.
    """
    dossier = dossiers.get(session, viewer, reference)
    lectures_dossiers.check_whole(session, viewer, dossier)
    if is_on_paper(dossier):
        return Suivi(dossier, None, list_of_dossier(session, dossier.id))
    return Suivi(dossier, get_request(session, dossier), list_of_dossier(session, dossier.id))


def get_request(session: Session, dossier: Dossier) -> DemandeLue:
    """What a dossier that the caller may read asks, page by page. Raises NotFound when it has no form here."""
    if dossier.demande_id is None:
        raise NotFound
    return lire(session.scalars(select(Demande).where(Demande.id == dossier.demande_id).options(*CHARGEMENT)).one())


def get_to_ask(session: Session, viewer: Acteur, reference: str) -> Suivi:
    """The same for whoever may ask. Raises NotFound, Forbidden."""
    suivi = get_suivi(session, viewer, reference)
    verdict = can_ask(viewer, suivi.dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    return suivi
