"""What the columns of a DS dossier hold: one reading, for dossiers that are created and for those that change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from integrations.demarches_simplifiees.apercu import Apercu, apercevoir
from portal.formats import maintenant
from portal.models.dossiers import DossierDS
from portal.services.journal import Acte
from portal.services.recensement import PlaceVue, Vue
from portal.services.synchronisation import projection
from portal.services.synchronisation.contexte import Contexte
from portal.texte_json import ecrire
from portal.vocabulaire import Etat
from portal.vocabulaire_ds import Visibilite

Valeurs = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Lu:
    """A dossier as DS gives it: `recu` is what we look at of `raw`, `texte` its JSON."""

    raw: Mapping[str, Any]
    recu: Apercu
    texte: bytes


class Range(NamedTuple):
    """A dossier once stored; `acte` is what the journal is to say of it, None when nothing that people see has changed."""

    dossier_id: int
    recu: Apercu
    acte: Acte | None


def read(raw: Mapping[str, Any]) -> Lu:
    """Read DS's JSON once for all that follows, and write at once what is kept of it: it is still in the processor's caches.

    Raises what an unforeseen shape may cause.
    """
    return Lu(raw, apercevoir(raw), ecrire(raw))


def of_dossier(contexte: Contexte, lu: Lu, *, etat: Etat, instructeur_id: int | None) -> Valeurs:
    """The columns of Dossier that DS rules; `etat` and `instructeur_id` are ours so far. Raises Invalid without a filing date."""
    return {
        **projection.colonnes(lu.recu, contexte.demarche, contexte.plan),
        "etat": projection.etat(lu.recu, etat),
        "service_id": contexte.service_id(contexte.groupe(lu.recu)),
        "instructeur_id": contexte.instructeur_id(lu.recu, instructeur_id),
    }


def of_mirror(contexte: Contexte, lu: Lu) -> Valeurs:
    """The columns of DossierDS, but its keys."""
    recu, groupe = lu.recu, contexte.groupe(lu.recu)
    return {
        "ds_id": recu.id,
        "groupe_id": groupe.id if groupe else None,
        "raw": lu.raw,
        "revision_id": recu.revision_id[:100],
        "archived": recu.archived,
        "etiquettes": DossierDS.join_labels(un.id for un in recu.labels),
        "date_derniere_modification": recu.date_derniere_modification or projection.date_depot(recu),
        **projection.miroir(recu, contexte.plan),
        **({"visibilite": Visibilite.VISIBLE, "synced_at": contexte.lu_at} if contexte.lu_at else {}),
    }


def view(contexte: Contexte, lu: Lu) -> Vue | None:
    """The association as DS sees it; None for a commune, a company or an individual alone."""
    recu, plan, demandeur = lu.recu, contexte.plan, lu.recu.demandeur
    siret, rna = projection.siret(recu, plan), projection.rna(recu, plan)
    if not (siret or rna) or not projection.est_une_association(recu, plan):
        return None
    return Vue(
        siren=siret[:9],
        rna=rna,
        faits={
            "denomination": projection.denomination_association(recu)[:300],
            "nature_juridique": demandeur.forme_juridique_code[:10],
            "adresse": demandeur.adresse[:300],
            "code_postal": demandeur.code_postal[:10],
            "commune": demandeur.commune[:100],
        },
        places=(PlaceVue(siret),) if siret else (),
        observed_at=recu.date_derniere_modification or maintenant(),
    )


def to_json(valeurs: Valeurs) -> Valeurs:
    """Columns as the journal keeps them: dates and amounts as text."""
    return {nom: _en_json(valeur) for nom, valeur in valeurs.items()}


def _en_json(valeur: Any) -> Any:
    if isinstance(valeur, date):
        return valeur.isoformat()
    return str(valeur) if isinstance(valeur, Decimal) else valeur
