"""Makes the objects that tests need, with traits named by the domain."""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.documents.cer import TEXTE_NATIONAL
from portal.formats import aujourdhui, maintenant
from portal.models.associations import Association, AssociationIdentifiant, Etablissement, Mandat
from portal.models.avis import Avis, DemandeAvis, Saisine
from portal.models.connexion import SessionConnexion, User
from portal.models.decisions import Decision
from portal.models.demandes import Demande
from portal.models.demarches import Demarche
from portal.models.documents import Fichier
from portal.models.dossiers import AccesDossier, Dossier, DossierDS
from portal.models.engagements import Engagement, TexteCer
from portal.models.manquements import Constat, Retrait
from portal.models.services import Affectation, Service
from portal.models.souscriptions import AttestationCer, DemandeSignature, Reconnaissance
from portal.permissions import SYSTEME, Acteur, GenreActeur
from portal.queries import connexion
from portal.queries.engagements import phrase_consentement
from portal.services import preuves_cer
from portal.services.codes import draw_code
from portal.services.dossiers import refresh_words
from portal.services.textes_cer import publish_text
from portal.vocabulaire import (
    Etat,
    EtatMandat,
    GenreUser,
    MotifAcces,
    RoleAffectation,
    RoleMandat,
    SensDecision,
    Source,
    TypeIdentifiant,
    TypeService,
)
from portal.vocabulaire_cer import CapaciteSignataire, MotifRetrait, OrigineCer, TypeReconnaissance
from portal.vocabulaire_instruction import OrigineDossier
from tests import fabriques_avis
from tests.bruts_ds import brut_ds
from tests.fabriques_decisions import delegation_de, deleguer, regler

Objet = TypeVar("Objet")
_rang = count(1)


def _luhn(chiffres: str) -> str:
    """Digits followed by the key that makes them pass Luhn."""
    somme = sum(sum(divmod(int(c) * (2 - i % 2), 10)) for i, c in enumerate(reversed(chiffres)))
    return chiffres + str(-somme % 10)


def _session_de(user: User) -> SessionConnexion:
    return SessionConnexion(
        secret_hash=secrets.token_hex(32), user_id=user.id, expires_at=maintenant() + timedelta(hours=1)
    )


