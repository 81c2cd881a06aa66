"""Makes signatures that are asked of people."""

from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.documents import Fichier
from tests.factories import Fabriques


def objets(creer: Fabriques, association: Association, par: User, autre: User, page: Fichier) -> dict[str, str | int]:
    """A signature asked of somebody who has nothing to do with the association yet, another on paper, and its signed page."""
    ecrite = creer.demande_signature(association, par, email=autre.email)
    imprimee = creer.demande_signature(association, par)
    papier = creer.papier_signe(imprimee, page)
    return {
        "signature_adressee": ecrite.code,
        "signature_demandee": imprimee.code,
        "signature_publique": ecrite.code,
        "papier": papier.id,
    }
