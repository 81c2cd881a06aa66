"""Words that stand for one of ours: the état of a dossier, the sens of an avis, yes and no."""

from collections.abc import Mapping
from typing import TypeVar

from portal.classeurs.cellules import Cellule, douteuse, refusee
from portal.classeurs.feuilles import Brut
from portal.formats import mots_de_recherche
from portal.vocabulaire import LIBELLES_ETAT_AGENT, LIBELLES_ETAT_PUBLIC, LIBELLES_SENS, Etat, SensAvis

T = TypeVar("T", Etat, SensAvis)


def _par_mots(listes: Mapping[T, str]) -> dict[str, T]:
    """By each of the words, what they stand for."""
    return {mot: cible for cible, liste in listes.items() for mot in liste.split(", ")}


# Words that say it plainly.
ETATS: dict[str, Etat] = {
    **{etat.value.replace("_", " "): etat for etat in Etat},
    **{mots_de_recherche(libelle): etat for etat, libelle in LIBELLES_ETAT_AGENT.items()},
    **{mots_de_recherche(libelle): etat for etat, libelle in LIBELLES_ETAT_PUBLIC.items()},
    **_par_mots(
        {
            Etat.EN_CONSTRUCTION: "depose, deposee, recu, recue, a examiner, a instruire, nouveau, nouvelle",
            Etat.EN_INSTRUCTION: "instruction, en cours d instruction, en cours d intruction, instruction en cours, en cours",
            Etat.ACCEPTE: "accorde, accordee, accepte, acceptee, attribue, attribuee, octroye, octroyee, acquis",
            Etat.REFUSE: "refuse, refusee, refus",
            Etat.SANS_SUITE: "classe sans suite, classee sans suite, ineligible, non eligible, irrecevable, non recevable",
            Etat.RETIRE: "retiree, desistement, desiste, retrait",
        }
    ),
}
# Words of a back office, or less plain, read by what is most often meant, which is said.
ETATS_D_OUTILS: dict[str, Etat] = _par_mots(
    {
        Etat.EN_INSTRUCTION: (
            "edition document, renvoye au compte asso, en attente superviseur, en attente decision, prise en charge, "
            "recevable, transmise, transmis, en attente d attestation, en attente d instruction, en cours de saisie, "
            "fininstruction, fin instruction, a l instruction"
        ),
        Etat.ACCEPTE: (
            "traitement sirepa, traitement chorus, termine, terminee, a evaluer, a justifier, justifiee, justifie, "
            "a ete verse, justification a modifier, justification en cours, solde, soldee, paye, payee, verse, versee, "
            "vote, votee, notifie, notifiee, favorable"
        ),
        Etat.REFUSE: "defavorable",
        Etat.SANS_SUITE: "supprime, supprimee",
    }
)
SENS: dict[str, SensAvis] = {
    **{sens.value.replace("_", " "): sens for sens in SensAvis},
    **{mots_de_recherche(libelle): sens for sens, libelle in LIBELLES_SENS.items()},
    **_par_mots(
        {
            SensAvis.FAVORABLE: "f, avis favorable, tres favorable, avis tres favorable, fav",
            SensAvis.RESERVES: (
                "favorable sous reserve, favorable sous reserves, favorable avec reserve, avis favorable avec reserves, reserve, "
                "avis favorable sous reserve, avis favorable sous reserves, avis favorable avec reserve, reserves, avis reserve"
            ),
            SensAvis.DEFAVORABLE: "d, avis defavorable, def, defav, tres defavorable",
            SensAvis.SANS_AVIS: "nsp, sans avis, pas d avis, neutre, sans objet, avis neutre, non concerne",
        }
    ),
}
OUI_NON = {"oui": "oui", "non": "non", "vrai": "oui", "faux": "non", "true": "oui", "false": "non"}
OUI_NON_D_AILLEURS = {"yes": "oui", "no": "non", "o": "oui", "n": "non", "1": "oui", "0": "non", "x": "oui", "y": "oui"}


def statut(_brut: Brut, vu: str) -> Cellule:
    """One of our états; a word that we do not know is kept as it is."""
    mots = mots_de_recherche(vu)
    if mots in ETATS:
        return Cellule(vu, ETATS[mots].value)
    if mots in ETATS_D_OUTILS:
        etat = ETATS_D_OUTILS[mots]
        return douteuse(vu, etat.value, f"Cet état est lu «\u00a0{LIBELLES_ETAT_AGENT[etat]}\u00a0».")
    return douteuse(vu, vu, "Cet état n’est pas connu\u00a0: il est gardé tel quel, sans être traduit.")


def sens(_brut: Brut, vu: str) -> Cellule:
    """The sens of an avis: never guessed."""
    mots = mots_de_recherche(vu)
    if mots in SENS:
        return Cellule(vu, SENS[mots].value)
    choix = ", ".join(LIBELLES_SENS.values())
    return refusee(vu, f"Ce sens d’avis n’est pas connu. Écrivez l’un de ceux-ci\u00a0: {choix}.")


def oui_non(_brut: Brut, vu: str) -> Cellule:
    """« oui » or « non »."""
    mots = mots_de_recherche(vu)
    if mots in OUI_NON:
        return Cellule(vu, OUI_NON[mots])
    if mots in OUI_NON_D_AILLEURS:
        return douteuse(
            vu, OUI_NON_D_AILLEURS[mots], f"Cette réponse est lue «\u00a0{OUI_NON_D_AILLEURS[mots]}\u00a0»."
        )
    return douteuse(vu, "", "La réponse attendue est oui ou non\u00a0: la cellule est laissée de côté.")
