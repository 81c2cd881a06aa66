"""From a row of the outbox to a letter: which words, which link, which references each kind of letter takes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from integrations.courriel.api import Lettre
from portal.config import Config
from portal.documents import courriels as textes
from portal.documents import courriels_manquements as manquements
from portal.liens import lien
from portal.models.envois import Courriel
from portal.services import codes_signature, jetons
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
CODE_SIGNATURE = "code_signature"
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
    "constat_consigne": Gabarit(manquements.ConstatConsigne, "mon_constat", ("reference",)),
    "constat_repondu": Gabarit(manquements.ConstatRepondu, "constat", ("reference",)),
    "retrait_envisage": Gabarit(manquements.RetraitEnvisage, "mon_retrait", ("reference",)),
    "retrait_observe": Gabarit(manquements.RetraitObserve, "retrait", ("reference",)),
    "retrait_abandonne": Gabarit(manquements.RetraitAbandonne, "mon_dossier", ("reference",)),
    "retrait_notifie": Gabarit(manquements.RetraitNotifie, "mon_retrait", ("reference",)),
    "retrait_transmis": Gabarit(manquements.RetraitTransmis, "espace_agent"),
}
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
    frappe = jetons.mint(session, lien_id)
    if frappe is None:
        return None
    genre, secret = frappe
    espace, page = ESPACES[genre]
    minutes = int(jetons.DUREE_LIEN.total_seconds() // 60)
    return textes.LienConnexion(adresse=lien(config.portal_url, page, jeton=secret), minutes=minutes, espace=espace)


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


@dataclass(frozen=True)
class Frappe:
    """A letter that takes away a secret, minted as it leaves: the references that its row gives, and who mints."""

    cles: tuple[str, ...]
    frapper: Callable[..., textes.Courriel | None]


FRAPPES = {
    LIEN_CONNEXION: Frappe(("lien_id",), _lien_connexion),
    CODE_SIGNATURE: Frappe(("preparee_id", "demande_at"), _code_signature),
}


def _valeur(genre: Any, valeur: Any) -> Any:
    """JSON knows no date: a date field comes back from its ISO text."""
    return date.fromisoformat(valeur) if genre == date | None and valeur is not None else valeur
