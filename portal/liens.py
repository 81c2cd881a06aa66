"""Paths by name, for what is made outside a web request: mails, QR codes, exports (a test holds them to the url map)."""

CHEMINS = {
    "accueil": "/",
    "connexion_usager": "/connexion/lien/{jeton}",
    "connexion_agent": "/agents/connexion/lien/{jeton}",
    "espace_association": "/connexion",
    "confirmation": "/compte/preuve",
    "adresse_a_prouver": "/compte/adresse/{jeton}",
    "adresse_annulation": "/compte/adresse/annulation/{jeton}",
    "espace_agent": "/agents/connexion",
    "avis_expert": "/experts/lien/{jeton}",
    "acces_expert": "/experts/acces",
    "verification": "/verifier/{code}",
    "recepisse_verifie": "/verifier/recepisse/{numero}",
    "certificat": "/verifier/certificat",
    "campagne": "/campagnes/{demarche_id}",
    "engagement": "/engagements/{code}",
    "affiche": "/affiche/{code}",
    "badge": "/affiche/{code}/badge.svg",
    "code_signature": "/associations/{association_id}/engagement/code",
    "signature": "/signatures/{code}",
    "a_signer": "/demandes/{demande_id}/a-signer",
    "mon_dossier": "/dossiers/{reference}",
    "dossier": "/instruction/dossiers/{reference}",
    "constat": "/instruction/constats/{reference}",
    "coffre": "/associations/{association_id}/coffre",
    "mon_constat": "/constats/{reference}",
    "retrait": "/instruction/dossiers/{reference}/retrait",
    "mon_retrait": "/dossiers/{reference}/retrait",
    "mes_associations": "/associations",
    "mon_association": "/associations/{association_id}",
    "membres": "/associations/{association_id}/membres",
    "invitation": "/invitations/{invitation_id}",
    "mon_compte_rendu": "/dossiers/{reference}/compte-rendu",
    "compte_rendu": "/instruction/dossiers/{reference}/compte-rendu",
    "mes_messages": "/dossiers/{reference}/messages",
    "feuilles_travail": "/instruction/feuilles-travail",
    "mes_taches": "/instruction/taches",
    "messages": "/instruction/dossiers/{reference}/echanges",
    "mon_complement": "/dossiers/{reference}/complement",
    "complement": "/instruction/dossiers/{reference}/complement",
}


def lien(racine: str, nom: str, **valeurs: str) -> str:
    """The absolute address of a page. `racine` is PORTAL_URL, never a request's Host. KeyError on an unknown name."""
    return racine.rstrip("/") + CHEMINS[nom].format(**valeurs)
