"""A real dossier of Démarches Simplifiées, from its file to the page that an agent reads."""

import json
from dataclasses import replace

from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE
from integrations.demarches_simplifiees.simulator.serveur import demarrer
from portal.app import create_app
from portal.services.moyens import Moyens
from portal.services.synchronisation import sync
from tests import html
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.integration.ds.conftest import INSTANCE, Json, brancher, client
from tests.reels import chemin


def test_an_agent_reads_every_question_and_every_answer_of_a_real_dossier(creer: Fabriques, moyens: Moyens) -> None:
    fichier = chemin("DS_DOSSIER_REEL")
    service = creer.service()
    with demarrer(dossiers=0, fichiers=[fichier]) as simulateur, client(simulateur) as ds:
        (demarche,) = set(simulateur.donnees.demarches) - {DEMARCHE}
        (numero,) = simulateur.donnees.dossiers
        creer.demarche(service, source="ds", instance=INSTANCE, ds_number=demarche)
        ici = replace(moyens, ds=ds, config=brancher(moyens.config, simulateur))
        assert sync(ici, demarche).changes == 1
    application = create_app(ici.config, moyens=ici)
    application.test_client_class = ClientStrict
    navigateur = application.test_client()
    assert isinstance(navigateur, ClientStrict)
    navigateur.connecter(creer.agent(service))
    assert navigateur.get(f"/instruction/dossiers/DS-{numero}/demande").status_code == 200
    source = json.loads(fichier.read_text("utf-8"))
    for partie, zone, nombre in (("champs", "demande", 56), ("annotations", "annotations", 13)):
        lues = _reponses(navigateur, zone)[-nombre:]
        assert [libelle for libelle, _ in lues] == [_plat(champ["label"]) for champ in source[partie]]
        for (libelle, lue), champ in zip(lues, source[partie], strict=True):
            for dite in _dites(champ):
                assert dite in lue, libelle


def _reponses(navigateur: ClientStrict, zone: str) -> list[tuple[str, str]]:
    """Questions and answers of a part of the page, in order."""
    titre = html.par_id(navigateur.arbre, zone)
    assert titre is not None
    questions = [_plat("".join(un.itertext())) for un in titre.iter("dt")]
    reponses = [_plat("".join(un.itertext())) for un in titre.iter("dd")]
    return list(zip(questions, reponses, strict=True))


def _dites(champ: Json) -> list[str]:
    """What the page must say of an answer, from DS's own JSON and not from our reading of it."""
    brute = champ["stringValue"] or ""
    match champ["__typename"]:
        case "CheckboxChamp":
            return ["Oui" if brute == "true" else "Non"]
        case "DecimalNumberChamp" if brute:
            return [f"{float(brute):,.2f}".replace(",", " ").replace(".", ",")]
        case "PieceJustificativeChamp" if champ["files"]:
            return [fichier["filename"] for fichier in champ["files"]]
        case "RepetitionChamp" if champ["rows"]:
            return [un["label"] for ligne in champ["rows"] for un in ligne["champs"]]
    return [_plat(brute)] if brute else ["non renseigné"]


def _plat(texte: str) -> str:
    """Spaces of every kind folded."""
    return " ".join(texte.split())
