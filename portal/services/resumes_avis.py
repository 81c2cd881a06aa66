"""Tells instructeurs who work on DS what services think here: our avis, summed up in a private annotation of the dossier.

The text is replaced as a whole, and written when it leaves: many avis given meanwhile make one operation, and an avis that is
withdrawn from its readers leaves the annotation. DS shows annotations to the instructeurs of the group, never to the usager.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from integrations.demarches_simplifiees.types import DossierRecu
from portal.errors import Forbidden, Invalid, NotFound
from portal.formats import date_fr, montant_fr
from portal.models.avis import Avis, DemandeAvis
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier
from portal.models.envois import OperationDS
from portal.permissions import SYSTEME, Acteur, may_administer
from portal.permissions.avis import can_be_told_to_ds
from portal.queries.avis import list_demandes
from portal.queries.revisions_ds import text_annotations
from portal.services import annotations_ds, journal, operations_ds
from portal.vocabulaire import LIBELLES_SENS, EtatEnvoi, Source

MUTATION = "resumer_avis"
# An instructeur reads this beside the form: the whole avis stays here.
LONGUEUR_AVIS = 600
LONGUEUR = 6000
ENTETE = "Avis des services, repris du portail (texte remplacé à chaque nouvel avis)\u00a0:"


def set_annotation(session: Session, *, by: Acteur, demarche_id: int, champ_id: str) -> Demarche:
    """Name the private annotation (text) that receives the summary; "" to stop. For administrators.

    Raises Forbidden, NotFound, Invalid(champ_id) when the form in force has no such text annotation.
    """
    verdict = may_administer(by)
    if not verdict:
        raise Forbidden(verdict.raison)
    demarche = session.get(Demarche, demarche_id, with_for_update=True)
    if demarche is None or demarche.source != Source.DS:
        raise NotFound
    if champ_id and champ_id not in {une["id"] for une in text_annotations(session, demarche_id)}:
        raise Invalid("champ_id", "Choisissez dans la liste une annotation de texte de cette démarche.")
    demarche.annotation_avis = champ_id
    valeurs = {"annotation": champ_id}
    journal.record(session, by=by, action="annotation_avis_choisie", objet=f"demarche:{demarche.id}", valeurs=valeurs)
    return demarche


def order(session: Session, *, by: Acteur, dossier: Dossier) -> OperationDS | None:
    """Owe the summary to DS, the dossier being locked; None when its démarche names no annotation.

    One that has not left yet will tell this avis too: its text is written when it leaves.
    """
    if dossier.source != Source.DS or not dossier.demarche.annotation_avis:
        return None
    # Locked: one that is being taken right now is no longer « à envoyer » when the lock is free, and another is owed.
    attente = session.scalars(
        select(OperationDS)
        .where(
            OperationDS.dossier_id == dossier.id,
            OperationDS.mutation == MUTATION,
            OperationDS.etat == EtatEnvoi.A_ENVOYER,
        )
        .with_for_update()
    ).first()
    if attente is None:
        au_nom = by if by.user_id is not None else _asker(session, dossier)
        return operations_ds.queue(session, by=au_nom, dossier=dossier, mutation=MUTATION)
    operations_ds.order(session, attente.id)
    return attente


def _asker(session: Session, dossier: Dossier) -> Acteur:
    """For an expert, who has no account: whoever follows the dossier, else who asked last."""
    derniere = (
        select(DemandeAvis.demandeur_id).where(DemandeAvis.dossier_id == dossier.id).order_by(DemandeAvis.id.desc())
    )
    user_id = dossier.instructeur_id or session.scalars(derniere.limit(1)).one()
    return replace(SYSTEME, user_id=user_id)


def arguments(session: Session, dossier_id: int, recu: DossierRecu) -> dict[str, Any]:
    """What the operation writes, from the avis of now. Raises Invalid when the dossier has no such text annotation."""
    dossier = session.get_one(Dossier, dossier_id)
    champ_id = dossier.demarche.annotation_avis
    annotation = annotations_ds.by_id(recu.annotations).get(champ_id)
    genre = annotation and annotations_ds.genre(session, dossier, annotation, recu.revision_id)
    if genre not in annotations_ds.TEXTES:
        raise Invalid(
            "champ_id",
            "L’annotation choisie pour recevoir les avis n’est pas un texte de ce dossier sur Démarches Simplifiées\u00a0: "
            "demandez à un administrateur du portail d’en choisir une autre.",
        )
    return {"annotations": [{"id": champ_id, "genre": str(genre), "valeur": summary(_readable(session, dossier))}]}


def _readable(session: Session, dossier: Dossier) -> list[Avis]:
    demandes = list_demandes(session, dossier)
    tous = select(Avis).where(Avis.dossier_id == dossier.id).options(joinedload(Avis.service), joinedload(Avis.expert))
    return [un for un in session.scalars(tous.order_by(Avis.created_at, Avis.id)) if can_be_told_to_ds(un, demandes)]


def summary(avis: Iterable[Avis]) -> str:
    """Pure. Who, which way, how much (euros), when, and the beginning of what each says; "" without any avis."""
    paragraphes = [_paragraphe(un) for un in avis]
    return _cut("\n\n".join([ENTETE, *paragraphes]), LONGUEUR) if paragraphes else ""


def _paragraphe(avis: Avis) -> str:
    montant = f", {montant_fr(avis.montant_propose)} proposés" if avis.montant_propose is not None else ""
    titre = f"{avis.de_qui}, le {date_fr(avis.updated_at)}\u00a0: {LIBELLES_SENS[avis.sens]}{montant}."
    return f"{titre}\n{_cut(avis.texte.strip(), LONGUEUR_AVIS)}".strip()


def _cut(texte: str, longueur: int) -> str:
    """At a word's end."""
    return texte if len(texte) <= longueur else f"{texte[:longueur].rsplit(maxsplit=1)[0]}…"
