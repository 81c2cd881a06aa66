"""A small world: one person of each role, one object of each kind that an address names."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from sqlalchemy.orm import Session

from integrations.stockage.api import Stockage
from portal.formats import aujourdhui, maintenant
from portal.models.associations import Association, ConsultationAnnuaire
from portal.models.campagnes import Question
from portal.models.comptes_rendus import CompteRendu, SectionSaisieCompteRendu
from portal.models.connexion import ChangementAdresse, LienConnexion, SaisieParquee, SessionConnexion, User
from portal.models.correspondances import RevisionDS
from portal.models.decisions import Decision
from portal.models.demandes import Demande, SignatureDepot
from portal.models.documents import Document, Fichier
from portal.models.dossiers import Dossier
from portal.models.echanges import Message
from portal.models.engagements import Engagement
from portal.models.envois import OperationDS
from portal.models.experts import Expert
from portal.models.fichiers_ds import FichierDS
from portal.models.lots import LigneLot, Lot
from portal.models.preremplissages import Preremplissage
from portal.models.services import Service
from portal.models.souscriptions import SignaturePreparee
from portal.models.synchronisation import Quarantaine
from portal.models.taches import Tache
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
from portal.vocabulaire_demandes import AudienceMessage, GenreQuestion, SectionCompteRendu
from portal.vocabulaire_ds import EtatFichierDS
from portal.vocabulaire_instruction import ActionLot, EtatLigneLot, EtatLot, GenreTache
from tests import (
    fabriques_avis,
    fabriques_communications,
    fabriques_experts,
    fabriques_feuilles,
    fabriques_file,
    fabriques_fusions,
    fabriques_imports,
    fabriques_lectures,
    fabriques_lettres,
    fabriques_membres,
    fabriques_octrois,
    fabriques_pieces,
    fabriques_portes,
    fabriques_recoupements,
    fabriques_saisines,
    fabriques_scdl,
    fabriques_signatures,
    fabriques_suivi,
    fabriques_taches,
    fabriques_versements,
)
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

    roles: dict[str, User | Expert | None]
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
        objets = self._objets(roles, proprietaire, saisi)
        expert, d_expert = fabriques_experts.du_monde(self.session, roles["instructeur"], objets)
        return Monde(roles={ANONYME: None, **roles, "expert": expert}, objets=objets | d_expert)

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
        prouve, responsable = roles["prouve"], roles["responsable"]
        association = self.creer.association()
        pouvoir = {"pouvoir_id": self._fichier("POUVOIR-1").id, "pouvoir_nom": "pouvoir.pdf"}
        engagement = self.creer.engagement(self.creer.mandat(prouve, association), **pouvoir)
        dossier = self.creer.dossier(proprietaire, association=association, etat=Etat.EN_INSTRUCTION)
        self.creer.demande_avis(dossier, saisi)
        self._decision(dossier, responsable)
        return {
            **fabriques_fusions.objets(self.creer, association, responsable),
            "engagement": engagement.code,
            "engagement_public": engagement.code,
            "pouvoir_joint": engagement.code,
            "affiche_publique": engagement.code_public,
            "dossier": dossier.reference,
            "mon_dossier": dossier.reference,
            "mon_dossier_notifie": self._notifie(association, responsable),
            **self._manquements(association, roles),
            **self._messages(dossier, prouve, responsable),
            **self._corrections(association, prouve, responsable, saisi),
            **self._apres_la_decision(association, responsable),
            "demande": self._a_signer(self.creer.demande(association, prouve), prouve).id,
            "demande_a_signer": self._a_signer(
                self.creer.demande(association, prouve), prouve, roles["etranger"].email
            ).id,
            **self._pieces(association, prouve, proprietaire),
            **self._a_preremplir(association, prouve),
            **self._campagne(proprietaire),
            "vue": fabriques_file.vue(self.creer, proprietaire).id,
            **fabriques_portes.portes(self.creer, proprietaire, saisi, roles["instructeur"], self._fichier("SCAN-1")),
            **self._du_cote_de_ds(proprietaire, responsable),
            **self._signatures(association, prouve, roles["etranger"]),
            "reconnaissance": self.creer.reconnaissance(association, responsable).id,
            **self._membres(association, roles),
            **self._entrees(prouve, roles),
            **self._documents(engagement, dossier, responsable),
            **fabriques_lettres.du_monde(self.session, dossier, responsable, self._fichier("LETTRE-1")),
            **self._travail(dossier, roles["instructeur"]),
            **self._avis(dossier, association, roles["instructeur"], saisi),
        }

    def _signatures(self, association: Association, par: User, autre: User) -> dict[str, str | int]:
        return fabriques_signatures.objets(self.creer, association, par, autre, self._fichier("PAPIER-1"))

    def _apres_la_decision(self, association: Association, responsable: User) -> dict[str, str | int]:
        """What is asked, and published, once a service has decided."""
        communication = fabriques_communications.objets(self.creer, association, responsable)
        versement = fabriques_versements.objets(self.creer, responsable)
        return communication | versement | fabriques_scdl.objets(self.creer, responsable)

    def _entrees(self, prouve: User, roles: dict[str, User]) -> dict[str, str | int]:
        """How people come in, and what they looked up."""
        return {
            "consultation": self._consultation(prouve).id,
            **self._acces(prouve),
            "lien_usager": self._lien(GenreUser.USAGER, prouve),
            "lien_agent": self._lien(GenreUser.AGENT, roles["responsable"]),
            "persona": roles["administrateur"].id,
        }

    def _avis(
        self, dossier: Dossier, association: Association, instructeur: User, saisi: Service
    ) -> dict[str, str | int]:
        """What is asked about a dossier, under a seal or not, and an agent to whom a conflict of interest closes it."""
        recuse = self.creer.agent(dossier.service)
        return {
            **fabriques_saisines.du_monde(self.creer, dossier, saisi),
            **fabriques_avis.rendus(self.creer, association, instructeur, saisi, self._fichier("AVIS-1")),
            "recusation": fabriques_lectures.recuser(self.session, recuse, dossier).id,
            "demande_sous_scelle": fabriques_avis.sous_scelle(self.creer, dossier, saisi).id,
        }

    def _travail(self, dossier: Dossier, instructeur: User) -> dict[str, str | int]:
        """What is addressed to an instructeur, done and to be known."""
        a_lui = {"user_id": instructeur.id, "service_id": dossier.service_id, "dossier_id": dossier.id}
        tache = self._ajouter(Tache(genre=GenreTache.MENTION, cle="mention:1", **a_lui))
        self._ajouter(Tache(genre=GenreTache.MESSAGE, cle="message:1", faite_at=maintenant(), **a_lui))
        self._ajouter(Tache(genre=GenreTache.AVIS_RENDU, cle="avis:1", a_faire=False, **a_lui))
        lot = self._ajouter(
            Lot(
                cle="lot-du-monde-0001",
                service_id=dossier.service_id,
                user_id=instructeur.id,
                action=ActionLot.ATTRIBUER,
                parametres={"instructeur": None},
                etat=EtatLot.TERMINE,
                total=1,
                finished_at=maintenant(),
            )
        )
        refus = {"etat": EtatLigneLot.REFUSE, "message": "Ce dossier n’est attribué à personne."}
        self._ajouter(LigneLot(lot_id=lot.id, dossier_id=dossier.id, rang=0, **refus))
        points = fabriques_taches.travail(self.creer, dossier, instructeur)
        recoupement = fabriques_recoupements.du_monde(self.session, dossier)
        feuilles = fabriques_feuilles.du_monde(self.creer, instructeur, self._fichier("FEUILLE-1"), dossier)
        imports = fabriques_imports.objets(self.creer, instructeur)
        return {"tache": tache.id, "lot": lot.id, "recoupement": recoupement.id, **points, **feuilles, **imports}

    def _du_cote_de_ds(self, service: Service, responsable: User) -> dict[str, str | int]:
        """A dossier of DS, what was asked of it, and how its démarche stands."""
        ds = self.creer.dossier_ds(service, contenu=CONTENU, etat=Etat.EN_INSTRUCTION)
        operation = self._operation(ds, responsable)
        return {
            "dossier_ds": ds.reference,
            "demarche_ds": ds.demarche_id,
            "demarche_de_mon_service": ds.demarche_id,
            "formulaire_ds": self._formulaire(ds).demarche_id,
            "ecarte": self._ecarte(ds).number,
            "operation": operation.id,
            **self._fichiers_ds(ds),
        }

    def _campagne(self, service: Service) -> dict[str, str | int]:
        """A published campaign of the owner service, with one question."""
        campagne = self.creer.demarche(service)
        question = Question(
            demarche_id=campagne.id, code="texte-1", genre=GenreQuestion.TEXTE, libelle="?", obligatoire=False, ordre=1
        )
        auteur = self.creer.responsable(service)
        self._document("FOR-1", genre=GenreDocument.FORMULAIRE_VIERGE, auteur_id=auteur.id, demarche_id=campagne.id)
        return {
            "campagne": campagne.id,
            "campagne_du_service": campagne.id,
            "modele_export": fabriques_file.modele_export(self.creer, service).id,
            **fabriques_saisines.reglage_du_monde(self.session, campagne.id, self.creer.service()),
            "question": self._ajouter(question).id,
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
            **self._compte_rendu(association, responsable),
            "dossier_a_retirer": a_retirer.reference,
            "dossier_retire": retire.reference,
            "retrait_recu": a_retirer.reference,
            **fabriques_octrois.objets(self.creer, association, agents),
        }

    def _a_signer(self, demande: Demande, par: User, email: str = "signataire@example.org") -> Demande:
        """A draft whose signature is asked of somebody else."""
        question = {"demandee_par_id": par.id, "email": email, "contenu_sha256": "0" * 64}
        self._ajouter(SignatureDepot(demande_id=demande.id, **question))
        return demande

    def _compte_rendu(self, association: Association, responsable: User) -> dict[str, str | int]:
        """A grant whose compte rendu is due, and begun."""
        dossier = self._accorde(association, responsable)
        compte_rendu = self._ajouter(CompteRendu(dossier_id=dossier.id, echeance=aujourdhui()))
        feuille = {
            "section": SectionCompteRendu.TABLEAU,
            "valeurs": {"locations": "12"},
            "updated_by_id": responsable.id,
        }
        self._ajouter(SectionSaisieCompteRendu(compte_rendu_id=compte_rendu.id, **feuille))
        return {"mon_compte_rendu": dossier.reference, "compte_rendu": dossier.reference}

    def _corrections(self, association: Association, par: User, agent: User, saisi: Service) -> dict[str, str | int]:
        """A filed request of which corrections are asked, to which a file is added, and that a document of the vault may join."""
        dossier = fabriques_suivi.depose(self.creer, association, par, agent.affectations[0].service)
        self.creer.demande_avis(dossier, saisi)
        asked = fabriques_suivi.complement(self.session, dossier, agent, ("projet", "budget-projet", "pieces"))
        demande, octets = self.session.get_one(Demande, dossier.demande_id), self._fichier("CORRECTION-1")
        ajoutee = fabriques_pieces.piece_demande(self.session, demande, octets, complement_id=asked.id)
        return {
            "dossier_a_corriger": dossier.reference,
            "dossier_natif": dossier.reference,
            "piece_ajoutee": ajoutee.id,
            "coffre_a_reprendre": fabriques_pieces.rib(self.session, association, par, octets).id,
        }

    def _messages(self, dossier: Dossier, usager: User, agent: User) -> dict[str, str | int]:
        """A message of the association, and one of the service to those that it has asked, each with a file."""
        joint = {"fichier_id": self._fichier("MESSAGE-1").id, "fichier_nom": "photo.pdf", "dossier_id": dossier.id}
        recu = Message(
            cle="message-1", texte="Bonjour.", auteur_id=usager.id, audience=AudienceMessage.ASSOCIATION, **joint
        )
        saisis = {"audience": AudienceMessage.SERVICES_SAISIS, "service_id": dossier.service_id}
        ecrit = Message(cle="message-2", texte="À voir.", auteur_id=agent.id, **saisis, **joint)
        return {"message": self._ajouter(recu).id, "message_agent": self._ajouter(ecrit).id}

    def _documents(self, engagement: Engagement, dossier: Dossier, responsable: User) -> dict[str, str | int]:
        """What was issued for a signature and for a dossier, one that failed among them."""
        recu = {
            "genre": GenreDocument.RECU_ENGAGEMENT,
            "auteur_id": engagement.signataire_id,
            "engagement_id": engagement.id,
        }
        synthese = {"genre": GenreDocument.SYNTHESE, "auteur_id": responsable.id, "dossier_id": dossier.id}
        tableur = {"genre": GenreDocument.FILE_DOSSIERS, "auteur_id": responsable.id}
        accuse = {"genre": GenreDocument.RECEPISSE, "auteur_id": engagement.signataire_id, "dossier_id": dossier.id}
        return {
            "recepisse_public": self._document("ACC-1", **accuse),
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

    def _pieces(self, association: Association, prouve: User, service: Service) -> dict[str, str | int]:
        """A RIB in the vault; a draft with a file; a filed request with that RIB and a file."""
        pdf = self._fichier("PIECE-1")
        rib = fabriques_pieces.rib(self.session, association, prouve, pdf)
        brouillon, deposee = self.creer.demande(association, prouve), self.creer.demande(association, prouve)
        deposee.deposee_at, deposee.deposee_par_id = maintenant(), prouve.id
        dossier = self.creer.dossier(service, association=association, demande_id=deposee.id)
        fabriques_pieces.piece_demande(self.session, deposee, pdf, code="rib", coffre_id=rib.id)
        return {
            "piece_coffre": rib.id,
            "demande_avec_piece": brouillon.id,
            "piece_demande": fabriques_pieces.piece_demande(self.session, brouillon, pdf).id,
            "dossier_avec_pieces": dossier.reference,
            "piece_deposee": fabriques_pieces.piece_demande(self.session, deposee, pdf).id,
        }

    def _a_preremplir(self, association: Association, user: User) -> dict[str, str | int]:
        """A démarche of DS that takes requests, and a draft that this person has asked for."""
        demarche = self.creer.demarche(source=Source.DS, ds_number=1, ds_state="publiee")
        brouillon = Preremplissage(
            association_id=association.id, demarche_id=demarche.id, demande_par_id=user.id, valeurs={}, ignores=[]
        )
        return {"demarche_a_preremplir": demarche.id, "preremplissage": self._ajouter(brouillon).id}

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

    def _membres(self, association: Association, roles: dict[str, User]) -> dict[str, str | int]:
        """Who acts for the association, who is invited, who contests, and what is reported."""
        prouve, etranger = roles["prouve"], roles["etranger"]
        declare = self._lien_declare(roles["declare"], association)
        autre = self.creer.mandat(self.creer.usager(), association, prouve=False)
        fabriques_membres.fait(self.creer, association)
        aide = fabriques_membres.aidant(self.creer, association, ecrit=self._fichier("MANDAT-1"))
        recue = fabriques_membres.invitation(self.creer, association, prouve, etranger.email)
        piece = self._fichier("CONTESTATION-1")
        return {
            "mandat": declare,
            "membre": declare,
            "membre_aidant": aide.id,
            "mandat_aidant": aide.id,
            "invitation_recue": recue.id,
            "invitation_envoyee": recue.id,
            "contestation": fabriques_membres.contestation(self.creer, autre, prouve, piece).id,
            "signalement": fabriques_membres.signalement(self.creer, association, prouve).id,
            "consultation_par_nom": fabriques_membres.consultation_par_nom(self.creer, prouve).id,
        }

    def _ecarte(self, dossier: Dossier) -> Quarantaine:
        """Another dossier of its démarche, which could not be stored."""
        return self._ajouter(Quarantaine(demarche_id=dossier.demarche_id, number=77, motif="Ce dossier est illisible."))

    def _consultation(self, user: User) -> ConsultationAnnuaire:
        return self._ajouter(ConsultationAnnuaire(user_id=user.id, genre="siren", valeur="732829320", fiche=None))

    def _saisie(self, user: User) -> SaisieParquee:
        return self._ajouter(SaisieParquee(user_id=user.id, chemin="/compte", champs=[["prenom", "Léa"]]))

    def _acces(self, user: User) -> dict[str, str | int]:
        """A login session left open elsewhere, and a change of address that waits to be proved or cancelled."""
        demain = maintenant() + timedelta(days=1)
        ouverte = self._ajouter(
            SessionConnexion(secret_hash=hash_secret("ailleurs"), user_id=user.id, expires_at=demain)
        )
        self._ajouter(
            ChangementAdresse(
                user_id=user.id,
                ancienne=user.email,
                nouvelle="nouvelle@example.org",
                secret_hash=hash_secret("prouver"),
                annulation_hash=hash_secret("annuler"),
                expires_at=demain,
            )
        )
        liens: dict[str, str | int] = {"adresse_a_prouver": "prouver", "adresse_a_annuler": "annuler"}
        return {"saisie": self._saisie(user).id, "session_ouverte": ouverte.id, **liens}

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
