"""Checks a receipt by itself: its seal, the text that was signed, its proof (docs/adr/0018). Neither database nor network."""

from collections.abc import Iterator
from dataclasses import dataclass

from integrations.cachet.api import EtatDuCachet
from integrations.cachet.pyhanko_cachet import CachetPyhanko, extraire_jointe
from integrations.cachet.trousseau import Trousseau
from portal.documents import preuve_cer
from portal.documents.preuve_cer import PREUVE_JOINTE, TEXTE_JOINT, PreuveJointe
from portal.formats import instant_fr

SANS_PREUVE = (
    "Ce reçu ne porte pas de preuve\u00a0: son cachet seul a été vérifié. La preuve est jointe au second reçu, que le portail "
    "établit quand la journée est finie."
)


@dataclass(frozen=True, slots=True)
class Constat:
    """What was found of one subject (cachet, texte, preuve, racine). `bon` is None when there was nothing to check."""

    sujet: str
    bon: bool | None
    phrase: str


def check(pdf: bytes, trousseau: Trousseau, *, racine: str = "") -> list[Constat]:
    """What a file is worth for whoever knows our certificates. `racine`: a root (or link of the chain of days) kept elsewhere.

    Never raises, whatever the file is.
    """
    constats = list(_du_cachet(CachetPyhanko(trousseau).controler(pdf), trousseau))
    try:
        preuve = attached_proof(pdf)
    except ValueError as faute:
        return [*constats, Constat("preuve", False, f"{faute}")]
    if preuve is None:
        return [*constats, Constat("preuve", False if racine else None, SANS_PREUVE)]
    return [*constats, *_de_la_preuve(preuve, extraire_jointe(pdf, TEXTE_JOINT), racine)]


def attached_proof(pdf: bytes) -> PreuveJointe | None:
    """The proof that a receipt bears, None when it bears none. Raises ValueError, in French, when it cannot be read."""
    jointe = extraire_jointe(pdf, PREUVE_JOINTE)
    return None if jointe is None else preuve_cer.lire_jointe(jointe.decode(errors="replace"))


def _du_cachet(etat: EtatDuCachet, trousseau: Trousseau) -> Iterator[Constat]:
    if not etat.present:
        yield Constat("cachet", False, "Ce fichier ne porte pas de cachet électronique.")
        return
    if not etat.intact:
        yield Constat(
            "cachet", False, "Ce fichier a été modifié depuis qu’il a été scellé, ou son cachet ne se lit pas."
        )
        return
    if not etat.fichier_entier:
        yield Constat("cachet", False, "Quelque chose a été ajouté à ce fichier après son cachet.")
    yield _du_certificat(etat, trousseau)


def _du_certificat(etat: EtatDuCachet, trousseau: Trousseau) -> Constat:
    nomme = f"empreinte SHA-256 du certificat\u00a0: {etat.certificat}"
    if not trousseau.certificats:
        return Constat("cachet", False, f"Aucun certificat du portail n’est connu ici\u00a0: indiquez-le ({nomme}).")
    if not etat.bon and etat.fichier_entier:
        return Constat("cachet", False, f"Ce fichier est scellé, mais pas par ce portail ({nomme}).")
    date = f" du {instant_fr(etat.scelle_at)}" if etat.scelle_at else ""
    return Constat("cachet", etat.bon, f"Cachet{date}, {nomme}.")


def _de_la_preuve(preuve: PreuveJointe, texte: bytes | None, racine: str) -> Iterator[Constat]:
    fautes = preuve.fautes()
    for faute in fautes:
        yield Constat("preuve", False, faute)
    if not fautes:
        rang = f"signature {preuve.place + 1} sur {preuve.taille}"
        yield Constat(
            "preuve", True, f"La signature mène à la racine du {preuve.jour:%d/%m/%Y} ({rang})\u00a0: {preuve.racine}"
        )
    yield _du_texte(preuve.dits["texte_sha256"], texte)
    if racine:
        connue = racine.strip().lower() in {preuve.racine, preuve.chaine}
        suite = "est bien" if connue else "n’est pas"
        yield Constat("racine", connue, f"La racine que vous avez indiquée {suite} celle de cette preuve.")


def _du_texte(attendue: str, texte: bytes | None) -> Constat:
    if texte is None:
        return Constat("texte", False, "Le texte signé n’est pas joint au fichier.")
    if preuve_cer.empreinte_octets(texte) != attendue:
        return Constat("texte", False, "Le texte joint n’est pas celui qui a été signé.")
    return Constat("texte", True, f"Le texte joint est celui qui a été signé, SHA-256\u00a0: {attendue}")
