"""The text of what is kept as JSON."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.texte_json import canonique, ecrire, lire

# Text that UTF-8 can write: PostgreSQL gives no other back.
TEXTES = st.text(st.characters(codec="utf-8"))
VALEURS = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTES,
    lambda dedans: st.lists(dedans) | st.dictionaries(TEXTES, dedans),
    max_leaves=12,
)


@given(VALEURS)
def test_what_the_journal_hashes_is_what_it_has_always_hashed(valeur: Any) -> None:
    assert canonique(valeur) == json.dumps(valeur, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def test_a_nul_character_is_refused_and_its_escape_in_a_text_is_not() -> None:
    assert lire(ecrire({"a": "\\u0000"})) == {"a": "\\u0000"}
    with pytest.raises(ValueError, match="NUL"):
        ecrire({"a": "\0"})
