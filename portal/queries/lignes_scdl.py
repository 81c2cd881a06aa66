"""One line of the open data of grants: what the request, the decision, the payments and what people noted say."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from portal.documents.scdl import FAUX, VRAI
from portal.formats import PARIS
from portal.models.decisions import Decision
from portal.models.donnees_essentielles import DonneeEssentielle
from portal.models.dossiers import Dossier
from portal.models.services import Service
from portal.vocabulaire_instruction import NatureOctroi
from portal.vocabulaire_scdl import NATURE, NUMERAIRE, PAR_NOM

OUTIL = "Portail des associations"
RNA_PUBLIABLE = re.compile(PAR_NOM["rnaBeneficiaire"].motif)
NATURES = ((NatureOctroi.NUMERAIRE, NUMERAIRE), (NatureOctroi.NATURE, NATURE))
RIEN = DonneeEssentielle(reference="", objet="", conditions="", id_rae="", dispositif_aide="")
# What may name somebody, where nobody may be named.
PERSONNE = re.compile(r"\b(M\.|Mme|Mlle|Monsieur|Madame)\s|@|\b0\d(?:[ .]?\d{2}){4}\b")
Octroye = tuple[Decimal, frozenset[NatureOctroi]]
Periode = tuple[date, date]


def make(
    dossier: Dossier,
    decision: Decision,
    donnee: DonneeEssentielle | None,
    service: Service,
    octroye: Octroye | None,
    paye: Periode | None,
) -> dict[str, str]:
    """Its columns, those of the 40 included, as the file writes them. `octroye`: None when nothing was granted."""
    note = donnee or RIEN
    montant, natures = octroye or (None, frozenset())
    periode = (note.debut, note.fin or note.debut) if note.debut else paye
    return {
        "nomAttribuant": service.nom,
        "idAttribuant": service.siret,
        "dateConvention": _jour(note.date_convention),
        "referenceDecision": note.reference or dossier.reference,
        "nomBeneficiaire": dossier.demandeur_nom,
        "idBeneficiaire": dossier.demandeur_siret,
        "rnaBeneficiaire": _rna(dossier),
        "objet": note.objet or dossier.intitule,
        "montant": _euros(montant),
        "nature": ";".join(nom for nature, nom in NATURES if nature in natures),
        "conditionsVersement": note.conditions,
        "datesPeriodeVersement": "/".join(sorted({_jour(jour) for jour in periode})) if periode else "",
        "idRAE": note.id_rae,
        "notificationUE": {True: VRAI, False: FAUX, None: ""}[note.notification_ue],
        "pourcentageSubvention": "1.00",
        "dispositifAide": note.dispositif_aide,
        **_en_plus(dossier, decision, service),
    }


def _en_plus(dossier: Dossier, decision: Decision, service: Service) -> dict[str, str]:
    """The columns that the proposal of 40 adds, where the portal knows them."""
    return {
        "idSubvention": dossier.reference,
        "nomServiceInstructeur": service.nom,
        "idServiceInstructeur": service.siret,
        "exerciceBudgetaire": str(dossier.exercice or ""),
        "dateDecision": _jour(decision.decided_at.astimezone(PARIS).date()),
        "dateCreation": _jour(dossier.date_depot.astimezone(PARIS).date()),
        "dispositif": dossier.demarche.dispositif,
        "statutLabel": "attribuée",
        "montantDemande": _euros(dossier.montant_demande),
        "nomOutilInstruction": OUTIL,
    }


def _euros(montant: Decimal | None) -> str:
    return "" if montant is None else f"{montant:.2f}"


def _rna(dossier: Dossier) -> str:
    """The schema refuses the numbers of Corsica and overseas: left out where a SIRET stands, kept where nothing else does."""
    rna = dossier.demandeur_rna
    return rna if RNA_PUBLIABLE.fullmatch(rna) or not dossier.demandeur_siret else ""


def _jour(jour: date | None) -> str:
    return jour.isoformat() if jour else ""


def warnings(ligne: Mapping[str, str]) -> list[str]:
    """What a person should read again before it is public."""
    if PERSONNE.search(ligne["objet"]):
        return [
            "L’objet semble nommer une personne, ou donner une adresse ou un téléphone\u00a0: relisez-le avant de publier."
        ]
    return []
