"""Tables and their invariants. Importing this package registers every table."""

from portal.models import (
    associations,
    avis,
    connexion,
    decisions,
    demandes,
    demarches,
    documents,
    dossiers,
    engagements,
    envois,
    journal,
    services,
    synchronisation,
)

__all__ = [
    "associations",
    "avis",
    "connexion",
    "decisions",
    "demandes",
    "demarches",
    "documents",
    "dossiers",
    "engagements",
    "envois",
    "journal",
    "services",
    "synchronisation",
]