@dataclass
class Fabriques:
    """Each method adds and commits, so that the application under test sees the object."""

    session: Session

    def service(self, sigle: str = "", **valeurs: object) -> Service:
        """An instructing service, whose acts leave under the rule of téléservices."""
        rang = next(_rang)
        service = self._ajouter(
            Service(
                **{
                    "nom": f"Service {rang}",
                    "sigle": sigle or f"S{rang}",
                    "type": TypeService.DDETS,
                    "email": f"service{rang}@example.org",
                    "adresse": "1 rue de la République, 69001 Lyon",
                    "telephone": "04 00 00 00 00",
                    **valeurs,
                }
            )
        )
        regler(self.session, service)
        return service

    def agent(
        self,
        service: Service | None = None,
        role: RoleAffectation = RoleAffectation.INSTRUCTEUR,
        *,
        administrateur: bool = False,
        **valeurs: object,
    ) -> User:
        """An agent of that service (of a new one by default)."""
        rang = next(_rang)
        service = service or self.service()
        agent = self._ajouter(
            User(
                **{
                    "genre": GenreUser.AGENT,
                    "email": f"agent{rang}@example.org",
                    "prenom": "Camille",
                    "nom": f"Agent{rang}",
                    "est_administrateur": administrateur,
                    **valeurs,
                }
            )
        )
        self._ajouter(Affectation(user_id=agent.id, service_id=service.id, role=role))
        if role == RoleAffectation.RESPONSABLE:
            deleguer(self.session, agent)
        return agent

    def responsable(self, service: Service | None = None) -> User:
        """An agent who decides and notifies."""
        return self.agent(service, RoleAffectation.RESPONSABLE)

    def usager(self, **valeurs: object) -> User:
        """A person of an association."""
        rang = next(_rang)
        return self._ajouter(
            User(
                **{
                    "genre": GenreUser.USAGER,
                    "email": f"usager{rang}@example.org",
                    "prenom": "Léa",
                    "nom": "Durand",
                    **valeurs,
                }
            )
        )

    def association(self, **valeurs: object) -> Association:
        """An active association with SIREN, SIRET and RNA, known of the register."""
        rang = next(_rang)
        siren = _luhn(f"{80_000_000 + rang}")
        association = self._ajouter(
            Association(
                **{
                    "denomination": f"Association {rang}",
                    "adresse": "2 quai des Célestins",
                    "code_postal": "69002",
                    "commune": "Lyon",
                    "nature_juridique": "9220",
                    "verifiee": True,
                    **valeurs,
                }
            )
        )
        self._ajouter(AssociationIdentifiant(association_id=association.id, type=TypeIdentifiant.SIREN, valeur=siren))
        self._ajouter(
            AssociationIdentifiant(association_id=association.id, type=TypeIdentifiant.RNA, valeur=f"W69{rang:07d}")
        )
        self._ajouter(Etablissement(association_id=association.id, siret=_luhn(f"{siren}0001"), siege=True))
        self.session.refresh(association)
        return association

    def mandat(
        self,
        user: User,
        association: Association,
        role: RoleMandat = RoleMandat.SIGNATAIRE,
        *,
        prouve: bool = True,
        fonction: str = "Présidente",
    ) -> Mandat:
        """A mandat, proved on a document unless said otherwise."""
        return self._ajouter(
            Mandat(
                user_id=user.id,
                association_id=association.id,
                role=role,
                etat=EtatMandat.PROUVE if prouve else EtatMandat.DECLARE,
                fonction=fonction,
            )
        )

    def texte_cer(self) -> TexteCer:
        """The national text, published (not compared with Légifrance yet)."""
        contenu = TEXTE_NATIONAL.read_text(encoding="utf-8")
        texte = publish_text(self.session, by=SYSTEME, contenu=contenu)
        self.session.commit()
        return texte

    def engagement(self, mandat: Mandat, **valeurs: object) -> Engagement:
        """A signature of the CER under that mandat."""
        texte, ouverte = self.texte_cer(), self._ajouter(_session_de(mandat.user))
        prouve = mandat.etat == EtatMandat.PROUVE
        engagement = Engagement(
            **{
                "code": draw_code(),
                "code_public": draw_code(),
                "association_id": mandat.association_id,
                "texte_id": texte.id,
                "signataire_id": mandat.user_id,
                "mandat_id": mandat.id,
                "prenom": mandat.user.prenom,
                "nom": mandat.user.nom,
                "fonction": mandat.fonction,
                "capacite": CapaciteSignataire.VERIFIEE if prouve else CapaciteSignataire.DECLAREE,
                "mandat_etat": mandat.etat,
                "pouvoir_nom": "",
                "pouvoir_sha256": "",
                "requete_id": "",
                "phrase_consentement": phrase_consentement(mandat.association, texte),
                "email": mandat.user.email,
                "texte_sha256": texte.sha256,
                "annuaire": {},
                "ip": "127.0.0.1",
                "agent_utilisateur": "Essai",
                "session_id": ouverte.id,
                "consenti_at": maintenant(),
                "code_demande_at": maintenant(),
                "signed_at": maintenant(),
                **valeurs,
            }
        )
        preuves_cer.chain(self.session, engagement)
        return self._ajouter(engagement)

    def demande_signature(
        self, association: Association, par: User, *, email: str = "", **valeurs: object
    ) -> DemandeSignature:
        """A signature of the CER asked of somebody else, on paper unless an address is given."""
        return self._ajouter(
            DemandeSignature(
                **{
                    "code": draw_code(),
                    "association_id": association.id,
                    "texte_id": self.texte_cer().id,
                    "demandeur_id": par.id,
                    "email": email,
                    "sollicitee_at": maintenant() if email else None,
                    "prenom": "Awa",
                    "nom": "Diallo",
                    "fonction": "Présidente",
                    **valeurs,
                }
            )
        )

    def papier_signe(self, demande: DemandeSignature, fichier: Fichier, **valeurs: object) -> AttestationCer:
        """The page of that request, signed by hand and joined, that no agent has looked at yet."""
        return self._ajouter(
            AttestationCer(
                **{
                    "association_id": demande.association_id,
                    "origine": OrigineCer.PAPIER,
                    "texte_id": demande.texte_id,
                    "demande_id": demande.id,
                    "date": aujourdhui(),
                    "prenom": demande.prenom,
                    "nom": demande.nom,
                    "fonction": demande.fonction,
                    "fichier_id": fichier.id,
                    "fichier_nom": "page-signee.pdf",
                    "deposee_par_id": demande.demandeur_id,
                    **valeurs,
                }
            )
        )

    def reconnaissance(self, association: Association, agent: User, **valeurs: object) -> Reconnaissance:
        """An agrément that that agent has seen, which ends in 2031 unless said otherwise."""
        return self._ajouter(
            Reconnaissance(
                **{
                    "association_id": association.id,
                    "type": TypeReconnaissance.AGREMENT_25_1,
                    "autorite": "préfecture du Rhône",
                    "reference": "69-2024-12",
                    "date_debut": date(2026, 3, 12),
                    "date_fin": date(2031, 3, 12),
                    "notee_par_id": agent.id,
                    "service_id": agent.affectations[0].service_id,
                    **valeurs,
                }
            )
        )

    def demarche(self, service: Service | None = None, **valeurs: object) -> Demarche:
        """An open campaign of the portal."""
        instant = maintenant()
        return self._ajouter(
            Demarche(
                **{
                    "source": Source.PORTAIL,
                    "titre": f"Soutien à la vie associative {next(_rang)}",
                    "service_id": (service or self.service()).id,
                    "exercice": instant.year,
                    "ouverture": instant - timedelta(days=10),
                    "cloture": instant + timedelta(days=30),
                    "publiee_at": instant - timedelta(days=10),
                    **valeurs,
                }
            )
        )

    def demande(self, association: Association, user: User, demarche: Demarche | None = None) -> Demande:
        """A draft that this person has begun."""
        return self._ajouter(
            Demande(
                cle=f"cle-de-test-{next(_rang):08d}",
                association_id=association.id,
                demarche_id=(demarche or self.demarche()).id,
                created_by_id=user.id,
            )
        )

    def dossier(
        self,
        service: Service | None = None,
        *,
        etat: Etat = Etat.EN_CONSTRUCTION,
        association: Association | None = None,
        demarche: Demarche | None = None,
        **valeurs: object,
    ) -> Dossier:
        """A filed dossier in the queue of that service."""
        rang = next(_rang)
        demarche = demarche or self.demarche(service)
        dossier = Dossier(
            **{
                "reference": f"P-2026-{rang:06d}",
                "source": demarche.source,
                "demarche_id": demarche.id,
                "association_id": association.id if association else None,
                "service_id": demarche.service_id,
                "etat": etat,
                "demandeur_nom": association.denomination if association else f"Demandeur {rang}",
                "demandeur_siret": association.siret_siege if association else "",
                "demandeur_rna": association.rna if association else "",
                "demandeur_commune": association.commune if association else "",
                "intitule": f"Projet {rang}",
                "exercice": 2026,
                "montant_demande": Decimal("1500.00"),
                "date_depot": maintenant(),
                **valeurs,
            }
        )
        refresh_words(dossier)
        self._ajouter(dossier)
        self.acces(dossier, demarche.service_id, MotifAcces.PROPRIETAIRE)
        return dossier

    def acces(self, dossier: Dossier, service_id: int, motif: MotifAcces = MotifAcces.SAISI) -> AccesDossier:
        """Let a service read a dossier."""
        return self._ajouter(
            AccesDossier(service_id=service_id, dossier_id=dossier.id, motif=motif, date_depot=dossier.date_depot)
        )

    def dossier_ds(
        self, service: Service | None = None, *, contenu: list[dict[str, object]] | None = None, **valeurs: Any
    ) -> Dossier:
        """A dossier of Démarches Simplifiées, with what its form says."""
        rang = next(_rang)
        demarche = self.demarche(service, source=Source.DS, instance="ds.test", ds_number=rang)
        dossier = self.dossier(
            demarche=demarche, **{"reference": f"DS-{rang}", "origine": OrigineDossier.DS, **valeurs}
        )
        self._ajouter(
            DossierDS(
                dossier_id=dossier.id,
                instance="ds.test",
                number=rang,
                ds_id=f"Dossier-{rang}",
                raw=brut_ds(rang, contenu or []),
                date_derniere_modification=maintenant(),
            )
        )
        return dossier

    def demande_avis(
        self, dossier: Dossier, service: Service, saisine: Saisine | None = None, **valeurs: Any
    ) -> DemandeAvis:
        """A question of the owner service to that one, which may read the dossier from then on."""
        self.acces(dossier, service.id)
        return fabriques_avis.demande(self.session, dossier, service, self.agent(dossier.service), saisine, **valeurs)

    def avis(self, dossier: Dossier, auteur: User, **valeurs: object) -> Avis:
        """The avis of that agent's service: it answers what was asked of it."""
        return fabriques_avis.avis(self.session, dossier, auteur, **valeurs)

    def decision(self, dossier: Dossier, auteur: User, **valeurs: object) -> Decision:
        """A recorded decision that nobody knows outside the service, under the délégation of its author if it has one."""
        delegation = delegation_de(self.session, auteur, dossier.service_id)
        return self._ajouter(
            Decision(
                **{
                    "delegation_id": delegation.id if delegation else None,
                    "dossier_id": dossier.id,
                    "sens": SensDecision.ACCEPTE,
                    "montant_accorde": Decimal("1200.00"),
                    "auteur_id": auteur.id,
                    "auteur_nom": auteur.nom_affiche,
                    "auteur_qualite": "Responsable",
                    **valeurs,
                }
            )
        )

    def constat(self, auteur: User, association: Association, **valeurs: object) -> Constat:
        """Facts that this agent has stated, of which the association is told."""
        jour = aujourdhui()
        return self._ajouter(
            Constat(
                **{
                    "reference": f"C-{draw_code(12)}",
                    "association_id": association.id,
                    "service_id": auteur.affectations[0].service_id,
                    "auteur_id": auteur.id,
                    "faits": "Le club a réservé ses entraînements aux hommes.",
                    "date_faits": jour - timedelta(days=3),
                    "source": "Visite du service",
                    "reponse_avant": jour + timedelta(days=30),
                    "conserve_jusqu_au": jour + timedelta(days=365),
                    "informee_at": maintenant(),
                    **valeurs,
                }
            )
        )

    def retrait(self, dossier: Dossier, **valeurs: object) -> Retrait:
        """A withdrawal envisaged, of the notified grant of that dossier."""
        decision = self.session.scalars(select(Decision).where(Decision.dossier_id == dossier.id)).one()
        jour = aujourdhui()
        return self._ajouter(
            Retrait(
                **{
                    "decision_id": decision.id,
                    "motif": MotifRetrait.MODALITES_INCOMPATIBLES,
                    "griefs": "Les entraînements ont été réservés aux hommes.",
                    "periode_debut": jour,
                    "periode_fin": jour + timedelta(days=9),
                    "date_manquement": jour,
                    "montant_accorde": decision.montant_accorde,
                    "montant_retire": decision.montant_accorde,
                    "observations_avant": jour + timedelta(days=15),
                    "auteur_id": decision.auteur_id,
                    **valeurs,
                }
            )
        )

    def acteur(self, agent: User) -> Acteur:
        """That agent acting for its service."""
        self.session.refresh(agent)
        active = agent.affectations[0]
        affectation = connexion.active(active)
        return Acteur(
            genre=GenreActeur.AGENT,
            user_id=agent.id,
            nom_affiche=agent.nom_affiche,
            email=agent.email,
            affectation=affectation,
            affectations=(affectation,),
        )

    def _ajouter(self, objet: Objet) -> Objet:
        self.session.add(objet)
        self.session.commit()
        return objet
