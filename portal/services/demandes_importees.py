"""A line of requests as it is to be written: columns of a dossier, a line of its amounts, and what had to be left out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.formats import PARIS, mots_de_recherche
from portal.models.connexion import User
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier, Financement
from portal.models.imports import LotImport
from portal.models.services import Affectation
from portal.queries.departements import of_code_postal
from portal.services.associations_importees import is_person
from portal.vocabulaire import ETATS_FINAUX, Etat

SANS_DEPOT = "Sans date de dépôt\u00a0: le jour de l’import est noté à sa place."
SANS_DECISION = "Sans date de décision\u00a0: le dossier reste en instruction, et le montant accordé n’est pas repris."
ACCORDE_SANS_ACCORD = "Montant accordé laissé de côté\u00a0: l’état ne dit pas que la subvention est accordée."
INSTRUCTEUR_INCONNU = (
    "Instructeur laissé de côté\u00a0: «\u00a0{nom}\u00a0» n’est pas le nom d’un seul agent du service."
)
INTITULE_MAXIMAL = 500
OBJET_COUPE = f"Sans intitulé\u00a0: les {INTITULE_MAXIMAL} premiers caractères de l’objet en tiennent lieu."
MONTANTS = ("demande", "propose", "accorde")
# What a person reads of a column, when it has changed here and in the file.
LIBELLES_COLONNES = {
    "demandeur_nom": "le nom",
    "demandeur_siret": "le SIRET",
    "demandeur_rna": "le RNA",
    "demandeur_commune": "la commune",
    "departement": "le département",
    "intitule": "l’intitulé",
    "exercice": "l’exercice",
    "date_depot": "la date de dépôt",
    "etat": "l’état",
    "statut_source": "l’état dans le fichier",
    "date_traitement": "la date de la décision",
    "instructeur_id": "l’instructeur",
    "programme": "le programme",
    "demande": "le montant demandé",
    "propose": "le montant proposé",
    "accorde": "le montant accordé",
}


@dataclass(slots=True)
class Lue:
    """`dossier`, `finance`: values by column, none of them guessed; `messages`: what was left out, and why."""

    dossier: dict[str, Any]
    finance: dict[str, Any]
    messages: list[str] = field(default_factory=list)


def understand(session: Session, lot: LotImport, demarche: Demarche, valeurs: Mapping[str, str], statut: str) -> Lue:
    """What a line says. `statut`: its état in the words of the file."""
    messages: list[str] = []
    etat, traitee = _etat(valeurs, messages)
    exercice = valeurs.get("exercice")
    nom = valeurs["association_nom"]
    dossier = {
        "demandeur_nom": nom,
        "demandeur_genre": "physique" if is_person(nom) else "morale",
        "demandeur_siret": valeurs.get("siret", ""),
        "demandeur_rna": valeurs.get("rna", ""),
        "demandeur_commune": valeurs.get("commune", ""),
        "departement": of_code_postal(valeurs.get("code_postal", "")),
        "intitule": valeurs.get("intitule") or _intitule(valeurs.get("objet", ""), messages),
        "exercice": int(exercice) if exercice else demarche.exercice,
        "date_depot": _instant(valeurs.get("date_depot")) or lot.created_at,
        "etat": etat,
        "statut_source": statut[:100],
        "date_traitement": traitee,
        "instructeur_id": _instructeur(session, lot, valeurs.get("instructeur", ""), messages),
    }
    if "date_depot" not in valeurs:
        messages.append(SANS_DEPOT)
    finance: dict[str, Any] = {
        nom: Decimal(valeurs[f"montant_{nom}"]) if f"montant_{nom}" in valeurs else None for nom in MONTANTS
    }
    if finance["accorde"] is not None and etat != Etat.ACCEPTE:
        finance["accorde"] = None
        if SANS_DECISION not in messages:
            messages.append(ACCORDE_SANS_ACCORD)
    finance |= {"exercice": dossier["exercice"], "programme": valeurs.get("programme") or demarche.programme}
    return Lue(dossier, finance, messages)


def _intitule(objet: str, messages: list[str]) -> str:
    """The object of a request without a title."""
    if len(objet) > INTITULE_MAXIMAL:
        messages.append(OBJET_COUPE)
    return objet[:INTITULE_MAXIMAL].rstrip()


def _etat(valeurs: Mapping[str, str], messages: list[str]) -> tuple[Etat, datetime | None]:
    """A final état only with the day of its decision."""
    etat = Etat(valeurs.get("statut", Etat.EN_CONSTRUCTION))
    if etat not in ETATS_FINAUX:
        return etat if etat != Etat.BROUILLON else Etat.EN_CONSTRUCTION, None
    traitee = _instant(valeurs.get("date_decision"))
    if traitee is None:
        messages.append(SANS_DECISION)
        return Etat.EN_INSTRUCTION, None
    return etat, traitee


def _instant(jour: str | None) -> datetime | None:
    """The beginning of that day in Paris."""
    return datetime.combine(date.fromisoformat(jour), time.min, tzinfo=PARIS) if jour else None


def _instructeur(session: Session, lot: LotImport, nom: str, messages: list[str]) -> int | None:
    if not nom:
        return None
    cle = ("agents_du_service", lot.service_id)
    if cle not in session.info:
        lus = session.execute(
            select(User.id, User.prenom, User.nom)
            .join(Affectation, Affectation.user_id == User.id)
            .where(Affectation.service_id == lot.service_id, Affectation.ended_at.is_(None), User.disabled_at.is_(None))
            .order_by(User.id)
        )
        session.info[cle] = [(ident, _mots(f"{prenom} {nom}"), _mots(nom)) for ident, prenom, nom in lus]
    cherches = _mots(nom)
    trouves = [ident for ident, entier, seul in session.info[cle] if cherches in (entier, seul)]
    if len(trouves) == 1:
        return int(trouves[0])
    messages.append(INSTRUCTEUR_INCONNU.format(nom=nom[:80]))
    return None


def _mots(texte: str) -> frozenset[str]:
    return frozenset(mots_de_recherche(texte).split())


def plain(valeur: Any) -> Any:
    """A value as JSON keeps it."""
    if isinstance(valeur, Decimal):
        return str(valeur.quantize(Decimal("0.01")))
    if isinstance(valeur, datetime):
        return valeur.astimezone(PARIS).isoformat()
    return valeur.value if isinstance(valeur, Etat) else valeur


def real(nom: str, valeur: Any) -> Any:
    """The same, back to what its column holds."""
    if valeur is None:
        return None
    if nom in MONTANTS:
        return Decimal(valeur)
    if nom in ("date_depot", "date_traitement"):
        return datetime.fromisoformat(valeur)
    return Etat(valeur) if nom == "etat" else valeur


def written(objet: Dossier | Financement, noms: Mapping[str, Any]) -> dict[str, Any]:
    """What these columns hold now, as JSON keeps it."""
    return {nom: plain(getattr(objet, nom)) for nom in noms}


def write(objet: Dossier | Financement, valeurs: Mapping[str, Any]) -> None:
    """Give these columns these values."""
    for nom, valeur in valeurs.items():
        setattr(objet, nom, valeur)


def total(session: Session, dossier: Dossier) -> None:
    """The amounts of the dossier are the sums of its lines."""
    sommes = select(func.sum(Financement.demande), func.sum(Financement.accorde)).where(
        Financement.dossier_id == dossier.id
    )
    dossier.montant_demande, dossier.montant_accorde = session.execute(sommes).one()
    session.flush()
