"""A correction makes stale only the avis that read what it changed, and says what; what was read is shown as it was."""

import pytest
from sqlalchemy.orm import Session

from portal.models.associations import Association
from portal.models.avis import Avis
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier
from portal.models.experts import ConsulteDemarche
from portal.models.services import Service
from portal.permissions.lectures import ENTIERE, Lecture
from portal.queries.avis_perimes import RIEN_LU, read_by, staleness
from portal.vocabulaire import Audience, Etat, Source
from portal.vocabulaire_demandes import SectionDemande
from tests import html
from tests.client import ClientStrict
from tests.factories import Fabriques

DEPOSEE = {"identite": "a", "projet": "b", "budget-projet": "c", "pieces": "d"}


def dossier_de(version: int, **empreintes: str) -> Dossier:
    return Dossier(source=Source.PORTAIL, contenu_version=version, contenu_empreintes={**DEPOSEE, **empreintes})


def avis_de(dossier: Dossier, *sections: SectionDemande) -> Avis:
    lecture = Lecture(frozenset(sections)) if sections else ENTIERE
    return Avis(contenu_version=dossier.contenu_version, empreintes=read_by(dossier, lecture))


def perimes(avis: Avis, dossier: Dossier) -> list[str]:
    trouvee = staleness(avis, dossier)
    return [place.slug for place in trouvee.places] if trouvee else []


def test_an_avis_is_stale_for_what_it_read_and_for_nothing_else() -> None:
    depose, corrige = dossier_de(1), dossier_de(2, **{"budget-projet": "c2"})
    assert perimes(avis_de(depose), corrige) == ["budget-projet"]
    assert perimes(avis_de(depose, SectionDemande.BUDGET_PROJET), corrige) == ["budget-projet"]
    assert staleness(avis_de(depose, SectionDemande.PROJET), corrige) is None
    assert staleness(avis_de(depose), dossier_de(2)) is None


def test_a_second_project_and_a_file_replaced_are_changes_of_what_was_read() -> None:
    depose = dossier_de(1)
    assert perimes(avis_de(depose, SectionDemande.PROJET), dossier_de(2, **{"projet-2": "e"})) == ["projet-2"]
    assert perimes(avis_de(depose, SectionDemande.PIECES), dossier_de(2, pieces="d2")) == ["pieces"]
    assert staleness(avis_de(depose, SectionDemande.IDENTITE), dossier_de(2, **{"projet-2": "e"})) is None


def test_the_sections_are_named_in_words() -> None:
    trouvee = staleness(avis_de(dossier_de(1)), dossier_de(2, **{"budget-projet": "c2", "projet": "b2"}))
    assert trouvee is not None
    assert trouvee.phrase == "donné avant la correction de «\u00a0Projet\u00a0», «\u00a0Budget du projet\u00a0»"
    assert trouvee.concerns(SectionDemande.PROJET)
    assert not trouvee.concerns(SectionDemande.IDENTITE)


def test_a_form_of_ds_is_one_whole_and_an_avis_that_read_none_of_it_is_never_stale() -> None:
    ds = Dossier(source=Source.DS, contenu_version=3, contenu_empreintes={})
    apres = Dossier(source=Source.DS, contenu_version=4, contenu_empreintes={})
    lu = avis_de(ds)
    assert staleness(lu, ds) is None
    assert staleness(lu, apres) is not None
    sans = Avis(contenu_version=3, empreintes=read_by(ds, Lecture(frozenset({SectionDemande.PIECES}), ds=True)))
    assert sans.empreintes == RIEN_LU
    assert staleness(sans, apres) is None


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association()


