"""A dossier, its association, services of two agents and people outside: the portal's side of the campaign of avis."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import aujourdhui
from portal.forms.consultes import Consulte, TeneurSaisine
from portal.models.associations import Association
from portal.models.avis import Avis, DemandeAvis, RevisionAvis
from portal.models.dossiers import AccesDossier, Dossier
from portal.permissions import Acteur
from portal.permissions.avis import can_be_told_to_ds, can_read_avis
from portal.queries.scelles import shared
from portal.services import avis, saisines, scelles, suites_avis
from portal.vocabulaire import Audience, Etat, SensAvis
from tests import fabriques_avis
from tests.campagnes.avis.reference import ASSOCIATION, DOSSIER
from tests.factories import Fabriques

PROPRIETAIRE, SERVICES, EXPERTS = "A", ("A", "B", "C", "D"), ("X", "Y")
PARTIES = (*SERVICES, *EXPERTS)
AGENTS = (0, 1)


@dataclass
class Lieu:
    """The objects, and who acts: `acteurs` by name and rank, `ids` of services and of experts."""

    session: Session
    objets: dict[str, Dossier | Association]
    acteurs: dict[tuple[str, int], Acteur]
    ids: dict[str, int]
    rang: int = 0
    demandes: list[DemandeAvis] = field(default_factory=list)

    def tenter(self, acte: Callable[[], object]) -> bool:
        """Whether the portal does it; what it refuses leaves nothing."""
        point = self.session.begin_nested()
        try:
            acte()
            self.session.flush()
        except (Forbidden, Invalid, Conflict):
            point.rollback()
            return False
        point.commit()
        return True

    def demander(
        self, qui: str, objet: str, parties: set[str], *, scelle: bool, audience: str, delai: int | None
    ) -> bool:
        """Asked together; the rows are kept in the order of the names."""
        self.rang += 1
        cle = f"campagne-{self.rang}"
        teneur = TeneurSaisine(
            question="Qu’en pensez-vous ?",
            echeance=None if delai is None else aujourdhui() + timedelta(days=delai),
            audience=Audience(audience),
            scelle=scelle,
        )
        noms = [un for un in PARTIES if un in parties]
        consultes = [
            Consulte(service_id=self.ids[un]) if un in SERVICES else Consulte(expert_id=self.ids[un]) for un in noms
        ]
        fait = self.tenter(
            lambda: saisines.ask(
                self.session,
                by=self.acteurs[qui, 0],
                objets=[self.objets[objet]],
                consultes=consultes,
                teneur=teneur,
                cle=cle,
            )
        )
        if fait:
            connues = {une.id for une in self.demandes}
            lues = self._lues()
            nouvelles = [une for une in lues if une.id not in connues]
            self.demandes += sorted(nouvelles, key=lambda une: PARTIES.index(self.partie(une)))
        return fait

    def donner(self, partie: str, rang: int, objet: str, audience: str, texte: str) -> bool:
        """The avis of that party, or its next version."""
        lu = self.avis_de(objet, partie)
        return self.tenter(
            lambda: avis.give(
                self.session,
                by=self.acteurs[partie, rang],
                objet=self.objets[objet],
                sens=SensAvis.FAVORABLE,
                montant_propose=None,
                texte=texte,
                audience=Audience(audience),
                version=lu.version if lu else 0,
            )
        )

    def lever(self, qui: str, demande: DemandeAvis) -> bool:
        """Break the seal."""
        par = self.acteurs[qui, 0]
        return self.tenter(lambda: scelles.break_seal(self.session, by=par, demande=demande, motif="La commission."))

    def suivre(self, acte: str, qui: str, rang: int, demande: DemandeAvis, **valeurs: object) -> bool:
        """One of the functions of services/suites_avis.py."""
        faire: Callable[..., object] = getattr(suites_avis, acte)
        return self.tenter(lambda: faire(self.session, by=self.acteurs[qui, rang], demande=demande, **valeurs))

    def avis_de(self, objet: str, partie: str) -> Avis | None:
        """As it stands."""
        sur = {"dossier_id" if objet == DOSSIER else "association_id": self.objets[objet].id}
        par = {"service_id" if partie in SERVICES else "expert_id": self.ids[partie]}
        return self.session.scalars(
            select(Avis).filter_by(**sur, **par).order_by(Avis.id).execution_options(populate_existing=True)
        ).first()

    def lectures(self) -> dict[tuple[str, str], dict[str, bool]]:
        """Of each avis: who reads it by the rule, other dossiers by the condition of statements, DS by its door."""
        toutes, lus = self._lues(), {}
        ailleurs = set(self.session.scalars(select(Avis.id).where(shared(Avis))))
        for un in self.session.scalars(select(Avis).execution_options(populate_existing=True)):
            objet = DOSSIER if un.dossier_id else ASSOCIATION
            meme = [une for une in toutes if (une.dossier_id, une.association_id) == (un.dossier_id, un.association_id)]
            qui = {nom: can_read_avis(self.acteurs[nom, 0], un, meme).ok for nom in PARTIES}
            lus[objet, self.partie(un)] = {**qui, "ailleurs": un.id in ailleurs, "DS": can_be_told_to_ds(un, meme).ok}
        return lus

    def versions(self) -> dict[tuple[str, str], list[str]]:
        """Of each avis, every text that was given, in order."""
        lignes = self.session.execute(
            select(Avis, RevisionAvis.texte)
            .join(RevisionAvis, RevisionAvis.avis_id == Avis.id)
            .order_by(RevisionAvis.version)
        )
        textes: dict[tuple[str, str], list[str]] = {}
        for un, texte in lignes:
            cle = (DOSSIER if un.dossier_id else ASSOCIATION, self.partie(un))
            textes.setdefault(cle, []).append(texte)
        return textes

    def comptes(self) -> tuple[int, int, int | None]:
        """The counters of the dossier, its next deadline in days from today."""
        dossier = self.objets[DOSSIER]
        assert isinstance(dossier, Dossier)
        self.session.refresh(dossier)
        fin = dossier.avis_echeance
        return dossier.avis_demandes, dossier.avis_rendus, (fin - aujourdhui()).days if fin else None

    def lecteurs_du_dossier(self) -> set[str]:
        """The services that may open it."""
        lus = select(AccesDossier.service_id).where(AccesDossier.dossier_id == self.objets[DOSSIER].id)
        ids = set(self.session.scalars(lus))
        return {nom for nom in SERVICES if self.ids[nom] in ids}

    def partie(self, une: DemandeAvis | Avis) -> str:
        """Whose it is, by name."""
        noms = SERVICES if une.service_id is not None else EXPERTS
        return next(nom for nom in noms if self.ids[nom] == (une.service_id or une.expert_id))

    def _lues(self) -> list[DemandeAvis]:
        choix = select(DemandeAvis).options(joinedload(DemandeAvis.saisine)).order_by(DemandeAvis.id)
        return list(self.session.scalars(choix.execution_options(populate_existing=True)))


def lieu(session: Session, creer: Fabriques) -> Lieu:
    """Where each story begins: nothing is asked yet."""
    association = creer.association()
    ids: dict[str, int] = {}
    acteurs: dict[tuple[str, int], Acteur] = {}
    for nom in SERVICES:
        service = creer.service(nom, email=f"{nom.lower()}@services.example")
        ids[nom] = service.id
        acteurs |= {(nom, rang): creer.acteur(creer.agent(service)) for rang in AGENTS}
    for nom in EXPERTS:
        expert = fabriques_avis.expert(session, f"{nom.lower()}@experts.example")
        ids[nom] = expert.id
        acteurs |= {(nom, rang): fabriques_avis.acteur_expert(expert) for rang in AGENTS}
    proprietaire = creer.session.get_one(type(service), ids[PROPRIETAIRE])
    dossier = creer.dossier(proprietaire, association=association, etat=Etat.EN_INSTRUCTION)
    session.commit()
    assert session.scalar(select(func.count()).select_from(DemandeAvis)) == 0
    return Lieu(session, {DOSSIER: dossier, ASSOCIATION: association}, acteurs, ids)
