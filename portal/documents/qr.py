"""QR codes: the only door to segno."""

from io import BytesIO

from markupsafe import Markup


def qr_svg(texte: str, titre: str = "") -> Markup:
    """An inline SVG of the QR code of `texte`; `titre` says what it holds, or where it leads; attributes only, no style."""
    import segno  # noqa: PLC0415  # 50 ms that the command line and the web workers need not pay to start

    code = segno.make_qr(texte, error="m")
    titre = titre or f"Code QR qui mène à {texte}"
    trait = code.svg_inline(title=titre, svgclass=None, lineclass=None, omitsize=True, border=4)
    return Markup(trait.replace("<svg ", '<svg role="img" ', 1))  # noqa: S704  # drawn by segno, which escapes the title


def qr_png(texte: str) -> bytes:
    """The same as an image, for a text to edit."""
    import segno  # noqa: PLC0415  # as above

    tampon = BytesIO()
    segno.make_qr(texte, error="m").save(tampon, kind="png", scale=8, border=4)
    return tampon.getvalue()
