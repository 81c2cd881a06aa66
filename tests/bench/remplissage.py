"""Fills a database by COPY with dossiers of forty services. The same number always gives the same rows.

A quarter of the dossiers belong to the measured service (the first), so that a deep page exists at every size; the others are
spread over the thirty-nine that remain. One dossier in seven is also read by a second service, which has been asked for its avis.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import psycopg

from portal.formats import mots_de_recherche
from portal.vocabulaire import Audience, Etat, MotifAcces, SensAvis, SensDecision, Source
from portal.vocabulaire_instruction import OrigineDossier
from tests.bench.plan import (
    ACTIONS,
    COMMUNES,
    DEBUT,
    DEMARCHES_PAR_SERVICE,
    DEPARTEMENTS,
    ETIQUETTES,
    GENRES,
    MOT_RARE,
    PUBLICS,
    RANGS_PAR_SERVICE,
    SERVICES,
    SUJETS,
    Ligne,
    Plan,
    agent_de,
    tirer,
)
from tests.bruts_ds import brut_ds


def fill(conninfo: str, dossiers: int) -> None:
    """Copy everything in one transaction, then ANALYZE."""
    plan = Plan(dossiers)
    with psycopg.connect(conninfo) as connexion:
        for table, lignes in _tables(plan):
            _copier(connexion, table, lignes)
    with psycopg.connect(conninfo, autocommit=True) as connexion:
        connexion.execute("VACUUM ANALYZE")


def _copier(connexion: psycopg.Connection[Any], table: str, lignes: Iterable[Ligne]) -> None:
    suite = iter(lignes)
    premiere = next(suite)
    colonnes = psycopg.sql.SQL(", ").join(map(psycopg.sql.Identifier, premiere))
    ordre = psycopg.sql.SQL("COPY {} ({}) FROM STDIN").format(psycopg.sql.Identifier(table), colonnes)
    with connexion.cursor() as curseur, curseur.copy(ordre) as copie:
        copie.write_row(list(premiere.values()))
        for ligne in suite:
            copie.write_row(list(ligne.values()))


def _tables(plan: Plan) -> Iterator[tuple[str, Iterator[Ligne]]]:
    rangs = range(1, plan.dossiers + 1)
    signataires = range(1, plan.associations + 1, 3)
    yield "service", (_service(rang) for rang in range(1, SERVICES + 1))
    agents = [agent_de(service, rang) for service in range(1, SERVICES + 1) for rang in range(plan.agents)]
    yield "user", (_agent(rang) for rang in agents)
    yield "affectation", (_affectation(rang) for rang in agents)
    yield "etiquette", (_etiquette(rang) for rang in range(1, len(ETIQUETTES) + 1))
    yield "vue_enregistree", iter([_vue()])
    yield "demarche", (_demarche(rang) for rang in range(1, SERVICES * DEMARCHES_PAR_SERVICE + 1))
    yield "association", (_association(rang) for rang in range(1, plan.associations + 1))
    yield "association_identifiant", (_identifiant(rang) for rang in range(1, plan.associations + 1))
    yield "user", (_usager(rang) for rang in signataires)
    yield "mandat", (_mandat(rang) for rang in signataires)
    yield "session_connexion", (_session(rang) for rang in signataires)
    yield "texte_cer", iter([_texte()])
    yield "engagement", (_engagement(rang) for rang in signataires)
    yield "dossier", (_dossier(plan, rang) for rang in rangs)
    yield "dossier_ds", (_dossier_ds(plan, rang) for rang in rangs if plan.source(rang) is Source.DS)
    yield "financement", (_financement(plan, rang) for rang in rangs)
    yield "saisine", (_saisine(rang) for rang in rangs if plan.saisi(rang))
    yield "demande_avis", (_demande_avis(plan, rang) for rang in rangs if plan.saisi(rang))
    yield "avis", (_avis(plan, rang) for rang in rangs if plan.rendu(rang))
    yield "proposition", (_proposition(plan, rang) for rang in rangs if plan.propose(rang))
    yield "decision", (_decision(plan, rang) for rang in rangs if plan.decide(rang))
    yield "etiquette_dossier", (_pose(plan, rang, une) for rang in rangs for une in plan.etiquettes(rang))
    yield "acces_dossier", (acces for rang in rangs for acces in _acces(plan, rang))


def _service(rang: int) -> Ligne:
    vides = dict.fromkeys(("territoire", "siret", "adresse", "email", "telephone"), "")
    return {"id": rang, "nom": f"Service instructeur {rang}", "sigle": f"SERVICE {rang}", "type": "ddets", **vides}


def _agent(rang: int) -> Ligne:
    return _personne(rang, "agent", f"agent{rang}@service.example.org", f"Agent{rang}")


def _usager(rang: int) -> Ligne:
    return _personne(_user_de(rang), "usager", f"usager{rang}@association.example.org", f"Usager{rang}")


def _personne(ident: int, genre: str, email: str, nom: str) -> Ligne:
    return {
        "id": ident,
        "genre": genre,
        "email": email,
        "prenom": "Camille",
        "nom": nom,
        "est_administrateur": False,
    }


def _user_de(association: int) -> int:
    return (SERVICES + 1) * RANGS_PAR_SERVICE + association


def _affectation(rang: int) -> Ligne:
    return {"user_id": rang, "service_id": (rang - 1) // RANGS_PAR_SERVICE + 1, "role": "instructeur"}


def _etiquette(rang: int) -> Ligne:
    return {"id": rang, "service_id": 1, "nom": ETIQUETTES[rang - 1]}


def _vue() -> Ligne:
    arguments = json.dumps({"onglet": "a_decider", "tri": "-montant"})
    return {"service_id": 1, "nom": "À décider, gros montants", "arguments": arguments, "par_id": 1}


def _demarche(rang: int) -> Ligne:
    ds = rang % DEMARCHES_PAR_SERVICE == 0
    return {
        "id": rang,
        "source": Source.DS if ds else Source.PORTAIL,
        "instance": "ds.example.org" if ds else "",
        "ds_number": 4500 + rang if ds else None,
        "titre": f"Soutien à la vie associative, volet {rang}",
        "description": "",
        "service_id": (rang - 1) // DEMARCHES_PAR_SERVICE + 1,
        "dispositif": "FDVA",
        "programme": "163",
        "exercice": 2026,
        "confidentielle": False,
        "ds_id": f"RG9jZWR1cmUt{rang}" if ds else "",
        "ds_state": "publiee" if ds else "",
        "fichiers_a_la_demande": False,
        "annotation_avis": "",
        "etiquettes": "[]",
        "public": "Associations du territoire",
        "montants": "",
        "aides": "{}",
        "fuseau": "Europe/Paris",
        "version": 1,
    }


def _nom(association: int) -> str:
    return f"{tirer(association, 3, GENRES)} {tirer(association, 4, SUJETS)} n° {association}"


def _siren(association: int) -> str:
    return f"{800_000_000 + association}"


def _association(rang: int) -> Ligne:
    vides = dict.fromkeys(("sigle", "objet_social", "code_postal", "adresse"), "")
    return {
        "id": rang,
        "denomination": _nom(rang),
        "nature_juridique": "9220",
        "commune": tirer(rang, 5, COMMUNES),
        "active": True,
        "verifiee": True,
        "cer_deux_signatures": False,
        **vides,
    }


def _identifiant(rang: int) -> Ligne:
    return {"association_id": rang, "type": "siren", "valeur": _siren(rang)}


def _mandat(rang: int) -> Ligne:
    etat = "prouve" if rang % 2 else "declare"
    commun = {"id": rang, "user_id": _user_de(rang), "association_id": rang, "role": "signataire"}
    vides = {"piece_vue": "", "structure": "", "ecrit_nom": ""}
    return {**commun, "etat": etat, "fonction": "Présidente", **vides}


def _session_de(association: int) -> int:
    """Far above those that the bench opens itself."""
    return 1_000_000_000 + association


def _session(rang: int) -> Ligne:
    ouverte = {"id": _session_de(rang), "secret_hash": f"{rang:064x}", "user_id": _user_de(rang), "expires_at": DEBUT}
    return {**ouverte, "durable": False, "appareil": ""}


def _texte() -> Ligne:
    vides = dict.fromkeys(("reference", "nor", "jorf", "url", "corps"), "")
    return {"id": 1, "version": "banc", "date": DEBUT.date(), "sha256": "0" * 64, **vides}


def _engagement(rang: int) -> Ligne:
    return {
        "code": f"{rang:016d}",
        "association_id": rang,
        "texte_id": 1,
        "signataire_id": _user_de(rang),
        "mandat_id": rang,
        "prenom": "Camille",
        "nom": f"Usager{rang}",
        "fonction": "Présidente",
        "mandat_etat": "declare",
        "phrase_consentement": "",
        "email": "",
        "texte_sha256": "0" * 64,
        "annuaire": "{}",
        "ip": "",
        "session_id": _session_de(rang),
        "agent_utilisateur": "",
        "capacite": "declaree",
        **dict.fromkeys(("pouvoir_nom", "pouvoir_sha256", "requete_id", "precedente", "preuve", "preuve_privee"), ""),
        **dict.fromkeys(("consenti_at", "code_demande_at", "signed_at"), DEBUT),
        "code_public": f"{rang:016d}",
        "rang": rang,
        "empreinte": f"{rang:064x}",
    }


def _dossier(plan: Plan, rang: int) -> Ligne:
    association = tirer(rang, 6, range(1, plan.associations + 1)) if rang % 10 else None
    nom = _nom(association) if association else f"Commune de {tirer(rang, 5, COMMUNES)}"
    siret = f"{_siren(association)}00015" if association else ""
    intitule = f"{tirer(rang, 7, ACTIONS)} {tirer(rang, 8, PUBLICS)}" + (f" et {MOT_RARE}" if plan.rare(rang) else "")
    commune = tirer(rang, 9, COMMUNES)
    etat = plan.etat(rang)
    return {
        "id": rang,
        "reference": plan.reference(rang),
        "source": plan.source(rang),
        "demarche_id": plan.demarche(rang),
        "association_id": association,
        "service_id": plan.service(rang),
        "instructeur_id": None if etat is Etat.EN_CONSTRUCTION else plan.agent(rang),
        "etat": etat,
        "complement_demande": etat is Etat.EN_CONSTRUCTION and rang // 4 % 10 == 0,
        "statut_source": etat if plan.source(rang) is Source.DS else "",
        "demandeur_genre": "morale",
        "demandeur_nom": nom,
        "demandeur_siret": siret,
        "demandeur_rna": "",
        "demandeur_commune": commune,
        "lien_verifie": rang % 3 != 0,
        "intitule": intitule,
        "exercice": plan.exercice(rang),
        "montant_demande": Decimal(500 + rang % 20_000),
        "montant_accorde": Decimal(500) if etat is Etat.ACCEPTE else None,
        "date_depot": plan.depot(rang),
        **_suites(plan, rang),
        "jours_suspendus": 0,
        "cer": plan.cer(association),
        "version": 1,
        "mots": mots_de_recherche(plan.reference(rang), intitule, nom, siret, siret[:9], commune),
    }


def _suites(plan: Plan, rang: int) -> Ligne:
    """What has happened to a dossier since its filing."""
    depot, etat = plan.depot(rang), plan.etat(rang)
    attendu = plan.saisi(rang) is not None and not plan.rendu(rang)
    return {
        "date_passage_en_instruction": None if etat is Etat.EN_CONSTRUCTION else depot + timedelta(days=9),
        "date_traitement": depot + timedelta(days=60) if etat in (Etat.ACCEPTE, Etat.REFUSE) else None,
        "contenu_version": 1,
        "contenu_empreintes": "{}",
        "avis_demandes": 1 if plan.saisi(rang) else 0,
        "avis_rendus": 1 if plan.rendu(rang) else 0,
        "avis_echeance": _echeance(plan, rang) if attendu else None,
        "origine": _origine(plan, rang),
        "departement": tirer(rang, 12, DEPARTEMENTS),
    }


def _origine(plan: Plan, rang: int) -> OrigineDossier:
    if plan.source(rang) is Source.DS:
        return OrigineDossier.DS
    return OrigineDossier.COURRIER if rang % 11 == 0 else OrigineDossier.PORTAIL


def _echeance(plan: Plan, rang: int) -> date:
    """When an avis is due: a month after the filing."""
    return (plan.depot(rang) + timedelta(days=30)).date()


CHAMPS: list[Ligne] = [
    {
        "partie": "champs",
        "libelle": f"Champ {rang}",
        "type": "TextChamp",
        "valeur": f"Réponse à la question {rang}. " * 3,
    }
    for rang in range(1, 57)
]
BRUT = json.dumps(brut_ds(1, CHAMPS), ensure_ascii=False)


def _dossier_ds(plan: Plan, rang: int) -> Ligne:
    return {
        "dossier_id": rang,
        "instance": "ds.example.org",
        "number": rang,
        "ds_id": f"RG9zc2llci{rang}",
        "raw": BRUT,
        "visibilite": "visible",
        "revision_id": "",
        "archived": False,
        "etiquettes": "",
        "budget": "[]",
        "date_derniere_modification": plan.depot(rang),
    }


def _acces(plan: Plan, rang: int) -> Iterator[Ligne]:
    commun = {"dossier_id": rang, "date_depot": plan.depot(rang)}
    yield {"service_id": plan.service(rang), **commun, "motif": MotifAcces.PROPRIETAIRE}
    saisi = plan.saisi(rang)
    if saisi is not None:
        yield {"service_id": saisi, **commun, "motif": MotifAcces.SAISI}


def _financement(plan: Plan, rang: int) -> Ligne:
    return {
        "dossier_id": rang,
        "exercice": plan.exercice(rang),
        "programme": "163",
        "demande": Decimal(500 + rang % 20_000),
    }


def _saisine(rang: int) -> Ligne:
    return {
        "id": rang,
        "cle": f"saisine-{rang}",
        "question": "Votre avis sur ce projet ?",
        "audience": Audience.PARTAGE,
        "scelle": False,
        "sections": "[]",
    }


def _demande_avis(plan: Plan, rang: int) -> Ligne:
    return {
        "id": rang,
        "saisine_id": rang,
        "dossier_id": rang,
        "service_id": plan.saisi(rang),
        "demandeur_service_id": plan.service(rang),
        "demandeur_id": agent_de(plan.service(rang), 0),
        "echeance": _echeance(plan, rang),
        "repondue_at": plan.depot(rang) if plan.rendu(rang) else None,
    }


def _avis(plan: Plan, rang: int) -> Ligne:
    saisi = plan.saisi(rang) or 0
    return {
        "dossier_id": rang,
        "service_id": saisi,
        "auteur_id": agent_de(saisi, 0),
        "demande_avis_id": rang,
        "sens": SensAvis.FAVORABLE,
        "texte": "Projet utile au territoire.",
        "audience": Audience.SERVICES_SAISIS,
        "contenu_version": 1,
        "version": 1,
    }


def _octroi(plan: Plan, rang: int) -> Ligne:
    vides = dict.fromkeys(("motivation", "conditions"), "")
    return {
        "dossier_id": rang,
        "sens": SensDecision.ACCEPTE,
        "lignes": "[]",
        "auteur_id": plan.agent(rang),
        **vides,
        "version": 1,
    }


def _proposition(plan: Plan, rang: int) -> Ligne:
    return {**_octroi(plan, rang), "montant": Decimal(500), "commentaire": ""}


def _decision(plan: Plan, rang: int) -> Ligne:
    """Decided, and asked to be notified."""
    auteur = {
        "auteur_nom": "Camille Agent",
        "auteur_qualite": "Responsable",
        "notification_demandee_at": plan.depot(rang),
    }
    return {**_octroi(plan, rang), "montant_accorde": Decimal(500), **auteur}


def _pose(plan: Plan, rang: int, etiquette: int) -> Ligne:
    return {"dossier_id": rang, "etiquette_id": etiquette, "par_id": plan.agent(rang)}
