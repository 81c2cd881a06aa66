"""What cross-checks have found around a dossier, as one agent may read it: one statement for the page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from portal.errors import Forbidden, NotFound
from portal.models.dossiers import Dossier
from portal.models.recoupements import Recoupement
from portal.models.services import Service
from portal.permissions import Acteur, Verdict
from portal.permissions.lectures import Lecture
from portal.permissions.recoupements import can_judge, can_read_motif, can_read_reason, genres_readable
from portal.queries import choix_recoupements, dossiers, lecteur, lectures_dossiers, phrases_recoupements
from portal.queries.mes_dossiers import libelle_public
from portal.vocabulaire import Etat
from portal.vocabulaire_recoupements import Ecart, EtatRecoupement, GenreRecoupement, RaisonAction


@dataclass(frozen=True, slots=True, kw_only=True)
class AutreDossier:
    """What the croisement (model.md §3) tells of another dossier; `reference`: when the viewer's service may read it."""

    reference: str | None
    demarche: str
    service: str
    sigle: str
    contact: str
    intitule: str
    exercice: int | None
    montant_demande: Decimal | None
    montant_accorde: Decimal | None
    etat: Etat
    complement_demande: bool
    date_depot: datetime

    @property
    def libelle_etat(self) -> str:
        """Its état as the association reads it."""
        return libelle_public(self.etat, complement_demande=self.complement_demande)


@dataclass(frozen=True, slots=True)
class Ligne:
    """An amount of a sum, and where it comes from; `reference`: of a dossier that the viewer's service may read."""

    montant: Decimal
    de_qui: str
    le: date | None
    reference: str | None
    declaree: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoupementLu:
    """A finding. `faits`: its data, put in words by `titre` and `phrases`. `lignes`: those that the viewer may read."""

    id: int
    genre: GenreRecoupement
    etat: EtatRecoupement
    faits: Mapping[str, Any]
    autre: AutreDossier | None
    lignes: tuple[Ligne, ...]
    juge_par: str
    juge_at: datetime | None
    motif: str
    calcule_at: datetime

    @property
    def titre(self) -> str:
        """What was found, in a few words."""
        return phrases_recoupements.titre(self)

    @property
    def phrases(self) -> list[str]:
        """The reasons, each as a sentence."""
        return phrases_recoupements.phrases(self)

    @property
    def se_voit(self) -> bool:
        """Neither a sum of which the viewer reads nothing, nor one that only says that a cost is passed, when what it reads of
        it does not pass it."""
        if self.faits.get("lignes") and not self.lignes:
            return False
        return self.etat != EtatRecoupement.INFORMATION or self.faits.get("ecart") != Ecart.DEPASSEMENT


@dataclass(frozen=True, slots=True)
class Recoupements:
    """Those of a dossier, by kind. `confidentiels`: dossiers of the association of which only the existence is told."""

    dossier: Dossier
    liste: tuple[RecoupementLu, ...]
    confidentiels: int
    juger: Verdict

    def de(self, genre: GenreRecoupement) -> list[RecoupementLu]:
        """Those of one kind: what is to be looked at, then the rest."""
        return [un for un in self.liste if un.genre == genre]

    @property
    def a_regarder(self) -> int:
        """How many wait for somebody to look."""
        return sum(un.etat == EtatRecoupement.A_REGARDER for un in self.liste)


def of_dossier(session: Session, viewer: Acteur, dossier: Dossier, lecture: Lecture | None = None) -> Recoupements:
    """What was found around a dossier that the viewer may read, which the caller has checked.

    `lecture`: what the viewer reads of it, looked up when None. No finding, reason nor line of a sum comes from what is closed.
    """
    lecture = lecture or lectures_dossiers.get(session, viewer, dossier)
    lues = session.execute(choix_recoupements.choix(), lecteur.valeurs(viewer, dossier_id=dossier.id)).all()
    genres = genres_readable(viewer, dossier)
    connus = (reste for _, *reste in lues if reste[0] is not None and reste[-1])
    ouverts = [un for un in connus if un[0].genre in genres and not _is_closed(viewer, un[0])]
    siens = [_read(viewer, dossier, lecture, *un) for un in ouverts]
    liste = [un for un in siens if un.se_voit]
    ordre = {etat: rang for rang, etat in enumerate(EtatRecoupement)}
    liste.sort(key=lambda un: (ordre[un.etat], -int(un.faits.get("points", 0)), un.id))
    return Recoupements(dossier, tuple(liste), lues[0][0] if lues else 0, can_judge(viewer, dossier))


