"""Imports of requests: a dossier for each, written again by later files of the same source unless a person changed it here."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.models.decisions import Decision
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier, Financement
from portal.models.imports import DossierTableur, LigneImport, LotImport
from portal.permissions import Acteur, can_instruct, may_instruct
from portal.services import associations_importees, dossiers, etats_cer, journal
from portal.services.annulations_demandes import undo
from portal.services.demandes_importees import LIBELLES_COLONNES, Lue, plain, real, total, understand, write, written
from portal.vocabulaire import Source
from portal.vocabulaire_imports import EtatLigneImport
from portal.vocabulaire_instruction import OrigineDossier

__all__ = ["apply", "key", "undo"]

# The fields of a file that tell a column of ours.
DITS_PAR: dict[str, tuple[str, ...]] = {
    "demandeur_siret": ("siret",),
    "demandeur_rna": ("rna",),
    "demandeur_commune": ("commune",),
    "departement": ("code_postal",),
    "intitule": ("intitule", "objet"),
    "exercice": ("exercice",),
    "etat": ("statut",),
    "statut_source": ("statut",),
    "date_traitement": ("statut", "date_decision"),
    "instructeur_id": ("instructeur",),
    "demande": ("montant_demande",),
    "propose": ("montant_propose",),
    "accorde": ("montant_accorde", "statut"),
    "programme": ("programme",),
}
IDENTITE = ("association_nom", "siret", "siren", "rna", "ridet")
SANS_DEMARCHE = "Cet import n’est rattaché à aucune démarche\u00a0: rien n’est écrit."
RECUSE = "Un conflit d’intérêts vous ferme ce dossier\u00a0: rien n’est écrit."
AUTRE_IDENTITE = (
    "Cette référence est déjà celle d’une autre ligne, pour une autre association\u00a0: rien n’est écrit. "
    "Corrigez l’une des deux."
)
MODIFIE_ICI = (
    "Modifié ici depuis le dernier import ({quoi})\u00a0: rien n’est remplacé. "
    "Comparez, puis corrigez le dossier vous-même."
)


def key(valeurs: Mapping[str, str]) -> str:
    """The reference that the source gives: a file without one is known by none."""
    return valeurs.get("reference_source", "")


def apply(session: Session, *, by: Acteur, lot: LotImport, ligne: LigneImport) -> None:
    """Register the dossier, or add to it, or write again what the source says. Raises Forbidden, Invalid, Conflict."""
    verdict = may_instruct(by)
    if not verdict:
        raise Forbidden(verdict.raison)
    demarche = session.get(Demarche, lot.demarche_id) if lot.demarche_id else None
    if demarche is None:
        raise Invalid("", SANS_DEMARCHE)
    lue = understand(session, lot, demarche, ligne.valeurs, _statut(lot, ligne))
    connu = _known(session, lot, ligne.cle_source)
    if connu is None:
        _create(session, by, lot, ligne, demarche, lue)
    else:
        _again(session, by, lot, ligne, connu, lue)
    ligne.message = " ".join(lue.messages)


def _statut(lot: LotImport, ligne: LigneImport) -> str:
    """The état in the words of the file."""
    rang = next((vue["rang"] for vue in lot.constat.get("colonnes", ()) if vue["champ"] == "statut"), None)
    lus: list[str] = ligne.lu
    return lus[rang] if rang is not None and rang < len(lus) else ""


def _known(session: Session, lot: LotImport, cle: str) -> DossierTableur | None:
    """The dossier that an import of that démarche made of this reference, held until the end of the transaction."""
    if not cle:
        return None
    verrou = f"tableur:{lot.service_id}:{lot.demarche_id}:{cle}"
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(verrou, 0))))
    return session.scalars(
        select(DossierTableur)
        .join(Dossier, Dossier.id == DossierTableur.dossier_id)
        .where(DossierTableur.service_id == lot.service_id, DossierTableur.cle == cle)
        .where(Dossier.demarche_id == lot.demarche_id)
        .with_for_update(of=[DossierTableur, Dossier])
    ).first()


def _create(session: Session, by: Acteur, lot: LotImport, ligne: LigneImport, demarche: Demarche, lue: Lue) -> None:
    trouvee = None
    if lue.dossier["demandeur_genre"] == "morale":
        trouvee = associations_importees.find_or_make(session, by=by, lot=lot, valeurs=ligne.valeurs)
    association = trouvee.association if trouvee else None
    if association is not None and association.id in by.associations_recusees:
        raise Forbidden(RECUSE)
    dossier = Dossier(
        reference=dossiers.next_reference(session),
        source=Source.TABLEUR,
        origine=OrigineDossier.TABLEUR,
        demarche_id=demarche.id,
        service_id=lot.service_id,
        association_id=association.id if association else None,
        **lue.dossier,
    )
    dossiers.register(session, dossier)
    finance = _finance(session, dossier, lue)
    session.add(
        DossierTableur(dossier_id=dossier.id, service_id=lot.service_id, cle=ligne.cle_source, ligne_id=ligne.id)
    )
    session.flush()
    if association is not None:
        etats_cer.refresh(session, [association.id])
    ligne.objet = f"dossier:{dossier.id}"
    ligne.avant = {
        "cree": True,
        "financement": finance.id if finance else None,
        "version": dossier.version,
        "association": trouvee.avant if trouvee else None,
        **_said(dossier, finance, lue),
    }
    valeurs = {"reference": dossier.reference, "lot": lot.id, "ligne": ligne.numero, "etat": dossier.etat}
    journal.record(session, by=by, action="dossier_importe", objet=ligne.objet, valeurs=valeurs)


def _finance(session: Session, dossier: Dossier, lue: Lue) -> Financement | None:
    """A line of amounts, when the file gives one."""
    if all(lue.finance[nom] is None for nom in ("demande", "propose", "accorde")):
        return None
    finance = Financement(dossier_id=dossier.id, **lue.finance)
    session.add(finance)
    session.flush()
    total(session, dossier)
    return finance


def _said(dossier: Dossier, finance: Financement | None, lue: Lue) -> dict[str, Any]:
    """What the line wrote, to be compared with what stands here when the source speaks again."""
    return {
        "ecrit": written(dossier, lue.dossier),
        "finance": written(finance, lue.finance) if finance else {nom: plain(un) for nom, un in lue.finance.items()},
    }


def _again(session: Session, by: Acteur, lot: LotImport, ligne: LigneImport, connu: DossierTableur, lue: Lue) -> None:
    """The source speaks again of a dossier: a further line of this file, or a later file."""
    dossier, tete = session.get_one(Dossier, connu.dossier_id), session.get_one(LigneImport, connu.ligne_id)
    verdict = can_instruct(by, dossier)
    if not verdict or dossier.id in by.recuses:
        raise Forbidden(RECUSE if verdict else verdict.raison)
    meme_fichier = tete.lot_id == lot.id and any(
        ligne.valeurs.get(nom, "") != tete.valeurs.get(nom, "") for nom in IDENTITE
    )
    if meme_fichier or _somebody_else(tete.valeurs, ligne.valeurs):
        raise Invalid("reference_source", AUTRE_IDENTITE)
    if tete.lot_id != lot.id:
        rang = 0
        ancienne: LigneImport | None = tete
        connu.ligne_id = ligne.id
    else:
        rang = _rank(session, ligne)
        ancienne = _nth(session, tete, rang)
    ligne.objet = f"dossier:{dossier.id}"
    if ancienne is None:
        finance = _finance(session, dossier, lue)
        ligne.avant = {
            "cree": False,
            "financement": finance.id if finance else None,
            "ajout": True,
            **_said(dossier, finance, lue),
        }
        _record(session, by, lot, ligne, ["financement"])
        return
    _update(session, by, lot, ligne, dossier, ancienne, lue, entier=rang == 0)


def _somebody_else(avant: Mapping[str, str], apres: Mapping[str, str]) -> bool:
    """Whether a reference has passed to another association: a number of row comes back in each file."""
    sirens = [valeurs.get("siret", "")[:9] or valeurs.get("siren", "") for valeurs in (avant, apres)]
    rnas = [valeurs.get("rna", "") for valeurs in (avant, apres)]
    return any(all(deux) and deux[0] != deux[1] for deux in (sirens, rnas))


def _rank(session: Session, ligne: LigneImport) -> int:
    """How many lines of this file spoke of the dossier before."""
    memes = select(func.count()).where(LigneImport.lot_id == ligne.lot_id, LigneImport.cle_ligne == ligne.cle_ligne)
    return (
        session.scalar(memes.where(LigneImport.numero < ligne.numero, LigneImport.etat == EtatLigneImport.FAITE)) or 0
    )


def _nth(session: Session, tete: LigneImport, rang: int) -> LigneImport | None:
    """The line of the former file that answers to the n-th of this one."""
    avant = session.get(LigneImport, int(tete.avant["ligne"])) if tete.avant.get("ligne") else None
    if avant is None:
        return None
    faites = select(LigneImport).where(LigneImport.lot_id == avant.lot_id, LigneImport.cle_ligne == tete.cle_ligne)
    faites = faites.where(LigneImport.etat == EtatLigneImport.FAITE, LigneImport.objet == tete.objet)
    return session.scalars(faites.order_by(LigneImport.numero).offset(rang).limit(1)).first()


def _update(
    session: Session,
    by: Acteur,
    lot: LotImport,
    ligne: LigneImport,
    dossier: Dossier,
    ancienne: LigneImport,
    lue: Lue,
    *,
    entier: bool,
) -> None:
    """Three ways: what the source said, what it says, what stands here. A line that meets somebody's change is refused whole."""
    ident = ancienne.avant.get("financement")
    finance = session.get(Financement, ident) if ident else None
    _keep_unsaid(lot, ligne, lue, ancienne.avant)
    sur_dossier = _changes(dossier, ancienne.avant["ecrit"], lue.dossier) if entier else ({}, [])
    sur_finance = _changes(finance, ancienne.avant["finance"], lue.finance) if finance else ({}, [])
    _check_free(session, dossier, sur_dossier[0], sur_dossier[1] + sur_finance[1])
    avant: dict[str, Any] = {"cree": False, "ligne": ancienne.id, "ancien": written(dossier, sur_dossier[0])}
    if finance is not None:
        avant["ancienne_finance"] = written(finance, sur_finance[0])
        write(finance, sur_finance[0])
    else:
        finance = _finance(session, dossier, lue)
        avant["ajout"] = finance is not None
    write(dossier, sur_dossier[0])
    if sur_dossier[0]:
        dossier.version += 1
        dossiers.refresh_words(dossier)
    session.flush()
    total(session, dossier)
    ligne.avant = avant | {
        "financement": finance.id if finance else None,
        "version": dossier.version,
        **_said(dossier, finance, lue),
    }
    change = [*sur_dossier[0], *sur_finance[0]]
    if change:
        _record(session, by, lot, ligne, change)


