"""The SMTP carrier against a small relay of our own that speaks the protocol on the loopback."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from typing import ClassVar

import pytest

from integrations.courriel.api import CourrielIndisponible, CourrielRefuse, Lettre
from integrations.courriel.smtp import MessagerieSMTP

LETTRE = Lettre("claire@asso.example", "Votre récépissé", "Bonjour.\n.point initial\n", "courriel-7")


class Relais(socketserver.ThreadingTCPServer):
    """Accepts one dialogue at a time and answers as `reponses` says, by command word."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, reponses: dict[str, str]) -> None:
        super().__init__(("127.0.0.1", 0), Dialogue)
        self.reponses = reponses
        self.lettres: list[bytes] = []


class Dialogue(socketserver.StreamRequestHandler):
    server: Relais
    ORDINAIRES: ClassVar[dict[str, str]] = {"DATA": "354 go on", "QUIT": "221 bye", "fin": "250 taken"}

    def handle(self) -> None:
        self._dire(self.server.reponses.get("accueil", "220 relay"))
        while ligne := self.rfile.readline():
            mot = ligne.split(b" ")[0].strip().decode().upper()
            reponse = self._reponse(mot)
            if reponse == "raccroche":
                return
            self._dire(reponse)
            if mot == "DATA" and reponse.startswith("354"):
                self.server.lettres.append(self._corps())
                self._dire(self._reponse("fin"))
            if mot == "QUIT":
                return

    def _reponse(self, mot: str) -> str:
        return self.server.reponses.get(mot) or self.ORDINAIRES.get(mot, "250 ok")

    def _corps(self) -> bytes:
        lignes = iter(self.rfile.readline, b".\r\n")
        return b"".join(ligne.removeprefix(b".") for ligne in lignes)

    def _dire(self, texte: str) -> None:
        self.wfile.write(texte.encode() + b"\r\n")


@contextmanager
def relais(**reponses: str) -> Iterator[Relais]:
    with Relais(reponses) as serveur:
        fil = threading.Thread(target=serveur.serve_forever, kwargs={"poll_interval": 0.01})
        fil.start()
        try:
            yield serveur
        finally:
            serveur.shutdown()
            fil.join()


def messagerie(serveur: Relais, **options: object) -> MessagerieSMTP:
    hote, port = serveur.server_address[:2]
    options = {"starttls": False, "delai": 5.0} | options
    return MessagerieSMTP(str(hote), int(port), "portail@asso.example", **options)  # type: ignore[arg-type]  # test options


def test_a_letter_reaches_the_relay_whole() -> None:
    with relais() as serveur:
        messagerie(serveur).envoyer(LETTRE)

    (brut,) = serveur.lettres
    message = message_from_bytes(brut, policy=default)
    assert message["To"] == "claire@asso.example"
    assert message["From"] == "portail@asso.example"
    assert message["Subject"] == "Votre récépissé"
    corps = message.get_body()
    assert corps is not None
    assert corps.get_content().splitlines() == ["Bonjour.", ".point initial"]


@pytest.mark.parametrize(
    "reponses", [{"RCPT": "550 no such user"}, {"MAIL": "553 no"}, {"DATA": "554 no"}, {"fin": "554 spam"}]
)
def test_a_permanent_refusal_is_told_apart(reponses: dict[str, str]) -> None:
    with relais(**reponses) as serveur, pytest.raises(CourrielRefuse):
        messagerie(serveur).envoyer(LETTRE)


@pytest.mark.parametrize(
    "reponses",
    [
        {"RCPT": "450 mailbox busy"},
        {"MAIL": "451 later"},
        {"fin": "452 no room"},
        {"accueil": "421 closing"},
        {"DATA": "raccroche"},
    ],
)
def test_a_temporary_failure_is_told_apart(reponses: dict[str, str]) -> None:
    with relais(**reponses) as serveur, pytest.raises(CourrielIndisponible):
        messagerie(serveur).envoyer(LETTRE)


def test_a_relay_that_is_down_is_a_temporary_failure() -> None:
    with relais() as serveur:
        eteinte = messagerie(serveur)

    with pytest.raises(CourrielIndisponible):
        eteinte.envoyer(LETTRE)


def test_no_letter_leaves_in_clear_when_starttls_is_asked_and_not_offered() -> None:
    with relais() as serveur, pytest.raises(CourrielIndisponible):
        messagerie(serveur, starttls=True).envoyer(LETTRE)

    assert serveur.lettres == []
