"""Writes of a dossier that we know only what really changed, and what follows from it: who reads it, its amounts, its version."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.parsing import lire
from portal.models.dossiers import Dossier, DossierDS, Financement
from portal.models.synchronisation import ChampModifie
from portal.permissions import SYSTEME
from portal.queries.contenus_ds import differences
from portal.queries.elements_ds import Element, contenu, elements, partie
from portal.services import changements_de_main, dossiers, reorientations
from portal.services.journal import Acte
from portal.services.synchronisation import colonnes
from portal.services.synchronisation.colonnes import Lu, Range, Valeurs
from portal.services.synchronisation.contexte import Contexte

# What people see of the mirror.
MONTREES = ("visibilite", "budget", "cer_atteste", "cer_date")


def is_older(contexte: Contexte, connu: DossierDS, lu: Lu) -> bool:
    """A copy asked for before ours: it must not undo a refresh made meanwhile.

    Two copies of DS are told apart by when we asked, never by DS's dates: its clock may go back.
    """
    if contexte.lu_at is not None:
        return contexte.lu_at < connu.synced_at
    modification = lu.recu.date_derniere_modification
    return modification is not None and modification < connu.date_derniere_modification


def wants_association(contexte: Contexte, connu: DossierDS, lu: Lu) -> bool:
    """Its association has yet to be found, it is another one's now, or a mapping has changed."""
    dossier = connu.dossier
    change = lu.recu.demandeur.siret[:14] != dossier.demandeur_siret
    return change or dossier.association_id is None or contexte.lu_at is None


def update(
    session: Session, contexte: Contexte, connu: DossierDS, lu: Lu, associations: Mapping[int, int | None]
) -> Range:
    """Store a newer copy; the journal has nothing to say when nothing that people see has changed."""
    dossier = connu.dossier
    voulues = colonnes.of_dossier(contexte, lu, etat=dossier.etat, instructeur_id=dossier.instructeur_id)
    voulues["association_id"] = associations.get(lu.recu.number, dossier.association_id)
    faits = {nom: valeur for nom, valeur in voulues.items() if getattr(dossier, nom) != valeur}
    _apply(session, dossier, faits)
    faits |= _apply_content(session, connu, lu)
    miroir = colonnes.of_mirror(contexte, lu)
    faits |= {nom: miroir[nom] for nom in MONTREES if nom in miroir and getattr(connu, nom) != miroir[nom]}
    for nom, valeur in miroir.items():
        setattr(connu, nom, valeur)
    if not faits:
        return Range(dossier.id, lu.recu, None)
    dossiers.refresh_words(dossier)
    acte = Acte("dossier_actualise_depuis_ds", f"dossier:{dossier.id}", colonnes.to_json(faits))
    return Range(dossier.id, lu.recu, acte)


def hand_over(session: Session, dossier: Dossier, service_id: int) -> None:
    """Give a dossier to another service, with the right to read it."""
    _apply(session, dossier, {"service_id": service_id})


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


def _move(session: Session, dossier: Dossier, ancien_service: int) -> None:
    """The dossier has another owner: the former one keeps only what it was asked for (its demandes d'avis)."""
    session.flush()
    changements_de_main.hand_over(session, by=SYSTEME, dossier=dossier, ancien=ancien_service, garde_ses_avis=True)
    reorientations.complete(session, dossier, ancien_service)


def _apply_content(session: Session, connu: DossierDS, lu: Lu) -> Valeurs:
    """Number a new version when the champs change: it is what an avis says that it has read. What they said before is kept."""
    if lu.raw == connu.raw:
        return {}
    anciens, nouveaux = elements(connu), contenu(lire(lu.raw))
    parties = _parties_differentes(anciens, nouveaux)
    faits: Valeurs = {"parties_modifiees": sorted(parties)} if parties else {}
    if "champs" in parties:
        connu.dossier.contenu_version += 1
        faits["contenu_version"] = connu.dossier.contenu_version
        changes = differences(partie(anciens, "champs"), partie(nouveaux, "champs"))
        session.add_all(
            ChampModifie(
                dossier_id=connu.dossier_id,
                contenu_version=connu.dossier.contenu_version,
                libelle=libelle,
                avant=avant,
                apres=apres,
            )
            for libelle, avant, apres in changes
        )
    return faits


def _parties_differentes(ancien: list[Element], nouveau: list[Element]) -> set[str]:
    noms = {un["partie"] for un in (*ancien, *nouveau)}
    return {nom for nom in noms if partie(ancien, nom) != partie(nouveau, nom)}