def _keep_unsaid(lot: LotImport, ligne: LigneImport, lue: Lue, avant: Mapping[str, Any]) -> None:
    """What no column of this file tells stays as the source told it before: a file of fewer columns erases nothing."""
    dits = {vue["champ"] for vue in lot.constat.get("colonnes", ())} | set(ligne.valeurs)
    for neufs, anciens in ((lue.dossier, avant["ecrit"]), (lue.finance, avant["finance"])):
        for nom in neufs.keys() & anciens.keys():
            if nom in DITS_PAR and not dits.intersection(DITS_PAR[nom]):
                neufs[nom] = real(nom, anciens[nom])
    if "date_depot" not in ligne.valeurs:
        lue.dossier["date_depot"] = real("date_depot", avant["ecrit"]["date_depot"])


def _check_free(session: Session, dossier: Dossier, changes: Mapping[str, Any], genes: list[str]) -> None:
    """Nobody has changed here what the source changes, nor decided. Raises Conflict."""
    decide = "etat" in changes and session.scalar(select(exists().where(Decision.dossier_id == dossier.id)))
    if decide or genes:
        quoi = [*genes, "etat"] if decide else genes
        raise Conflict(MODIFIE_ICI.format(quoi=", ".join(LIBELLES_COLONNES.get(nom, nom) for nom in quoi)))


def _changes(objet: Any, ancien: Mapping[str, Any], neuf: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """What the source changes, and the columns where a person has written something else meanwhile."""
    changes, genes = {}, []
    for nom, valeur in neuf.items():
        dit, ici = plain(valeur), plain(getattr(objet, nom))
        if dit in (ancien.get(nom), ici):
            continue
        if ici == ancien.get(nom):
            changes[nom] = valeur
        else:
            genes.append(nom)
    return changes, genes


def _record(session: Session, by: Acteur, lot: LotImport, ligne: LigneImport, colonnes: list[str]) -> None:
    valeurs = {"lot": lot.id, "ligne": ligne.numero, "colonnes": sorted(colonnes)}
    journal.record(session, by=by, action="dossier_mis_a_jour_par_import", objet=ligne.objet, valeurs=valeurs)
