"""What DS does by itself a moment after a request: attestations appear, sent files are found sound.

Neither dates the dossier: whoever wants them must read it again.
"""

from datetime import timedelta

from integrations.demarches_simplifiees.noeuds import Json
from integrations.demarches_simplifiees.simulator.verite import fichiers
from integrations.demarches_simplifiees.simulator.verite.donnees import Donnees, Fiche, iso, lire_iso

ATTESTATION, ANALYSE = timedelta(seconds=15), timedelta(seconds=20)
OMIS = frozenset({"infected", "integrity_error"})
ATTESTES = frozenset({"accepte", "refuse"})


def prevoir_attestation(donnees: Donnees, fiche: Fiche) -> None:
    """Announce the attestation of the decision the dossier has just received."""
    _prevoir(donnees, fiche, ATTESTATION, decision=fiche.contenu["dateTraitement"])


def prevoir_analyse(donnees: Donnees, fiche: Fiche, piece: Json) -> None:
    """Announce the verdict on a file, pending until then."""
    piece["virusScanResult"] = "pending"
    _prevoir(donnees, fiche, ANALYSE, piece=piece["_cle"])


def echoir(donnees: Donnees) -> None:
    """Do what is due by the simulator's clock; cheap when nothing is."""
    dues = [une for une in donnees.echeances if lire_iso(une["le"]) <= donnees.horloge()]
    for une in dues:
        donnees.echeances.remove(une)
        fiche = donnees.dossiers[une["number"]]
        if "decision" in une:
            _attester(donnees, fiche, une)
        else:
            juger(donnees, fiche, une["piece"], "safe")


def juger(donnees: Donnees, fiche: Fiche, cle: str, verdict: str) -> None:
    """The virus scan's verdict on the file served under `cle`. DS omits without a word those it finds unsound."""
    for porteur, place in fichiers.places(fiche.contenu):
        pieces = porteur.get(place) or []
        for piece in pieces if isinstance(pieces, list) else [pieces]:
            if piece.get("_cle") == cle:
                piece["virusScanResult"] = verdict
                if verdict in OMIS:
                    porteur[place] = [une for une in pieces if une is not piece] if pieces is not piece else None
    donnees.marquer(fiche)


def _prevoir(donnees: Donnees, fiche: Fiche, delai: timedelta, **quoi: str) -> None:
    donnees.echeances.append({"le": iso(donnees.horloge() + delai), "number": fiche.number, **quoi})


def _attester(donnees: Donnees, fiche: Fiche, echeance: Json) -> None:
    """A decision that was taken back meanwhile has no attestation."""
    if fiche.contenu["state"] in ATTESTES and fiche.contenu["dateTraitement"] == echeance["decision"]:
        fiche.contenu["attestation"] = fichiers.decrire(f"{fiche.number}/attestation.pdf", echeance["le"])
        donnees.marquer(fiche)
