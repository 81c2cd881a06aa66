"""Stores one dossier of DS: finds or creates ours, writes only what really changed, and tells the journal once."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, contains_eager, defer

from integrations.demarches_simplifiees.types import DossierRecu
from portal.formats import maintenant
from portal.models.avis import DemandeAvis
from portal.models.connexion import User
from portal.models.demarches import Demarche, GroupeInstructeur
from portal.models.dossiers import AccesDossier, Dossier, DossierDS, Financement
from portal.permissions import SYSTEME
from portal.services import associations, decisions, dossiers, journal
from portal.services.synchronisation import projection
from portal.services.synchronisation.contenu import contenu, partie, sans_adresses
from portal.services.synchronisation.demarches import groupes, refresh_groupe
from portal.vocabulaire import ETATS_FINAUX, Etat, GenreUser, MotifAcces, Source, Visibilite

SOURCE = "Démarches Simplifiées"
PARTIES_LUES = ("champs", "annotations")
Valeurs = dict[str, Any]


@dataclass(frozen=True)
class Contexte:
    """What a batch of dossiers needs to know of ours, read in a fixed number of queries."""

    demarche: Demarche
    groupes: dict[int, GroupeInstructeur]
    connus: dict[int, DossierDS]
    references: frozenset[str]
    agents: dict[str, int]


def make_contexte(session: Session, demarche: Demarche, recus: Iterable[DossierRecu]) -> Contexte:
    """Read what the batch touches; the rows of known dossiers are locked, always in the same order."""
    lot = list(recus)
    numeros = [recu.number for recu in lot]
    connus = session.scalars(
        select(DossierDS)
        .join(DossierDS.dossier)
        .where(DossierDS.instance == demarche.instance, DossierDS.number.in_(numeros))
        .options(defer(DossierDS.raw), contains_eager(DossierDS.dossier).selectinload(Dossier.financements))
        .order_by(DossierDS.dossier_id)
        .with_for_update(of=(Dossier, DossierDS))
        .execution_options(populate_existing=True)
    )
    references = session.scalars(select(Dossier.reference).where(Dossier.reference.in_([f"DS-{n}" for n in numeros])))
    emails = {personne.email.lower() for recu in lot for personne in recu.instructeurs}
    agents = session.execute(
        select(User.email, User.id).where(User.genre == GenreUser.AGENT, User.email.in_(emails)).order_by(User.id)
    )
    return Contexte(
        demarche=demarche,
        groupes=groupes(session, demarche.id),
        connus={un.number: un for un in connus},
        references=frozenset(references),
        agents=dict(agents.all()),
    )


def store(session: Session, contexte: Contexte, recu: DossierRecu, raw: Mapping[str, Any]) -> bool:
    """Store a dossier as DS gives it now (`recu` is the reading of `raw`). True when something that people see has changed.

    One event is then recorded, none otherwise. A copy older than ours is left aside: a page read
    before somebody else's refresh never undoes it.
    """
    connu = contexte.connus.get(recu.number)
    if connu is None:
        return _create(session, contexte, recu, raw)
    modification = recu.date_derniere_modification
    if modification is not None and modification < connu.date_derniere_modification:
        return False
    return _update(session, contexte, connu, recu, raw)


def _create(session: Session, contexte: Contexte, recu: DossierRecu, raw: Mapping[str, Any]) -> bool:
    demarche = contexte.demarche
    groupe = _groupe(session, contexte, recu)
    valeurs = projection.colonnes(recu, demarche)
    elements = contenu(recu)
    dossier = Dossier(
        reference=_reference(contexte, recu.number),
        source=Source.DS,
        demarche_id=demarche.id,
        service_id=_service_id(demarche, groupe),
        etat=projection.etat(recu, Etat.EN_CONSTRUCTION),
        association_id=_association_id(session, recu),
        instructeur_id=_instructeur_id(contexte, recu, None),
        contenu_empreintes=_empreintes(elements),
        **valeurs,
    )
    dossiers.register(session, dossier, programme=demarche.programme, demande=dossier.montant_demande)
    session.add(DossierDS(dossier_id=dossier.id, instance=demarche.instance, number=recu.number, **_miroir(
        recu, raw, elements, groupe)))  # fmt: skip
    faits = {"numero_ds": recu.number, "etat": dossier.etat, "statut_source": dossier.statut_source}
    _record(session, dossier, "dossier_recu_de_ds", faits)
    return True


def _update(session: Session, contexte: Contexte, connu: DossierDS, recu: DossierRecu, raw: Mapping[str, Any]) -> bool:
    dossier, groupe = connu.dossier, _groupe(session, contexte, recu)
    voulues = projection.colonnes(recu, contexte.demarche) | {
        "etat": projection.etat(recu, dossier.etat),
        "service_id": _service_id(contexte.demarche, groupe),
        "instructeur_id": _instructeur_id(contexte, recu, dossier.instructeur_id),
    }
    if dossier.association_id is None or voulues["demandeur_siret"] != dossier.demandeur_siret:
        voulues["association_id"] = _association_id(session, recu)
    faits = {nom: valeur for nom, valeur in voulues.items() if getattr(dossier, nom) != valeur}
    _apply(session, dossier, faits)
    elements = contenu(recu)
    faits |= _apply_content(dossier, connu.contenu, elements)
    if connu.visibilite != Visibilite.VISIBLE:
        faits["visibilite"] = Visibilite.VISIBLE
    for nom, valeur in _miroir(recu, raw, elements, groupe).items():
        setattr(connu, nom, valeur)
    if faits:
        dossiers.refresh_words(dossier)
        _record(session, dossier, "dossier_actualise_depuis_ds", faits)
    if "etat" in faits and dossier.etat in ETATS_FINAUX:
        decisions.confirm_notified(session, dossier)
    return bool(faits)


def _apply(session: Session, dossier: Dossier, faits: Valeurs) -> None:
    """Write the changed columns, and what follows from them: who may read the dossier, the line of its amounts."""
    ancien_service = dossier.service_id
    for nom, valeur in faits.items():
        setattr(dossier, nom, valeur)
    if "service_id" in faits:
        _move(session, dossier, ancien_service)
    if faits.keys() & {"montant_demande", "exercice"}:
        ligne = next(iter(dossier.financements), None)
        if ligne is None:
            ligne = Financement(dossier_id=dossier.id, programme=dossier.demarche.programme)
            session.add(ligne)
        ligne.demande, ligne.exercice = dossier.montant_demande, dossier.exercice


def hand_over(session: Session, dossier: Dossier, service_id: int) -> None:
    """Give a dossier to another service, with the right to read it."""
    _apply(session, dossier, {"service_id": service_id})


def _move(session: Session, dossier: Dossier, ancien_service: int) -> None:
    """The dossier has another owner: the former one keeps only what it was asked for (its demandes d'avis)."""
    ancien = session.get_one(AccesDossier, (ancien_service, dossier.id))
    demandes = select(DemandeAvis.id).where(
        DemandeAvis.dossier_id == dossier.id, DemandeAvis.service_id == ancien_service
    )
    if session.scalar(demandes.limit(1)) is None:
        session.delete(ancien)
    else:
        ancien.motif = MotifAcces.SAISI
    motif = MotifAcces.PROPRIETAIRE
    ajout = insert(AccesDossier).values(service_id=dossier.service_id, dossier_id=dossier.id, motif=motif)
    cle = [AccesDossier.service_id, AccesDossier.dossier_id]
    session.execute(ajout.on_conflict_do_update(index_elements=cle, set_={"motif": motif}))


def _apply_content(dossier: Dossier, ancien: list[Any], nouveau: list[Valeurs]) -> Valeurs:
    """Number a new version when the champs change: it is what an avis says that it has read."""
    if nouveau == ancien:
        return {}
    empreintes = _empreintes(nouveau)
    faits: Valeurs = {"parties_modifiees": sorted(_parties_differentes(ancien, nouveau))}
    if empreintes["champs"] != dossier.contenu_empreintes.get("champs"):
        dossier.contenu_version += 1
        faits["contenu_version"] = dossier.contenu_version
    dossier.contenu_empreintes = empreintes
    return faits


def _parties_differentes(ancien: list[Any], nouveau: list[Valeurs]) -> set[str]:
    noms = {un["partie"] for un in (*ancien, *nouveau)}
    return {nom for nom in noms if partie(ancien, nom) != partie(nouveau, nom)}


def _empreintes(elements: list[Valeurs]) -> dict[str, Any]:
    """SHA-256 of each part that people read before they judge."""
    textes = {nom: json.dumps(partie(elements, nom), sort_keys=True, ensure_ascii=False) for nom in PARTIES_LUES}
    return {nom: hashlib.sha256(texte.encode()).hexdigest() for nom, texte in textes.items()}


def _miroir(
    recu: DossierRecu, raw: Mapping[str, Any], elements: list[Valeurs], groupe: GroupeInstructeur | None
) -> Valeurs:
    return {
        "ds_id": recu.id,
        "groupe_id": groupe.id if groupe else None,
        "raw": sans_adresses(raw),
        "contenu": elements,
        "visibilite": Visibilite.VISIBLE,
        "date_derniere_modification": recu.date_derniere_modification or projection.date_depot(recu),
        "synced_at": maintenant(),
    }


def _reference(contexte: Contexte, number: int) -> str:
    """« DS-4512 »; when another DS already gave that number, the démarche tells them apart: « DS-4512-D7 »."""
    reference = f"DS-{number}"
    return f"{reference}-D{contexte.demarche.id}" if reference in contexte.references else reference


def _groupe(session: Session, contexte: Contexte, recu: DossierRecu) -> GroupeInstructeur | None:
    """The dossier's group, made known when DS has just created it."""
    numero = recu.groupe_instructeur.number
    if numero is None:
        return None
    if numero not in contexte.groupes:
        nouveau = refresh_groupe(session, contexte.demarche.id, recu.groupe_instructeur, None, complet=False)
        session.flush()
        contexte.groupes[numero] = nouveau
    return contexte.groupes[numero]


def _service_id(demarche: Demarche, groupe: GroupeInstructeur | None) -> int:
    mappe = groupe.service_id if groupe else None
    return mappe or demarche.service_id


def _instructeur_id(contexte: Contexte, recu: DossierRecu, actuel: int | None) -> int | None:
    """The agent who follows the dossier at DS, ours being kept as long as it is one of them or DS names none that we know."""
    suiveurs = [contexte.agents[un.email.lower()] for un in recu.instructeurs if un.email.lower() in contexte.agents]
    return actuel if not suiveurs or actuel in suiveurs else suiveurs[0]


def _association_id(session: Session, recu: DossierRecu) -> int | None:
    """The association found or created from SIREN or RNA; None for a commune, a company or an individual alone."""
    siret = projection.siret(recu)
    if not projection.est_une_association(recu) or not (siret or projection.rna(recu)):
        return None
    demandeur = recu.demandeur
    return associations.get_or_create(
        session,
        by=SYSTEME,
        siren=siret[:9],
        rna=projection.rna(recu),
        siret=siret,
        denomination=projection.denomination_association(recu)[:300],
        source=SOURCE,
        observed_at=recu.date_derniere_modification or maintenant(),
        nature_juridique=demandeur.forme_juridique_code[:10],
        adresse=demandeur.adresse[:300],
        code_postal=demandeur.code_postal[:10],
        commune=demandeur.commune[:100],
    ).id


def _record(session: Session, dossier: Dossier, action: str, faits: Valeurs) -> None:
    valeurs = {nom: _json(valeur) for nom, valeur in faits.items()}
    journal.record(session, by=SYSTEME, action=action, objet=f"dossier:{dossier.id}", valeurs=valeurs)


def _json(valeur: Any) -> Any:
    if isinstance(valeur, date):
        return valeur.isoformat()
    return str(valeur) if isinstance(valeur, Decimal) else valeur
