"""One blueprint per noun. Each module names its blueprint `bp`."""

from flask import Flask

from portal.routes import (
    accueil,
    associations,
    connexion,
    connexion_agent,
    demo,
    documents,
    engagements,
    mandats,
    pages,
    saisies,
    sante,
    verification,
)

BLUEPRINTS = (
    accueil.bp,
    pages.bp,
    sante.bp,
    connexion.bp,
    connexion_agent.bp,
    saisies.bp,
    associations.bp,
    mandats.bp,
    engagements.bp,
    verification.bp,
    documents.bp,
)


def register(app: Flask, *, demo: bool) -> None:
    """Register every blueprint; the demonstration's pages exist in demo mode only."""
    for blueprint in BLUEPRINTS + (BLUEPRINTS_DE_DEMO if demo else ()):
        app.register_blueprint(blueprint)


BLUEPRINTS_DE_DEMO = (demo.bp,)
