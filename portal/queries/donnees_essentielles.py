"""The open data of the grants of a service (loi 2000-321 art. 10, décret 2017-779): each line, and what it still lacks.

A grant is published once its decision is notified. Nothing is invented: what nobody has noted is missing, and the line waits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, Row, and_, func, select
from sqlalchemy.orm import Session, contains_eager

from portal.documents.scdl import Ecart, verifier
from portal.errors import NotFound
from portal.formats import PARIS
from portal.models.decisions import Decision
from portal.models.delais import plus_mois
from portal.models.donnees_essentielles import DonneeEssentielle, PublicationScdl
from portal.models.dossiers import Dossier, Financement
from portal.models.services import Service
from portal.models.versements import Versement, VersementDossier
from portal.permissions import Acteur
from portal.queries import lignes_scdl
from portal.queries.lignes_scdl import Octroye, Periode
from portal.vocabulaire import Etat

# Décret 2001-495, art. 1: from this many euros a year, by funder, a convention is required and its data are published.
SEUIL = Decimal(23_000)
MOIS_POUR_PUBLIER = 3
CONFIANCE = 80
MONTREES = 100
PHYSIQUE = Ecart(0, "nomBeneficiaire", "", "Le bénéficiaire est une personne physique\u00a0: son nom ne se publie pas.")


@dataclass(frozen=True, slots=True)
class Convention:
    """A notified grant: its line by column, what keeps it out of the file, and what a person should look at first.

    `decidee_le`: day of Paris of the decision; `annuel`: euros granted that exercice by the service to that beneficiary;
    `publier_avant`: None while the day of the convention is unknown.
    """

    dossier: Dossier
    donnee: DonneeEssentielle | None
    decidee_le: date
    ligne: Mapping[str, str]
    ecarts: Sequence[Ecart]
    avertissements: Sequence[str]
    annuel: Decimal
    publier_avant: date | None

    @property
    def obligatoire(self) -> bool:
        """The service must publish it."""
        return self.annuel > SEUIL

    @property
    def complete(self) -> bool:
        """It may stand in the file."""
        return not self.ecarts


@dataclass(frozen=True, slots=True)
class Apercu:
    """How many grants there are, how many may be published as they are, and must be; those that lack something come first.

    `reste`: how many incomplete ones are not listed. `a_relire`: complete, but something in them should be read again.
    """

    total: int
    completes: int
    obligatoires: int
    incompletes: Sequence[Convention]
    reste: int
    a_relire: Sequence[Convention]

    @property
    def sans_siret(self) -> bool:
        """The service has given no SIRET of its own: none of its grants can be published."""
        return any(ecart.colonne == "idAttribuant" for une in self.incompletes for ecart in une.ecarts)


def exercices(session: Session, viewer: Acteur) -> list[int]:
    """Those of the notified grants of the viewer's service, the latest first."""
    notifies = _notifies(viewer.service_id).with_only_columns(Dossier.exercice).distinct()
    return sorted((une for une in session.scalars(notifies) if une is not None), reverse=True)


def get_exercice(session: Session, viewer: Acteur, exercice: int) -> int:
    """That exercice, when the viewer's service has notified a grant of it. NotFound: none."""
    if exercice not in exercices(session, viewer):
        raise NotFound
    return exercice


def conventions(
    session: Session, service_id: int | None, exercice: int, *, comme: Dossier | None = None
) -> list[Convention]:
    """Every notified grant of that service and exercice, by order of deposit. Three statements.

    `comme`: those of the beneficiary of that dossier alone.
    """
    lignes = session.execute(
        _notifies(service_id)
        .where(Dossier.exercice == exercice, *([] if comme is None else [_du_meme(comme)]))
        .add_columns(Decision, DonneeEssentielle, Service)
        .join(Service, Service.id == Dossier.service_id)
        .outerjoin(DonneeEssentielle, DonneeEssentielle.dossier_id == Dossier.id)
        .outerjoin(Dossier.demarche)
        .options(contains_eager(Dossier.demarche))
        .order_by(Dossier.date_depot, Dossier.id)
    ).all()
    dossiers = [ligne[0].id for ligne in lignes]
    octroyes, payes = _octroyes(session, dossiers), _payes(session, dossiers)
    annuels: dict[str, Decimal] = {}
    for dossier in (ligne[0] for ligne in lignes):
        montant, _natures = octroyes.get(dossier.id, (Decimal(0), frozenset()))
        annuels[_qui(dossier)] = annuels.get(_qui(dossier), Decimal(0)) + montant
    return [_convention(ligne, octroyes, payes, annuels) for ligne in lignes]


def overview(session: Session, viewer: Acteur, exercice: int) -> Apercu:
    """Where the grants of an exercice of the viewer's service stand."""
    toutes = conventions(session, viewer.service_id, exercice)
    incompletes = [une for une in toutes if not une.complete]
    incompletes.sort(key=lambda une: (not une.obligatoire, une.publier_avant or date.max))
    return Apercu(
        total=len(toutes),
        completes=len(toutes) - len(incompletes),
        obligatoires=sum(une.obligatoire for une in toutes),
        incompletes=incompletes[:MONTREES],
        reste=max(0, len(incompletes) - MONTREES),
        a_relire=[une for une in toutes if une.complete and une.avertissements][:MONTREES],
    )


