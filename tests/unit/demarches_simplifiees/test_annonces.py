"""What DS announces: understood in both forms, believed in none, and a wrong signature is told."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from integrations.demarches_simplifiees.annonces import Annonce, SignatureInvalide, lire_annonce, signer

SECRET = "whsec_c2VjcmV0LWRlcy10ZXN0cw=="
INSTANT = datetime(2026, 11, 22, 12, tzinfo=UTC)
FORMULAIRE = b"procedure_id=4501&dossier_id=12&state=accepte&updated_at=2026-11-22"
CORPS = json.dumps(
    {"type": "dossier_accepte", "data": {"dossier": {"number": 12}, "demarche": {"number": 4501}}}
).encode()


def _entetes(corps: bytes, *, instant: datetime = INSTANT, secret: str = SECRET) -> dict[str, str]:
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(instant.timestamp())),
        "webhook-signature": signer(corps, identifiant="msg_1", instant=instant, secret=secret),
    }


@pytest.mark.parametrize("corps", [FORMULAIRE, CORPS], ids=["older form", "newer form"])
def test_both_forms_name_a_dossier(corps: bytes) -> None:
    assert lire_annonce(corps, {}, secret="", instant=INSTANT) == Annonce(demarche=4501, number=12)


def test_a_right_signature_is_accepted_among_others() -> None:
    entetes = _entetes(CORPS)
    entetes["webhook-signature"] = f"v1,AAAA {entetes['webhook-signature']}"
    assert lire_annonce(CORPS, entetes, secret=SECRET, instant=INSTANT) == Annonce(demarche=4501, number=12)


@pytest.mark.parametrize(
    ("corps", "entetes"),
    [
        (CORPS + b" ", _entetes(CORPS)),
        (CORPS, _entetes(CORPS, secret="whsec_YXV0cmU=")),
        (CORPS, _entetes(CORPS, instant=INSTANT - timedelta(minutes=6))),
        (CORPS, _entetes(CORPS, instant=INSTANT + timedelta(minutes=6))),
        (CORPS, {**_entetes(CORPS), "webhook-timestamp": "hier"}),
        (CORPS, {**_entetes(CORPS), "webhook-timestamp": "9" * 30}),
        (CORPS, {**_entetes(CORPS), "webhook-id": "msg_2"}),
    ],
    ids=["body changed", "other secret", "replayed", "from the future", "no date", "absurd date", "other id"],
)
def test_a_forged_or_replayed_signature_is_refused(corps: bytes, entetes: dict[str, str]) -> None:
    with pytest.raises(SignatureInvalide):
        lire_annonce(corps, entetes, secret=SECRET, instant=INSTANT)


@pytest.mark.parametrize(
    "corps",
    [
        b"",
        b"{",
        b'{"a":' * 100_000,
        b"[1]",
        b"{}",
        b'{"data": []}',
        b'{"data": {"dossier": {"number": "x"}, "demarche": {"number": 1}}}',
        b"procedure_id=4501",
        b"procedure_id=4501&dossier_id=-12",
        b"procedure_id=4501&dossier_id=" + b"9" * 4000,
        b"procedure_id=4501&dossier_id=2147483648",
        b"procedure_id=4501&dossier_id=%D9%A1%D9%A2",
        b"\xff\xfe\x00",
    ],
)
def test_what_names_no_dossier_is_nothing(corps: bytes) -> None:
    assert lire_annonce(corps, {}, secret="", instant=INSTANT) is None
