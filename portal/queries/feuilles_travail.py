"""What working sheets hold: the values of dossiers, cell by cell, as this agent may read and change them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.classeurs.feuille_rendue import etiquettes, texte_de
from portal.classeurs.trois_voies import meme_nom
from portal.models.avis import Avis, DemandeAvis
from portal.models.connexion import User
from portal.models.decisions import Proposition
from portal.models.dossiers import Dossier
from portal.models.file_agents import Etiquette, EtiquetteDossier
from portal.models.taches import NotePersonnelle
from portal.permissions import Acteur
from portal.permissions.feuilles_travail import closed
from portal.queries import agents
from portal.queries.dossiers import list_ids, visible_dossiers
from portal.queries.filtres_dossiers import FiltreDossiers
from portal.vocabulaire import LIBELLES_ETAT_AGENT, LIBELLES_SENS, Etat, SensAvis
from portal.vocabulaire_imports import ENTRE_ETIQUETTES, MONTANTS_FEUILLE, ChampFeuille

MAXIMUM = 2_000


@dataclass(frozen=True, slots=True)
class Contenu:
    """What a dossier holds now. `valeurs`: canonical text of each cell; `fermes`: those that may not be changed, and why.

    `proposition`, `avis`, `note`, `posees`: the rows behind them; labels by id.
    """

    dossier: Dossier
    valeurs: Mapping[str, str]
    fermes: Mapping[ChampFeuille, str]
    proposition: Proposition | None = None
    avis: Avis | None = None
    note: NotePersonnelle | None = None
    posees: Mapping[int, str] = field(default_factory=dict)


def of_references(session: Session, viewer: Acteur, references: Sequence[str]) -> dict[str, Contenu]:
    """Those of these dossiers that the viewer reads, in the order given, by reference, in eight statements."""
    choix = (
        visible_dossiers(viewer)
        .where(Dossier.reference.in_(references))
        .options(joinedload(Dossier.demarche), joinedload(Dossier.service))
        .execution_options(populate_existing=True)
    )
    lus = {un.reference: un for un in session.scalars(choix)}
    dossiers = [lus[une] for une in dict.fromkeys(references) if une in lus]
    return {un.dossier.reference: un for un in read(session, viewer, dossiers)}


def read(session: Session, viewer: Acteur, dossiers: Sequence[Dossier]) -> Iterator[Contenu]:
    """The same of dossiers that the viewer reads."""
    ids = [un.id for un in dossiers]
    siens = [un.id for un in dossiers if un.service_id == viewer.service_id]
    noms = _names(session, viewer, {un.instructeur_id for un in dossiers} - {None})
    propositions = {
        une.dossier_id: une for une in session.scalars(select(Proposition).where(Proposition.dossier_id.in_(siens)))
    }
    avis = {
        un.dossier_id: un
        for un in session.scalars(select(Avis).where(Avis.dossier_id.in_(ids), Avis.service_id == viewer.service_id))
    }
    notes = {
        une.dossier_id: une
        for une in session.scalars(
            select(NotePersonnelle).where(
                NotePersonnelle.dossier_id.in_(ids), NotePersonnelle.user_id == viewer.user_id
            )
        )
    }
    posees, demandes = _labels(session, viewer, ids), _asked(session, viewer, ids)
    for un in dossiers:
        proposition, mien, note = propositions.get(un.id), avis.get(un.id), notes.get(un.id)
        siennes = posees.get(un.id, {})
        yield Contenu(
            dossier=un,
            valeurs=_values(un, noms, proposition, mien, siennes.values(), note),
            fermes=closed(viewer, un, demandes.get(un.id, []), proposition),
            proposition=proposition,
            avis=mien,
            note=note,
            posees=siennes,
        )


def _values(
    dossier: Dossier,
    noms: Mapping[int, str],
    proposition: Proposition | None,
    mien: Avis | None,
    siennes: Iterable[str],
    note: NotePersonnelle | None,
) -> dict[str, str]:
    return {
        ChampFeuille.ETAT: dossier.etat.value,
        ChampFeuille.INSTRUCTEUR: noms.get(dossier.instructeur_id or 0, ""),
        ChampFeuille.MONTANT_PROPOSE: montant(proposition.montant if proposition else None),
        ChampFeuille.AVIS_SENS: mien.sens.value if mien else "",
        ChampFeuille.AVIS_MONTANT: montant(mien.montant_propose if mien else None),
        ChampFeuille.AVIS_TEXTE: texte_de(mien.texte) if mien else "",
        ChampFeuille.ETIQUETTES: etiquettes(ENTRE_ETIQUETTES.join(siennes).split(";")),
        ChampFeuille.NOTE: texte_de(note.texte) if note else "",
    }


def montant(euros: Decimal | None) -> str:
    """Euros in canonical text, "" when there are none."""
    return "" if euros is None else f"{euros:.2f}"


def words(champ: ChampFeuille, canonique: str) -> str | Decimal | None:
    """What a cell shows of a value: words for codes, a number for an amount."""
    if champ in MONTANTS_FEUILLE:
        return Decimal(canonique) if canonique else None
    if champ == ChampFeuille.ETAT:
        return LIBELLES_ETAT_AGENT[Etat(canonique)]
    if champ == ChampFeuille.AVIS_SENS:
        return LIBELLES_SENS[SensAvis(canonique)] if canonique else ""
    return canonique


def references_of_view(session: Session, viewer: Acteur, filtre: FiltreDossiers) -> list[str]:
    """The first dossiers of a view, as many as a sheet may hold, in its order."""
    ids = list_ids(session, viewer, filtre, maximum=MAXIMUM)
    lues = session.execute(select(Dossier.id, Dossier.reference).where(Dossier.id.in_(ids)))
    par_id = {une.id: une.reference for une in lues}
    return [par_id[ident] for ident in ids if ident in par_id]


def agents_offered(session: Session, viewer: Acteur) -> dict[str, int]:
    """Who may be given a dossier, by the name that a cell shows: those of the same name are all told apart by their address."""
    siens = session.scalars(agents.of_service(viewer.service_id)).all()
    fois = Counter(meme_nom(un.nom_affiche) for un in siens)
    return {
        un.nom_affiche if fois[meme_nom(un.nom_affiche)] == 1 else f"{un.nom_affiche} ({un.email})": un.id
        for un in siens
    }


def labels_offered(session: Session, viewer: Acteur) -> dict[str, int]:
    """The labels that may be put, by name."""
    choix = select(Etiquette.nom, Etiquette.id).where(
        Etiquette.service_id == viewer.service_id, Etiquette.retiree_at.is_(None)
    )
    lues = session.execute(choix.order_by(Etiquette.nom, Etiquette.id))
    return {_in_a_list(une.nom): une.id for une in lues}


def _in_a_list(nom: str) -> str:
    """A label as a cell shows it, where a semicolon parts two labels."""
    return nom.replace(";", ",")


def _names(session: Session, viewer: Acteur, ids: Iterable[int | None]) -> dict[int, str]:
    """Of those who have these dossiers: as they are offered, else their name."""
    lus = {un.id: un.nom_affiche for un in session.scalars(select(User).where(User.id.in_(list(ids))))}
    return lus | {ident: nom for nom, ident in agents_offered(session, viewer).items()}


def _labels(session: Session, viewer: Acteur, ids: Sequence[int]) -> dict[int, dict[int, str]]:
    posees: dict[int, dict[int, str]] = {}
    choix = (
        select(EtiquetteDossier.dossier_id, Etiquette.id, Etiquette.nom)
        .join(Etiquette, Etiquette.id == EtiquetteDossier.etiquette_id)
        .where(EtiquetteDossier.dossier_id.in_(ids), Etiquette.service_id == viewer.service_id)
        .order_by(Etiquette.nom, Etiquette.id)
    )
    for dossier_id, ident, nom in session.execute(choix):
        posees.setdefault(dossier_id, {})[ident] = _in_a_list(nom)
    return posees


def _asked(session: Session, viewer: Acteur, ids: Sequence[int]) -> dict[int, list[DemandeAvis]]:
    """What is asked of the viewer's service, and not closed."""
    demandes: dict[int, list[DemandeAvis]] = {}
    choix = select(DemandeAvis).where(
        DemandeAvis.dossier_id.in_(ids), DemandeAvis.service_id == viewer.service_id, DemandeAvis.close_at.is_(None)
    )
    for une in session.scalars(choix.order_by(DemandeAvis.id)):
        demandes.setdefault(une.dossier_id or 0, []).append(une)
    return demandes
