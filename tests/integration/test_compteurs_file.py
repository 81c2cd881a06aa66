"""Whatever people do, the counters of the queue equal the lists that they open, and each dossier is where it must be."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from portal.errors import NotFound, PortalError
from portal.formats import aujourdhui
from portal.models.avis import Avis, DemandeAvis
from portal.models.connexion import User
from portal.models.decisions import Decision
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.echanges import Complement
from portal.models.file_agents import Etiquette, EtiquetteDossier, Suivi
from portal.models.lots import Lot
from portal.permissions import Acteur
from portal.queries import complements as lectures
from portal.queries import dossiers, onglets
from portal.queries.filtres_dossiers import FiltreDossiers
from portal.queries.lecture_demandes import lire
from portal.queries.recepisses import rejet_implicite
from portal.services import (
    attributions,
    avis,
    complements,
    corrections,
    decisions,
    etiquettes,
    lots,
    propositions,
    reorientations,
    reouvertures,
    retraits_demande,
    suivis,
)
from portal.services import dossiers as instruction
from portal.services.teneurs import Teneur
from portal.vocabulaire import ETATS_FINAUX, Audience, Etat, MotifAcces, MotifDecision, SensAvis, SensDecision
from portal.vocabulaire_demandes import Place
from portal.vocabulaire_file import Onglet
from portal.vocabulaire_instruction import ActionLot
from tests import fabriques_portes
from tests.fabriques_saisines import saisir
from tests.fabriques_suivi import acteur_usager, depose
from tests.factories import Fabriques

ACTES = 60
GRAINES = range(6)


class Hasard:
    """People of two services who do anything, in any order, on dossiers of both."""

    def __init__(self, creer: Fabriques, graine: int) -> None:
        self.creer, self.session, self.hasard = creer, creer.session, Random(graine)
        self.services = [creer.service("UN"), creer.service("DEUX")]
        self.agents: list[User] = [creer.responsable(service) for service in self.services]
        self.agents += [creer.agent(service) for service in self.services]
        self.acteurs: list[Acteur] = [creer.acteur(agent) for agent in self.agents]
        self.etiquettes: list[Etiquette] = [
            fabriques_portes.etiquette(creer, service, f"Étiquette {service.sigle}") for service in self.services
        ]
        self.signataire, self.association = creer.usager(), creer.association()
        creer.mandat(self.signataire, self.association)
        self.actes: list[Callable[[], object]] = [
            self.deposer, self.deposer, self.prendre, self.prendre, self.attribuer, self.saisir, self.saisir, self.rendre,
            self.rendre, self.completer, self.annuler, self.proposer, self.decider, self.decider, self.notifier, self.retirer,
            self.suivre, self.ne_plus_suivre, self.etiqueter, self.oter, self.corriger, self.corriger, self.reorienter,
            self.rouvrir, self.vieillir, self.vieillir, self.laisser_passer, self.laisser_passer, self.traiter_en_lot,
            self.traiter_en_lot,
        ]  # fmt: skip
        self.dossiers: list[Dossier] = []
        self.reussis: Counter[str] = Counter()

    def agir(self) -> bool:
        """One act of somebody; False when it is refused, as it often is."""
        acte, possibles = self.hasard.choice(self.actes) if self.dossiers else self.deposer, self.acteurs
        if self.dossiers:
            self.dossier = self.hasard.choice(self.dossiers)
            if self.hasard.random() < 0.8:
                possibles = [un for un in self.acteurs if un.service_id == self.dossier.service_id]
        self.par = self.hasard.choice(possibles)
        try:
            acte()
        except PortalError:
            self.session.rollback()
            return False
        self.session.commit()
        self.reussis[acte.__name__] += 1
        return True

    def deposer(self) -> None:
        service = self.hasard.choice(self.services)
        age, montant = timedelta(days=self.hasard.randrange(120)), Decimal(self.hasard.randrange(100, 9_000))
        valeurs: dict[str, Any] = {"departement": self.hasard.choice(["69", "01", ""]), "montant_demande": montant}
        fait = depose(self.creer, self.association, self.signataire, service, remplie=True, **valeurs)
        fait.date_depot -= age
        self.session.flush()
        self.dossiers.append(fait)

    def prendre(self) -> None:
        instruction.take_in_charge(self.session, by=self.par, dossier=self.dossier, version=self.dossier.version)

    def attribuer(self) -> None:
        agent = self.hasard.choice([None, *self.agents])
        attributions.assign(self.session, by=self.par, dossier=self.dossier, user_id=agent.id if agent else None)

    def saisir(self) -> None:
        service = self.hasard.choice(self.services)
        jour = self.hasard.choice([None, aujourdhui() + timedelta(days=3)])
        saisir(
            self.session,
            by=self.par,
            dossier=self.dossier,
            service_id=service.id,
            question="Votre avis ?",
            echeance=jour,
        )

    def rendre(self) -> None:
        valeurs: dict[str, Any] = {
            "sens": SensAvis.FAVORABLE,
            "montant_propose": None,
            "texte": "Utile.",
            "audience": Audience.SERVICES_SAISIS,
        }
        avis.give(self.session, by=self.par, objet=self.dossier, **valeurs)

    def completer(self) -> None:
        assert self.dossier.demande is not None
        lue, place = lire(self.dossier.demande), Place.lire("projets-1")
        motifs = {un: "À préciser." for un in [place] if un}
        jour, exigees = aujourdhui() + timedelta(days=9), self.hasard.random() < 0.5
        dits: dict[str, Any] = {"motif": "Précisez.", "echeance": jour, "pieces_exigees": exigees}
        complements.ask(self.session, by=self.par, dossier=self.dossier, lue=lue, motifs=motifs, **dits)

    def annuler(self) -> None:
        complements.cancel(self.session, by=self.par, dossier=self.dossier)

    def _teneur(self) -> Teneur:
        if self.hasard.random() < 0.6:
            return Teneur(sens=SensDecision.ACCEPTE, montant_accorde=Decimal(500))
        return Teneur(sens=SensDecision.REFUSE, motif=MotifDecision.CREDITS_EPUISES, motivation="Crédits épuisés.")

    def proposer(self) -> None:
        propositions.propose(self.session, by=self.par, dossier=self.dossier, teneur=self._teneur())

    def decider(self) -> None:
        decisions.decide(self.session, by=self.par, dossier=self.dossier, teneur=self._teneur())

    def notifier(self) -> None:
        decisions.notify(self.session, by=self.par, dossier=self.dossier, version=1)

    def retirer(self) -> None:
        by = acteur_usager(self.session, self.signataire)
        if self.hasard.random() < 0.3:
            retraits_demande.withdraw(self.session, by=by, dossier=self.dossier, motif="", commune=False)

    def suivre(self) -> None:
        suivis.follow(self.session, by=self.par, dossier=self.dossier)

    def ne_plus_suivre(self) -> None:
        suivis.unfollow(self.session, by=self.par, dossier=self.dossier)

    def etiqueter(self) -> None:
        etiquette = self.hasard.choice(self.etiquettes)
        etiquettes.put(self.session, by=self.par, dossier=self.dossier, etiquette_id=etiquette.id)

    def oter(self) -> None:
        etiquette = self.hasard.choice(self.etiquettes)
        etiquettes.remove(self.session, by=self.par, dossier=self.dossier, etiquette_id=etiquette.id)

    def corriger(self) -> None:
        """The association sends the corrections that it was asked for: any dossier that waits for some."""
        complement = self.session.scalars(
            select(Complement).where(Complement.repondu_at.is_(None), Complement.annule_at.is_(None)).limit(1)
        ).first()
        if complement is None:
            raise NotFound
        dossier = self.session.get_one(Dossier, complement.dossier_id)
        correction = lectures.correction(self.session, dossier, complement)
        corrections.answer(self.session, by=acteur_usager(self.session, self.signataire), correction=correction)

    def reorienter(self) -> None:
        service = self.hasard.choice(self.services)
        motif = "Ce projet relève de l’autre service."
        reorientations.reorient(self.session, by=self.par, dossier=self.dossier, service_id=service.id, motif=motif)

    def rouvrir(self) -> None:
        version = self.session.scalar(select(Decision.version).where(Decision.dossier_id == self.dossier.id)) or 0
        reouvertures.reopen(
            self.session, by=self.par, dossier=self.dossier, motif="Une pièce est arrivée.", version=version
        )

    def vieillir(self) -> None:
        """Time goes by for a dossier: its silence may mean rejection now."""
        self.dossier.date_depot -= timedelta(days=self.hasard.randrange(90))
        self.session.flush()

    def laisser_passer(self) -> None:
        """The deadline of an avis passes."""
        demandes = self.session.scalars(
            select(DemandeAvis).where(DemandeAvis.echeance >= aujourdhui()).order_by(DemandeAvis.id)
        ).all()
        if not demandes:
            raise NotFound
        demande = self.hasard.choice(demandes)
        demande.echeance = aujourdhui() - timedelta(days=2)
        avis.recount(self.session, self.session.get_one(Dossier, demande.dossier_id))

    def traiter_en_lot(self) -> None:
        """A few dossiers at once, sometimes put back."""
        agent = self.hasard.choice(self.agents)
        action, parametres = self.hasard.choice(
            [
                (ActionLot.ETIQUETER, {"etiquette": self.hasard.choice(self.etiquettes).id}),
                (ActionLot.ATTRIBUER, {"instructeur": agent.id}),
                (ActionLot.PRENDRE_EN_CHARGE, {}),
            ]
        )
        choisis = self.hasard.sample(self.dossiers, min(4, len(self.dossiers)))
        cle = f"cle-de-lot-{self.hasard.random():.12f}"
        lot = lots.start(
            self.session,
            by=self.par,
            action=action,
            parametres=parametres,
            dossiers=[(un.id, 0) for un in choisis],
            cle=cle,
        )
        self._travailler(lot)
        if self.hasard.random() < 0.5:
            lots.undo(self.session, by=self.par, lot=lot)
            self._travailler(lot)

    def _travailler(self, lot: Lot) -> None:
        marque = lots.take(self.session, lot.id)
        while marque is not None:
            marque = lots.advance(self.session, lot.id, marque)
            self.session.commit()


def liste(session: Session, viewer: Acteur, **args: str) -> set[str]:
    """The references of a view; its count is compared on the way, and so is its first page."""
    filtre = FiltreDossiers.from_args(args)
    assert not filtre.ignores, filtre.ignores
    trouves = [ligne.reference for ligne in dossiers.all_dossiers(session, viewer, filtre)]
    page = dossiers.list_dossiers(session, viewer, filtre)
    assert page.nombre == dossiers.count(session, viewer, filtre) == len(trouves), args
    assert [ligne.reference for ligne in page.lignes] == trouves[: dossiers.PAR_PAGE], args
    assert len(set(trouves)) == len(trouves), args
    return set(trouves)


def verifier(session: Session, viewer: Acteur, hasard: Random) -> None:
    """Each tab and each filter against what the dossiers say themselves."""
    lus = session.execute(
        select(Dossier, AccesDossier.motif)
        .join(AccesDossier, AccesDossier.dossier_id == Dossier.id)
        .where(AccesDossier.service_id == viewer.service_id)
    ).all()
    siens = {dossier.reference: dossier for dossier, _ in lus}
    a_nous = {dossier.reference for dossier, motif in lus if motif == MotifAcces.PROPRIETAIRE}
    comptes, _ = onglets.look(session, viewer)
    vues = {
        onglet: liste(session, viewer, **({} if onglet == Onglet.TOUS else {"onglet": onglet})) for onglet in Onglet
    }
    assert {onglet: len(vue) for onglet, vue in vues.items()} == comptes
    assert vues[Onglet.TOUS] == set(siens)
    assert vues[Onglet.TRAITES] == {ref for ref, un in siens.items() if un.etat in ETATS_FINAUX}
    assert vues[Onglet.COMPLEMENT] == {
        ref for ref in a_nous if siens[ref].complement_demande and siens[ref].etat not in ETATS_FINAUX
    }
    suivis_par_elle = set(session.scalars(select(Suivi.dossier_id).where(Suivi.user_id == viewer.user_id)))
    assert vues[Onglet.SUIVIS] == {ref for ref, un in siens.items() if un.id in suivis_par_elle}
    par_etape = [vues[onglet] for onglet in Onglet if onglet not in (Onglet.SUIVIS, Onglet.TOUS)]
    assert sum(map(len, par_etape)) == len(set().union(*par_etape)), "a dossier is under two étapes"
    assert a_nous <= set().union(*par_etape), "a dossier of ours is under no étape"
    for etat in (Etat.EN_CONSTRUCTION, Etat.EN_INSTRUCTION, Etat.ACCEPTE, Etat.REFUSE, Etat.RETIRE):
        assert liste(session, viewer, etat=etat) == {ref for ref, un in siens.items() if un.etat == etat}
    for instructeur, ident in {"moi": viewer.user_id, "aucun": None}.items():
        assert liste(session, viewer, instructeur=instructeur) == {
            ref for ref, un in siens.items() if un.instructeur_id == ident
        }
    for territoire in ("69", "01", "inconnu"):
        assert liste(session, viewer, territoire=territoire, tri="montant") == {
            ref for ref, un in siens.items() if (un.departement or "inconnu") == territoire
        }
    assert liste(session, viewer, montant_min="3000", montant_max="6000", tri="-demandeur") == {
        ref for ref, un in siens.items() if 3000 <= (un.montant_demande or 0) <= 6000
    }
    _verifier_les_avis(session, viewer, siens)
    _verifier_les_retards(session, viewer, [siens[ref] for ref in sorted(a_nous)])
    _verifier_sous_criteres(session, viewer, hasard)


def _verifier_les_avis(session: Session, viewer: Acteur, siens: dict[str, Dossier]) -> None:
    attendus = {ref for ref, un in siens.items() if un.avis_demandes > un.avis_rendus}
    aucun = {ref for ref, un in siens.items() if not un.avis_demandes}
    assert liste(session, viewer, avis="attendus") == attendus
    assert liste(session, viewer, avis="aucun", tri="echeance") == aucun
    assert liste(session, viewer, avis="rendus") == set(siens) - attendus - aucun
    assert liste(session, viewer, avis="en-retard") == _en_retard(session) & set(siens)
    for etiquette in session.scalars(select(Etiquette).where(Etiquette.service_id == viewer.service_id)):
        poses = set(
            session.scalars(select(EtiquetteDossier.dossier_id).where(EtiquetteDossier.etiquette_id == etiquette.id))
        )
        trouves = liste(session, viewer, etiquette=str(etiquette.id))
        assert trouves == {ref for ref, un in siens.items() if un.id in poses}


def _en_retard(session: Session) -> set[str]:
    """Dossiers of which a service was to give its avis before today, and has not."""
    rendu = exists().where(Avis.dossier_id == DemandeAvis.dossier_id, Avis.service_id == DemandeAvis.service_id)
    choix = select(Dossier.reference).join(DemandeAvis, DemandeAvis.dossier_id == Dossier.id)
    return set(session.scalars(choix.where(DemandeAvis.echeance < aujourdhui(), ~rendu)))


def _verifier_les_retards(session: Session, viewer: Acteur, a_nous: list[Dossier]) -> None:
    """Late: of ours, open, and the day of implicit rejection has passed."""
    assert liste(session, viewer, retard="oui") == {
        un.reference
        for un in a_nous
        if un.etat not in ETATS_FINAUX
        and rejet_implicite(un.date_depot) + timedelta(days=un.jours_suspendus) < aujourdhui()
    }


def _verifier_sous_criteres(session: Session, viewer: Acteur, hasard: Random) -> None:
    """With criteria that are active, each tab counts what it opens."""
    valeurs = {
        "etat": ["en_instruction", "en_construction", "accepte"],
        "instructeur": ["moi", "aucun"],
        "territoire": ["69", "01", "inconnu"],
        "montant_min": ["3000"],
        "avis": ["attendus", "en-retard", "rendus", "aucun"],
        "retard": ["oui"],
        "suivi": ["moi"],
        "q": ["projet"],
    }
    for nombre in (1, 2):
        args = {critere: hasard.choice(valeurs[critere]) for critere in hasard.sample(sorted(valeurs), nombre)}
        present = hasard.choice(list(Onglet))
        comptes, _ = onglets.look(session, viewer, FiltreDossiers.from_args({**args, "onglet": present}))
        for onglet, compte in comptes.items():
            assert len(liste(session, viewer, **args, onglet=onglet)) == compte, (args, onglet)


@pytest.mark.parametrize("graine", GRAINES)
def test_counters_equal_the_lists_that_they_open_whatever_people_do(
    creer: Fabriques, session: Session, graine: int
) -> None:
    monde = Hasard(creer, graine)
    for rang in range(ACTES):
        monde.agir()
        if rang % 20 == 19:
            verifier(session, monde.hasard.choice(monde.acteurs), monde.hasard)
    for viewer in monde.acteurs[:2]:
        verifier(session, viewer, monde.hasard)
    assert monde.reussis.total() > ACTES // 4
    assert len(monde.reussis) >= 8, monde.reussis
