"""Writes the proof of a signature and its place in the one chain of all signatures (docs/adr/0018)."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.documents import preuve_cer
from portal.models.engagements import Engagement

# What the proof says, by column: whoever holds the receipt may read it.
PUBLICS = (
    "code",
    "code_public",
    "association_id",
    "texte_id",
    "texte_sha256",
    "phrase_consentement",
    "prenom",
    "nom",
    "fonction",
    "capacite",
    "mandat_etat",
    "pouvoir_nom",
    "annuaire",
    "consenti_at",
    "code_demande_at",
    "signed_at",
)
# What it says under a salted hash: the table alone holds the values.
PRIVES = ("email", "ip", "agent_utilisateur", "session_id", "signataire_id", "mandat_id", "demande_id", "pouvoir_id")


def chain(session: Session, engagement: Engagement) -> None:
    """Give a signature, complete but for that, its rank and its proof. The next one waits until this transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("preuves_cer"))))
    derniere = session.execute(
        select(Engagement.rang, Engagement.empreinte).order_by(Engagement.rang.desc()).limit(1)
    ).first()
    engagement.rang, engagement.precedente = (
        (derniere.rang + 1, derniere.empreinte) if derniere else (1, preuve_cer.ORIGINE)
    )
    prive = preuve_cer.ecrire({nom: en_json(getattr(engagement, nom)) for nom in PRIVES})
    sel = secrets.token_hex(16)
    engagement.preuve_privee = preuve_cer.ecrire({"sel": sel, "texte": prive})
    engagement.preuve = preuve_cer.ecrire(
        {
            "format": preuve_cer.FORMAT,
            "rang": engagement.rang,
            "precedente": engagement.precedente,
            "prive": preuve_cer.empreinte_privee(sel, prive),
            **{nom: en_json(getattr(engagement, nom)) for nom in PUBLICS},
        }
    )
    engagement.empreinte = preuve_cer.empreinte(engagement.preuve)


def en_json(valeur: Any) -> Any:
    """A column as the proof writes it: instants in ISO 8601, UTC."""
    return valeur.isoformat() if isinstance(valeur, datetime) else valeur
