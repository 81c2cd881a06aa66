"""The imports of a service: how far each is, what was found in it, and its lines by what is thought or became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.classeurs.champs import Champ
from portal.classeurs.genres import GENRES
from portal.errors import NotFound
from portal.models.demarches import Demarche
from portal.models.imports import LigneImport, LotImport
from portal.permissions import Acteur
from portal.permissions.imports import can_prepare, can_undo
from portal.queries.imports_anterieurs import is_another_at_work, is_stale
from portal.queries.valeurs_importees import shown
from portal.vocabulaire import Source
from portal.vocabulaire_imports import (
    LIBELLES_ETAT_LIGNE_IMPORT,
    LIBELLES_VERDICT_LIGNE,
    Comparaison,
    EtatImport,
    EtatLigneImport,
    GenreImport,
    VerdictLigne,
)

PAR_PAGE = 50
IMPORTS_PAR_PAGE = 30
DEMARCHES = 200
EN_COURS = frozenset({EtatImport.A_LIRE, EtatImport.A_APPLIQUER, EtatImport.A_ANNULER})
AVANT = frozenset({EtatImport.LU, EtatImport.A_LIRE, EtatImport.ILLISIBLE, EtatImport.ABANDONNE})
LIBELLES_COMPARAISON = {
    Comparaison.NOUVELLE: "nouvelle",
    Comparaison.MODIFIEE: "changée",
    Comparaison.INCHANGEE: "inchangée",
}
# A list of lines, by its name in an address: the column that it looks at, and its value.
FILTRES: dict[str, tuple[Any, Any]] = {
    **{un.value: (LigneImport.verdict, un) for un in VerdictLigne},
    **{un.value: (LigneImport.comparaison, un) for un in LIBELLES_COMPARAISON},
    **{un.value: (LigneImport.etat, un) for un in EtatLigneImport},
}


@dataclass(frozen=True, slots=True)
class LigneVue:
    """A line as the page shows it: (field, value) in words, and what was said of its cells."""

    ligne: LigneImport
    valeurs: Sequence[tuple[str, str]]
    remarques: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageImport:
    """An import, a page of its lines, and what the viewer may do. `suivante`: the row after which the next page begins.

    `meme_fichier`: an import that stands, of the very same file. `demarches`: (id, title) of those where its requests may go,
    `habituelle`: where those of the last file of that form went. `perimee`: another import was written or undone since.
    `attend`: it is to be written after another one.
    """

    lot: LotImport
    lignes: Sequence[LigneVue]
    filtre: str
    apres: int
    suivante: int | None
    preparable: bool
    annulable: bool
    meme_fichier: LotImport | None
    perimee: bool
    attend: bool
    demarches: Sequence[tuple[int, str]]
    habituelle: int | None

    @property
    def en_cours(self) -> bool:
        """Whether a worker has still to do something of it."""
        return self.lot.etat in EN_COURS

    @property
    def a_verifier(self) -> bool:
        """It waits for a person."""
        return self.lot.etat == EtatImport.LU

    @property
    def demarche_proposee(self) -> str:
        """The number of its démarche, else of the usual one, "" for none."""
        return str(self.lot.demarche_id or self.habituelle or "")

    @property
    def rangeable(self) -> bool:
        """Its requests go to a démarche that the viewer may choose."""
        return self.a_verifier and self.preparable and self.lot.genre == GenreImport.DEMANDES

    def compte(self, nom: str) -> int:
        """How many lines, by verdict, comparison or what became of them."""
        return int(self.lot.comptes.get(nom, 0))

    @property
    def a_importer(self) -> int:
        """Lines that may be written, those that came before included."""
        return self.compte("pret") + self.compte("avertissement")

    @property
    def neuves(self) -> int:
        """Lines that would be written, were it confirmed as it is proposed."""
        return self.a_importer - self.compte("deja")

    @property
    def _comparee(self) -> bool:
        return self.lot.precedent_id is not None or bool(self.compte("inchangee") or self.compte("modifiee"))

    @property
    def listes(self) -> list[tuple[str, str, int]]:
        """(name, words, number of lines) of the lists that hold some."""
        verdicts = [(un.value, f"{LIBELLES_VERDICT_LIGNE[un]}") for un in VerdictLigne]
        etats = [(un.value, LIBELLES_ETAT_LIGNE_IMPORT[un]) for un in EtatLigneImport]
        # Beside nothing, every line is new: it is not said.
        compares = [(un.value, nom) for un, nom in LIBELLES_COMPARAISON.items()] if self._comparee else []
        lus = verdicts + compares if self.lot.etat in AVANT else etats
        return [(nom, libelle, self.compte(nom)) for nom, libelle in lus if self.compte(nom)]

    @property
    def titres(self) -> dict[int, str]:
        """The header of each column."""
        return {vue["rang"]: vue["titre"] for vue in self.lot.constat.get("colonnes", ())}


def get(session: Session, viewer: Acteur, lot_id: int) -> LotImport:
    """An import of the viewer's service. Raises NotFound."""
    lot = session.scalars(
        select(LotImport)
        .where(LotImport.id == lot_id, LotImport.service_id == viewer.service_id)
        .options(joinedload(LotImport.user), joinedload(LotImport.demarche))
    ).first()
    if lot is None:
        raise NotFound
    return lot


