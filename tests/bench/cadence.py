"""Sends requests at fixed times, whether or not the former ones were answered, as people do who do not wait for each other."""

import http.client
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from statistics import quantiles
from urllib.parse import urlsplit

from tests.bench.portail import Portail

PAR_SECONDE = 10
EN_ROUTE = 64


def latencies(portail: Portail, adresses: Sequence[str], pendant: Callable[[], bool]) -> list[float]:
    """Milliseconds of each answer, from the instant when its request was to be sent. AssertionError unless all are 200."""
    with ThreadPoolExecutor(EN_ROUTE) as fils:
        reponses: list[Future[float]] = []
        debut = time.perf_counter()
        while pendant():
            prevue = debut + len(reponses) / PAR_SECONDE
            time.sleep(max(0.0, prevue - time.perf_counter()))
            reponses.append(fils.submit(_ask, portail, adresses[len(reponses) % len(adresses)], prevue))
        return [reponse.result() for reponse in reponses]


def p95(millisecondes: Sequence[float]) -> float:
    """What nineteen answers in twenty do not pass."""
    return quantiles(millisecondes, n=20)[-1]


def _ask(portail: Portail, adresse: str, prevue: float) -> float:
    prise = http.client.HTTPConnection(urlsplit(portail.url).netloc, timeout=60)
    try:
        prise.request("GET", adresse, headers={"Cookie": portail.cookie})
        reponse = prise.getresponse()
        reponse.read()
    finally:
        prise.close()
    assert reponse.status == http.client.OK, f"{adresse}: {reponse.status}"
    return (time.perf_counter() - prevue) * 1_000
