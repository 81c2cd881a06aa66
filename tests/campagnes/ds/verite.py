"""The end of a campaign: our base against the simulator's truth, and each intended act against what DS applied."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.client import ClientDS
from integrations.demarches_simplifiees.parsing import lire
from integrations.demarches_simplifiees.simulator.serveur import Simulateur
from integrations.demarches_simplifiees.simulator.verite.donnees import Effet
from portal.models.dossiers import DossierDS
from portal.models.envois import EN_ATTENTE, OperationDS
from portal.models.synchronisation import Quarantaine
from portal.queries.elements_ds import contenu, elements
from portal.vocabulaire import EtatEnvoi
from portal.vocabulaire_ds import Visibilite
from tests.campagnes.ds.portail import DEMARCHE

# DS's own name of each mutation of ours, as the simulator notes its effects.
NOMS_DS = {
    "passer_en_instruction": "dossierPasserEnInstruction",
    "accepter": "dossierAccepter",
    "envoyer_message": "dossierEnvoyerMessage",
    "modifier_annotations": "dossierModifierAnnotations",
    "ajouter_label": "dossierAjouterLabel",
    "suivre": "dossierBasculeSuivi",
}
# What is so already is not asked of DS: whoever takes a dossier in charge follows it, a label may be there.
PEUT_ETRE_DEJA = frozenset({"ajouter_label", "suivre"})


@dataclass
class Ecarts:
    """What differs, in words: an empty list everywhere is the only right answer. `compares`: how many of each were compared."""

    ecarts: list[str] = field(default_factory=list)
    compares: Counter[str] = field(default_factory=Counter)

    def verifier(self, nature: str, quoi: str, *, attendu: Any, trouve: Any) -> None:
        """Compare, and note a difference without its content."""
        self.compares[nature] += 1
        if attendu != trouve:
            self.ecarts.append(f"{nature}, {quoi}")


def compare_dossiers(session: Session, simulateur: Simulateur, ecarts: Ecarts) -> None:
    """Numbers, visibility, états, champs, annotations, avis, messages, labels: all that DS gives."""
    miroirs = list(session.scalars(select(DossierDS).join(DossierDS.dossier).order_by(DossierDS.number)))
    donnees = simulateur.donnees
    ecarts.verifier("numéros", "aucun en double", attendu=len({un.number for un in miroirs}), trouve=len(miroirs))
    visibles = {un.number for un in donnees.visibles(DEMARCHE)}
    ici = {un.number for un in miroirs if un.visibilite == Visibilite.VISIBLE}
    ecarts.verifier("numéros", f"visibles : {len(visibles - ici)} manquent, {len(ici - visibles)} en trop",
                    attendu=visibles, trouve=ici)  # fmt: skip
    with ClientDS(simulateur.url, simulateur.jeton) as ds:
        for miroir in miroirs:
            if miroir.number in visibles:
                _compare_dossier(miroir, ds.lire_dossier(miroir.number), ecarts)
    _compare_hidden(miroirs, simulateur, ecarts)
    for number, motif in session.execute(select(Quarantaine.number, Quarantaine.motif)):
        ecarts.ecarts.append(f"quarantaine, dossier {number} : {motif}")


def _compare_dossier(miroir: DossierDS, vrai: dict[str, Any], ecarts: Ecarts) -> None:
    dossier, recu, numero = miroir.dossier, lire(vrai), f"dossier {miroir.number}"
    ecarts.verifier("états", numero, attendu=recu.state, trouve=str(dossier.etat))
    ecarts.verifier("identifiants", numero, attendu=recu.id, trouve=miroir.ds_id)
    for partie in (
        "champs",
        "annotations",
        "messages",
        "avis",
        "traitements",
        "labels",
        "instructeurs",
        "motivation",
        "attestation",
        "groupeInstructeur",
        "archived",
    ):
        ici, la_bas = (_sans_etat_des_liens(un.get(partie)) for un in (miroir.raw, vrai))
        ecarts.verifier(partie, numero, attendu=la_bas, trouve=ici)
    ecarts.verifier("contenus affichés", numero, attendu=contenu(recu), trouve=elements(miroir))


def _sans_etat_des_liens(partie: Any) -> Any:
    """The état of a linked dossier is that dossier's: DS dates nothing here when it changes."""
    if not isinstance(partie, list):
        return partie
    return [{**un, "dossier": (un["dossier"] or {}).get("number")} if "dossier" in un else un for un in partie]


def _compare_hidden(miroirs: list[DossierDS], simulateur: Simulateur, ecarts: Ecarts) -> None:
    """What is in the bin or gone at DS is hidden here, and never erased."""
    for miroir in miroirs:
        number, donnees = miroir.number, simulateur.donnees
        if number in donnees.supprimes:
            ecarts.verifier("suppressions", f"dossier {number}", attendu=Visibilite.SUPPRIME, trouve=miroir.visibilite)
        elif number in donnees.corbeille:
            ecarts.verifier("suppressions", f"dossier {number}", attendu=Visibilite.CORBEILLE, trouve=miroir.visibilite)


def compare_acts(session: Session, simulateur: Simulateur, reserve: frozenset[int], ecarts: Ecarts) -> None:
    """Nothing waits any more. A sent act had one effect, a refused one none; where others act too, at most one."""
    par_acte = Counter(_cle(effet) for effet in simulateur.donnees.effets if effet.origine == "api")
    voulus: Counter[tuple[str, int]] = Counter()
    exacts: Counter[tuple[str, int]] = Counter()
    for operation, number in session.execute(
        select(OperationDS, DossierDS.number).join(DossierDS, DossierDS.dossier_id == OperationDS.dossier_id)
    ):
        cle = (NOMS_DS[operation.mutation], number)
        if operation.etat in EN_ATTENTE:
            ecarts.ecarts.append(f"actes, opération {operation.id} attend encore : {operation.erreur}")
        envoyee = int(operation.etat == EtatEnvoi.ENVOYE)
        voulus[cle] += envoyee
        if operation.reference:
            portees = sum(operation.reference in effet.texte for effet in simulateur.donnees.effets)
            ecarts.verifier(
                "actes à référence", f"{operation.mutation} {operation.id}", attendu=envoyee, trouve=portees
            )
        if number in reserve:
            exacts[cle] += operation.mutation not in PEUT_ETRE_DEJA
            ecarts.verifier("actes réservés partis", f"{operation.mutation} {operation.id} : {operation.erreur}",
                            attendu=1, trouve=envoyee)  # fmt: skip
    for cle, effets in par_acte.items():
        ecarts.verifier("effets voulus", f"{cle}", attendu=True, trouve=effets <= voulus[cle])
    for cle, demandes in (+exacts).items():
        ecarts.verifier("effets exacts", f"{cle}", attendu=demandes, trouve=par_acte[cle])


def _cle(effet: Effet) -> tuple[str, int]:
    return effet.mutation, effet.number
