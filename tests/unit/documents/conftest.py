"""One example of each document, and one workshop for all the tests of this folder."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from portal.documents.atelier import Atelier
from portal.documents.modeles import (
    ArticleCer,
    AssociationCitee,
    AvisCite,
    Budget,
    DecisionCitee,
    Etape,
    Ligne,
    LigneBudget,
    Personne,
    PieceRecue,
    Recepisse,
    RecuEngagement,
    Section,
    ServiceCite,
    Synthese,
    TexteCer,
)
from portal.documents.modeles_cer import EngagementASigner

INSTANT = datetime(2026, 11, 22, 13, 5, tzinfo=UTC)
AMIS = AssociationCitee("Les Amis du Canal", "999900178", "99990017800016", "W691000178")
CLAIRE = Personne("Claire", "Duval", "présidente")
DDETS = ServiceCite("DDETS du Rhône", "8 rue du Nord\n69100 Villeurbanne", "ddets@rhone.example", "04 72 00 00 00")
SECTIONS = (Section("Projet", (Ligne("Description", "Nettoyer\nles berges"), Ligne("Sigle", ""))),)
BUDGET = Budget(
    "Budget du projet",
    (
        LigneBudget("64 – Charges de personnel", "Rémunération des personnels", Decimal(8000)),
        LigneBudget("60 – Achats", "Prestations de services", Decimal("1200.5")),
    ),
    (LigneBudget("74 – Subventions d’exploitation", "État", Decimal("9200.5")),),
)


@pytest.fixture(scope="session")
def atelier() -> Iterator[Atelier]:
    with Atelier() as atelier:
        yield atelier


@pytest.fixture
def a_signer(recu: RecuEngagement) -> EngagementASigner:
    return EngagementASigner(
        code="7F3K-9Q2M-0000-0000",
        adresse="https://portail.example/signatures/7F3K-9Q2M-0000-0000",
        association=AMIS,
        signataire=CLAIRE,
        demandeur="Paul Martin",
        texte=recu.texte,
        phrase_consentement=recu.phrase_consentement,
    )


@pytest.fixture
def recu() -> RecuEngagement:
    articles = tuple(
        ArticleCer(f"Engagement {numero}", (f"L’association s’engage, point {numero}. " * 60,))
        for numero in range(1, 8)
    )
    return RecuEngagement(
        code="CER-7F3K-9Q2M",
        adresse_verification="https://portail.example/verification/CER-7F3K-9Q2M",
        adresse_certificat="https://portail.example/verifier/certificat",
        association=AMIS,
        signataire=CLAIRE,
        qualite="représentante légale",
        lien_verifie=True,
        pouvoir="",
        courriel_masque="c…l@exemple.fr",
        consenti_le=INSTANT - timedelta(minutes=3),
        code_demande_le=INSTANT - timedelta(minutes=2),
        signe_le=INSTANT,
        texte=TexteCer(
            version="1",
            reference="Décret n° 2021-1947 du 31 décembre 2021, annexe",
            jorf="JORF n° 0001 du 1er janvier 2022",
            url="https://www.legifrance.example/texte",
            verifie=True,
            sha256="ab" * 32,
            titre="Contrat d’engagement républicain",
            articles=articles,
        ),
        phrase_consentement="« Je souscris ces engagements au nom de l’association. »",
        empreinte="cd" * 32,
    )


@pytest.fixture
def recepisse() -> Recepisse:
    return Recepisse(
        reference="P-2026-000123",
        association=AMIS,
        deposant=CLAIRE,
        qualite="représentante légale",
        intitule="Berges propres <2026> & alentours",
        montant_demande=Decimal(5000),
        recu_le=INSTANT,
        service=DDETS,
        rejet_implicite_le=date(2027, 1, 22),
        phrase_cer="L’association a souscrit le contrat d’engagement républicain le 22 novembre 2026.",
        preuve_cer="",
        attestations=("L’association est à jour de ses obligations.", "Les informations sont exactes et sincères."),
        sections=SECTIONS,
        budgets=(BUDGET,),
        pieces=(PieceRecue("rib.pdf", "cd" * 32),),
    )


@pytest.fixture
def synthese() -> Synthese:
    return Synthese(
        reference="DS-4512",
        etat="en instruction",
        intitule="Berges propres",
        association=AMIS,
        service=DDETS,
        montant_demande=Decimal(5000),
        montant_accorde=None,
        phrase_cer="L’association a souscrit le contrat d’engagement républicain le 12 mars 2026, texte version 1.",
        sections=SECTIONS,
        budgets=(BUDGET,),
        avis=(AvisCite("favorable avec réserves", Decimal(3000), "Utile.", "Paul Leroy", "DRAJES", INSTANT),),
        decision=DecisionCitee(
            "accorder", Decimal(3000), "", "Projet conforme.", "Un bilan en juin.", "Camille Martin", INSTANT, None
        ),
        historique=(Etape(INSTANT, "Demande déposée", "Claire Duval"),),
        pour="Camille Martin (DDETS)",
        etabli_le=INSTANT,
    )
