"""How the exchange with Démarches Simplifiées stands, told so that a person can read it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from portal.config import Config
from portal.errors import NotFound
from portal.models.demarches import Demarche, GroupeInstructeur
from portal.permissions import Acteur, may_set_up
from portal.permissions.synchronisation import can_resume
from portal.queries import blocages_ds, debit, envois_du_service, passages
from portal.queries.blocages_ds import Blocages
from portal.queries.debit import AlerteJeton, Debit
from portal.queries.envois_du_service import Liste
from portal.queries.passages import JAMAIS, Passages
from portal.vocabulaire import Source

MAXIMUM = 100


@dataclass(frozen=True, slots=True)
class SuiviDemarche:
    """One démarche. `suivie`: runs are ordered, the configuration names it; `sienne`: the viewer's service instructs in it."""

    demarche: Demarche
    passages: Passages
    blocages: Blocages
    suivie: bool
    sienne: bool
    peut_relancer: bool

    @property
    def situation(self) -> tuple[str, str]:
        """Where it stands in two or three words, and the colour that goes with them (see composants/badge)."""
        if self.passages.en_cours:
            return "lecture en cours", "info"
        if self.passages.panne:
            return "en panne", "attention"
        if not self.suivie:
            return "n’est plus lue", "neutre"
        if self.passages.succes_at is None:
            return "jamais lue", "neutre"
        return ("en retard", "attention") if self.passages.en_retard else ("à jour", "succes")


@dataclass(frozen=True, slots=True)
class EtatSynchronisation:
    """The whole page. `reste`: how many démarches are not shown; `non_rattachees`: configured numbers that no service has."""

    demarches: tuple[SuiviDemarche, ...]
    reste: int
    attentes: Liste
    refus: Liste
    non_rattachees: tuple[int, ...]
    debit: Debit
    jeton: tuple[AlerteJeton, ...]

    @property
    def muet_depuis(self) -> datetime | None:
        """Since when DS does not answer at all, None when it does."""
        return min(
            (un.passages.panne_depuis for un in self.demarches if un.passages.injoignable and un.passages.panne_depuis),
            default=None,
        )

    @property
    def en_cours(self) -> tuple[SuiviDemarche, ...]:
        """Those that are being read now."""
        return tuple(un for un in self.demarches if un.passages.en_cours)


def state(session: Session, viewer: Acteur, *, config: Config) -> EtatSynchronisation:
    """The state of every DS démarche, and of the acts on the dossiers that this agent's service owns."""
    suivis, reste = list_demarches(session, viewer, configurees=config.ds_demarches)
    succes = [un.passages.succes_at for un in suivis if un.passages.succes_at]
    alertes = debit.alertes(session, expiration=config.ds_token_expiration, succes_at=max(succes, default=None))
    return EtatSynchronisation(
        demarches=suivis,
        reste=reste,
        attentes=envois_du_service.waiting(session, viewer),
        refus=envois_du_service.refused(session, viewer),
        non_rattachees=unattached(session, config.ds_demarches),
        debit=debit.read(session, limite=config.ds_requetes_par_minute),
        jeton=alertes if may_set_up(viewer) else (),
    )


def list_demarches(
    session: Session, viewer: Acteur, *, configurees: Collection[int]
) -> tuple[tuple[SuiviDemarche, ...], int]:
    """The DS démarches, the viewer's own first, then by title; and how many more there are."""
    siennes = Demarche.id.in_(_siennes(viewer))
    lignes = session.execute(
        select(Demarche, siennes, func.count().over())
        .where(Demarche.source == Source.DS, Demarche.ds_number.is_not(None))
        .options(joinedload(Demarche.service))
        .order_by(siennes.desc(), Demarche.titre, Demarche.id)
        .limit(MAXIMUM)
    ).all()
    suivis = _suivis(session, viewer, [(demarche, sienne) for demarche, sienne, _ in lignes], configurees)
    return suivis, (lignes[0][2] if lignes else 0) - len(lignes)


def get(session: Session, viewer: Acteur, demarche_id: int, *, configurees: Collection[int]) -> SuiviDemarche:
    """One of them. Raises NotFound."""
    trouvee = session.execute(
        select(Demarche, Demarche.id.in_(_siennes(viewer)))
        .where(Demarche.id == demarche_id, Demarche.source == Source.DS, Demarche.ds_number.is_not(None))
        .options(joinedload(Demarche.service))
    ).first()
    if trouvee is None:
        raise NotFound
    return _suivis(session, viewer, [(trouvee[0], trouvee[1])], configurees)[0]


def services_of(session: Session, demarche_id: int) -> frozenset[int]:
    """The ids of the services that instruct in a démarche: its owner, and those that have one of its groups."""
    proprietaire = select(Demarche.service_id).where(Demarche.id == demarche_id)
    groupes = select(GroupeInstructeur.service_id).where(
        GroupeInstructeur.demarche_id == demarche_id, GroupeInstructeur.service_id.is_not(None)
    )
    return frozenset(session.scalars(proprietaire.union(groupes)))


def unattached(session: Session, configurees: Collection[int]) -> tuple[int, ...]:
    """The numbers among `configurees` that no service has."""
    connues = session.scalars(select(Demarche.ds_number).where(Demarche.ds_number.in_(configurees)))
    return tuple(sorted(set(configurees) - set(connues)))


def _siennes(viewer: Acteur) -> Select[int]:
    """The ids of the démarches in which the viewer's service instructs."""
    service = viewer.service_id or 0
    groupes = select(GroupeInstructeur.demarche_id).where(GroupeInstructeur.service_id == service)
    return select(Demarche.id).where(or_(Demarche.service_id == service, Demarche.id.in_(groupes)))


def _suivis(
    session: Session, viewer: Acteur, lignes: Sequence[tuple[Demarche, bool]], configurees: Collection[int]
) -> tuple[SuiviDemarche, ...]:
    ids = [demarche.id for demarche, _ in lignes]
    lus = passages.read(session, ids)
    bloques = blocages_ds.count(session, viewer, ids, [demarche.id for demarche, sienne in lignes if sienne])
    return tuple(
        SuiviDemarche(
            demarche=demarche,
            passages=lus.get(demarche.id, JAMAIS),
            blocages=bloques[demarche.id],
            suivie=demarche.ds_number in configurees,
            sienne=sienne,
            peut_relancer=bool(can_resume(viewer, {viewer.service_id or 0} if sienne else ())),
        )
        for demarche, sienne in lignes
    )
