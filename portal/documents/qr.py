"""QR codes: the only door to segno."""

from markupsafe import Markup


def qr_svg(texte: str) -> Markup:
    """An inline SVG of the QR code of `texte`, whose title says where it leads; attributes only, no style."""
    import segno  # noqa: PLC0415  # 50 ms that the command line and the web workers need not pay to start

    code = segno.make_qr(texte, error="m")
    titre = f"Code QR qui mène à {texte}"
    trait = code.svg_inline(title=titre, svgclass=None, lineclass=None, omitsize=True, border=4)
    return Markup(trait.replace("<svg ", '<svg role="img" ', 1))  # noqa: S704  # drawn by segno, which escapes the title
