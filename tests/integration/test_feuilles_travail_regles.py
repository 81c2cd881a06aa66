"""A working sheet opens what the page of the dossier opens, and no more, whatever has happened since it left."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.avis import Avis
from portal.models.decisions import Proposition
from portal.models.dossiers import Dossier
from portal.models.envois import OperationDS
from portal.models.services import Service
from portal.queries import feuilles_travail, fiches
from portal.services import reorientations, retours_feuilles
from portal.services.moyens import Moyens
from portal.vocabulaire import Etat, RoleAffectation
from portal.vocabulaire_imports import CHAMPS_AVIS, ChampFeuille, EtatModification
from tests import fabriques_feuilles, fabriques_lectures
from tests.fabriques_feuilles import Poste, changer, ecrire
from tests.factories import Fabriques

Champ, Sort = ChampFeuille, EtatModification
Arrive = Callable[[Session, Fabriques, Poste, Dossier], None]


@pytest.fixture
def service(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def poste(creer: Fabriques, moyens: Moyens, service: Service) -> Poste:
    return fabriques_feuilles.poste(creer, moyens, service)


def tout_ecrire(reference: str) -> list[fabriques_feuilles.Geste]:
    """Something in each cell that a decision, or another service, closes."""
    return [
        ecrire(reference, Champ.ETAT, "en instruction"),
        ecrire(reference, Champ.MONTANT_PROPOSE, 500),
        ecrire(reference, Champ.AVIS_SENS, "favorable"),
        ecrire(reference, Champ.AVIS_TEXTE, "Projet utile"),
    ]


@pytest.mark.parametrize("etat", [Etat.EN_CONSTRUCTION, Etat.EN_INSTRUCTION, Etat.ACCEPTE, Etat.SANS_SUITE])
@pytest.mark.parametrize("role", RoleAffectation)
@pytest.mark.parametrize("saisi", [False, True], ids=["proprietaire", "saisi"])
def test_the_avis_and_the_taking_in_charge_are_open_where_the_page_of_the_dossier_offers_them(
    session: Session, creer: Fabriques, service: Service, etat: Etat, role: RoleAffectation, saisi: bool
) -> None:
    dossier, sien = creer.dossier(service, etat=etat), service
    if saisi:
        sien = creer.service()
        creer.demande_avis(dossier, sien)
    par = creer.acteur(creer.agent(sien, role=role))
    actes = fiches.get(session, par, dossier.reference).actes
    fermes = feuilles_travail.of_references(session, par, [dossier.reference])[dossier.reference].fermes
    assert {champ not in fermes for champ in CHAMPS_AVIS} == {actes.donner_avis}
    assert (Champ.ETAT not in fermes) == actes.prendre_en_charge


def decide(session: Session, creer: Fabriques, poste: Poste, dossier: Dossier) -> None:
    dossier.etat = Etat.ACCEPTE
    session.commit()


def part_ailleurs(session: Session, creer: Fabriques, poste: Poste, dossier: Dossier) -> None:
    par = creer.acteur(creer.responsable(poste.service))
    reorientations.reorient(
        session, by=par, dossier=dossier, service_id=creer.service().id, motif="À examiner ailleurs."
    )
    session.commit()


def se_recuse(session: Session, creer: Fabriques, poste: Poste, dossier: Dossier) -> None:
    fabriques_lectures.recuser(session, poste.agent, dossier)


ETAT, OUVERT = "Ce dossier est à l’état", "ne vous est plus ouvert"


@pytest.mark.parametrize(
    ("arrive", "raison", "ds"),
    [
        (decide, ETAT, False),
        (decide, ETAT, True),
        (part_ailleurs, OUVERT, False),
        (se_recuse, OUVERT, False),
        (se_recuse, OUVERT, True),
    ],
)
def test_what_was_decided_handed_over_or_closed_since_is_told_before_and_at_its_application(
    session: Session, creer: Fabriques, poste: Poste, arrive: Arrive, raison: str, ds: bool
) -> None:
    dossier = (creer.dossier_ds if ds else creer.dossier)(poste.service, etat=Etat.EN_CONSTRUCTION)
    rempli = changer(poste.partir(dossier.reference), *tout_ecrire(dossier.reference))
    lu_avant = poste.rendre(rempli)
    possibles = {champ for champ, sort in poste.etats(lu_avant).items() if sort == Sort.A_APPLIQUER}
    retours_feuilles.confirm(session, by=poste.acteur, retour=lu_avant)
    session.commit()
    arrive(session, creer, poste, dossier)
    lu_apres = poste.modifications(poste.rendre(rempli))
    assert {(une.etat, raison in une.message) for une in lu_apres.values()} == {(Sort.IMPOSSIBLE, True)}
    faites = {champ: une for (_, champ), une in poste.modifications(poste.travailler(lu_avant)).items()}
    for champ in possibles:
        assert faites[champ].etat == Sort.REFUSEE
        assert raison in faites[champ].message or "depuis que vous l’avez vue" in faites[champ].message
    for table in (Avis, Proposition, OperationDS):
        assert session.scalars(select(table)).all() == []


@pytest.mark.parametrize(("ds", "phrase"), [(False, "passez-le aussi en instruction"), (True, "quand elle l’a fait")])
def test_an_amount_for_a_dossier_that_will_not_be_in_instruction_is_told_before_it_is_applied(
    creer: Fabriques, poste: Poste, ds: bool, phrase: str
) -> None:
    dossier = (creer.dossier_ds if ds else creer.dossier)(poste.service, etat=Etat.EN_CONSTRUCTION)
    gestes = [ecrire(dossier.reference, Champ.MONTANT_PROPOSE, 500)]
    if ds:
        gestes.append(ecrire(dossier.reference, Champ.ETAT, "en instruction"))
    retour = poste.rendre(changer(poste.partir(dossier.reference), *gestes))
    une = poste.modifications(retour)[dossier.reference, Champ.MONTANT_PROPOSE]
    assert (une.etat, phrase in une.message) == (Sort.IMPOSSIBLE, True)
