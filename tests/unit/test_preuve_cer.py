"""The format of proofs: what another verifier, written from docs/adr/0018 alone, finds too."""

import hashlib
import json
import random
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from portal.documents import preuve_cer
from portal.documents.preuve_cer import PreuveJointe

JOUR = date(2026, 12, 10)
TEXTE = "# Contrat d’engagement républicain\n\n## ENGAGEMENT N° 1 : …\n"
COLONNES: dict[str, Any] = {
    **dict.fromkeys((*preuve_cer.PUBLICS, *preuve_cer.PRIVES), ""),
    "association_id": 12,
    "texte_id": 1,
    "texte_sha256": hashlib.sha256(TEXTE.encode()).hexdigest(),
    "phrase_consentement": "Au nom de « L’Étoile \\ d’en\thaut »,\nje souscris \U0001f600",
    "annuaire": {"siren": None, "verifiee": True, "faits": [{"champ": "nom", "valeur": "Été"}]},
    "consenti_at": datetime(2026, 12, 10, 11, 0, 0, 5, tzinfo=UTC),
    "code_demande_at": datetime(2026, 12, 10, 11, tzinfo=UTC),
    "signed_at": datetime(2026, 12, 10, 11, 2, tzinfo=UTC),
}


# --- Written from docs/adr/0018 alone: it imports nothing of the portal. ---


def autre_verificateur(preuve_jointe: bytes, texte: bytes, racines: dict[str, str]) -> bool:
    """Whether these two attached files prove a signature, for whoever kept the root and the link (`chaine`) of each day."""
    lu = json.loads(preuve_jointe)
    preuve = json.loads(lu["preuve"])
    if lu["format"] != "preuve-cer/1" or sha256(texte) != preuve["texte_sha256"]:
        return False
    racine = plier(lu["preuve"].encode(), lu["place"], lu["taille"], lu["pas"])
    maillon = sha256(f"{lu['jour']}\n{lu['taille']}\n{racine}\n{lu['precedente']}".encode())
    return racine == lu["racine"] and maillon == lu["chaine"] and racines.get(lu["jour"]) == f"{racine} {maillon}"


def plier(preuve: bytes, place: int, taille: int, pas: list[str]) -> str:
    """RFC 9162, 2.1.3.2, the loop that folds a leaf into its root (that of RFC 6962); empty when it cannot."""
    if place >= taille or not all(re.fullmatch("[0-9a-f]{64}", voisin) for voisin in pas):
        return ""
    fn, sn, empreinte = place, taille - 1, sha256(b"\0" + preuve)
    for voisin in pas:
        if sn == 0:
            return ""
        if fn % 2 or fn == sn:
            empreinte = sha256(b"\1" + bytes.fromhex(voisin) + bytes.fromhex(empreinte))
            while fn and not fn % 2:
                fn, sn = fn // 2, sn // 2
        else:
            empreinte = sha256(b"\1" + bytes.fromhex(empreinte) + bytes.fromhex(voisin))
        fn, sn = fn // 2, sn // 2
    return empreinte if sn == 0 else ""


def sha256(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()


# ---------------------------------------------------------------------------


def preuves(nombre: int) -> list[str]:
    """So many proofs, chained."""
    faites: list[str] = []
    for rang in range(1, nombre + 1):
        precedente = preuve_cer.empreinte(faites[-1]) if faites else preuve_cer.ORIGINE
        faites.append(
            preuve_cer.composer({**COLONNES, "rang": rang, "precedente": precedente}, prive=preuve_cer.ORIGINE)
        )
    return faites


def jointes(nombre: int) -> list[PreuveJointe]:
    """What each receipt of a day of so many signatures bears."""
    faites = preuves(nombre)
    racine, chemins = preuve_cer.chemins([preuve_cer.feuille(une) for une in faites])
    chaine = preuve_cer.chainer(JOUR, nombre, racine, preuve_cer.ORIGINE)
    return [
        PreuveJointe(une, JOUR, place, nombre, tuple(pas), racine, preuve_cer.ORIGINE, chaine)
        for place, (une, pas) in enumerate(zip(faites, chemins, strict=True))
    ]


@pytest.mark.parametrize("nombre", [1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 33])
def test_another_verifier_agrees_on_trees_of_every_shape(nombre: int) -> None:
    for jointe in jointes(nombre):
        racines = {"2026-12-10": f"{jointe.racine} {jointe.chaine}"}
        assert jointe.fautes() == []
        assert preuve_cer.lire_jointe(jointe.ecrire()) == jointe
        assert autre_verificateur(jointe.ecrire().encode(), TEXTE.encode(), racines)


def test_both_verifiers_refuse_every_attached_proof_that_has_changed_by_one_bit() -> None:
    hasard = random.Random(20210824)
    for jointe in jointes(7):
        racines = {"2026-12-10": f"{jointe.racine} {jointe.chaine}"}
        octets = jointe.ecrire().encode()
        for _ in range(40):
            place = hasard.randrange(len(octets))
            altere = octets[:place] + bytes([octets[place] ^ (1 << hasard.randrange(8))]) + octets[place + 1 :]
            assert not _bonne(altere, jointe.racine), altere
            assert not _bonne_ailleurs(altere, racines), altere


def _bonne(octets: bytes, racine: str) -> bool:
    try:
        jointe = preuve_cer.lire_jointe(octets.decode())
    except ValueError:
        return False
    return not jointe.fautes() and jointe.racine == racine


def _bonne_ailleurs(octets: bytes, racines: dict[str, str]) -> bool:
    try:
        return autre_verificateur(octets, TEXTE.encode(), racines)
    except (ValueError, KeyError, TypeError):
        return False


def test_the_root_of_a_day_without_signature_is_the_hash_of_nothing() -> None:
    assert preuve_cer.racine([]) == sha256(b"")


def test_a_proof_is_canonical_json_and_its_instants_have_one_spelling() -> None:
    (preuve,) = preuves(1)
    lu = json.loads(preuve)
    assert preuve == json.dumps(lu, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert set(lu) == {"format", "prive", *preuve_cer.CHAINE, *preuve_cer.PUBLICS}
    assert lu["signed_at"] == "2026-12-10T11:02:00.000000+00:00"
    assert not set(preuve_cer.PUBLICS) & set(preuve_cer.PRIVES)


def test_the_private_part_is_found_again_with_its_salt_and_tells_nothing_without() -> None:
    texte = preuve_cer.composer_prive({**COLONNES, "email": "awa@example.org", "ip": "192.0.2.7"})
    une, autre = (preuve_cer.empreinte_privee(sel * 16, texte) for sel in ("00", "01"))
    assert une != autre
    assert re.fullmatch(r"[0-9a-f]{64}", une)
    assert "awa" not in preuves(1)[0]


@pytest.mark.parametrize("texte", ["", "[]", "{}", '{"format":"autre"}', '{"format":"preuve-cer/1","preuve":"{}"}'])
def test_what_is_not_a_proof_of_ours_is_refused_in_words(texte: str) -> None:
    with pytest.raises(ValueError, match="ne se lit pas"):
        preuve_cer.lire_jointe(texte)
