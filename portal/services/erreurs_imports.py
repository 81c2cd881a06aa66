"""Gives an imported file back annotated: what is wrong is corrected in a spreadsheet, and the file deposited again."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session

from portal.classeurs.annotation import classeur
from portal.classeurs.lecture import annoter
from portal.classeurs.resultats import Annotations, ClasseurRefuse, LigneAnnotee
from portal.errors import Conflict, Forbidden, NotFound
from portal.models.documents import Document
from portal.models.imports import LigneImport, LotImport
from portal.permissions import Acteur, may_instruct
from portal.queries import imports
from portal.services import auteurs, documents
from portal.services.fichiers import read_bytes
from portal.services.moyens import Moyens
from portal.vocabulaire import GenreDocument
from portal.vocabulaire_imports import (
    LIBELLES_ETAT_LIGNE_IMPORT,
    LIBELLES_VERDICT_LIGNE,
    EtatImport,
    EtatLigneImport,
    VerdictLigne,
)

PAQUET = 500
# Beyond, a file is not given back whole: it is held in memory while it is written.
LIGNES_ENTIERES = 20_000
LUS = (EtatImport.LU, EtatImport.APPLIQUE, EtatImport.ANNULE)


def order(session: Session, *, by: Acteur, lot: LotImport) -> Document:
    """Order the annotated workbook of an import that was read. Raises Forbidden, Conflict."""
    verdict = may_instruct(by)
    if not verdict or by.service_id != lot.service_id:
        raise Forbidden(verdict.raison or "Cet import est celui d’un autre service.")
    if lot.etat not in LUS:
        raise Conflict(
            "Ce fichier n’est pas encore lu\u00a0: le classeur annoté ne peut pas être préparé. Rechargez la page."
        )
    nom = f"Lignes annotées, {lot.nom.rpartition('.')[0] or lot.nom}"[:200]
    parametres = {"import": lot.id, "service_id": lot.service_id}
    return documents.order_view(session, by=by, genre=GenreDocument.ERREURS_IMPORT, nom=nom, parametres=parametres)


def annotated_workbook(moyens: Moyens, document: Document) -> bytes:
    """The .xlsx of an ERREURS_IMPORT document: the file whole, row for row; of one too large, the lines where something is to be
    said. No transaction is open while the file is read again. Raises Forbidden, NotFound."""
    with moyens.fabrique() as session:
        session.execute(text("SET TRANSACTION READ ONLY"))
        viewer = auteurs.get(session, document)
        lot = imports.get(session, viewer, int((document.parametres or {}).get("import", 0)))
        if lot.etat not in LUS:
            raise NotFound
        if lot.total > LIGNES_ENTIERES:
            return _lignes_seules(session, lot)
        fichier, nom, constat = lot.fichier, lot.nom, lot.constat
        lignes = {ligne.numero: ligne for ligne in _lignes(session, lot)}
    annotations = Annotations(constat["feuille"], max(constat["entete"], default=0), lignes)
    try:
        return _entier(read_bytes(moyens.stockage, fichier), nom, annotations)
    except ClasseurRefuse:  # its other sheets are too large to be given back
        with moyens.fabrique() as session:
            return _lignes_seules(session, imports.get(session, viewer, lot.id))


def _entier(octets: bytes, nom: str, annotations: Annotations) -> bytes:
    with TemporaryDirectory() as dossier:
        chemin = Path(dossier) / "fichier"
        chemin.write_bytes(octets)
        return annoter(chemin, nom, annotations)


def _lignes_seules(session: Session, lot: LotImport) -> bytes:
    colonnes = sorted(lot.constat.get("colonnes", ()), key=lambda vue: vue["rang"])
    largeur = colonnes[-1]["rang"] + 1 if colonnes else 0
    titres = {vue["rang"]: vue["titre"] for vue in colonnes}
    return classeur([titres.get(rang, "") for rang in range(largeur)], _lignes(session, lot))


def _lignes(session: Session, lot: LotImport) -> Iterator[LigneAnnotee]:
    dites = select(LigneImport).where(
        LigneImport.lot_id == lot.id,
        or_(
            LigneImport.verdict != VerdictLigne.PRET,
            LigneImport.etat == EtatLigneImport.REFUSEE,
            LigneImport.message != "",
        ),
    )
    apres = 0
    while True:
        page = session.scalars(dites.where(LigneImport.numero > apres).order_by(LigneImport.numero).limit(PAQUET)).all()
        for ligne in page:
            yield _annotee(ligne)
        if len(page) < PAQUET:
            return
        apres = page[-1].numero
        session.expunge_all()


def _annotee(ligne: LigneImport) -> LigneAnnotee:
    parole: dict[int, tuple[VerdictLigne, str]] = {}
    raisons = []
    for remarque in ligne.remarques:
        verdict, rang = VerdictLigne(remarque["verdict"]), int(remarque["colonne"])
        raisons.append(remarque["raison"])
        connu, dit = parole.get(rang, (verdict, ""))
        pire = VerdictLigne.REJETE if VerdictLigne.REJETE in (connu, verdict) else verdict
        parole[rang] = (pire, f"{dit} {remarque['raison']}".strip())
    if ligne.message:
        raisons.append(ligne.message)
    etat = ligne.etat if ligne.etat == EtatLigneImport.REFUSEE else None
    verdict_lu = LIBELLES_ETAT_LIGNE_IMPORT[etat] if etat else LIBELLES_VERDICT_LIGNE[ligne.verdict]
    return LigneAnnotee(ligne.numero, tuple(ligne.lu), verdict_lu, " ".join(raisons), parole)
