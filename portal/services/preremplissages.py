"""Starts requests at Démarches Simplifiées, prefilled with what we know, and recognises the dossiers that they become.

The row is written and the job ordered in one transaction; `envoi_preremplissages` speaks to DS afterwards.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.errors import Invalid
from portal.models.associations import Mandat
from portal.models.demarches import Demarche
from portal.models.dossiers import DossierDS
from portal.models.preremplissages import Preremplissage
from portal.permissions import SYSTEME, Acteur
from portal.queries import preremplissages as queries
from portal.queries.champs_preremplis import ChampPrerempli
from portal.services import journal
from portal.travaux import commander
from portal.vocabulaire_ds import EtatPreremplissage

TACHE = "preremplissages.envoyer"
A_CHANGE = (
    "Ce qui serait envoyé a changé depuis l’affichage de la page\u00a0: rien n’est parti. Relisez les réponses ci-dessous, "
    "puis recommencez."
)


def start(
    session: Session,
    *,
    by: Acteur,
    association_id: int,
    demarche_id: int,
    instance: str,
    retenus: Collection[str],
    repere: str,
) -> Preremplissage:
    """Ask for a draft that holds the answers whose `cle` is in `retenus`, as the page of that `repere` showed them.

    While that person's draft waits to be opened at DS, it is the same one: a page sent twice starts one request.
    `instance` is the host of our DS. Raises NotFound (association or open démarche), Forbidden, Invalid (champs).
    """
    session.execute(_mandats(by, association_id).with_for_update())
    vue = queries.prepare(session, by, association_id=association_id, demarche_id=demarche_id, instance=instance)
    if vue.en_cours is not None:
        return vue.en_cours
    if repere != vue.repere:
        raise Invalid("champs", A_CHANGE)
    nouveau = Preremplissage(
        association_id=association_id,
        demarche_id=demarche_id,
        demande_par_id=by.user_id,
        valeurs=_valeurs(un for un in vue.champs if un.cle in retenus),
        ignores=[],
    )
    session.add(nouveau)
    session.flush()
    valeurs = {"association": association_id, "demarche": demarche_id, "champs": sorted(nouveau.valeurs)}
    journal.record(session, by=by, action="preremplissage_demande", objet=_objet(nouveau), valeurs=valeurs)
    commander(session, TACHE, preremplissage_id=nouveau.id)
    return nouveau


def recognise_filed(session: Session, *, limite: int = 100) -> int:
    """Link the drafts whose dossier the synchronisation has brought, and forget their secrets. Returns how many.

    The dossier is known by its number: DS gives it to the draft, and never gives it again.
    """
    arrives = session.execute(
        select(Preremplissage, DossierDS.dossier_id, DossierDS.raw)
        .join(Demarche, Demarche.id == Preremplissage.demarche_id)
        .join(DossierDS, (DossierDS.instance == Demarche.instance) & (DossierDS.number == Preremplissage.number))
        .where(Preremplissage.etat.in_((EtatPreremplissage.EN_ATTENTE, EtatPreremplissage.EXPIRE)))
        .order_by(Preremplissage.id)
        .limit(limite)
        .with_for_update(of=Preremplissage, skip_locked=True)
    ).all()
    for depose, dossier_id, raw in arrives:
        depose.ignores, depose.dossier_id = dropped(depose.valeurs, raw["champs"]), dossier_id
        close(session, depose, EtatPreremplissage.DEPOSE)
    return len(arrives)


def close(session: Session, fini: Preremplissage, etat: EtatPreremplissage, erreur: str = "") -> None:
    """Nothing waits for it any more: its token goes, and the link that holds it."""
    fini.etat, fini.erreur, fini.pris_at = etat, erreur, None
    fini.jeton = fini.dossier_url = ""
    valeurs = {"dossier": fini.dossier_id} if fini.dossier_id else {}
    journal.record(session, by=SYSTEME, action=f"preremplissage_{etat}", objet=_objet(fini), valeurs=valeurs)


def dropped(envoyes: Mapping[str, Any], champs: Iterable[Mapping[str, Any]]) -> list[str]:
    """Of the champ ids that were sent, those that DS left out without a word: absent, or empty and not marked as prefilled.

    `champs`: those of the dossier, as DS's JSON. DS's names for the identity of a person are no champs, and are not judged.
    """
    repris = {un.get("champDescriptorId") or un.get("id"): un.get("prefilled") or _rempli(un) for un in champs}
    return [cle for cle in envoyes if not cle.startswith("identite_") and not repris.get(cle)]


def _valeurs(champs: Iterable[ChampPrerempli]) -> dict[str, Any]:
    """JSONB keeps no order: each answer bears its own."""
    return {
        un.cle: {"rang": rang, "libelle": un.question, "valeur": un.valeur, "lisible": un.lisible}
        for rang, un in enumerate(champs)
    }


def _rempli(champ: Mapping[str, Any]) -> bool:
    return bool((champ.get("stringValue") or "").strip())


def _mandats(by: Acteur, association_id: int) -> Select[int]:
    """Two sendings of the same page follow one another."""
    return select(Mandat.id).where(Mandat.user_id == by.user_id, Mandat.association_id == association_id)


def _objet(preremplissage: Preremplissage) -> str:
    return f"preremplissage:{preremplissage.id}"
