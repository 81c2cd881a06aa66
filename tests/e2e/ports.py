"""Free ports of this machine."""

import socket


def port_libre() -> int:
    """A port that nobody listens on at this instant."""
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return int(prise.getsockname()[1])
