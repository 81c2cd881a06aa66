"""Values that no page sends but anybody may forge: longer than a column, or empty where a key is due."""

import json

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.connexion import SessionConnexion
from tests.client import ClientStrict
from tests.factories import Fabriques


@pytest.mark.parametrize("cle", ["", "x" * 5_000])
def test_a_forged_form_key_is_refused_in_words(client: ClientStrict, creer: Fabriques, cle: str) -> None:
    usager = creer.usager()
    creer.mandat(usager, creer.association())
    creer.demarche()
    client.connecter(usager)
    client.get("/demandes/nouvelle")
    reponse = client.soumettre({"cle": cle}, htmx=False)
    assert reponse.status_code == 422
    assert "Rechargez-la" in client.texte()


def test_the_way_back_to_an_endless_address_is_forgotten_rather_than_failing(client: ClientStrict) -> None:
    reponse = client.get("/instruction/dossiers/" + "a" * 900, follow_redirects=True)
    assert reponse.status_code == 200
    assert client.soumettre({"email": "agent@exemple.org"}).status_code == 200


def test_what_was_typed_at_an_endless_address_fails_in_no_way(
    client: ClientStrict, creer: Fabriques, session: Session
) -> None:
    client.connecter(creer.agent())
    client.get("/plan-du-site")
    jeton = json.loads(next(client.arbre.iter("body")).get("hx-headers", ""))["X-CSRFToken"]
    session.execute(update(SessionConnexion).values(expires_at=maintenant()))
    session.commit()
    adresse = f"/instruction/dossiers/{'a' * 900}/decider"
    assert client.post(adresse, data={"csrf_token": jeton, "texte": "Avis favorable"}).status_code == 303
