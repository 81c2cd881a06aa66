"""A small world: one person of each role, one object of each kind that an address names."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from sqlalchemy.orm import Session

from integrations.stockage.api import Stockage
from portal.formats import maintenant
from portal.models.associations import Association, ConsultationAnnuaire
from portal.models.connexion import LienConnexion, SaisieParquee, User
from portal.models.correspondances import RevisionDS
from portal.models.decisions import Decision
from portal.models.documents import Document, Fichier
from portal.models.dossiers import Dossier
from portal.models.engagements import Engagement
from portal.models.envois import OperationDS
from portal.models.fichiers_ds import FichierDS
from portal.models.preremplissages import Preremplissage
from portal.models.services import Service
from portal.models.souscriptions import SignaturePreparee
from portal.models.synchronisation import Quarantaine
from portal.queries.connexion import hash_secret
from portal.vocabulaire import (
    Etat,
    EtatDocument,
    EtatEnvoi,
    GenreDocument,
    GenreUser,
    RoleAffectation,
    SensDecision,
    Source,
)
from portal.vocabulaire_cer import CapaciteSignataire
from portal.vocabulaire_ds import EtatFichierDS
from tests.factories import Fabriques

ANONYME = "anonyme"
# What DS says of a dossier besides its form.
CONTENU: list[dict[str, object]] = [
    {"partie": "annotations", "id": "A1", "type": "TextChamp", "libelle": "Rapport", "valeur": "Vu."},
    {"partie": "messages", "id": "M1", "auteur": "usager@example.org", "role": "usager", "valeur": "Bonjour."},
]
ABSENT: dict[str, str | int] = {"nombre": 999_999_999, "texte": "INCONNU-0000"}
Objet = TypeVar("Objet")


@dataclass(frozen=True)
class Monde:
    """`roles`: the account of each role (None: nobody is logged in). `objets`: what stands in an address, by kind."""

    roles: dict[str, User | None]
    objets: dict[str, str | int]


@dataclass
class Createur:
    """Adds rows that no factory makes yet."""

    session: Session
    stockage: Stockage
    creer: Fabriques

    def peupler(self) -> Monde:
        """Build it all."""
        proprietaire, saisi = self.creer.service("PROPRIETAIRE"), self.creer.service("SAISI")
        roles = self._agents(proprietaire, saisi) | self._usagers()
        return Monde(roles={ANONYME: None, **roles}, objets=self._objets(roles, proprietaire, saisi))

    def _agents(self, proprietaire: Service, saisi: Service) -> dict[str, User]:
        return {
            "lecteur": self.creer.agent(proprietaire, RoleAffectation.LECTEUR),
            "instructeur": self.creer.agent(proprietaire),
            "responsable": self.creer.responsable(proprietaire),
            "saisi": self.creer.agent(saisi),
            "voisin": self.creer.responsable(),
            "administrateur": self.creer.agent(
                role=RoleAffectation.LECTEUR, administrateur=True, email="helene.faure@portail.demo.example"
            ),
        }

    def _usagers(self) -> dict[str, User]:
        return {"prouve": self.creer.usager(), "declare": self.creer.usager(), "etranger": self.creer.usager()}

    def _objets(self, roles: dict[str, User], proprietaire: Service, saisi: Service) -> dict[str, str | int]:
        prouve, declare, responsable = roles["prouve"], roles["declare"], roles["responsable"]
        association = self.creer.association()
        pouvoir = {"pouvoir_id": self._fichier("POUVOIR-1").id, "pouvoir_nom": "pouvoir.pdf"}
        engagement = self.creer.engagement(self.creer.mandat(prouve, association), **pouvoir)
        dossier = self.creer.dossier(proprietaire, association=association, etat=Etat.EN_INSTRUCTION)
        self.creer.demande_avis(dossier, saisi)
        self._decision(dossier, responsable)
        ds = self.creer.dossier_ds(proprietaire, contenu=CONTENU, etat=Etat.EN_INSTRUCTION)
        operation = self._operation(ds, responsable)
        return {
            "association": association.id,
            "engagement": engagement.code,
            "engagement_public": engagement.code,
            "pouvoir_joint": engagement.code,
            "affiche_publique": engagement.code_public,
            "dossier": dossier.reference,
            "dossier_ds": ds.reference,
            "mon_dossier": dossier.reference,
            "mon_dossier_notifie": self._notifie(association, responsable),
            **self._manquements(association, roles),
            "demande": self.creer.demande(association, prouve).id,
            **self._a_preremplir(association, prouve),
            "demarche_ds": ds.demarche_id,
            "demarche_de_mon_service": ds.demarche_id,
            "formulaire_ds": self._formulaire(ds).demarche_id,
            "ecarte": self._ecarte(ds).number,
            "operation": operation.id,
            **self._fichiers_ds(ds),
            **self._signatures_demandees(association, prouve, roles["etranger"]),
            "reconnaissance": self.creer.reconnaissance(association, responsable).id,
            "mandat": self._lien_declare(declare, association),
            "consultation": self._consultation(prouve).id,
            "saisie": self._saisie(prouve).id,
            "lien_usager": self._lien(GenreUser.USAGER, prouve),
            "lien_agent": self._lien(GenreUser.AGENT, responsable),
            "persona": roles["administrateur"].id,
            **self._documents(engagement, dossier, responsable),
        }

    def _manquements(self, association: Association, agents: dict[str, User]) -> dict[str, str | int]:
        """A statement of an instructeur, a grant, one whose withdrawal is envisaged, one whose withdrawal is notified."""
        auteur, responsable = agents["instructeur"], agents["responsable"]
        constat = self.creer.constat(auteur, association)
        a_retirer = self._accorde(association, responsable)
        self.creer.retrait(a_retirer, observations_at=maintenant(), observations="Nous contestons.")
        retire = self._accorde(association, responsable)
        self.creer.retrait(retire, notified_at=maintenant())
        return {
            "constat": constat.reference,
            "constat_recu": constat.reference,
            "dossier_accorde": self._notifie(association, responsable),
            "dossier_a_retirer": a_retirer.reference,
            "dossier_retire": retire.reference,
            "retrait_recu": a_retirer.reference,
        }

    def _documents(self, engagement: Engagement, dossier: Dossier, responsable: User) -> dict[str, str | int]:
        """What was issued for a signature and for a dossier, one that failed among them."""
        recu = {
            "genre": GenreDocument.RECU_ENGAGEMENT,
            "auteur_id": engagement.signataire_id,
            "engagement_id": engagement.id,
        }
        synthese = {"genre": GenreDocument.SYNTHESE, "auteur_id": responsable.id, "dossier_id": dossier.id}
        tableur = {"genre": GenreDocument.FILE_DOSSIERS, "auteur_id": responsable.id}
        return {
            "recu": self._document("REC-1", **recu),
            "synthese": self._document("SYN-1", **synthese, service_id=dossier.service_id),
            "tableur": self._document("TAB-1", **tableur, service_id=dossier.service_id),
            "echec": self._document("TAB-2", **tableur, service_id=dossier.service_id, etat=EtatDocument.ECHEC),
        }

    def _notifie(self, association: Association, auteur: User) -> str:
        """A dossier that has been accepted, and whose decision is known to the association."""
        return self._accorde(association, auteur).reference

    def _accorde(self, association: Association, auteur: User) -> Dossier:
        dossier = self.creer.dossier(auteur.affectations[0].service, association=association, etat=Etat.ACCEPTE)
        self._decision(dossier, auteur, notified_at=maintenant())
        return dossier

    def _decision(self, dossier: Dossier, auteur: User, **valeurs: object) -> Decision:
        return self._ajouter(
            Decision(
                dossier_id=dossier.id,
                sens=SensDecision.ACCEPTE,
                montant_accorde=dossier.montant_demande,
                auteur_id=auteur.id,
                auteur_nom=auteur.nom_affiche,
                auteur_qualite="responsable",
                **valeurs,
            )
        )

    def _operation(self, dossier: Dossier, auteur: User) -> OperationDS:
        refusee = {"etat": EtatEnvoi.REFUSE, "erreur": "Le dossier est déjà en instruction"}
        return self._ajouter(
            OperationDS(
                dossier_id=dossier.id,
                mutation="passer_en_instruction",
                arguments={},
                demande_par_id=auteur.id,
                **refusee,
            )
        )

    def _formulaire(self, dossier: Dossier) -> RevisionDS:
        """A form of its démarche, whose one question may feed something."""
        question = {
            "id": "C1",
            "type": "Text",
            "libelle": "Intitulé du projet",
            "partie": "champs",
            "parent": "",
            "section": "",
        }
        return self._ajouter(RevisionDS(demarche_id=dossier.demarche_id, ds_id="R1", descripteurs=[question]))

    def _a_preremplir(self, association: Association, user: User) -> dict[str, str | int]:
        """A démarche of DS that takes requests, and a draft that this person has asked for."""
        demarche = self.creer.demarche(source=Source.DS, ds_number=1, ds_state="publiee")
        brouillon = Preremplissage(
            association_id=association.id, demarche_id=demarche.id, demande_par_id=user.id, valeurs={}, ignores=[]
        )
        return {"demarche_a_preremplir": demarche.id, "preremplissage": self._ajouter(brouillon).id}

    def _signatures_demandees(self, association: Association, par: User, autre: User) -> dict[str, str | int]:
        """A signature asked of somebody who has nothing to do with the association yet, another on paper, and its signed page."""
        ecrite = self.creer.demande_signature(association, par, email=autre.email)
        imprimee = self.creer.demande_signature(association, par)
        papier = self.creer.papier_signe(imprimee, self._fichier("PAPIER-1"))
        return {
            "signature_adressee": ecrite.code,
            "signature_demandee": imprimee.code,
            "signature_publique": ecrite.code,
            "papier": papier.id,
        }

    def _lien_declare(self, user: User, association: Association) -> int:
        """A declared mandat, whose person has filled in the signing page and waits for the code."""
        mandat, instant = self.creer.mandat(user, association, prouve=False), maintenant()
        self._ajouter(
            SignaturePreparee(
                user_id=user.id,
                association_id=association.id,
                texte_id=self.creer.texte_cer().id,
                prenom=user.prenom,
                nom=user.nom,
                fonction=mandat.fonction,
                capacite=CapaciteSignataire.DECLAREE,
                affiche="",
                consenti_at=instant,
                code_demande_at=instant,
                code_expire_at=instant + timedelta(hours=1),
            )
        )
        return mandat.id

    def _ecarte(self, dossier: Dossier) -> Quarantaine:
        """Another dossier of its démarche, which could not be stored."""
        return self._ajouter(Quarantaine(demarche_id=dossier.demarche_id, number=77, motif="Ce dossier est illisible."))

    def _consultation(self, user: User) -> ConsultationAnnuaire:
        return self._ajouter(ConsultationAnnuaire(user_id=user.id, genre="siren", valeur="732829320", fiche=None))

    def _saisie(self, user: User) -> SaisieParquee:
        return self._ajouter(SaisieParquee(user_id=user.id, chemin="/compte", champs=[["prenom", "Léa"]]))

    def _lien(self, genre: GenreUser, user: User) -> str:
        secret = f"secret-{genre}"
        demain = maintenant() + timedelta(days=1)
        self._ajouter(LienConnexion(genre=genre, email=user.email, secret_hash=hash_secret(secret), expires_at=demain))
        return secret

    def _fichier(self, numero: str) -> Fichier:
        """Bytes in the storage, and their row."""
        octets = f"%PDF {numero}".encode()
        empreinte = hashlib.sha256(octets).hexdigest()
        self.stockage.ecrire(empreinte[:32], octets)
        return self._ajouter(
            Fichier(sha256=empreinte, cle_stockage=empreinte[:32], taille=len(octets), type_mime="application/pdf")
        )

    def _fichiers_ds(self, dossier: Dossier) -> dict[str, str | int]:
        """Two files of a DS dossier: one that is here, one left there."""
        ici = {"nom": "recu.pdf", "etat": EtatFichierDS.RECU, "fichier_id": self._fichier("DS-1").id}
        reste = {"nom": "reste.pdf", "etat": EtatFichierDS.A_LA_DEMANDE}
        choix = {"fichier_ds": ici, "fichier_ds_a_demander": reste}
        communes = {"dossier_id": dossier.id, "partie": "champs"}
        return {genre: self._ajouter(FichierDS(**communes, **valeurs)).id for genre, valeurs in choix.items()}

    def _document(self, numero: str, **valeurs: object) -> str:
        fichier = self._fichier(numero)
        pret = {"etat": EtatDocument.PRET, "fichier_id": fichier.id, "produced_at": maintenant()}
        self._ajouter(Document(**{"numero": numero, "nom": "Document", "gabarit": "essai", **pret, **valeurs}))
        return numero

    def _ajouter(self, objet: Objet) -> Objet:
        self.session.add(objet)
        self.session.commit()
        return objet
