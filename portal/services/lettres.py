"""From a row of the outbox to a letter: which words, which link, which references each kind of letter takes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from integrations.courriel.api import Lettre
from portal.config import Config
from portal.documents import courriels as textes
from portal.documents import courriels_avis as avis
from portal.documents import courriels_coffre as coffre
from portal.documents import courriels_comptes as comptes
from portal.documents import courriels_comptes_rendus as comptes_rendus
from portal.documents import courriels_depots as depots
from portal.documents import courriels_experts as experts
from portal.documents import courriels_manquements as manquements
from portal.documents import courriels_membres as membres
from portal.documents import courriels_portes as portes
from portal.documents import courriels_scelles as scelles
from portal.documents import courriels_suivi as suivi
from portal.documents import courriels_taches as taches
from portal.liens import lien
from portal.models.envois import Courriel
from portal.queries.changements_adresse import DUREE_ANNULATION
from portal.queries.experts import Annonce, announcement
from portal.services import codes_signature, jetons, jetons_adresse, jetons_experts
from portal.vocabulaire import GenreUser


@dataclass(frozen=True)
class Gabarit:
    """A kind of letter: its dataclass, the page it leads to, and which references that page's address takes."""

    classe: type[textes.Courriel]
    page: str
    cles: tuple[str, ...] = ()

    def champs(self) -> tuple[str, ...]:
        """The references that a row must give: those of the text, and those of the link."""
        du_texte = tuple(champ.name for champ in fields(self.classe) if champ.name != "adresse")
        return du_texte + tuple(cle for cle in self.cles if cle not in du_texte)

    def lettre(self, config: Config, donnees: Mapping[str, Any]) -> textes.Courriel:
        """The letter's text, filled."""
        adresse = lien(config.portal_url, self.page, **{cle: str(donnees[cle]) for cle in self.cles})
        valeurs = {c.name: _valeur(c.type, donnees[c.name]) for c in fields(self.classe) if c.name != "adresse"}
        return self.classe(adresse=adresse, **valeurs)