def get_own(session: Session, viewer: Acteur, lot_id: int) -> LotImport:
    """An import that the viewer has deposited: to choose and to confirm is for that person. Raises NotFound."""
    lot = get(session, viewer, lot_id)
    if lot.user_id != viewer.user_id:
        raise NotFound
    return lot


def get_page(session: Session, viewer: Acteur, lot_id: int, *, filtre: str = "", apres: int = 0) -> PageImport:
    """An import, and a page of its lines in the order of the file: as many statements whatever they hold."""
    lot = get(session, viewer, lot_id)
    filtre = filtre if filtre in FILTRES else ""
    choix = select(LigneImport).where(LigneImport.lot_id == lot.id, LigneImport.numero > apres)
    if filtre:
        colonne, valeur = FILTRES[filtre]
        choix = choix.where(colonne == valeur)
    en_cours = lot.etat in EN_COURS
    lues = [] if en_cours else session.scalars(choix.order_by(LigneImport.numero).limit(PAR_PAGE + 1)).all()
    montrees = lues[:PAR_PAGE]
    demandes = lot.etat == EtatImport.LU and lot.genre == GenreImport.DEMANDES
    return PageImport(
        lot=lot,
        lignes=[LigneVue(une, _values(lot.genre, une), une.remarques) for une in montrees],
        filtre=filtre,
        apres=apres,
        suivante=montrees[-1].numero if len(lues) > PAR_PAGE else None,
        preparable=can_prepare(viewer, lot).ok,
        annulable=can_undo(viewer, lot).ok,
        meme_fichier=_same_file(session, lot) if lot.etat == EtatImport.LU else None,
        attend=lot.etat == EtatImport.A_APPLIQUER and not lot.total and is_another_at_work(session, lot),
        perimee=lot.etat == EtatImport.LU and lot.genre is not None and is_stale(session, lot),
        demarches=list_demarches(session, viewer) if demandes else (),
        habituelle=_usual(session, lot) if demandes else None,
    )


def _values(genre: GenreImport | None, ligne: LigneImport) -> Sequence[tuple[str, str]]:
    """In the order of the fields of that kind."""
    lues = ligne.valeurs
    return [(un.libelle, shown(un, lues[un.nom])) for un in GENRES[genre] if lues.get(un.nom)] if genre else ()


def _usual(session: Session, lot: LotImport) -> int | None:
    """The démarche of the last import of that form."""
    return session.scalar(
        select(LotImport.demarche_id)
        .where(LotImport.service_id == lot.service_id, LotImport.genre == lot.genre, LotImport.forme == lot.forme)
        .where(LotImport.etat == EtatImport.APPLIQUE)
        .order_by(LotImport.applique_at.desc())
        .limit(1)
    )


def _same_file(session: Session, lot: LotImport) -> LotImport | None:
    """The last import of those very bytes that was written, or is being, for the same démarche."""
    return session.scalars(
        select(LotImport)
        .where(LotImport.service_id == lot.service_id, LotImport.genre == lot.genre, LotImport.id != lot.id)
        .where(LotImport.fichier_id == lot.fichier_id, LotImport.demarche_id.is_not_distinct_from(lot.demarche_id))
        .where(LotImport.etat.in_((EtatImport.APPLIQUE, EtatImport.A_APPLIQUER)))
        .order_by(LotImport.id.desc())
        .limit(1)
    ).first()


def list_imports(
    session: Session, viewer: Acteur, *, avant: int | None = None
) -> tuple[Sequence[LotImport], int | None]:
    """The imports of the viewer's service, newest first, and the number before which the next page goes on."""
    choix = select(LotImport).where(LotImport.service_id == viewer.service_id).options(joinedload(LotImport.user))
    if avant is not None:
        choix = choix.where(LotImport.id < avant)
    lots = session.scalars(choix.order_by(LotImport.id.desc()).limit(IMPORTS_PAR_PAGE + 1)).all()
    montres = lots[:IMPORTS_PAR_PAGE]
    return montres, montres[-1].id if len(lots) > IMPORTS_PAR_PAGE else None


def list_demarches(session: Session, viewer: Acteur) -> list[tuple[int, str]]:
    """(id, title) of the démarches of the service where requests of a workbook may go, the newest first."""
    demarches = session.execute(
        select(Demarche.id, Demarche.titre, Demarche.exercice)
        .where(Demarche.service_id == viewer.service_id, Demarche.source != Source.DS)
        .order_by(Demarche.id.desc())
        .limit(DEMARCHES)
    )
    return [(ident, f"{titre} ({exercice})" if exercice else titre) for ident, titre, exercice in demarches]


def list_fields(genre: GenreImport | None) -> tuple[list[tuple[str, str]], frozenset[str]]:
    """(name, words) of what a column may give, and the names of those that several columns may give together."""
    champs = GENRES[genre] if genre else ()
    offerts = [(un.nom, f"{un.libelle}{_precision(un)}") for un in champs]
    return offerts, frozenset(un.nom for un in champs if un.multiple)


def _precision(champ: Champ) -> str:
    if champ.obligatoire:
        return " (obligatoire)"
    return "" if champ.repris else " (lu, non repris)"


def field_words(genre: GenreImport | None) -> dict[str, str]:
    """The words of each field, by its name."""
    return {un.nom: un.libelle for un in GENRES[genre]} if genre else {}
