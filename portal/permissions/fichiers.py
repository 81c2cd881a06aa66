"""Whether the bytes of a file of others may leave the portal."""

from portal.models.documents import Fichier
from portal.models.fichiers_ds import REFUSES_PAR_DS, FichierDS
from portal.permissions import OUI, Verdict
from portal.vocabulaire import VerdictAntivirus
from portal.vocabulaire_ds import LIBELLES_FICHIER_DS, EtatFichierDS

INFECTE = "Un antivirus a trouvé un virus dans ce fichier : il n’est pas remis."
EN_ATTENTE = (
    "L’antivirus du portail n’a pas encore pu analyser ce fichier : il n’est pas remis avant. L’analyse est retentée "
    "toutes les cinq minutes."
)


def can_download(fichier: FichierDS, *, antivirus: bool) -> Verdict:
    """Only what is here, and what an antivirus found clean when the portal has one (`antivirus`); never what is infected.

    Without an antivirus the file is given, and the page says that nothing has analysed it.
    """
    if fichier.fichier is not None and fichier.fichier.verdict == VerdictAntivirus.INFECTE:
        return Verdict(ok=False, raison=INFECTE)
    if fichier.virus_ds in REFUSES_PAR_DS:
        return Verdict(ok=False, raison=fichier.erreur or INFECTE)
    if fichier.etat != EtatFichierDS.RECU or fichier.fichier is None:
        return Verdict(ok=False, raison=fichier.erreur or f"Ce fichier est {LIBELLES_FICHIER_DS[fichier.etat]}.")
    if antivirus and fichier.fichier.verdict != VerdictAntivirus.SAIN:
        return Verdict(ok=False, raison=EN_ATTENTE)
    return OUI


def can_give(fichier: Fichier, *, antivirus: bool) -> Verdict:
    """The same rule for a file that somebody joined here: never what is infected, nor what a present antivirus has not read."""
    if fichier.verdict == VerdictAntivirus.INFECTE:
        return Verdict(ok=False, raison=INFECTE)
    if antivirus and fichier.verdict != VerdictAntivirus.SAIN:
        return Verdict(ok=False, raison=EN_ATTENTE)
    return OUI