LIEN_CONNEXION = "lien_connexion"
CODE_CONFIRMATION = "code_confirmation"
ADRESSE_A_PROUVER = "adresse_a_prouver"
ADRESSE_QUI_CHANGE = "adresse_qui_change"
CODE_SIGNATURE = "code_signature"
AVIS_EXPERT = "avis_expert"
NOUVEAU_LIEN_EXPERT = "nouveau_lien_expert"
CODE_EXPERT = "code_expert"
GABARITS = {
    "recu_disponible": Gabarit(textes.RecuDisponible, "engagement", ("code",)),
    "recepisse_disponible": Gabarit(textes.RecepisseDisponible, "mon_dossier", ("reference",)),
    "decision_notifiee": Gabarit(textes.DecisionNotifiee, "mon_dossier", ("reference",)),
    "invitation_agent": Gabarit(textes.InvitationAgent, "espace_agent"),
    "avis_demande": Gabarit(textes.AvisDemande, "dossier", ("reference",)),
    "signature_demandee": Gabarit(textes.SignatureDemandee, "signature", ("code",)),
    "signature_renvoyee": Gabarit(textes.SignatureRenvoyee, "signature", ("code",)),
    "signature_obtenue": Gabarit(textes.SignatureObtenue, "signature", ("code",)),
    "papier_controle": Gabarit(textes.PapierControle, "signature", ("code",)),
    "cloture_repoussee": Gabarit(textes.ClotureRepoussee, "campagne", ("demarche_id",)),
    "constat_consigne": Gabarit(manquements.ConstatConsigne, "mon_constat", ("reference",)),
    "constat_repondu": Gabarit(manquements.ConstatRepondu, "constat", ("reference",)),
    "retrait_envisage": Gabarit(manquements.RetraitEnvisage, "mon_retrait", ("reference",)),
    "retrait_observe": Gabarit(manquements.RetraitObserve, "retrait", ("reference",)),
    "retrait_abandonne": Gabarit(manquements.RetraitAbandonne, "mon_dossier", ("reference",)),
    "retrait_notifie": Gabarit(manquements.RetraitNotifie, "mon_retrait", ("reference",)),
    "retrait_transmis": Gabarit(manquements.RetraitTransmis, "espace_agent"),
    "signature_depot_demandee": Gabarit(depots.SignatureDepotDemandee, "a_signer", ("demande_id",)),
    "iban_change": Gabarit(coffre.IbanChange, "coffre", ("association_id",)),
    "rivalite_declaree": Gabarit(membres.RivaliteDeclaree, "membres", ("association_id",)),
    "invitation_recue": Gabarit(membres.InvitationRecue, "invitation", ("invitation_id",)),
    "invitation_repondue": Gabarit(membres.InvitationRepondue, "membres", ("association_id",)),
    "aidant_declare": Gabarit(membres.AidantDeclare, "membres", ("association_id",)),
    "role_change": Gabarit(membres.RoleChange, "membres", ("association_id",)),
    "mandat_termine": Gabarit(membres.MandatTermine, "mes_associations"),
    "mandat_bientot_fini": Gabarit(membres.MandatBientotFini, "membres", ("association_id",)),
    "mandat_conteste": Gabarit(membres.MandatConteste, "mes_associations"),
    "contestation_tranchee": Gabarit(membres.ContestationTranchee, "mes_associations"),
    "signalement_repondu": Gabarit(membres.SignalementRepondu, "mon_association", ("association_id",)),
    "compte_rendu_attendu": Gabarit(comptes_rendus.CompteRenduAttendu, "mon_compte_rendu", ("reference",)),
    "compte_rendu_depose": Gabarit(comptes_rendus.CompteRenduDepose, "compte_rendu", ("reference",)),
    "message_recu": Gabarit(suivi.MessageRecu, "mes_messages", ("reference",)),
    "message_recu_agent": Gabarit(suivi.MessageRecuAgent, "messages", ("reference",)),
    "complement_demande": Gabarit(suivi.ComplementDemande, "mon_complement", ("reference",)),
    "complement_annule": Gabarit(suivi.ComplementAnnule, "mon_dossier", ("reference",)),
    "complement_repondu": Gabarit(suivi.ComplementRepondu, "complement", ("reference",)),
    "decision_rouverte": Gabarit(suivi.DecisionRouverte, "mon_dossier", ("reference",)),
    "communication_repondue": Gabarit(suivi.CommunicationRepondue, "mon_dossier", ("reference",)),
    "demande_recue": Gabarit(portes.DemandeRecue, "recepisse_verifie", ("numero",)),
    "demande_transmise": Gabarit(portes.DemandeTransmise, "mon_dossier", ("reference",)),
    "tache_adressee": Gabarit(taches.TacheAdressee, "dossier", ("reference",)),
    "taches_adressees": Gabarit(taches.TachesAdressees, "mes_taches"),
    "resume_du_matin": Gabarit(taches.ResumeDuMatin, "mes_taches"),
    "scelle_leve": Gabarit(scelles.ScelleLeve, "accueil"),
    "avis_demandes": Gabarit(avis.AvisDemandes, "mes_taches"),
    "avis_demande_agent": Gabarit(avis.AvisDemandeAgent, "mes_taches"),
    "avis_rappele": Gabarit(avis.AvisRappele, "mes_taches"),
    "avis_prolonge": Gabarit(avis.AvisProlonge, "mes_taches"),
    "avis_prolonge_expert": Gabarit(avis.AvisProlonge, "acces_expert"),
    "avis_retire": Gabarit(avis.AvisRetire, "accueil"),
    "avis_decline": Gabarit(avis.AvisDecline, "mes_taches"),
    "demande_retiree": Gabarit(suivi.DemandeRetiree, "dossier", ("reference",)),
}
MINUTES_LIEN = int(jetons.DUREE_LIEN.total_seconds() // 60)
ESPACES = {
    GenreUser.USAGER: ("l’espace des associations", "connexion_usager"),
    GenreUser.AGENT: ("l’espace des agents", "connexion_agent"),
}


def check(gabarit: str, donnees: Mapping[str, Any]) -> None:
    """Raise ValueError unless `donnees` are exactly the references that this kind of letter takes."""
    attendues = FRAPPES[gabarit].cles if gabarit in FRAPPES else GABARITS[gabarit].champs()
    if set(donnees) != set(attendues):
        raise ValueError(f"letter {gabarit} takes {sorted(attendues)}, not {sorted(donnees)}")


def compose(session: Session, config: Config, courriel: Courriel) -> Lettre | None:
    """The letter of a row, None when it has lost its object. Links and codes get their secret here, in this transaction."""
    contenu: textes.Courriel | None
    if courriel.gabarit in FRAPPES:
        contenu = FRAPPES[courriel.gabarit].frapper(session, config, **courriel.donnees)
    else:
        contenu = GABARITS[courriel.gabarit].lettre(config, courriel.donnees)
    if contenu is None:
        return None
    objet, texte = textes.rediger(contenu)
    return Lettre(destinataire=courriel.destinataire, objet=objet, texte=texte, reference=f"courriel-{courriel.id}")


def _lien_connexion(session: Session, config: Config, lien_id: int) -> textes.LienConnexion | None:
    frappe = jetons.mint(session, config, lien_id)
    if frappe is None:
        return None
    espace, page = ESPACES[frappe.genre]
    adresse = lien(config.portal_url, page, jeton=frappe.secret)
    return textes.LienConnexion(adresse=adresse, code=frappe.code, minutes=MINUTES_LIEN, espace=espace)


def _code_confirmation(session: Session, config: Config, lien_id: int) -> textes.CodeConfirmation | None:
    frappe = jetons.mint(session, config, lien_id)
    if frappe is None:
        return None
    return textes.CodeConfirmation(
        adresse=lien(config.portal_url, "confirmation"), code=frappe.code, minutes=MINUTES_LIEN
    )


def _adresse_a_prouver(
    session: Session, config: Config, changement_id: int
) -> comptes.AdresseAProuver | comptes.AdresseDejaPrise | None:
    """To an address that has an account, another letter: only who reads that mailbox learns it."""
    frappe = jetons_adresse.mint_proof(session, changement_id)
    if frappe is None:
        return None
    secret, libre = frappe
    if not libre:
        return comptes.AdresseDejaPrise(lien(config.portal_url, "espace_association"))
    return comptes.AdresseAProuver(lien(config.portal_url, "adresse_a_prouver", jeton=secret), MINUTES_LIEN)


def _adresse_qui_change(session: Session, config: Config, changement_id: int) -> comptes.AdresseQuiChange | None:
    frappe = jetons_adresse.mint_cancel(session, changement_id)
    if frappe is None:
        return None
    secret, nouvelle = frappe
    adresse = lien(config.portal_url, "adresse_annulation", jeton=secret)
    return comptes.AdresseQuiChange(adresse, nouvelle, int(DUREE_ANNULATION.total_seconds() // 3600))


def _code_signature(session: Session, config: Config, preparee_id: int, demande_at: str) -> textes.CodeSignature | None:
    frappe = codes_signature.mint(session, config, preparee_id=preparee_id, demande_at=demande_at)
    if frappe is None:
        return None
    return textes.CodeSignature(
        adresse=lien(config.portal_url, "code_signature", association_id=str(frappe.association_id)),
        code=frappe.code,
        minutes=int(codes_signature.DUREE_CODE.total_seconds() // 60),
        association=frappe.association,
    )


def _avis_expert(session: Session, config: Config, lien_id: int, rappel: bool) -> experts.AvisExpert | None:
    frappe = jetons_experts.mint_link(session, lien_id)
    annonce = announcement(session, frappe.lien, rappel=rappel) if frappe else None
    return _annoncer(config, frappe, annonce, rappel=rappel) if frappe and annonce else None


def _nouveau_lien_expert(session: Session, config: Config, email: str) -> experts.AvisExpert | None:
    """Only here is it looked up whether that address is asked anything: the page that took it could not tell."""
    frappe = jetons_experts.mint_lost_link(session, email)
    annonce = announcement(session, frappe.lien, rappel=True) if frappe else None
    return _annoncer(config, frappe, annonce, rappel=True) if frappe and annonce else None


def _annoncer(config: Config, frappe: jetons_experts.Frappe, annonce: Annonce, *, rappel: bool) -> experts.AvisExpert:
    return experts.AvisExpert(
        adresse=lien(config.portal_url, "avis_expert", jeton=frappe.secret),
        service=annonce.service,
        question=annonce.question,
        objets=annonce.objets,
        autres=annonce.autres,
        echeance=annonce.echeance,
        expire_le=frappe.lien.expires_at,
        rappel=rappel,
    )


def _code_expert(session: Session, config: Config, lien_id: int) -> experts.CodeExpert | None:
    frappe = jetons_experts.mint_code(session, config, lien_id)
    if frappe is None:
        return None
    minutes = int(jetons_experts.DUREE_CODE.total_seconds() // 60)
    return experts.CodeExpert(lien(config.portal_url, "acces_expert"), frappe.secret, minutes)


@dataclass(frozen=True)
class Frappe:
    """A letter that takes away a secret, minted as it leaves: the references that its row gives, and who mints."""

    cles: tuple[str, ...]
    frapper: Callable[..., textes.Courriel | None]


FRAPPES = {
    LIEN_CONNEXION: Frappe(("lien_id",), _lien_connexion),
    CODE_CONFIRMATION: Frappe(("lien_id",), _code_confirmation),
    ADRESSE_A_PROUVER: Frappe(("changement_id",), _adresse_a_prouver),
    ADRESSE_QUI_CHANGE: Frappe(("changement_id",), _adresse_qui_change),
    CODE_SIGNATURE: Frappe(("preparee_id", "demande_at"), _code_signature),
    AVIS_EXPERT: Frappe(("lien_id", "rappel"), _avis_expert),
    NOUVEAU_LIEN_EXPERT: Frappe(("email",), _nouveau_lien_expert),
    CODE_EXPERT: Frappe(("lien_id",), _code_expert),
}


def _valeur(genre: Any, valeur: Any) -> Any:
    """JSON knows no date: a date field comes back from its ISO text."""
    return date.fromisoformat(valeur) if genre == date | None and valeur is not None else valeur
