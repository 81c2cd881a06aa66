"""The small world with a text of its own in each protected field of a dossier, and people of every kind around it."""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.associations import Association
from portal.models.avis import BrouillonAvis, RevisionAvis
from portal.models.communications import Communication, Occultation
from portal.models.connexion import User
from portal.models.demandes import Demande
from portal.models.dossiers import Dossier
from portal.models.experts import Expert
from portal.models.file_agents import Etiquette, EtiquetteDossier
from portal.models.taches import NotePersonnelle
from portal.services import decisions, messages
from portal.services.decisions import Teneur
from portal.services.moyens import Moyens
from portal.vocabulaire import Audience, Etat, SensAvis, SensDecision
from portal.vocabulaire_avis import ClotureAvis
from portal.vocabulaire_demandes import AudienceMessage, SectionDemande
from portal.vocabulaire_recoupements import EtatRecoupement
from tests import (
    fabriques_avis,
    fabriques_experts,
    fabriques_lectures,
    fabriques_pieces,
    fabriques_recoupements,
    fabriques_suivi,
    fabriques_versements,
    saisies,
)
from tests.architecture.monde import Createur, Monde
from tests.factories import Fabriques

TABLE = Path(__file__).parent / "integration" / "fuites.toml"
# The role of the access table that has the same gates and objects.
COMME = {
    "auteur": "saisi",
    "confident": "saisi",
    "bavard": "saisi",
    "partageur": "saisi",
    "restreint": "saisi",
    "cousin": "voisin",
    "ecarte": "saisi",
    "recuse": "instructeur",
    "experte": "expert",
}
# Those who are not the only agents of a service of their own.
PARTAGENT_LE_LEUR = frozenset({"recuse", "experte"})


def canari(nom: str) -> str:
    """The text that stands in that field and nowhere else."""
    return f"canari{nom.replace('_', '')}zq"


@dataclass(frozen=True)
class Regle:
    """Who may read a canary, and which of them must be shown it."""

    lecteurs: frozenset[str]
    montre: frozenset[str]


@cache
def regles() -> dict[str, Regle]:
    """The table."""
    lue = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {
        nom: Regle(frozenset(une["lecteurs"]), frozenset(une.get("montre", une["lecteurs"])))
        for nom, une in lue.items()
    }


