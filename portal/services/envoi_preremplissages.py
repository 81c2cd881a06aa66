"""Opens at Démarches Simplifiées the drafts that people asked for, and follows them by their token until they are filed.

No transaction is open while DS is spoken to. A draft is asked for by whoever holds its row; the lease of a killed worker ends,
and another asks again. An answer that was lost leaves at DS a draft that nobody knows of: it is harmless, and DS purges it after
five days. The row holds one draft only, so that nobody is ever shown two.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, timedelta
from itertools import groupby
from urllib.parse import urlsplit

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from integrations.demarches_simplifiees.api import DemarchesSimplifiees
from integrations.demarches_simplifiees.errors import (
    ErreurDS,
    Introuvable,
    RefusDS,
    ReponseInvalide,
    TropDeRequetes,
)
from integrations.demarches_simplifiees.ordres import EtatPrerempli, Prerempli
from portal.formats import maintenant
from portal.models.preremplissages import Preremplissage
from portal.queries.champs_preremplis import name_for_ds
from portal.services import preremplissages
from portal.services.moyens import Moyens
from portal.services.synchronisation.passage import get_ds
from portal.vocabulaire_ds import EtatPreremplissage

# DS forgets a draft that nobody took after five days (ds/api §11).
ORPHELIN = timedelta(days=5)
# Nobody waits on the page any more: better to say so than to open a draft that nobody will see.
PATIENCE = timedelta(days=1)
PREMIER_DELAI, DELAI_MAXIMAL = timedelta(seconds=30), timedelta(minutes=30)
SUIVI_MINIMAL, SUIVI_MAXIMAL = timedelta(minutes=1), timedelta(hours=6)
LOT, JETONS_PAR_DEMANDE = 100, 20
# DS has changed names: an interface asked under one gives links under the other (ds/api §14).
HOTES_DE_DS = frozenset({"www.demarches-simplifiees.fr", "demarches-simplifiees.fr", "demarche.numerique.gouv.fr"})
DEFINITIFS = (RefusDS, Introuvable, ReponseInvalide)
FERMEE = (
    "Cette démarche n’est pas, ou n’est plus, ouverte sur Démarches Simplifiées\u00a0: aucun brouillon n’y a été créé. "
    "Demandez au service si une autre démarche la remplace."
)
REFUSEE = (
    "Démarches Simplifiées a refusé ce brouillon et répond\u00a0: «\u00a0{dit}\u00a0» Commencez votre demande directement "
    "là-bas."
)
SANS_REPONSE = (
    "Démarches Simplifiées n’a pas répondu depuis un jour\u00a0: votre demande n’y est pas commencée. Recommencez ici, ou "
    "commencez-la directement là-bas."
)
LIEN_SUSPECT = (
    "Démarches Simplifiées a donné un lien qui ne mène pas chez elle\u00a0: il n’est pas montré. Commencez votre demande "
    "directement sur son site, et signalez-le au portail."
)
EXPIRE = (
    "Personne n’a ouvert ce brouillon dans les cinq jours, ou il a été supprimé\u00a0: Démarches Simplifiées ne le connaît "
    "plus. Vous pouvez recommencer."
)
journal_technique = structlog.get_logger("portal.preremplissages")


def run_due(moyens: Moyens) -> int:
    """Send what is due, recognise what was filed, follow the rest. Returns how many drafts were dealt with.

    Stops at the first failure of DS: what remains is due at the next sweep. Raises RemoteUnavailable (no DS configured).
    """
    with moyens.fabrique.begin() as session:
        traites = preremplissages.recognise_filed(session)
    for attendu in _due(moyens, EtatPreremplissage.A_ENVOYER):
        if not run_one(moyens, attendu.id):
            return traites
        traites += 1
    return traites + follow_due(moyens)


def run_one(moyens: Moyens, preremplissage_id: int) -> bool:
    """Ask DS for one draft, when it is due and nobody else is asking. False when DS is in trouble."""
    ds = get_ds(moyens)
    with moyens.fabrique.begin() as session:
        pris = _take(session, preremplissage_id, bail=timedelta(seconds=2 * moyens.config.ds_delai_lecture))
        if pris is None:
            return True
        number = _number(pris)
    try:
        recu = ds.preremplir(number, {name_for_ds(cle): un["valeur"] for cle, un in pris.valeurs.items()})
    except DEFINITIFS as refus:
        _settle(moyens, pris, refus)
    except ErreurDS as panne:
        _settle(moyens, pris, panne)
        return False
    else:
        _settle(moyens, pris, recu)
    return True


def follow_due(moyens: Moyens) -> int:
    """Ask DS where the drafts that are due stand, by batches of one démarche. Returns how many were asked for.

    Stops at the first failure of DS: the others stay due.
    """
    ds, demandes = get_ds(moyens), 0
    suivis = sorted(_due(moyens, EtatPreremplissage.EN_ATTENTE), key=lambda un: (_number(un), un.id))
    for number, siens in groupby(suivis, key=_number):
        reste = list(siens)
        for debut in range(0, len(reste), JETONS_PAR_DEMANDE):
            lot = reste[debut : debut + JETONS_PAR_DEMANDE]
            demandes += len(lot)
            if not _follow(moyens, ds, number, lot):
                return demandes
    return demandes


def safe_link(url: str, ds_url: str) -> bool:
    """Whether a link of DS leads to DS: same host and port, in HTTPS unless our DS itself is a simulator."""
    try:
        lien, racine = urlsplit(url), urlsplit(ds_url)
    except ValueError:
        return False
    chez_ds = lien.netloc == racine.netloc or {lien.netloc, racine.netloc} <= HOTES_DE_DS
    return chez_ds and lien.scheme in {"https", racine.scheme}


def _due(moyens: Moyens, etat: EtatPreremplissage) -> list[Preremplissage]:
    dus = (
        select(Preremplissage)
        .where(Preremplissage.etat == etat, Preremplissage.prochain_essai <= maintenant())
        .options(joinedload(Preremplissage.demarche))
        .order_by(Preremplissage.prochain_essai, Preremplissage.id)
        .limit(LOT)
    )
    with moyens.fabrique() as session:
        return list(session.scalars(dus))


def _number(preremplissage: Preremplissage) -> int:
    """The number of its démarche; every démarche of DS has one."""
    return preremplissage.demarche.ds_number or 0


def _take(session: Session, preremplissage_id: int, *, bail: timedelta) -> Preremplissage | None:
    du = select(Preremplissage).where(
        Preremplissage.id == preremplissage_id,
        Preremplissage.etat == EtatPreremplissage.A_ENVOYER,
        Preremplissage.prochain_essai <= maintenant(),
    )
    pris = session.scalars(du.with_for_update(skip_locked=True)).first()
    if pris is not None:
        pris.pris_at = maintenant()
        pris.prochain_essai = pris.pris_at + bail
        pris.essais += 1
    return pris


def _settle(moyens: Moyens, pris: Preremplissage, issue: Prerempli | ErreurDS) -> None:
    """Write what DS answered, unless the lease ended and somebody else holds the row: their draft is then the one shown."""
    with moyens.fabrique.begin() as session:
        mien = session.get_one(Preremplissage, pris.id, with_for_update=True)
        if mien.pris_at != pris.pris_at or mien.etat != EtatPreremplissage.A_ENVOYER:
            return
        if isinstance(issue, Prerempli):
            _keep_draft(session, mien, issue, ds_url=moyens.config.ds_url)
        else:
            _keep_failure(session, mien, issue)


def _keep_draft(session: Session, mien: Preremplissage, recu: Prerempli, *, ds_url: str) -> None:
    if not safe_link(recu.url, ds_url):
        journal_technique.warning("lien_suspect", preremplissage=mien.id)
        preremplissages.close(session, mien, EtatPreremplissage.REFUSE, LIEN_SUSPECT)
        return
    mien.etat, mien.etat_ds, mien.erreur = EtatPreremplissage.EN_ATTENTE, "prefilled", ""
    mien.number, mien.jeton, mien.dossier_url = recu.number, recu.jeton, recu.url
    mien.pris_at, mien.essais, mien.prochain_essai = None, 0, maintenant() + SUIVI_MINIMAL


def _keep_failure(session: Session, mien: Preremplissage, panne: ErreurDS) -> None:
    if isinstance(panne, DEFINITIFS):
        dit = FERMEE if isinstance(panne, Introuvable) else REFUSEE.format(dit=panne)
        preremplissages.close(session, mien, EtatPreremplissage.REFUSE, dit)
    elif mien.created_at < maintenant() - PATIENCE:
        preremplissages.close(session, mien, EtatPreremplissage.REFUSE, SANS_REPONSE)
    else:
        mien.erreur, mien.pris_at = str(panne), None
        mien.prochain_essai = maintenant() + _delai(mien, panne)


def _delai(mien: Preremplissage, panne: ErreurDS) -> timedelta:
    if isinstance(panne, TropDeRequetes) and panne.reprise is not None:
        return max(panne.reprise.astimezone(UTC) - maintenant(), timedelta(seconds=1))
    doublement: timedelta = PREMIER_DELAI * 2 ** min(mien.essais - 1, 6)
    return min(doublement, DELAI_MAXIMAL)


def _follow(moyens: Moyens, ds: DemarchesSimplifiees, number: int, suivis: Sequence[Preremplissage]) -> bool:
    """False when DS is in trouble."""
    dits: dict[str, EtatPrerempli] | None = {}
    try:
        dits = {un.jeton: un for un in ds.suivre_preremplis(number, [un.jeton for un in suivis])}
    except Introuvable:
        journal_technique.info("demarche_fermee", demarche=number)
    except ErreurDS as panne:
        journal_technique.info("suivi_remis", demarche=number, genre=type(panne).__name__)
        dits = None
    with moyens.fabrique.begin() as session:
        for suivi in suivis:
            mien = session.get_one(Preremplissage, suivi.id, with_for_update=True)
            if mien.etat == EtatPreremplissage.EN_ATTENTE:
                _note(session, mien, dits)
    return dits is not None


def _note(session: Session, mien: Preremplissage, dits: Mapping[str, EtatPrerempli] | None) -> None:
    """`dits` is None when DS did not answer. The older the draft, the rarer the question."""
    age = maintenant() - mien.created_at
    mien.prochain_essai = maintenant() + min(max(age / 10, SUIVI_MINIMAL), SUIVI_MAXIMAL)
    if dits is None:
        return
    dit = dits.get(mien.jeton)
    if dit is not None:
        mien.etat_ds = dit.state
    elif age > ORPHELIN:
        preremplissages.close(session, mien, EtatPreremplissage.EXPIRE, EXPIRE)
