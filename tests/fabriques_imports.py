"""Makes imports and their lines by hand, as if a file had been read."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.connexion import User
from portal.models.demarches import Demarche
from portal.models.documents import Fichier
from portal.models.imports import LigneImport, LotImport
from portal.models.services import Service
from portal.permissions import Acteur
from portal.queries.acteurs import agent_of
from portal.queries.imports_anterieurs import known, list_applied
from portal.services import imports
from portal.services.comparaisons_imports import line_key
from portal.services.metiers_imports import METIERS
from portal.services.moyens import Moyens
from portal.services.travail_imports import run_due
from portal.texte_json import ecrire
from portal.vocabulaire import Source
from portal.vocabulaire_imports import EtatImport, EtatLigneImport, GenreImport, VerdictLigne
from tests.factories import Fabriques

COLONNES = ("reference_source", "association_nom", "siret", "montant_demande", "statut")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def demarche(creer: Fabriques, service: Service, **valeurs: object) -> Demarche:
    """A démarche that only workbooks tell of."""
    neuve = Demarche(
        **{
            "source": Source.TABLEUR,
            "service_id": service.id,
            "titre": "Fonds de la vie associative",
            "exercice": 2026,
            **valeurs,
        }
    )
    creer.session.add(neuve)
    creer.session.commit()
    return neuve


def fichier(creer: Fabriques) -> Fichier:
    """A file of which nobody reads the bytes."""
    neuf = Fichier(sha256=secrets.token_hex(32), cle_stockage=secrets.token_hex(16), taille=1, type_mime=XLSX)
    creer.session.add(neuf)
    creer.session.flush()
    return neuf


def lot(
    creer: Fabriques,
    auteur: User,
    genre: GenreImport = GenreImport.DEMANDES,
    lignes: Sequence[Mapping[str, str]] = (),
    **valeurs: object,
) -> LotImport:
    """An import of the agent's service that was read, with one line ready for each of these values (by field)."""
    service = auteur.affectations[0].service
    if genre == GenreImport.DEMANDES and "demarche_id" not in valeurs:
        valeurs["demarche_id"] = demarche(creer, service).id
    champs = list(dict.fromkeys(nom for ligne in lignes for nom in ligne)) or list(COLONNES)
    neuf = LotImport(
        **{
            "cle": secrets.token_hex(16),
            "service_id": service.id,
            "user_id": auteur.id,
            "genre": genre,
            "fichier_id": fichier(creer).id,
            "nom": "suivi.xlsx",
            "etat": EtatImport.LU,
            "constat": constat(champs),
            "forme": "f" * 64,
            "comptes": {"pret": len(lignes), "lignes": len(lignes)},
            "total": len(lignes),
            **valeurs,
        }
    )
    creer.session.add(neuf)
    creer.session.flush()
    neuf.comptes = {"compares": known(list_applied(creer.session, neuf)), **neuf.comptes}
    for numero, dites in enumerate(lignes, start=2):
        creer.session.add(ligne(neuf, numero, dites, champs))
    creer.session.commit()
    return neuf


def ligne(
    lot_lu: LotImport, numero: int, valeurs: Mapping[str, str], champs: Sequence[str], **autres: Any
) -> LigneImport:
    """A line of it, ready to be written."""
    metier = METIERS.get(lot_lu.genre)
    cle = metier.key(valeurs) if metier else ""
    return LigneImport(
        **{
            "lot_id": lot_lu.id,
            "numero": numero,
            "lu": [valeurs.get(nom, "") for nom in champs],
            "valeurs": dict(sorted(valeurs.items())),
            "remarques": [],
            "verdict": VerdictLigne.PRET,
            "cle_source": cle,
            "cle_ligne": line_key(cle, ecrire(dict(sorted(valeurs.items())))),
            **autres,
        }
    )


def constat(champs: Sequence[str], **valeurs: Any) -> dict[str, Any]:
    """What was found of a workbook whose columns give these fields."""
    colonnes = [
        {"rang": rang, "titre": nom, "champ": nom, "methode": "intitulé", "confiance": 1.0, "exemples": []}
        for rang, nom in enumerate(champs)
    ]
    vue = {"nom": "Suivi", "lignes": 3, "colonnes": len(champs), "cachee": False, "pourquoi": "la seule feuille"}
    return {
        "format": "xlsx",
        "encodage": "",
        "separateur": "",
        "base_1904": False,
        "feuilles": [vue],
        "feuille": "Suivi",
        "entete": [1],
        "colonnes": colonnes,
        "manquants": [],
        "forme": "f" * 64,
        **valeurs,
    }


def acteur_de(session: Session, agent: User) -> Acteur:
    """The agent, acting for its service."""
    acteur = agent_of(session, agent.id, agent.affectations[0].service_id)
    assert acteur is not None
    return acteur


def importer(moyens: Moyens, session: Session, agent: User, lu: LotImport, **choix: Any) -> LotImport:
    """Confirm it, let the worker write it, and read it again."""
    imports.confirm(session, by=acteur_de(session, agent), lot=lu, version=lu.version, **choix)
    session.commit()
    run_due(moyens)
    session.expire_all()
    return lu


def annuler(moyens: Moyens, session: Session, agent: User, applique: LotImport) -> LotImport:
    """Ask for it to be undone, and let the worker do it."""
    imports.undo(session, by=acteur_de(session, agent), lot=applique, version=applique.version)
    session.commit()
    run_due(moyens)
    session.expire_all()
    return applique


def lignes_de(session: Session, lu: LotImport, etat: EtatLigneImport | None = None) -> list[LigneImport]:
    """Its lines, in their order."""
    choix = select(LigneImport).where(LigneImport.lot_id == lu.id).order_by(LigneImport.numero)
    return list(session.scalars(choix if etat is None else choix.where(LigneImport.etat == etat)))


def objets(creer: Fabriques, agent: User) -> dict[str, str | int]:
    """An import of that agent's service, of which one line is in doubt."""
    dites = {"association_nom": "Club de la rive", "montant_demande": "100.00"}
    deux = lot(creer, agent, lignes=[dites, {**dites, "montant_demande": ""}])
    douteuse = lignes_de(creer.session, deux)[1]
    raison = "Ce montant n’est pas lisible."
    douteuse.verdict, douteuse.remarques = (
        VerdictLigne.REJETE,
        [{"colonne": 1, "champ": "montant_demande", "lu": "mille", "verdict": "rejete", "raison": raison}],
    )
    deux.comptes = {"pret": 1, "rejete": 1, "lignes": 1}
    creer.session.commit()
    return {"import_du_service": deux.id, "import_que_j_ai_depose": deux.id}