@dataclass
class Semeur:
    """Plants each canary once."""

    session: Session
    moyens: Moyens
    creer: Fabriques
    monkeypatch: pytest.MonkeyPatch

    def semer(self) -> tuple[Monde, Dossier]:
        """The world, and the dossier around which everything was planted."""
        monde = Createur(self.session, self.moyens.stockage, self.creer).peupler()
        association = self.session.get_one(Association, monde.objets["association"])
        dossier = self._deposer(monde, association)
        seuls = COMME.keys() - PARTAGENT_LE_LEUR
        monde.roles.update({nom: self.creer.agent(self.creer.service(nom.upper())) for nom in sorted(seuls)})
        monde.roles["recuse"] = self.creer.agent(agent(monde, "instructeur").affectations[0].service)
        cousin = agent(monde, "cousin")
        sien = self.creer.dossier(cousin.affectations[0].service, association=association)
        monde.objets["dossier_du_cousin"] = sien.reference
        self._avis(monde, dossier, association)
        self._experte(monde, dossier)
        self._instruction(monde, dossier)
        self._communication(monde)
        self._ecrits(monde, dossier)
        self._ailleurs(monde)
        self._conflits(monde, dossier, association)
        monde.objets.update(dict.fromkeys(("dossier", "dossier_natif", "mon_dossier"), dossier.reference))
        return monde, dossier

    def _deposer(self, monde: Monde, association: Association) -> Dossier:
        projet = {**saisies.SECTIONS["projet"], "objectifs": canari("section_projet")}
        self.monkeypatch.setitem(saisies.SECTIONS, "projet", projet)
        prouve, service = agent(monde, "prouve"), agent(monde, "instructeur").affectations[0].service
        etat = {"remplie": True, "etat": Etat.EN_INSTRUCTION}
        dossier = fabriques_suivi.depose(self.creer, association, prouve, service, **etat)
        demande = self.session.get_one(Demande, dossier.demande_id)
        fichier = fabriques_pieces.fichier(self.session, self.moyens.stockage)
        fabriques_pieces.piece_demande(self.session, demande, fichier, nom=f"{canari('nom_de_piece')}.pdf")
        return dossier

    def _avis(self, monde: Monde, dossier: Dossier, association: Association) -> None:
        """Open ones of each audience; under a seal: an answer, an expert's, one that is awaited and one that is closed."""
        creer, demandeur = self.creer, agent(monde, "instructeur")
        ouverts = {"confident": Audience.SERVICE, "bavard": Audience.SERVICES_SAISIS, "partageur": Audience.PARTAGE}
        for nom, audience in ouverts.items():
            service = agent(monde, nom).affectations[0].service
            creer.demande_avis(dossier, service, demandeur_id=demandeur.id)
            texte = canari({"confident": "avis_service", "bavard": "avis_saisis", "partageur": "avis_partage"}[nom])
            donne = creer.avis(dossier, agent(monde, nom), texte=texte, audience=audience)
        ancien = {"texte": canari("avis_partage_ancien"), "sens": SensAvis.FAVORABLE, "audience": Audience.PARTAGE}
        self._ajouter(RevisionAvis(avis_id=donne.id, version=0, **ancien))
        restreint = agent(monde, "restreint").affectations[0].service
        question = {"question": canari("question"), "sections": [SectionDemande.BUDGET_PROJET.value]}
        creer.demande_avis(dossier, restreint, **question)
        self._scelle(monde, dossier)
        scellee = fabriques_avis.saisine(self.session, scelle=True)
        for nom in ("saisi", "auteur"):
            consulte = agent(monde, nom).affectations[0].service
            fabriques_avis.demande(self.session, association, consulte, demandeur, scellee)
        sous = {"texte": canari("avis_association_scelle"), "audience": Audience.PARTAGE}
        fabriques_avis.avis(self.session, association, agent(monde, "auteur"), **sous)

    def _scelle(self, monde: Monde, dossier: Dossier) -> None:
        creer, scellee = self.creer, fabriques_avis.saisine(self.session, scelle=True)
        demandeur, noe = agent(monde, "instructeur"), fabriques_avis.expert(self.session)
        for nom in ("saisi", "auteur"):
            creer.demande_avis(dossier, agent(monde, nom).affectations[0].service, scellee)
        fabriques_avis.demande(self.session, dossier, noe, demandeur, scellee)
        close = {"cloture": ClotureAvis.PAS_CONCERNE, "close_at": maintenant(), "close_motif": canari("cloture_motif")}
        fabriques_avis.demande(self.session, dossier, creer.service(), demandeur, scellee, **close)
        fichier = fabriques_pieces.fichier(self.session, self.moyens.stockage, f"%PDF {canari('x')}".encode())
        joint = {"fichier_id": fichier.id, "fichier_nom": f"{canari('avis_scelle_fichier')}.pdf"}
        sous = {"montant_propose": Decimal("8765"), "audience": Audience.PARTAGE}
        creer.avis(dossier, agent(monde, "auteur"), texte=canari("avis_scelle"), **sous, **joint)
        fabriques_avis.avis(self.session, dossier, noe, texte=canari("avis_expert_scelle"), audience=Audience.PARTAGE)
        saisi = agent(monde, "saisi")
        brouillon = {"texte": canari("brouillon_avis"), "sens": "favorable"}
        a_lui = {"dossier_id": dossier.id, "user_id": saisi.id, "service_id": saisi.affectations[0].service_id}
        self._ajouter(BrouillonAvis(**a_lui, champs=brouillon))

    def _experte(self, monde: Monde, dossier: Dossier) -> None:
        """Somebody outside who is asked in the open, and reads one section."""
        experte = monde.roles["experte"] = fabriques_avis.expert(self.session)
        teneur = {"question": canari("question_experte"), "sections": [SectionDemande.BUDGET_PROJET.value]}
        demande = fabriques_avis.demande(self.session, dossier, experte, agent(monde, "instructeur"), **teneur)
        fabriques_experts.lien(self.session, demande, "lien-de-l-experte")
        monde.objets["demande_a_l_experte"] = demande.id

    def _communication(self, monde: Monde) -> None:
        """Of a decided dossier, the association asks for the avis; of one, a passage is to be hidden from it."""
        decide = self._dossier(monde, "dossier_decide")
        confident = agent(monde, "confident")
        self.creer.demande_avis(decide, confident.affectations[0].service)
        texte = f"{canari('avis_communicable')} {canari('passage_occulte')}"
        avis = self.creer.avis(decide, confident, texte=texte, audience=Audience.SERVICE)
        communication = self.session.get_one(Communication, monde.objets["communication"])
        communication.demandeur_nom = canari("demandeur_communication")
        cache = {"passages": [canari("passage_occulte")], "consultee_at": maintenant()}
        self._ajouter(Occultation(communication_id=communication.id, avis_id=avis.id, **cache))

    def _conflits(self, monde: Monde, dossier: Dossier, association: Association) -> None:
        """An agent of the owner service on each of its dossiers, one of a service that is asked on the association."""
        ds, decide = (self._dossier(monde, nom) for nom in ("dossier_ds", "dossier_decide"))
        for ferme in (dossier, ds, decide):
            fabriques_lectures.recuser(self.session, agent(monde, "recuse"), ferme)
        ecarte = agent(monde, "ecarte")
        service, demandeur = ecarte.affectations[0].service, agent(monde, "instructeur")
        for objet, nom in ((dossier, "question_ecartee"), (association, "question_association")):
            fabriques_avis.demande(self.session, objet, service, demandeur, question=canari(nom))
        self.creer.acces(dossier, service.id)
        fabriques_lectures.recuser(self.session, ecarte, association)

    def _dossier(self, monde: Monde, nom: str) -> Dossier:
        return self.session.scalars(select(Dossier).where(Dossier.reference == monde.objets[nom])).one()

    def _instruction(self, monde: Monde, dossier: Dossier) -> None:
        """What the owner service prepares, and what one of its agents keeps for itself."""
        instructeur = agent(monde, "instructeur")
        decidee = Teneur(sens=SensDecision.ACCEPTE, montant_accorde=Decimal("1"), motivation=canari("decision"))
        par = self.creer.acteur(agent(monde, "responsable"))
        decisions.propose(
            self.session,
            by=self.creer.acteur(instructeur),
            dossier=dossier,
            teneur=Teneur(sens=SensDecision.ACCEPTE, montant_accorde=Decimal("1"), motivation=canari("proposition")),
            commentaire=canari("proposition_commentaire"),
        )
        decisions.decide(self.session, by=par, dossier=dossier, teneur=decidee)
        self._ajouter(NotePersonnelle(user_id=instructeur.id, dossier_id=dossier.id, texte=canari("note_personnelle")))
        trouve = fabriques_recoupements.du_monde(self.session, dossier)
        trouve.etat, trouve.motif = EtatRecoupement.ECARTE, canari("recoupement_motif")
        trouve.juge_par_id, trouve.juge_at = instructeur.id, maintenant()
        etiquette = self._ajouter(Etiquette(service_id=dossier.service_id, nom=canari("etiquette")))
        self._ajouter(EtiquetteDossier(etiquette_id=etiquette.id, dossier_id=dossier.id, par_id=instructeur.id))
        paye = fabriques_versements.payer_le(self.creer, dossier, beneficiaire_nom=canari("versement"))
        monde.objets["versement"] = paye.id

    def _ecrits(self, monde: Monde, dossier: Dossier) -> None:
        for audience, nom in (
            (AudienceMessage.ASSOCIATION, "message_association"),
            (AudienceMessage.SERVICES_SAISIS, "message_saisis"),
            (AudienceMessage.SERVICE, "message_service"),
            (AudienceMessage.PARTAGE, "message_partage"),
        ):
            messages.send(
                self.session,
                by=self.creer.acteur(agent(monde, "instructeur")),
                dossier=dossier,
                audience=audience,
                texte=canari(nom),
                cle=f"cle-{nom}",
            )
        self.session.commit()

    def _ailleurs(self, monde: Monde) -> None:
        """A dossier of DS, on which one that was asked of the other is asked too; another association, elsewhere."""
        service = agent(monde, "instructeur").affectations[0].service
        annotation = {"type": "TextChamp", "libelle": "Rapport", "valeur": canari("annotation_privee")}
        contenu: list[dict[str, object]] = [{"partie": "annotations", "id": "A1", **annotation}]
        ds = self.creer.dossier_ds(service, contenu=contenu, etat=Etat.EN_INSTRUCTION)
        for nom in ("saisi", "confident"):
            self.creer.demande_avis(ds, agent(monde, nom).affectations[0].service)
        monde.objets["dossier_ds"] = ds.reference
        inconnue = self.creer.association(denomination=canari("autre_association"))
        self.creer.dossier(agent(monde, "voisin").affectations[0].service, association=inconnue)

    def _ajouter(self, objet: object) -> Any:
        self.session.add(objet)
        self.session.commit()
        return objet


def agent(monde: Monde, role: str) -> User:
    """The account of that role."""
    compte = monde.roles[role]
    assert compte is not None
    assert not isinstance(compte, Expert)
    return compte
