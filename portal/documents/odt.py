"""Letters as texts to edit (.odt): the only door to odfdo. Importing this module loads it: import it where a text is made."""

from collections.abc import Iterable
from io import BytesIO

from odfdo import Document, Frame, Header, List, ListItem, Paragraph, Span, Style, StyleMasterPage

from portal.documents.gabarits_lettres import Bloc, Morceau
from portal.documents.modeles_lettres import LettreAgent
from portal.documents.qr import qr_png

GRAS = "lettre-gras"
FORTS = ("lettre-titre", "lettre-intitule", "lettre-serree-forte", "lettre-droite-forte")
STYLES = {
    "lettre-titre": {"fo:margin-top": "0.5cm", "fo:margin-bottom": "0.4cm", "fo:keep-with-next": "always"},
    "lettre-intitule": {"fo:margin-top": "1cm", "fo:margin-bottom": "0.9cm", "fo:text-align": "center"},
    "lettre-serree-forte": {"fo:margin-bottom": "0cm"},
    "lettre-droite-forte": {"fo:margin-left": "8.8cm", "fo:margin-bottom": "0cm"},
    "lettre": {"fo:margin-bottom": "0.26cm", "fo:line-height": "130%"},
    "lettre-serree": {"fo:margin-bottom": "0cm"},
    "lettre-droite": {"fo:margin-left": "8.8cm", "fo:margin-bottom": "0cm"},
    "lettre-date": {"fo:margin-left": "8.8cm", "fo:margin-top": "0.9cm", "fo:margin-bottom": "0.6cm"},
    "lettre-petite": {"fo:margin-bottom": "0.1cm"},
}
TAILLES = {"lettre-petite": "8.5pt", "lettre-intitule": "14pt"}
COTE_QR = "1.8cm"


def texte_a_modifier(lettre: LettreAgent) -> bytes:
    """The .odt of a letter, its words and headings in the order of the page, with the QR code that finds its letter again."""
    document = Document("text")
    document.body.clear()
    document.set_language("fr-FR")
    document.meta.title = f"{lettre.nature} {lettre.reference}"
    _styles(document)
    corps = document.body
    for element in (*_tete(lettre), *_blocs(lettre.blocs, "lettre"), *_signature(lettre)):
        corps.append(element)
    if lettre.voies:
        corps.append(_titre(2, "Voies et délais de recours", "lettre-titre"))
        for element in _blocs(lettre.voies, "lettre-petite"):
            corps.append(element)
    _pied(document, lettre)
    tampon = BytesIO()
    document.save(tampon)
    return tampon.getvalue()


def _styles(document: Document) -> None:
    for nom, marges in STYLES.items():
        style = Style("paragraph", name=nom)
        style.set_properties(marges, area="paragraph")
        taille = TAILLES.get(nom, "10.5pt")
        style.set_properties(area="text", size=taille, font="Liberation Sans")
        if nom in FORTS:
            style.set_properties({"fo:font-weight": "bold", "fo:font-style": "normal"}, area="text")
        document.insert_style(style)
    document.insert_style(Style("text", name=GRAS, bold=True))
    # The library's blank page numbers its headings.
    for plan in document.styles.root.get_elements("//text:outline-style"):
        plan.delete()


def _tete(lettre: LettreAgent) -> list[Paragraph | Header]:
    """Sender, addressee, place and date, subject."""
    service = lettre.service
    emetteur = (
        service.nom,
        *service.adresse.splitlines(),
        f"Affaire suivie par {lettre.suivi_par}" if lettre.suivi_par else "",
        service.courriel,
        service.telephone,
        f"Références\u00a0: {lettre.reference}",
    )
    tete = _lignes(emetteur, "lettre-serree")
    tete += [Paragraph("", style="lettre")]
    tete += _lignes(lettre.destinataire, "lettre-droite")
    if lettre.fait_le and not lettre.acte:
        tete.append(_paragraphe(lettre.fait_le, "lettre-date"))
    objet = lettre.objet if lettre.acte else f"Objet\u00a0: {lettre.objet}"
    return [*tete, _titre(1, objet, "lettre-intitule" if lettre.acte else "lettre-titre")]


def _titre(rang: int, texte: str, style: str) -> Header:
    titre = Header(rang, texte)
    titre.set_attribute("text:style-name", style)
    return titre


def _lignes(lignes: Iterable[str], style: str) -> list[Paragraph | Header]:
    """A block of lines, the first of which stands out; empty ones are left out."""
    ecrites = [ligne for ligne in lignes if ligne]
    return [_paragraphe(ligne, style if rang else f"{style}-forte") for rang, ligne in enumerate(ecrites)]


def _signature(lettre: LettreAgent) -> list[Paragraph | Header]:
    date = [_paragraphe(lettre.fait_le, "lettre-date")] if lettre.acte and lettre.fait_le else []
    return [*date, *_lignes((lettre.auteur, lettre.qualite, lettre.mention), "lettre-droite")]


def _blocs(blocs: tuple[Bloc, ...], style: str) -> list[Paragraph | List]:
    return [_liste(bloc, style) if bloc.liste else _morceaux(bloc.lignes[0], style) for bloc in blocs]


def _liste(bloc: Bloc, style: str) -> List:
    liste = List()
    for ligne in bloc.lignes:
        item = ListItem()
        item.append(_morceaux(ligne, style))
        liste.append(item)
    return liste


def _morceaux(ligne: tuple[Morceau, ...], style: str) -> Paragraph:
    paragraphe = Paragraph("", style=style)
    for morceau in ligne:
        if morceau.gras:
            paragraphe.append(Span(morceau.texte, style=GRAS))
        else:
            paragraphe.append_plain_text(morceau.texte)
    return paragraphe


def _paragraphe(texte: str, style: str) -> Paragraph:
    return Paragraph(texte, style=style)


def _pied(document: Document, lettre: LettreAgent) -> None:
    """At the foot of each page, as on the PDF: the number, and the QR code that holds it."""
    adresse = document.add_file(BytesIO(qr_png(lettre.numero)))
    cadre = Frame.image_frame(adresse, size=(COTE_QR, COTE_QR), anchor_type="as-char")
    cadre.svg_description = f"Code QR qui porte le numéro {lettre.numero}"
    paragraphe = Paragraph("", style="lettre-petite")
    paragraphe.append(cadre)
    paragraphe.append_plain_text(f" {lettre.nature} {lettre.numero}")
    pages = document.get_styles("master-page")[0]
    if not isinstance(pages, StyleMasterPage):
        raise TypeError("the text has no page to put a foot on")
    pages.set_page_footer([paragraphe])
