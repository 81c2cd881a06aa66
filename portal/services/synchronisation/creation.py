"""Writes the dossiers of a page that we did not know: six tables, one COPY each."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from portal.copie import copy_rows, draw_ids
from portal.models.dossiers import AccesDossier, Dossier, DossierDS, Financement
from portal.services.dossiers import search_words
from portal.services.journal import Acte
from portal.services.synchronisation import colonnes
from portal.services.synchronisation.colonnes import Lu, Range, Valeurs
from portal.services.synchronisation.contexte import Contexte
from portal.vocabulaire import Etat, MotifAcces, Source
from portal.vocabulaire_instruction import OrigineDossier


def create(
    session: Session, contexte: Contexte, lus: Sequence[Lu], associations: Mapping[int, int | None]
) -> list[Range]:
    """Create these dossiers, with the association (by DS number) found for each."""
    if not lus:
        return []
    ids = draw_ids(session, Dossier, len(lus))
    neufs = [
        {"id": rang, **_dossier(contexte, lu, associations[lu.recu.number])} for rang, lu in zip(ids, lus, strict=True)
    ]
    miroirs = [_miroir(contexte, rang, lu) for rang, lu in zip(ids, lus, strict=True)]
    programme = contexte.demarche.programme
    financements = [_financement(un, programme) for un in neufs if un["montant_demande"] is not None]
    copy_rows(session, Dossier, neufs)
    copy_rows(session, DossierDS, miroirs)
    copy_rows(session, AccesDossier, [_acces(un) for un in neufs])
    copy_rows(session, Financement, financements)
    return [Range(un["id"], lu.recu, _acte(un, lu)) for un, lu in zip(neufs, lus, strict=True)]


def _dossier(contexte: Contexte, lu: Lu, association_id: int | None) -> Valeurs:
    dossier = {
        "reference": contexte.reference(lu.recu.number),
        "source": Source.DS,
        "origine": OrigineDossier.DS,
        "demarche_id": contexte.demarche.id,
        "association_id": association_id,
        **colonnes.of_dossier(contexte, lu, etat=Etat.EN_CONSTRUCTION, instructeur_id=None),
    }
    return dossier | {"mots": search_words(dossier)}


def _miroir(contexte: Contexte, dossier_id: int, lu: Lu) -> Valeurs:
    cles = {"dossier_id": dossier_id, "instance": contexte.demarche.instance, "number": lu.recu.number}
    return {**cles, **colonnes.of_mirror(contexte, lu), "raw": lu.texte}


def _acces(dossier: Valeurs) -> Valeurs:
    return {
        "service_id": dossier["service_id"],
        "dossier_id": dossier["id"],
        "motif": MotifAcces.PROPRIETAIRE,
        "date_depot": dossier["date_depot"],
    }


def _financement(dossier: Valeurs, programme: str) -> Valeurs:
    return {
        "dossier_id": dossier["id"],
        "exercice": dossier["exercice"],
        "programme": programme,
        "demande": dossier["montant_demande"],
    }


def _acte(dossier: Valeurs, lu: Lu) -> Acte:
    faits = {"numero_ds": lu.recu.number, "etat": dossier["etat"].value, "statut_source": dossier["statut_source"]}
    return Acte("dossier_recu_de_ds", f"dossier:{dossier['id']}", faits, premier=True)
