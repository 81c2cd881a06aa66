"""Reads pages as a browser does: strict parsing, what every page owes its readers, and htmx's swap."""

from html import unescape
from xml.etree.ElementTree import Element

import html5lib

SANS_ETIQUETTE = {"hidden", "submit", "button"}


class PageInvalide(AssertionError):
    """The page breaks a rule that every page follows."""


def lire(html: str, *, fragment: bool = False) -> Element:
    """Parse; raises PageInvalide on any error that html5lib sees."""
    parseur = html5lib.HTMLParser(namespaceHTMLElements=False, strict=False)
    arbre = parseur.parseFragment(html) if fragment else parseur.parse(html)
    if parseur.errors:
        (ligne, colonne), code, _ = parseur.errors[0]
        raise PageInvalide(f"line {ligne}, column {colonne}: {code}: {html.splitlines()[ligne - 1][:160]!r}")
    return arbre


def texte(element: Element) -> str:
    """Text of an element, spaces folded."""
    return " ".join("".join(element.itertext()).split())


def verifier(html: str, *, fragment: bool = False) -> Element:
    """Parse and check: one h1 that the title holds, unique ids, a label per field, French, CSRF in POST forms."""
    arbre = lire(html, fragment=fragment)
    _ids_uniques(arbre)
    _etiquettes(arbre)
    for formulaire in arbre.iter("form"):
        if formulaire.get("method", "get").lower() == "post" and _champ(formulaire, "csrf_token") is None:
            raise PageInvalide(f"POST form without csrf_token: {formulaire.get('action')}")
    for element in arbre.iter():
        interdits = [a for a in element.attrib if a == "style" or a.startswith(("on", "hx-on"))]
        if interdits:
            raise PageInvalide(f"<{element.tag}> bears {interdits}")
    if not fragment:
        _page(arbre)
    return arbre


def _page(arbre: Element) -> None:
    titres = list(arbre.iter("h1"))
    if len(titres) != 1:
        raise PageInvalide(f"{len(titres)} h1")
    titre = arbre.find("head/title")
    if arbre.get("lang") != "fr" or titre is None:
        raise PageInvalide("no lang=fr or no title")
    if texte(titres[0]) not in texte(titre):
        raise PageInvalide(f"title {texte(titre)!r} does not hold h1 {texte(titres[0])!r}")


def _ids_uniques(arbre: Element) -> None:
    ids = [element.get("id") for element in arbre.iter() if element.get("id")]
    doubles = {i for i in ids if ids.count(i) > 1}
    if doubles:
        raise PageInvalide(f"ids used twice: {doubles}")


def _etiquettes(arbre: Element) -> None:
    pour = {label.get("for") for label in arbre.iter("label")}
    dans = {champ for label in arbre.iter("label") for champ in label.iter() if champ.tag != "label"}
    for champ in arbre.iter():
        if champ.tag not in ("input", "select", "textarea") or champ.get("type") in SANS_ETIQUETTE:
            continue
        if champ.get("id") not in pour and champ not in dans and not champ.get("aria-label"):
            raise PageInvalide(f"field without label: {champ.get('name')}")


def _champ(formulaire: Element, nom: str) -> Element | None:
    return next((c for c in formulaire.iter("input") if c.get("name") == nom), None)


def champs(formulaire: Element) -> list[tuple[str, str]]:
    """What a browser would send of a form left as it is."""
    envoyes = []
    for champ in formulaire.iter():
        nom = champ.get("name")
        if not nom or champ.get("disabled") is not None:
            continue
        genre = champ.get("type", "text")
        if champ.tag == "input" and genre not in ("submit", "button", "file"):
            if genre in ("checkbox", "radio") and champ.get("checked") is None:
                continue
            envoyes.append((nom, champ.get("value", "on" if genre == "checkbox" else "")))
        elif champ.tag == "textarea":
            envoyes.append((nom, unescape("".join(champ.itertext())).lstrip("\n")))
        elif champ.tag == "select":
            choisie = next((o for o in champ.iter("option") if o.get("selected") is not None), champ.find(".//option"))
            if choisie is not None:
                envoyes.append((nom, choisie.get("value", texte(choisie))))
    return envoyes


def par_id(arbre: Element, ident: str) -> Element | None:
    """The element of that id."""
    return next((e for e in arbre.iter() if e.get("id") == ident), None)


def echanger(page: Element, fragment: Element) -> Element:
    """htmx's outerHTML swap: the fragment's root takes the place of the element of the same id."""
    racine = next(e for e in fragment.iter() if e.get("id"))
    for parent in page.iter():
        for rang, enfant in enumerate(parent):
            if enfant.get("id") == racine.get("id"):
                racine.tail = enfant.tail
                parent[rang] = racine
                return page
    raise PageInvalide(f"the page has no element #{racine.get('id')} to swap")


def canonique(element: Element) -> str:
    """A form in which two trees that a reader cannot tell apart are equal (tokens left out)."""
    attributs = " ".join(
        f'{nom}="{valeur}"'
        for nom, valeur in sorted(element.attrib.items())
        if nom != "hx-headers" and not (nom == "value" and element.get("name") in ("csrf_token", "cle", "page"))
    )
    enfants = "".join(canonique(e) + " ".join((e.tail or "").split()) for e in element)
    return f"<{element.tag} {attributs}>{' '.join((element.text or '').split())}{enfants}</{element.tag}>"