def test_the_page_flags_the_avis_that_read_the_section_and_offers_to_ask_again(
    client: ClientStrict, session: Session, creer: Fabriques, association: Association
) -> None:
    ddets: Service = creer.service("DDETS 69")
    dossier = creer.dossier(ddets, association=association, etat=Etat.EN_INSTRUCTION)
    dossier.contenu_empreintes = dict(DEPOSEE)
    lu = {"contenu_version": 1, "empreintes": {"projet": "b"}}
    for sigle, empreintes in (("DRAJES", {"projet": "b"}), ("DRAC", {"identite": "a"})):
        saisi = creer.service(sigle)
        creer.demande_avis(dossier, saisi, sections=["projet"], audience=Audience.SERVICE)
        creer.avis(dossier, creer.agent(saisi), **{**lu, "empreintes": empreintes})
    dossier.contenu_version, dossier.contenu_empreintes = 2, {**DEPOSEE, "projet": "b2"}
    session.commit()
    client.connecter(creer.agent(ddets))
    client.get(f"/instruction/dossiers/{dossier.reference}/avis")
    texte = client.texte().replace("\u00a0", " ")
    assert texte.count("donné avant la correction de « Projet »") == 1
    assert texte.index("DRAJES") < texte.index("donné avant la correction")
    assert texte.count("Redemander l’avis") == 1
    adresse = next(lien.get("href", "") for lien in client.arbre.iter("a") if "redemander=" in lien.get("href", ""))
    client.get(adresse)
    assert "Votre avis a été donné avant la correction de « Projet » : le confirmez-vous" in client.texte().replace(
        "\u00a0", " "
    )
    champs = html.champs(client.formulaire("/avis/demander"))
    assert [valeur for nom, valeur in champs if nom == "sections"] == ["projet"], "no wider than the first time"
    assert ("audience", Audience.SERVICE.value) in champs
    etranger = client.get(adresse.rsplit("=", 1)[0] + "=999999").text
    assert "le confirmez-vous" not in etranger


@pytest.fixture
def perime(session: Session, creer: Fabriques, association: Association) -> Avis:
    """An avis of the DRAJES on a section that was corrected since, asked by the DDETS."""
    dossier = creer.dossier(creer.service("DDETS 69"), association=association, etat=Etat.EN_INSTRUCTION)
    drajes = creer.service("DRAJES")
    creer.demande_avis(dossier, drajes, sections=["projet"])
    fait = creer.avis(dossier, creer.agent(drajes), contenu_version=1, empreintes={"projet": "b"})
    dossier.contenu_version, dossier.contenu_empreintes = 2, {**DEPOSEE, "projet": "b2"}
    session.commit()
    return fait


def _dossier(session: Session, avis: Avis) -> Dossier:
    assert avis.dossier_id is not None
    return session.get_one(Dossier, avis.dossier_id)


def test_nobody_is_asked_again_while_an_answer_is_awaited(
    client: ClientStrict, session: Session, creer: Fabriques, perime: Avis
) -> None:
    dossier = _dossier(session, perime)
    client.connecter(creer.agent(dossier.service))
    adresse = f"/instruction/dossiers/{dossier.reference}/avis"
    client.get(adresse)
    assert "Redemander l’avis" in client.texte()
    client.get(f"{adresse}/demander?redemander={perime.id}")
    assert client.soumettre(action="/avis/demander").status_code == 200
    client.get(adresse)
    assert "donné avant la correction" in client.texte()
    assert "Redemander l’avis" not in client.texte()


def test_who_may_be_asked_no_more_is_named_and_the_question_is_kept(
    client: ClientStrict, session: Session, creer: Fabriques, perime: Avis
) -> None:
    dossier = _dossier(session, perime)
    session.get_one(Demarche, dossier.demarche_id).avis_liste_fermee = True
    session.add(ConsulteDemarche(demarche_id=dossier.demarche_id, service_id=creer.service("DRAC").id))
    session.commit()
    client.connecter(creer.agent(dossier.service))
    client.get(f"/instruction/dossiers/{dossier.reference}/avis/demander?redemander={perime.id}")
    assert "DRAJES ne peut plus être consulté ici" in client.texte()
    assert "le confirmez-vous" in client.texte()


def test_what_is_missing_is_said_at_once(client: ClientStrict, creer: Fabriques) -> None:
    service = creer.service("DDETS 69")
    creer.service("DRAJES")
    dossier = creer.dossier(service, etat=Etat.EN_INSTRUCTION)
    client.connecter(creer.agent(service))
    client.get(f"/instruction/dossiers/{dossier.reference}/avis/demander")
    assert client.soumettre({"question": "", "service": ""}, action="/avis/demander").status_code == 422
    assert "Écrivez votre question." in client.texte()
    assert "Choisissez à qui demander un avis" in client.texte()
