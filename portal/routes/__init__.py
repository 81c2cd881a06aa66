"""One blueprint per noun. Each module names its blueprint `bp`."""

from flask import Flask

from portal.routes import (
    accueil,
    actes_ds,
    administration_ds,
    affiches_cer,
    associations,
    autorisations,
    avis,
    codes_signature,
    connexion,
    connexion_agent,
    correspondances,
    crochets,
    decisions,
    demandes,
    demo,
    documents,
    dossiers,
    engagements,
    fichiers_ds,
    mandats,
    mes_dossiers,
    messages_ds,
    pages,
    preremplissages,
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
    codes_signature.bp,
    verification.bp,
    affiches_cer.bp,
    documents.bp,
    demandes.bp,
    mes_dossiers.bp,
    preremplissages.bp,
    synchronisation.bp,
    administration_ds.bp,
    correspondances.bp,
    autorisations.bp,
    crochets.bp,
    dossiers.bp,
    fichiers_ds.bp,
    messages_ds.bp,
    actes_ds.bp,
    avis.bp,
    decisions.bp,
)


def register(app: Flask, *, demo: bool) -> None:
    """Register every blueprint; the demonstration's pages exist in demo mode only."""
    for blueprint in BLUEPRINTS + (BLUEPRINTS_DE_DEMO if demo else ()):
        app.register_blueprint(blueprint)


BLUEPRINTS_DE_DEMO = (demo.bp,)
