"""Gives an imported file back annotated: what is wrong is corrected in a spreadsheet, and the file deposited again."""

from collections.abc import Iterator

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.documents.tableur_erreurs import LigneAnnotee, classeur
from portal.errors import Conflict, Forbidden, NotFound
from portal.models.documents import Document
from portal.models.imports import LigneImport, LotImport
from portal.permissions import Acteur, may_instruct
from portal.queries import imports
from portal.services import auteurs, documents
from portal.vocabulaire import GenreDocument
from portal.vocabulaire_imports import (
    LIBELLES_ETAT_LIGNE_IMPORT,
    LIBELLES_VERDICT_LIGNE,
    EtatImport,
    EtatLigneImport,
    VerdictLigne,
)

PAQUET = 500
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


def annotated_workbook(session: Session, document: Document) -> bytes:
    """The .xlsx of an ERREURS_IMPORT document: the lines where something is to be said. Raises Forbidden, NotFound."""
    viewer = auteurs.get(session, document)
    lot = imports.get(session, viewer, int((document.parametres or {}).get("import", 0)))
    if lot.etat not in LUS:
        raise NotFound
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
    return LigneAnnotee(ligne.numero, ligne.lu, verdict_lu, " ".join(raisons), parole)
