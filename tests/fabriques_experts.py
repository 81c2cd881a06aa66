"""Experts as the tests see them: the letters they get, and a browser that opens one."""

import re
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from integrations.courriel.dossier import BoiteDemonstration
from portal.config import Config
from portal.formats import maintenant
from portal.models.avis import DemandeAvis
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.experts import Expert, LienExpert
from portal.models.pieces import PieceDemande
from portal.queries.connexion import hash_secret
from portal.services import courriels
from portal.services.moyens import Moyens
from tests import fabriques_avis
from tests.client import ClientStrict

ADRESSE = re.compile(r"http://portail\.test(/experts/lien/\S+)")


class Boite:
    """What the portal has mailed."""

    def __init__(self, moyens: Moyens, config: Config) -> None:
        self.moyens, self.boite = moyens, BoiteDemonstration(config.courriel_dossier)

    def dernier(self) -> str:
        """Send what is due, and read the newest letter."""
        while courriels.send_due(self.moyens):
            pass
        return self.boite.lister()[0].texte

    def lien(self) -> str:
        """The path of the link that the newest letter bears."""
        trouve = ADRESSE.search(self.dernier())
        assert trouve
        return trouve[1]

    def code(self) -> str:
        """The six digits that the newest letter bears."""
        trouve = re.search(r"^\d{6}$", self.dernier(), re.MULTILINE)
        assert trouve
        return trouve[0]

    def nombre(self) -> int:
        """How many letters have left."""
        while courriels.send_due(self.moyens):
            pass
        return len(self.boite.lister())


def ouvrir(client: ClientStrict, chemin: str) -> None:
    """Open that link in a browser which has not opened it yet."""
    client.get(chemin)
    client.soumettre()
    assert "Avis qui vous sont demandés" in client.texte()


def lien(session: Session, demande: DemandeAvis, secret: str) -> LienExpert:
    """A link of that secret to what this demande's expert is asked, as its letter bears it; another browser has opened it."""
    un = LienExpert(
        expert_id=demande.expert_id,
        saisine_id=demande.saisine_id,
        secret_hash=hash_secret(secret),
        expires_at=maintenant() + timedelta(days=30),
        ouvert_at=maintenant(),
    )
    session.add(un)
    session.commit()
    return un


def du_monde(session: Session, demandeur: User, objets: Mapping[str, str | int]) -> tuple[Expert, dict[str, str | int]]:
    """An expert asked for its avis on three dossiers of the world, with the files that two of them hold."""
    expert = fabriques_avis.expert(session)

    def demander(genre: str) -> DemandeAvis:
        dossier = session.scalars(select(Dossier).where(Dossier.reference == objets[genre])).one()
        return fabriques_avis.demande(session, dossier, expert, demandeur)

    demande = demander("dossier")
    lien(session, demande, "lien-d-expert")
    repondue = demander("mon_dossier_notifie")
    joint = {"fichier_id": session.get_one(PieceDemande, objets["piece_deposee"]).fichier_id, "fichier_nom": "note.pdf"}
    fabriques_avis.avis(session, session.get_one(Dossier, repondue.dossier_id), expert, **joint)
    return expert, {
        "lien_expert": "lien-d-expert",
        "demande_a_un_expert": demande.id,
        "demande_avec_pieces": demander("dossier_avec_pieces").id,
        "piece_d_expert": objets["piece_deposee"],
        "demande_repondue": repondue.id,
        "demande_sur_ds": demander("dossier_ds").id,
        "fichier_d_expert": objets["fichier_ds"],
    }
