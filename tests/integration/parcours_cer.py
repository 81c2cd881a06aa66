"""The way to a signature of the CER, as a signatory walks it: the form, the letter, the code."""

import re

from integrations.courriel.dossier import BoiteDemonstration
from portal.services import courriels
from portal.services.moyens import Moyens
from tests.client import ClientStrict
from tests.factories import Fabriques

QUI_SIGNE = {
    "prenom": "Awa",
    "nom": "Diallo",
    "fonction": "Présidente",
    "titre": "represente",
    "consentement": "y",
}


def connecter_signataire(client: ClientStrict, creer: Fabriques, *, prouve: bool = True) -> int:
    """Log a signataire in; the id of the association."""
    usager, association = creer.usager(), creer.association(denomination="Les Amis du Canal")
    creer.mandat(usager, association, prouve=prouve)
    client.connecter(usager)
    return association.id


def preparer(client: ClientStrict, association_id: int, **valeurs: object) -> int:
    """Fill the signing page; the status of what comes after."""
    client.get(f"/associations/{association_id}/engagement/signer")
    return client.soumettre({**QUI_SIGNE, **valeurs}).status_code  # type: ignore[dict-item]  # a file is a pair


def lire_les_codes(moyens: Moyens) -> list[str]:
    """The codes in the mailbox, the newest first, once all that is due has left."""
    while courriels.send_due(moyens):
        pass
    assert isinstance(moyens.messagerie, BoiteDemonstration)
    lus = [re.search(r"^([0-9]{6})$", lettre.texte, re.MULTILINE) for lettre in moyens.messagerie.lister()]
    return [lu[1] for lu in lus if lu]


def signer(client: ClientStrict, moyens: Moyens, association_id: int, **valeurs: object) -> int:
    """The whole way; the status of what comes after."""
    preparer(client, association_id, **valeurs)
    return saisir(client, association_id, lire_les_codes(moyens)[0])


def saisir(client: ClientStrict, association_id: int, code: str) -> int:
    """Type a code on its page; the status of what comes after."""
    client.get(adresse_du_code(association_id))
    return client.soumettre({"code": code}, action="/engagement/code").status_code


def adresse_du_code(association_id: int) -> str:
    """The page that asks for the code."""
    return f"/associations/{association_id}/engagement/code"
