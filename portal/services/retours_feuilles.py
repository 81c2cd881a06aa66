"""Receives working sheets: reads what came back, tells what would change, and takes what the agent chooses of conflicts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.classeurs.feuille_rendue import GRISES, Onglet, Rendue, lire, trouver_jeton
from portal.classeurs.resultats import ClasseurRefuse
from portal.classeurs.trois_voies import Ecart, Sort, comparer
from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import maintenant
from portal.models.documents import Fichier
from portal.models.feuilles_travail import FeuilleTravail, ModificationFeuille, RetourFeuille
from portal.permissions import Acteur, may_instruct
from portal.permissions.feuilles_travail import can_return
from portal.queries import feuilles_travail as queries
from portal.queries.acteurs import agent_of
from portal.queries.feuilles_travail import Contenu
from portal.services import journal
from portal.services.cellules_feuilles import Admis
from portal.travaux import commander
from portal.vocabulaire_imports import CHAMPS_AVIS, DUREE_FEUILLE_JOURS, EtatModification, EtatRetour

TACHE = "feuilles_travail.traiter"
# Longer than the child process that reads is given; then its worker is dead.
BAIL = timedelta(minutes=2)
ESSAIS_MAXIMAUX = 3
PLUS_DU_SERVICE = "Vous n’êtes plus agent de ce service\u00a0: rien n’est changé."
INCONNUE = (
    f"Le portail ne connaît pas cette feuille de travail, ou elle a plus de {DUREE_FEUILLE_JOURS}\u00a0jours\u00a0: rien n’est "
    "changé. Demandez-en une autre depuis la liste des dossiers, et reportez-y ce que vous avez écrit."
)
SANS_REPONSE = (
    "La lecture de ce fichier n’a pas abouti, après plusieurs essais\u00a0: rien n’est changé. Ouvrez-le dans votre tableur, "
    "enregistrez-le de nouveau, puis rendez-le."
)
PLUS_LISIBLE = "Ce dossier ne vous est plus ouvert\u00a0: il n’est pas changé."
MELEE = (
    "Dans la feuille, cette référence est à côté d’une autre association que la sienne\u00a0: une partie des colonnes a été "
    "triée sans les autres. Rien n’est changé sur ce dossier."
)
DOUBLE = (
    "Dans la feuille, cette référence figure sur plusieurs lignes qui ne disent pas la même chose\u00a0: rien n’est changé "
    "sur ce dossier. Gardez une seule de ces lignes."
)


def receive(session: Session, *, by: Acteur, fichier: Fichier, nom: str, cle: str) -> RetourFeuille:
    """Keep a sheet that came back, and order its reading. `cle` of a form: sent twice, kept once. Raises Forbidden, Conflict."""
    verdict = may_instruct(by)
    if not verdict or by.service_id is None or by.user_id is None:
        raise Forbidden(verdict.raison)
    valeurs = {"cle": cle, "service_id": by.service_id, "user_id": by.user_id, "fichier_id": fichier.id, "nom": nom}
    nouveau = insert(RetourFeuille).values(**valeurs, etat=EtatRetour.A_LIRE, message="", constat={})
    ident = session.scalar(nouveau.on_conflict_do_nothing(index_elements=["cle"]).returning(RetourFeuille.id))
    if ident is None:
        deja = session.scalars(select(RetourFeuille).where(RetourFeuille.cle == cle)).one()
        if (deja.user_id, deja.service_id) != (by.user_id, by.service_id):
            raise Conflict(
                "Cette page a déjà servi\u00a0: rien n’est reçu. Rechargez-la, puis rendez la feuille de nouveau."
            )
        return deja
    valeurs = {"retour": ident, "sha256": fichier.sha256}
    journal.record(session, by=by, action="feuille_travail_rendue", objet=f"service:{by.service_id}", valeurs=valeurs)
    order(session, ident)
    return session.get_one(RetourFeuille, ident)


def order(session: Session, retour_id: int) -> None:
    """Queue the job of that return; a sweep takes up what an order misses."""
    commander(session, TACHE, urgent=True, retour_id=retour_id)


def due(session: Session, *, bail: timedelta = BAIL) -> list[int]:
    """Returns to read or to apply that nobody is at, oldest first."""
    return list(session.scalars(select(RetourFeuille.id).where(*free(bail)).order_by(RetourFeuille.id).limit(100)))


def free(bail: timedelta) -> tuple[Any, ...]:
    """The conditions under which a worker may take a return."""
    sans_bail = or_(RetourFeuille.pris_at.is_(None), RetourFeuille.pris_at < maintenant() - bail)
    return RetourFeuille.etat.in_((EtatRetour.A_LIRE, EtatRetour.A_APPLIQUER)), sans_bail


def take(session: Session, retour_id: int, *, bail: timedelta = BAIL) -> RetourFeuille | None:
    """Take a return that nobody is at; one whose reading kills its worker is refused after some tries, and says so.

    To be committed before the work starts.
    """
    retour = session.scalars(
        select(RetourFeuille).where(RetourFeuille.id == retour_id, *free(bail)).with_for_update(skip_locked=True)
    ).first()
    if retour is None:
        return None
    if retour.etat == EtatRetour.A_LIRE:
        essais = int(retour.constat.get("essais", 0)) + 1
        if essais > ESSAIS_MAXIMAUX:
            _refuse(retour, SANS_REPONSE)
            return None
        retour.constat = {"essais": essais}
    retour.pris_at = maintenant()
    return retour


def conclude(
    session: Session, retour_id: int, marque: datetime, *, onglets: Sequence[Onglet] = (), refus: str = ""
) -> None:
    """Keep what the reading found, or why there is none; nothing when somebody else has taken the return since."""
    retour = session.scalars(
        select(RetourFeuille)
        .where(RetourFeuille.id == retour_id, RetourFeuille.pris_at == marque, RetourFeuille.etat == EtatRetour.A_LIRE)
        .with_for_update()
    ).first()
    if retour is None:
        return
    by = agent_of(session, retour.user_id, retour.service_id)
    if refus or by is None:
        _refuse(retour, refus or PLUS_DU_SERVICE)
        return
    try:
        feuille = _sheet(session, by, trouver_jeton(onglets))
        rendue = lire(onglets, {reference: _grey(une) for reference, une in feuille.base.items()})
    except ClasseurRefuse as faute:
        _refuse(retour, str(faute))
        return
    retour.feuille_id, retour.etat, retour.pris_at = feuille.id, EtatRetour.LU, None
    retour.constat = _compare(session, by, retour, feuille, rendue)


def _grey(gardee: Mapping[str, Any]) -> dict[str, str]:
    """What the cells to read left with, by title."""
    return dict(zip(GRISES, (gardee[nom] for nom in ("association", "siret", "intitule", "demande")), strict=True))


def _refuse(retour: RetourFeuille, message: str) -> None:
    retour.etat, retour.message, retour.pris_at = EtatRetour.ILLISIBLE, message, None


def _sheet(session: Session, by: Acteur, jeton: str) -> FeuilleTravail:
    """The sheet of that token, which this agent may give back. Raises ClasseurRefuse."""
    feuille = session.scalars(select(FeuilleTravail).where(FeuilleTravail.jeton == jeton)).first()
    if feuille is None:
        raise ClasseurRefuse(INCONNUE)
    verdict = can_return(by, feuille)
    if not verdict:
        raise ClasseurRefuse(verdict.raison)
    return feuille


def _compare(
    session: Session, by: Acteur, retour: RetourFeuille, feuille: FeuilleTravail, rendue: Rendue
) -> dict[str, Any]:
    """Write a row for each cell that changed there; what is to be said of the file as a whole."""
    bases = {reference: une["valeurs"] for reference, une in feuille.base.items()}
    contenus = queries.of_references(session, by, list(bases))
    # A dossier that is closed since is compared to what it left with: what changed there is told, and refused.
    portails = {
        reference: contenus[reference].valeurs if reference in contenus else bases[reference] for reference in bases
    }
    ecarts = list(comparer(bases, rendue.valeurs, portails))
    changes = [un for un in ecarts if un.sort in {Sort.LA_BAS, Sort.CONFLIT}]
    raisons = _reasons(changes, contenus, rendue, Admis.read(session, by))
    for un in changes:
        contenu, raison = contenus.get(un.cle), raisons.get((un.cle, un.champ), "")
        possible = EtatModification.CONFLIT if un.sort == Sort.CONFLIT else EtatModification.A_APPLIQUER
        session.add(
            ModificationFeuille(
                retour_id=retour.id,
                dossier_id=contenu.dossier.id if contenu else None,
                reference=un.cle,
                champ=un.champ,
                base=un.base,
                feuille=un.feuille,
                portail=un.portail if contenu else "",
                etat=EtatModification.IMPOSSIBLE if raison else possible,
                message=raison,
            )
        )
    session.flush()
    sorts = [un.sort for un in ecarts]
    return rendue.resume() | {"ici": sorts.count(Sort.ICI), "pareil": sorts.count(Sort.PAREIL)}


def _reasons(
    changes: Sequence[Ecart], contenus: Mapping[str, Contenu], rendue: Rendue, admis: Admis
) -> dict[tuple[str, str], str]:
    """Why cells that changed cannot become acts. An avis is one act: one of its cells that cannot be read stops the others."""
    raisons = {}
    for un in changes:
        contenu = contenus.get(un.cle)
        raison = _wrong_row(un.cle, rendue) or rendue.illisibles.get((un.cle, un.champ), "")
        if contenu is None:
            raison = PLUS_LISIBLE
        elif not raison:
            raison = admis.reason_against(contenu, un.champ, un.feuille, rendue.valeurs[un.cle])
        if raison:
            raisons[un.cle, un.champ] = raison
    for un in changes:
        autres = (raisons.get((un.cle, champ)) for champ in CHAMPS_AVIS if un.champ in CHAMPS_AVIS)
        raison = next((autre for autre in autres if autre), "")
        if raison:
            raisons.setdefault((un.cle, un.champ), raison)
    return raisons


def _wrong_row(reference: str, rendue: Rendue) -> str:
    if reference in rendue.melees:
        return MELEE
    return DOUBLE if reference in rendue.doubles else ""


def choose(session: Session, *, by: Acteur, retour: RetourFeuille, prendre: Mapping[int, bool]) -> None:
    """For these conflicts (number of the modification): take what the sheet says, or keep what the portal holds.

    A choice is changed as long as nothing is applied. Raises Forbidden, Conflict.
    """
    _lock_read(session, by, retour)
    for choix, etat in ((True, EtatModification.A_APPLIQUER), (False, EtatModification.ECARTEE)):
        _mark(session, retour, etat, [ident for ident, prise in prendre.items() if prise is choix])


def choose_all(session: Session, *, by: Acteur, retour: RetourFeuille, prendre: bool) -> None:
    """The same for every conflict that nobody has chosen yet."""
    _lock_read(session, by, retour)
    restent = select(ModificationFeuille.id).where(
        ModificationFeuille.retour_id == retour.id, ModificationFeuille.etat == EtatModification.CONFLIT
    )
    _mark(
        session, retour, EtatModification.A_APPLIQUER if prendre else EtatModification.ECARTEE, session.scalars(restent)
    )


def _mark(session: Session, retour: RetourFeuille, etat: EtatModification, ids: Iterable[int]) -> None:
    """Only cells that both sides changed are chosen."""
    session.execute(
        update(ModificationFeuille)
        .where(
            ModificationFeuille.retour_id == retour.id,
            ModificationFeuille.id.in_(list(ids)),
            ModificationFeuille.portail != ModificationFeuille.base,
            ModificationFeuille.etat.in_(
                (EtatModification.CONFLIT, EtatModification.A_APPLIQUER, EtatModification.ECARTEE)
            ),
        )
        .values(etat=etat)
    )


def confirm(session: Session, *, by: Acteur, retour: RetourFeuille) -> None:
    """Order what was chosen to be applied; asked twice, done once. Raises Forbidden, Conflict, Invalid while a conflict waits."""
    _require_own(by, retour)
    session.refresh(retour, with_for_update={"of": RetourFeuille})
    if retour.etat in {EtatRetour.A_APPLIQUER, EtatRetour.APPLIQUE}:
        return
    _require_read(retour)
    lus = session.execute(
        select(ModificationFeuille.etat, func.count())
        .where(ModificationFeuille.retour_id == retour.id)
        .group_by(ModificationFeuille.etat)
    )
    comptes = {etat: nombre for etat, nombre in lus}  # noqa: C416  # rows, that dict() would not type
    conflits = comptes.get(EtatModification.CONFLIT, 0)
    if conflits:
        pluriel = "s" if conflits > 1 else ""
        raise Invalid("", f"Il reste {conflits} conflit{pluriel} à trancher\u00a0: rien n’est encore appliqué.")
    retour.etat = EtatRetour.A_APPLIQUER
    valeurs = {"retour": retour.id, "modifications": comptes.get(EtatModification.A_APPLIQUER, 0)}
    objet = f"service:{retour.service_id}"
    journal.record(session, by=by, action="feuille_travail_confirmee", objet=objet, valeurs=valeurs)
    order(session, retour.id)


def _lock_read(session: Session, by: Acteur, retour: RetourFeuille) -> None:
    _require_own(by, retour)
    session.refresh(retour, with_for_update={"of": RetourFeuille})
    _require_read(retour)


def _require_own(by: Acteur, retour: RetourFeuille) -> None:
    if (retour.user_id, retour.service_id) != (by.user_id, by.service_id) or not may_instruct(by):
        raise Forbidden("Seule la personne qui a rendu cette feuille choisit ce qui en est fait.")


def _require_read(retour: RetourFeuille) -> None:
    if retour.etat != EtatRetour.LU:
        raise Conflict("Cette feuille n’attend plus de choix\u00a0: rien n’est changé. Rechargez la page.")
