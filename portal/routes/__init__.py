"""One blueprint per noun. Each module names its blueprint `bp`."""

from flask import Flask

from portal.routes import (
    accueil,
    actes_ds,
    administration_ds,
    affiches_cer,
    associations,
    attestations_cer,
    autorisations,
    avis,
    codes_signature,
    connexion,
    connexion_agent,
    constats,
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
    mes_retraits,
    messages_ds,
    pages,
    preremplissages,
    reconnaissances,
    registre_cer,
    reponses_constats,
    retraits,
    saisies,
    sante,
    signatures,
    synchronisation,
    textes_cer,
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
    signatures.bp,
    attestations_cer.bp,
    verification.bp,
    affiches_cer.bp,
    documents.bp,
    demandes.bp,
    mes_dossiers.bp,
    preremplissages.bp,
    synchronisation.bp,
    administration_ds.bp,
    textes_cer.bp,
    correspondances.bp,
    autorisations.bp,
    crochets.bp,
    dossiers.bp,
    reconnaissances.bp,
    registre_cer.bp,
    fichiers_ds.bp,
    messages_ds.bp,
    actes_ds.bp,
    avis.bp,
    decisions.bp,
    constats.bp,
    reponses_constats.bp,
    retraits.bp,
    mes_retraits.bp,
)


def register(app: Flask, *, demo: bool) -> None:
    """Register every blueprint; the demonstration's pages exist in demo mode only."""
    for blueprint in BLUEPRINTS + (BLUEPRINTS_DE_DEMO if demo else ()):
        app.register_blueprint(blueprint)


BLUEPRINTS_DE_DEMO = (demo.bp,)
