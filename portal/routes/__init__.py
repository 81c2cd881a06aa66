"""One blueprint per noun. Each module names its blueprint `bp`."""

from flask import Flask

from portal.routes import (
    accueil,
    associations,
    avis,
    connexion,
    connexion_agent,
    crochets,
    decisions,
    demandes,
    demo,
    documents,
    dossiers,
    engagements,
    mandats,
    mes_dossiers,
    pages,
    saisies,
    sante,
    synchronisation,
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
    demandes.bp,
    mes_dossiers.bp,
    synchronisation.bp,
    crochets.bp,
    dossiers.bp,
    avis.bp,
    decisions.bp,
)


def register(app: Flask, *, demo: bool) -> None:
    """Register every blueprint; the demonstration's pages exist in demo mode only."""
    for blueprint in BLUEPRINTS + (BLUEPRINTS_DE_DEMO if demo else ()):
        app.register_blueprint(blueprint)


BLUEPRINTS_DE_DEMO = (demo.bp,)
