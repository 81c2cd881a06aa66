"""Findings in words: what was found, why, and from which source. Pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from portal.formats import ESPACE_INSECABLE, date_fr, montant_fr
from portal.vocabulaire_cer import LIBELLES_CER, EtatCer
from portal.vocabulaire_recoupements import (
    LIBELLES_ECART,
    LIBELLES_LACUNE_CER,
    Ecart,
    GenreRecoupement,
    LacuneCer,
    RaisonAction,
)

Faits = Mapping[str, Any]


class AutreVu(Protocol):
    """What is read of another dossier."""

    @property
    def sigle(self) -> str: ...
    @property
    def intitule(self) -> str: ...


class Somme(Protocol):
    """What is read of a line of a sum, in euros."""

    @property
    def montant(self) -> Decimal: ...


class Trouve(Protocol):
    """What is read of a finding."""

    @property
    def genre(self) -> GenreRecoupement: ...
    @property
    def faits(self) -> Faits: ...
    @property
    def autre(self) -> AutreVu | None: ...
    @property
    def lignes(self) -> Sequence[Somme]: ...


PHRASES_ECART = {
    Ecart.ABSENT: "Aucun dossier de l’association pour cette action n’est connu de ce service sur le portail. La demande a pu "
    "lui être faite autrement.",
    Ecart.REFUSE: "L’association déclare cette aide obtenue\u00a0; le dossier n’a pas été accordé.",
    Ecart.PAS_DECIDE: "L’association déclare cette aide obtenue\u00a0; aucune décision n’est notifiée à ce jour.",
}


def titre(un: Trouve) -> str:
    """What was found, in a few words."""
    faits = un.faits
    if un.genre == GenreRecoupement.MEME_ACTION and un.autre:
        return f"{un.autre.sigle}{ESPACE_INSECABLE}: {un.autre.intitule or 'demande sans intitulé'}"
    if un.genre == GenreRecoupement.COFINANCEMENT:
        libelle = LIBELLES_ECART[Ecart(faits["ecart"])]
        return (
            f"{faits['financeur']}{ESPACE_INSECABLE}: {libelle[0].lower()}{libelle[1:]}"
            if "financeur" in faits
            else libelle
        )
    if un.genre == GenreRecoupement.MINIMIS:
        return f"Du {_jour(faits['debut'])} au {_jour(faits['fin'])}"
    if un.genre == GenreRecoupement.MEME_COMPTE:
        return f"Même compte que {faits['association']}"
    return LIBELLES_LACUNE_CER[LacuneCer(faits["lacune"])]


def phrases(un: Trouve) -> list[str]:
    """The reasons, each as a sentence."""
    return DIRE[un.genre](un)


def _same_action(un: Trouve) -> list[str]:
    faits = un.faits
    dites = [f"{RAISONS[RaisonAction(une['code'])](une)} ({_points(une)})." for une in faits["raisons"]]
    if faits["identifiant_commun"]:
        dites.append("Les deux demandeurs sont enregistrés séparément et portent le même SIREN ou le même numéro RNA.")
    return [
        *dites,
        f"Ensemble{ESPACE_INSECABLE}: {faits['points']} points sur les {faits['sur']} qui pouvaient se comparer.",
    ]


def _cofunding(un: Trouve) -> list[str]:
    faits = un.faits
    ecart = Ecart(faits["ecart"])
    if ecart == Ecart.DEPASSEMENT:
        dit = "Accordé ici" if faits["decide"] else "Demandé ici"
        total = Decimal(faits["ici"]) + sum((ligne.montant for ligne in un.lignes), Decimal(0))
        return [
            f"{dit}{ESPACE_INSECABLE}: {_euros(faits['ici'])}.",
            f"Avec les aides obtenues ailleurs{ESPACE_INSECABLE}: {montant_fr(total)}.",
            f"Coût de l’action au budget{ESPACE_INSECABLE}: {_euros(faits['cout'])}.",
        ]
    declare = f"Déclaré {'obtenu' if faits['obtenu'] else 'demandé'}{ESPACE_INSECABLE}: {_euros(faits['declare'])}."
    dites = [declare, *([PHRASES_ECART[ecart]] if ecart in PHRASES_ECART else [])]
    if faits["demande"] is not None:
        dites.append(f"Demandé à ce service{ESPACE_INSECABLE}: {_euros(faits['demande'])}.")
    if faits["accorde"] is not None:
        dites.append(f"Accordé par ce service{ESPACE_INSECABLE}: {_euros(faits['accorde'])}.")
    return dites


def _aid(un: Trouve) -> list[str]:
    faits = un.faits
    connu = sum((ligne.montant for ligne in un.lignes), Decimal(0))
    avec = connu + Decimal(faits["ici"])
    return [
        f"Connu du portail{ESPACE_INSECABLE}: {montant_fr(connu)}\u00a0; avec ce qui est demandé ici, {montant_fr(avec)}.",
        *(_ceiling(une, avec) for une in faits["plafonds"]),
        "Toutes ces aides ne relèvent pas forcément de ces règlements\u00a0: la base juridique de chacune est à vérifier.",
    ]


def _ceiling(une: Faits, avec: Decimal) -> str:
    libelle = f"{une['libelle'][0].upper()}{une['libelle'][1:]}"
    depasse = "dépassés" if avec > Decimal(une["plafond"]) else "non dépassés"
    return f"{libelle}{ESPACE_INSECABLE}: {_euros(une['plafond'])} sur {une['annees']} ans, {depasse}."


def _same_account(un: Trouve) -> list[str]:
    depuis = _jour(un.faits["depuis"])
    return [
        f"Le compte {un.faits['iban']} figure aussi sur un RIB que cette association garde sur le portail depuis le {depuis}."
    ]


def _cer(un: Trouve) -> list[str]:
    faits = un.faits
    quand = "Au dépôt" if faits["lacune"] == LacuneCer.AU_DEPOT else "À la décision"
    etat = LIBELLES_CER[EtatCer(faits["etat"])]
    dites = [f"{quand}, le {_jour(faits['le'])}, le contrat d’engagement républicain était «\u00a0{etat}\u00a0»."]
    if faits["souscrit"]:
        dites.append(f"Il a été souscrit ensuite, le {_jour(faits['souscrit'])}.")
    return dites


DIRE = {
    GenreRecoupement.MEME_ACTION: _same_action,
    GenreRecoupement.COFINANCEMENT: _cofunding,
    GenreRecoupement.MINIMIS: _aid,
    GenreRecoupement.MEME_COMPTE: _same_account,
    GenreRecoupement.CER: _cer,
}


def _titles(raison: Faits) -> str:
    proximite = raison["valeurs"]["proximite"]
    degre = "identiques ou presque" if proximite >= 0.95 else "très proches" if proximite >= 0.75 else "proches"
    return f"Titres {degre} ({proximite:.2f})".replace(".", ",")


def _periods(raison: Faits) -> str:
    valeurs = raison["valeurs"]
    return f"Périodes communes, du {_jour(valeurs['debut'])} au {_jour(valeurs['fin'])}"


def _amounts(quoi: str, raison: Faits) -> str:
    return f"{quoi} {'égaux' if raison['valeurs']['egal'] else 'voisins'}"


RAISONS: Mapping[RaisonAction, Callable[[Faits], str]] = {
    RaisonAction.TITRE: _titles,
    RaisonAction.EDITION: lambda _: "Autre année ou autre édition dans le titre",
    RaisonAction.PERIODE: _periods,
    RaisonAction.AUTRE_PERIODE: lambda _: "Périodes sans aucun jour commun",
    RaisonAction.EXERCICE: lambda raison: f"Même exercice {raison['valeurs']['exercice']}",
    RaisonAction.AUTRE_EXERCICE: lambda _: "Autre exercice",
    RaisonAction.TERRITOIRE: lambda _: "Territoire commun",
    RaisonAction.AUTRE_TERRITOIRE: lambda _: "Autre territoire",
    RaisonAction.MONTANT: lambda raison: _amounts("Montants demandés", raison),
    RaisonAction.COUT: lambda raison: _amounts("Coûts du projet", raison),
}


def _points(raison: Faits) -> str:
    signe = "+" if raison["points"] >= 0 else "−"
    nombre = abs(raison["points"])
    return f"{signe}{nombre} point{'s' if nombre > 1 else ''}"


def _jour(iso: str) -> str:
    return date_fr(date.fromisoformat(iso))


def _euros(texte: str) -> str:
    return montant_fr(Decimal(texte))