def get(session: Session, viewer: Acteur, reference: str) -> Convention:
    """That of a notified grant of the viewer's service. NotFound: none."""
    trouve = session.scalars(_notifies(viewer.service_id).where(Dossier.reference == reference)).first()
    if trouve is None or trouve.exercice is None:
        raise NotFound
    siennes = conventions(session, viewer.service_id, trouve.exercice, comme=trouve)
    return next(une for une in siennes if une.dossier.id == trouve.id)


def publications(session: Session, viewer: Acteur, exercice: int) -> Sequence[PublicationScdl]:
    """The files that the service has made, the latest first, twenty at most."""
    faites = select(PublicationScdl).where(
        PublicationScdl.service_id == viewer.service_id, PublicationScdl.exercice == exercice
    )
    return session.scalars(
        faites.join(PublicationScdl.document)
        .join(PublicationScdl.par)
        .options(contains_eager(PublicationScdl.document), contains_eager(PublicationScdl.par))
        .order_by(PublicationScdl.id.desc())
        .limit(20)
    ).all()


def get_publication(session: Session, viewer: Acteur, publication_id: int) -> PublicationScdl:
    """One of the viewer's service. NotFound: none."""
    trouvee = session.get(PublicationScdl, publication_id)
    if trouvee is None or trouvee.service_id != viewer.service_id:
        raise NotFound
    return trouvee


def _notifies(service_id: int | None):  # type: ignore[no-untyped-def]  # a Select whose columns its callers add to
    return (
        select(Dossier)
        .join(Decision, Decision.dossier_id == Dossier.id)
        .where(Dossier.service_id == service_id, Dossier.etat == Etat.ACCEPTE, Decision.notified_at.is_not(None))
    )


def _octroyes(session: Session, dossiers: Sequence[int]) -> dict[int, Octroye]:
    """Euros granted, money and kind together, and of which nature, by dossier."""
    lignes = select(Financement.dossier_id, Financement.nature, func.sum(Financement.accorde)).where(
        Financement.dossier_id.in_(dossiers), Financement.accorde > 0
    )
    octroyes: dict[int, Octroye] = {}
    for dossier_id, nature, somme in session.execute(lignes.group_by(Financement.dossier_id, Financement.nature)):
        montant, natures = octroyes.get(dossier_id, (Decimal(0), frozenset()))
        octroyes[dossier_id] = montant + (somme or Decimal(0)), natures | {nature}
    return octroyes


def _payes(session: Session, dossiers: Sequence[int]) -> dict[int, Periode]:
    """First and last day of the payments that are surely those of a dossier."""
    jours = (
        select(VersementDossier.dossier_id, func.min(Versement.date_operation), func.max(Versement.date_operation))
        .join(Versement, Versement.id == VersementDossier.versement_id)
        .where(VersementDossier.dossier_id.in_(dossiers), VersementDossier.confiance >= CONFIANCE)
        .where(Versement.date_operation.is_not(None), Versement.montant > 0)
        .group_by(VersementDossier.dossier_id)
    )
    return {dossier_id: (debut, fin) for dossier_id, debut, fin in session.execute(jours) if debut and fin}


def _qui(dossier: Dossier) -> str:
    """The beneficiary: its association, else what identifies it."""
    return f"a{dossier.association_id}" if dossier.association_id else dossier.demandeur_siret[:9] or f"d{dossier.id}"


def _du_meme(dossier: Dossier) -> ColumnElement[bool]:
    """The dossiers of its beneficiary, as `_qui` tells it."""
    if dossier.association_id:
        return Dossier.association_id == dossier.association_id
    if dossier.demandeur_siret:
        return and_(
            Dossier.association_id.is_(None), func.left(Dossier.demandeur_siret, 9) == dossier.demandeur_siret[:9]
        )
    return Dossier.id == dossier.id


def _convention(
    lue: Row[Dossier, Decision, DonneeEssentielle | None, Service],
    octroyes: Mapping[int, Octroye],
    payes: Mapping[int, Periode],
    annuels: Mapping[str, Decimal],
) -> Convention:
    dossier, decision, donnee, service = lue
    ligne = lignes_scdl.make(dossier, decision, donnee, service, octroyes.get(dossier.id), payes.get(dossier.id))
    signee = donnee.date_convention if donnee else None
    return Convention(
        dossier=dossier,
        donnee=donnee,
        decidee_le=decision.decided_at.astimezone(PARIS).date(),
        ligne=ligne,
        ecarts=verifier(ligne) if dossier.demandeur_genre == "morale" else [PHYSIQUE],
        avertissements=lignes_scdl.warnings(ligne),
        annuel=annuels[_qui(dossier)],
        publier_avant=plus_mois(signee, MOIS_POUR_PUBLIER) if signee else None,
    )
