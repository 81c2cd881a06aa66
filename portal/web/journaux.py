"""Structured logs: a request number, a view, a status, a duration, an account. Never a field, never an address."""

import logging
import secrets
import sys
import time

import structlog
from flask import Flask, Response, g, request

from portal.web.connexion import acteur

journal = structlog.get_logger("portal.web")


def configurer() -> None:
    """One JSON line per event on the standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def requete_id() -> str:
    """The number of this request in our logs."""
    return str(g.get("requete_id", ""))


def install(app: Flask) -> None:
    """Number each request and log its end."""

    @app.before_request
    def numeroter() -> None:
        g.requete_id = secrets.token_hex(8)
        g.debut = time.perf_counter()

    @app.after_request
    def noter(reponse: Response) -> Response:
        if request.endpoint != "static":
            journal.info(
                "requete",
                requete=g.get("requete_id"),
                vue=request.endpoint,
                methode=request.method,
                statut=reponse.status_code,
                ms=round((time.perf_counter() - g.get("debut", time.perf_counter())) * 1000, 1),
                acteur=acteur().libelle if "acteur" in g else None,
            )
        return reponse
