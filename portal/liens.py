"""Paths by name, for what is made outside a web request: mails, QR codes, exports (a test holds them to the url map)."""

CHEMINS = {
    "connexion_usager": "/connexion/lien/{jeton}",
    "connexion_agent": "/agents/connexion/lien/{jeton}",
    "espace_agent": "/agents/connexion",
    "verification": "/verifier/{code}",
    "certificat": "/verifier/certificat",
    "engagement": "/engagements/{code}",
    "affiche": "/affiche/{code}",
    "badge": "/affiche/{code}/badge.svg",
    "code_signature": "/associations/{association_id}/engagement/code",
    "signature": "/signatures/{code}",
    "mon_dossier": "/dossiers/{reference}",
    "dossier": "/instruction/dossiers/{reference}",
    "constat": "/instruction/constats/{reference}",
    "mon_constat": "/constats/{reference}",
    "retrait": "/instruction/dossiers/{reference}/retrait",
    "mon_retrait": "/dossiers/{reference}/retrait",
}


def lien(racine: str, nom: str, **valeurs: str) -> str:
    """The absolute address of a page. `racine` is PORTAL_URL, never a request's Host. KeyError on an unknown name."""
    return racine.rstrip("/") + CHEMINS[nom].format(**valeurs)