def _is_closed(viewer: Acteur, trouve: Recoupement) -> bool:
    """A conflict of interest closes the other dossier, or the other association, to this agent."""
    if trouve.autre_dossier_id in viewer.recuses:
        return True
    return trouve.faits.get("association_id") in viewer.associations_recusees


def get(session: Session, viewer: Acteur, reference: str, recoupement_id: int) -> tuple[Recoupements, RecoupementLu]:
    """One of them, to be judged. Raises NotFound."""
    tous = of_dossier(session, viewer, dossiers.get(session, viewer, reference))
    trouve = next((un for un in tous.liste if un.id == recoupement_id), None)
    if trouve is None:
        raise NotFound
    return tous, trouve


def get_to_judge(
    session: Session, viewer: Acteur, reference: str, recoupement_id: int
) -> tuple[Recoupements, RecoupementLu]:
    """The same for those who instruct the dossier. Raises NotFound, Forbidden."""
    tous, trouve = get(session, viewer, reference, recoupement_id)
    if not tous.juger:
        raise Forbidden(tous.juger.raison)
    return tous, trouve


def _read(
    viewer: Acteur,
    dossier: Dossier,
    lecture: Lecture,
    trouve: Recoupement,
    autre: Dossier | None,
    demarche: str | None,
    service: Service | None,
    lisible: bool,
    cites: list[Any] | None,
    juge_par: str | None,
    _connu: bool,
) -> RecoupementLu:
    connus = {cite[0]: cite for cite in cites or () if cite[0] not in viewer.recuses}
    lignes = tuple(_lines(trouve.faits.get("lignes", ()), connus))
    return RecoupementLu(
        id=trouve.id,
        genre=trouve.genre,
        etat=_seen(trouve, lignes),
        faits=_open_reasons(trouve.faits, lecture),
        autre=_other(autre, demarche or "", service, lisible=lisible) if autre and service else None,
        lignes=lignes,
        juge_par=juge_par if trouve.juge_par_id and juge_par else "",
        juge_at=trouve.juge_at,
        motif=trouve.motif if can_read_motif(viewer, dossier) else "",
        calcule_at=trouve.calcule_at,
    )


def _open_reasons(faits: Mapping[str, Any], lecture: Lecture) -> Mapping[str, Any]:
    """The reasons that this viewer reads, and what they come to: the sum of all would tell of the others."""
    if "raisons" not in faits or lecture.entiere:
        return faits
    lues = [une for une in faits["raisons"] if can_read_reason(lecture, RaisonAction(une["code"]))]
    points, sur = (sum(une[nom] for une in lues) for nom in ("points", "sur"))
    return {**faits, "raisons": lues, "points": points, "sur": sur}


def _lines(lignes: Sequence[Mapping[str, Any]], cites: Mapping[int, Sequence[Any]]) -> Iterator[Ligne]:
    """Those that are declared, and those of the dossiers that the viewer may know of."""
    for une in lignes:
        le = date.fromisoformat(une["le"]) if une.get("le") else None
        if "dossier_id" not in une:
            yield Ligne(
                Decimal(une["montant"]), une.get("autorite") or une.get("financeur", ""), le, None, declaree=True
            )
        elif cite := cites.get(une["dossier_id"]):
            yield Ligne(Decimal(une["montant"]), cite[1], le, cite[2], declaree=False)


def _seen(trouve: Recoupement, lignes: Sequence[Ligne]) -> EtatRecoupement:
    """A sum that passes a ceiling by amounts that the viewer may not know of alerts nobody: they would be told by it."""
    faits = trouve.faits
    if trouve.etat != EtatRecoupement.A_REGARDER or len(lignes) == len(faits.get("lignes", ())):
        return trouve.etat
    total = sum((ligne.montant for ligne in lignes), Decimal(faits.get("ici", "0")))
    plafonds = [Decimal(un["plafond"]) for un in faits.get("plafonds", ())] or [Decimal(faits.get("cout", "0"))]
    return EtatRecoupement.A_REGARDER if total > min(plafonds) else EtatRecoupement.INFORMATION


def _other(autre: Dossier, demarche: str, service: Service, *, lisible: bool) -> AutreDossier:
    return AutreDossier(
        reference=autre.reference if lisible else None,
        demarche=demarche,
        service=service.nom,
        sigle=service.sigle,
        contact=service.email,
        intitule=autre.intitule,
        exercice=autre.exercice,
        montant_demande=autre.montant_demande,
        montant_accorde=autre.montant_accorde,
        etat=autre.etat,
        complement_demande=autre.complement_demande,
        date_depot=autre.date_depot,
    )
