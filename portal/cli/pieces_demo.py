"""The pieces that invented associations join: small PDF files that say what they are, and accounts of no real bank."""

from sqlalchemy.orm import Session

from integrations.stockage.api import Stockage
from portal.formats import maintenant
from portal.forms.pieces_attendues import PieceAttendue
from portal.models.demandes import Demande
from portal.models.documents import Fichier
from portal.permissions import Acteur
from portal.queries.lecture_demandes import lire
from portal.services import coffre, fichiers, pieces
from portal.vocabulaire_demandes import GenrePiece

BANQUE_INVENTEE = "99999"
GUICHET = "00001"


def joindre_les_obligatoires(session: Session, stockage: Stockage, acteur: Acteur, demande: Demande) -> None:
    """Join every required piece of a request: the RIB from the vault, the others sent for it."""
    for attendue in lire(demande).contexte.pieces:
        if not attendue.manque:
            continue
        titre = f"{attendue.libelle} de {demande.association.denomination}"
        fichier, _ = fichiers.keep(session, fichiers.store(stockage, pdf(titre), "application/pdf"))
        if attendue.genre == GenrePiece.RIB:
            _rib(session, acteur, demande, attendue, fichier)
        else:
            pieces.join(
                session,
                by=acteur,
                demande=demande,
                attendue=attendue,
                fichier=fichier,
                nom=f"{attendue.code}.pdf",
                recue_at=maintenant(),
            )


def _rib(session: Session, acteur: Acteur, demande: Demande, attendue: PieceAttendue, fichier: Fichier) -> None:
    gardee = coffre.keep(
        session,
        by=acteur,
        association=demande.association,
        genre=GenrePiece.RIB,
        fichier=fichier,
        nom="rib.pdf",
        iban=iban_invente(demande.association_id),
        titulaire=demande.association.denomination,
    )
    pieces.reuse(session, by=acteur, demande=demande, attendue=attendue, piece=gardee)


def iban_invente(numero: int) -> str:
    """An IBAN whose keys are right, of a bank that does not exist; `numero` makes the account."""
    compte = f"{numero:011d}"
    rib = f"{BANQUE_INVENTEE}{GUICHET}{compte}{97 - int(f'{BANQUE_INVENTEE}{GUICHET}{compte}00') % 97:02d}"
    # ISO 13616: FR and two zeros, put at the end and read as digits (F = 15, R = 27)
    return f"FR{98 - int(f'{rib}152700') % 97:02d}{rib}"


def pdf(texte: str) -> bytes:
    """A PDF of one page that says `texte`."""
    sur = texte.encode("cp1252", "replace").replace(b"\\", b"").replace(b"(", b"[").replace(b")", b"]")
    flux = b"BT /F1 14 Tf 60 760 Td (" + sur + b") Tj ET"
    objets = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(flux), flux),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    corps, places = b"%PDF-1.4\n", []
    for numero, objet in enumerate(objets, start=1):
        places.append(len(corps))
        corps += b"%d 0 obj\n%s\nendobj\n" % (numero, objet)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    fin = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objets) + 1, len(corps))
    return corps + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objets) + 1) + table + fin
