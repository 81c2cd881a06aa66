"""Where an association stands with the CER: every origin, every date, one definition."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.documents.statut_cer import StatutCer
from portal.formats import PARIS, maintenant
from portal.models.associations import Association
from portal.models.dossiers import Dossier
from portal.models.engagements import Engagement
from portal.models.souscriptions import AttestationCer
from portal.permissions import Acteur, GenreActeur
from portal.queries import dossiers, statuts_cer
from portal.queries.filtres_dossiers import FiltreDossiers
from portal.vocabulaire_cer import EtatAttestation, EtatCer, OrigineCer, TypeReconnaissance
from portal.vocabulaire_ds import Visibilite
from tests.factories import Fabriques

AGREMENT, RUP, AUTRE = TypeReconnaissance
JOUR = date(2026, 3, 12)


def matin(jour: date) -> datetime:
    """Midnight in Paris."""
    return datetime(jour.year, jour.month, jour.day, tzinfo=PARIS).astimezone(UTC)


@dataclass
class Faits:
    """Gives an association the titles that tests need, each dated."""

    creer: Fabriques
    session: Session
    association: Association

    def signer(self, *, prouve: bool = True, at: datetime | None = None) -> Engagement:
        """Signed here by one more person."""
        mandat = self.creer.mandat(self.creer.usager(), self.association, prouve=prouve)
        return self.creer.engagement(mandat, signed_at=at or matin(JOUR))

    def deposer(self, *, lien_verifie: bool = True, at: datetime | None = None) -> Dossier:
        """A request filed here, whose attestations are ticked."""
        demande = self.creer.demande(self.association, self.creer.usager())
        demande.deposee_at, demande.deposee_par_id = at or matin(JOUR), demande.created_by_id
        return self.creer.dossier(
            association=self.association,
            demande_id=demande.id,
            date_depot=at or matin(JOUR),
            lien_verifie=lien_verifie,
        )

    def cocher_ds(
        self, atteste: bool | None = True, *, cer_date: date | None = None, at: datetime | None = None
    ) -> Dossier:
        """A dossier of DS whose form says whether the CER is subscribed."""
        dossier = self.creer.dossier_ds(association_id=self.association.id, date_depot=at or matin(JOUR))
        assert dossier.ds
        dossier.ds.cer_atteste, dossier.ds.cer_date = atteste, cer_date
        self.session.commit()
        return dossier

    def remettre(
        self, origine: OrigineCer, etat: EtatAttestation = EtatAttestation.ADMISE, *, jour: date = JOUR
    ) -> None:
        """A paper or a line of a spreadsheet."""
        auteur = self.creer.usager()
        papier = AttestationCer(
            association_id=self.association.id,
            origine=origine,
            date=jour,
            etat=etat,
            deposee_par_id=auteur.id,
            reference="ligne 12",
        )
        self.session.add(papier)
        self.session.commit()

    def noter(
        self, genre: TypeReconnaissance, *, debut: date = JOUR, fin: date | None = None, retiree: bool = False
    ) -> None:
        """An agrément or a RUP that an agent has seen."""
        self.creer.reconnaissance(
            self.association,
            self.creer.agent(),
            type=genre,
            date_debut=debut,
            date_fin=fin,
            retiree_at=maintenant() if retiree else None,
        )

    def statut(self, on: datetime | None = None) -> StatutCer:
        """Its status."""
        return statuts_cer.statut_cer(self.session, self.association.id, on=on)


@pytest.fixture
def faits(creer: Fabriques, session: Session) -> Faits:
    """An association of which nothing is known."""
    return Faits(creer, session, creer.association())


def test_nothing_known_is_manquant(faits: Faits) -> None:
    faits.creer.dossier(association=faits.association)
    faits.cocher_ds(None)
    faits.cocher_ds(False)
    assert faits.statut() == StatutCer()


def test_signature_of_the_portal_counts_from_its_instant_with_its_text_and_code(faits: Faits) -> None:
    signature = faits.signer()
    assert faits.statut(signature.signed_at - timedelta(seconds=1)).etat == EtatCer.MANQUANT
    statut = faits.statut(signature.signed_at)
    assert (statut.etat, statut.origine, statut.preuve) == (EtatCer.SIGNE, OrigineCer.PORTAIL, signature.code)
    assert (statut.depuis, statut.version, statut.empreinte) == (
        signature.signed_at,
        signature.texte.version,
        signature.texte_sha256,
    )


def test_signature_whose_link_is_not_verified_is_declared_only(faits: Faits) -> None:
    faits.signer(prouve=False)
    assert faits.statut().etat == EtatCer.DECLARE
    assert faits.statut().libelle == "signé, lien non vérifié"


@pytest.mark.parametrize(("verifie", "attendu"), [(True, EtatCer.SIGNE), (False, EtatCer.DECLARE)])
def test_request_filed_here_attests_from_its_filing(faits: Faits, verifie: bool, attendu: EtatCer) -> None:
    dossier = faits.deposer(lien_verifie=verifie)
    statut = faits.statut()
    assert (statut.etat, statut.origine, statut.preuve) == (attendu, OrigineCer.DEMANDE, dossier.reference)
    assert statut.depuis == dossier.date_depot


def test_ds_form_that_says_souscrit_counts_from_its_date_else_from_the_filing(faits: Faits) -> None:
    faits.cocher_ds(at=matin(JOUR))
    assert (faits.statut().origine, faits.statut().depuis) == (OrigineCer.DS, matin(JOUR))
    faits.cocher_ds(cer_date=date(2026, 1, 5), at=matin(JOUR))
    assert faits.statut().depuis == matin(date(2026, 1, 5))


def test_ds_dossier_that_is_gone_attests_nothing(faits: Faits) -> None:
    dossier = faits.cocher_ds()
    assert dossier.ds
    dossier.ds.visibilite = next(etat for etat in Visibilite if etat != Visibilite.VISIBLE)
    faits.session.commit()
    assert faits.statut().etat == EtatCer.MANQUANT


@pytest.mark.parametrize("origine", [OrigineCer.PAPIER, OrigineCer.TABLEUR])
def test_paper_counts_once_a_service_has_admitted_it(faits: Faits, origine: OrigineCer) -> None:
    faits.remettre(origine, EtatAttestation.A_CONTROLER)
    faits.remettre(origine, EtatAttestation.ECARTEE)
    assert faits.statut().etat == EtatCer.MANQUANT
    faits.remettre(origine)
    assert (faits.statut().etat, faits.statut().origine) == (EtatCer.SIGNE, origine)


def test_since_is_the_first_proof_and_the_proof_shown_is_the_signature_made_here(faits: Faits) -> None:
    faits.deposer(at=matin(date(2026, 1, 5)))
    signature = faits.signer(at=matin(JOUR))
    statut = faits.statut()
    assert (statut.depuis, statut.preuve) == (matin(date(2026, 1, 5)), signature.code)
    assert statut.phrase == (
        "L’association a souscrit le contrat d’engagement républicain le 5 janvier 2026, et de nouveau le 12 mars 2026, "
        f"texte version {signature.texte.version}, signé sur ce portail."
    )


def test_what_was_attested_elsewhere_is_never_called_signed_here(faits: Faits) -> None:
    faits.cocher_ds()
    faits.signer(prouve=False)
    assert "signé sur ce portail" not in faits.statut().phrase
    assert "attesté dans un dossier de Démarches Simplifiées" in faits.statut().phrase


def test_agrement_frees_from_signing_until_its_last_day_in_paris_then_ends_by_itself(faits: Faits) -> None:
    faits.noter(AGREMENT, debut=date(2021, 3, 13), fin=JOUR)
    lendemain = matin(JOUR + timedelta(days=1))
    assert faits.statut(matin(date(2021, 3, 13)) - timedelta(seconds=1)).etat == EtatCer.MANQUANT
    assert faits.statut(lendemain - timedelta(seconds=1)).etat == EtatCer.DISPENSE
    statut = faits.statut(lendemain)
    assert (statut.etat, statut.fin, statut.autorite) == (EtatCer.DISPENSE_EXPIREE, JOUR, "préfecture du Rhône")
    assert "jusqu’au 12 mars 2026" in statut.phrase


def test_rup_does_not_end_and_other_agrements_do_not_count(faits: Faits) -> None:
    faits.noter(AUTRE, debut=date(2020, 1, 1))
    assert faits.statut().etat == EtatCer.MANQUANT
    faits.noter(RUP, debut=date(1950, 1, 1))
    assert (faits.statut().etat, faits.statut().fin) == (EtatCer.DISPENSE, None)


def test_agrement_noted_by_mistake_never_counts(faits: Faits) -> None:
    faits.noter(AGREMENT, fin=date(2031, 3, 11), retiree=True)
    assert faits.statut().etat == EtatCer.MANQUANT


def test_states_go_by_their_precedence(faits: Faits) -> None:
    faits.noter(AGREMENT, debut=date(2015, 1, 1), fin=date(2019, 12, 31))
    vus = [faits.statut().etat]
    faits.signer(prouve=False)
    vus.append(faits.statut().etat)
    faits.noter(RUP)
    vus.append(faits.statut().etat)
    faits.remettre(OrigineCer.PAPIER)
    vus.append(faits.statut().etat)
    assert vus == [EtatCer.DISPENSE_EXPIREE, EtatCer.DECLARE, EtatCer.DISPENSE, EtatCer.SIGNE]


def test_two_signatures_are_awaited_where_the_association_asks_for_them(faits: Faits) -> None:
    faits.association.cer_deux_signatures = True
    premiere = faits.signer(at=matin(JOUR))
    assert faits.statut().libelle == "signé une fois, seconde signature attendue"
    assert faits.statut().etat == EtatCer.DECLARE
    faits.signer(prouve=False, at=matin(JOUR) + timedelta(days=1))
    assert faits.statut().libelle == "signé une fois, seconde signature attendue"
    seconde = faits.signer(at=matin(JOUR) + timedelta(days=2))
    assert (faits.statut().etat, faits.statut().depuis) == (EtatCer.SIGNE, seconde.signed_at)
    assert faits.statut(premiere.signed_at).etat == EtatCer.DECLARE


def test_member_with_a_declared_link_counts_only_what_she_made(faits: Faits) -> None:
    mienne = faits.signer(prouve=False)
    faits.signer()
    faits.noter(RUP)
    viewer = _membre(faits.creer, mienne)
    vu = statuts_cer.statuts_vus(faits.session, viewer, [faits.association.id])[faits.association.id]
    assert (vu.etat, vu.preuve) == (EtatCer.DECLARE, mienne.code)
    assert faits.statut().etat == EtatCer.SIGNE


def _membre(creer: Fabriques, engagement: Engagement) -> Acteur:
    user = engagement.signataire
    return Acteur(genre=GenreActeur.USAGER, user_id=user.id, nom_affiche=user.nom_affiche, email=user.email)


@dataclass
class Histoire:
    """An association to which random titles happen, and what should be said of it by the rules alone."""

    faits: Faits
    hasard: random.Random

    def __post_init__(self) -> None:
        """Draw up to five titles within a month."""
        self.faits.association.cer_deux_signatures = self.hasard.random() < 0.3
        self.prouvees: list[datetime] = []
        self.autres: list[tuple[EtatCer, datetime]] = []
        self.dispenses: list[tuple[date, date | None]] = []
        for _ in range(self.hasard.randrange(5)):
            self.hasard.choice([self._signature, self._demande, self._ds, self._papier, self._reconnaissance])()

    def attendu(self, on: datetime) -> EtatCer:
        """The status at that instant."""
        jour = on.astimezone(PARIS).date()
        requises = 2 if self.faits.association.cer_deux_signatures else 1
        prouvees = sum(at <= on for at in self.prouvees)
        etats = {etat for etat, at in self.autres if at <= on}
        if prouvees:
            etats.add(EtatCer.SIGNE if prouvees >= requises else EtatCer.DECLARE)
        for debut, fin in self.dispenses:
            if debut <= jour:
                etats.add(EtatCer.DISPENSE if fin is None or jour <= fin else EtatCer.DISPENSE_EXPIREE)
        return next((etat for etat in EtatCer if etat in etats), EtatCer.MANQUANT)

    def instant(self) -> datetime:
        """An instant of the month, often the very beginning of a day."""
        return matin(self._jour()) + timedelta(seconds=self.hasard.choice([0, 0, -1, 40_000]))

    def _jour(self) -> date:
        return JOUR + timedelta(days=self.hasard.randrange(30))

    def _signature(self) -> None:
        at, prouve = self.instant(), self.hasard.random() < 0.6
        self.faits.signer(prouve=prouve, at=at)
        if prouve:
            self.prouvees.append(at)
        else:
            self.autres.append((EtatCer.DECLARE, at))

    def _demande(self) -> None:
        at, verifie = self.instant(), self.hasard.random() < 0.5
        self.faits.deposer(lien_verifie=verifie, at=at)
        self.autres.append((EtatCer.SIGNE if verifie else EtatCer.DECLARE, at))

    def _ds(self) -> None:
        at, atteste = self.instant(), self.hasard.choice([True, False, None])
        jour = self.hasard.choice([None, self._jour()])
        self.faits.cocher_ds(atteste, cer_date=jour, at=at)
        if atteste:
            self.autres.append((EtatCer.SIGNE, matin(jour) if jour else at))

    def _papier(self) -> None:
        etat, jour = self.hasard.choice(list(EtatAttestation)), self._jour()
        self.faits.remettre(OrigineCer.PAPIER, etat, jour=jour)
        if etat == EtatAttestation.ADMISE:
            self.autres.append((EtatCer.SIGNE, matin(jour)))

    def _reconnaissance(self) -> None:
        genre, debut, retiree = self.hasard.choice(list(TypeReconnaissance)), self._jour(), self.hasard.random() < 0.2
        fin = None if genre == RUP else debut + timedelta(days=self.hasard.randrange(8))
        self.faits.noter(genre, debut=debut, fin=fin, retiree=retiree)
        if genre != AUTRE and not retiree:
            self.dispenses.append((debut, fin))


def test_statuses_of_all_and_of_one_and_the_rules_agree_whatever_happened_and_when(
    creer: Fabriques, session: Session
) -> None:
    hasard = random.Random(4)
    histoires = [Histoire(Faits(creer, session, creer.association()), hasard) for _ in range(50)]
    par_id = {histoire.faits.association.id: histoire for histoire in histoires}
    rencontres = set()
    for on in [histoires[0].instant() for _ in range(60)]:
        retenus = statuts_cer.statuts_retenus(on)
        choix = (
            select(Association.id, *statuts_cer.colonnes(retenus))
            .outerjoin(retenus, retenus.c.association_id == Association.id)
            .where(Association.id.in_(par_id))
        )
        attendus = {ident: histoire.attendu(on) for ident, histoire in par_id.items()}
        statuts = statuts_cer.statuts_cer(session, par_id, on=on)
        assert {ident: statut.etat for ident, statut in statuts.items()} == attendus
        assert {ident: statuts_cer.lire(valeurs) for ident, *valeurs in session.execute(choix)} == statuts
        rencontres |= set(attendus.values())
    assert rencontres == set(EtatCer)


def test_cer_of_the_queue_is_the_status_of_each_association(creer: Fabriques, session: Session) -> None:
    service = creer.service()
    signe, dispense, declare, expiree, rien = (Faits(creer, session, creer.association()) for _ in EtatCer)
    signe.signer()
    dispense.noter(RUP)
    declare.deposer(lien_verifie=False)
    expiree.noter(AGREMENT, debut=date(2015, 1, 1), fin=date(2019, 12, 31))
    for faits in (signe, dispense, declare, expiree, rien):
        creer.dossier(service, association=faits.association)
    creer.dossier(service)
    vue = dossiers.list_dossiers(session, creer.acteur(creer.agent(service)), FiltreDossiers())
    assert [ligne.cer for ligne in vue.lignes] == [
        None,
        *(faits.statut() for faits in (rien, expiree, declare, dispense, signe)),
    ]
    assert [ligne.cer.etat for ligne in vue.lignes if ligne.cer] == list(reversed(EtatCer))
