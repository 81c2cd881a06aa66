"""Cerfa §6b and §7b: who else pays, asked or obtained, and the public aid of the last three years."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

from portal.formats import montant_fr
from portal.forms.budget import BudgetForm
from portal.forms.champs import Liste, Montant, OuiNon, Texte
from portal.forms.dates import Jour
from portal.forms.lignes import Ligne, Lignes
from portal.forms.saisie import Contexte, Groupe, Saisie

# Kind of funder, by the slug of its line in the plan of accounts (account 74).
FINANCEURS = {
    "subventions_etat": "État",
    "subventions_region": "Région",
    "subventions_departement": "Département",
    "subventions_intercommunalite": "Communauté de communes ou d’agglomération",
    "subventions_commune": "Commune",
    "organismes_sociaux": "Organisme social (CAF, etc.)",
    "fonds_europeens": "Fonds européens (FSE, FEDER, etc.)",
    "agence_services_paiement": "Agence de services et de paiement (emplois aidés)",
    "autres_etablissements_publics": "Autre établissement public",
    "aides_privees": "Aide privée (fondation)",
}
ETATS = {"demande": "Demandé", "obtenu": "Obtenu"}
MINIMIS, MINIMIS_SIEG = "minimis", "minimis_sieg"
BASES = {
    "decision": "Décision de la Commission européenne",
    "regime": "Régime d’aides notifié",
    "reglement": "Règlement européen d’exemption",
    MINIMIS: "De minimis général",
    MINIMIS_SIEG: "De minimis, service d’intérêt économique général (SIEG)",
}
MAXIMUM_COFINANCEURS = 40


@dataclass(frozen=True, slots=True)
class Seuil:
    """A ceiling of public aid, in euros over `sur_annees` years, since the year `depuis`."""

    regime: str
    libelle: str
    depuis: int
    sur_annees: int
    plafond: int


def _seuils() -> tuple[Seuil, ...]:
    bruts = json.loads(Path(__file__).with_name("seuils_aides.json").read_text(encoding="utf-8"))
    return tuple(sorted((Seuil(**brut) for brut in bruts), key=lambda seuil: seuil.depuis))


def seuils_le(jour: date) -> tuple[Seuil, ...]:
    """The ceiling of each regime on that day."""
    return tuple({seuil.regime: seuil for seuil in _SEUILS if seuil.depuis <= jour.year}.values())


_SEUILS = _seuils()
SEUILS = {seuil.regime: seuil for seuil in _SEUILS}
SEUIL_DE_LA_BASE = {MINIMIS: SEUILS["general"], MINIMIS_SIEG: SEUILS["sieg"]}


class Cofinanceur(Ligne):
    """Another funder of the budget; filing is a declaration on honour of what is said here."""

    type = Liste("Type de financeur", FINANCEURS.items())
    financeur = Texte("Nom du financeur ou du service", maximum=200)
    montant = Montant("Montant")
    etat = Liste("Demandé ou obtenu", ETATS.items())
    projet = Liste("Projet", requis=False)

    def champs(self) -> list[Any]:
        """The project is asked when there are several."""
        return [champ for champ in self if champ.short_name != "projet" or self.projet.choices]

    def verifier(self) -> None:
        """A project that is not asked for any more stops nothing."""
        if not self.projet.choices:
            self.projet.errors = []


class Aide(Ligne):
    """A public aid of the last three years (cerfa §7b)."""

    acte = Jour("Date de l’acte")
    annees = Texte("Années couvertes", maximum=60, description="Par exemple 2024 à 2026.")
    base = Liste("Base juridique", BASES.items())
    autorite = Texte("Autorité qui a donné l’aide", maximum=200)
    montant = Montant("Montant")


class CofinancementsForm(Saisie):
    """The other funders, and the public aid of the last three years when the activity is economic."""

    groupes = (
        Groupe(
            ("cofinanceurs",),
            "Autres financeurs",
            "Ceux à qui vous demandez aussi une aide pour ce budget, ou qui l’ont accordée. Ne comptez pas la subvention "
            "demandée ici. Aucun justificatif n’est demandé\u00a0: ce que vous déclarez vaut déclaration sur l’honneur.",
        ),
        Groupe(
            ("economique", "aides"),
            "Aides publiques des trois derniers exercices",
            "Une activité est économique quand elle offre des biens ou des services sur un marché, même sans bénéfice.",
        ),
    )
    conditions: ClassVar = {"aides": ("economique", "oui")}
    cofinanceurs = Lignes(
        "Autres financeurs du budget", Cofinanceur, singulier="Financeur", maximum=MAXIMUM_COFINANCEURS
    )
    economique = OuiNon(
        "La subvention finance-t-elle une activité économique, ou vos aides publiques dépassent-elles "
        f"{montant_fr(Decimal(SEUILS['general'].plafond)).replace(',00', '')} sur trois exercices\u00a0?"
    )
    aides = Lignes("Aides publiques reçues", Aide, singulier="Aide")

    def situer(self, contexte: Contexte) -> None:
        """Name the projects, when there are several."""
        super().situer(contexte)
        noms = [(str(rang), nom) for rang, nom in contexte.noms_projets] if contexte.projets > 1 else []
        for entree in self.cofinanceurs.entries:
            entree.form.projet.choices = []
            if noms:
                entree.form.projet.proposer(noms)

    @property
    def declares(self) -> tuple[tuple[str, str, Decimal], ...]:
        """(slug of the plan, number of the project or "", euros) of each funder that is readable; call it once examined."""
        lignes = self.cofinanceurs.lignes
        return tuple(
            (un.type.data, un.projet.data or "", un.montant.valeur)
            for un in lignes
            if un.type.data in FINANCEURS and un.montant.valeur is not None
        )

    @property
    def avertissements(self) -> tuple[str, ...]:
        """What is worth a look and forbids nothing: a ceiling of European law that the declared aids pass."""
        return tuple(self._depassements()) if self.economique.data == "oui" else ()

    def _depassements(self) -> list[str]:
        phrases = []
        for base, seuil in SEUIL_DE_LA_BASE.items():
            siennes = (une.montant.valeur for une in self.aides.lignes if une.base.data == base)
            total = sum((montant for montant in siennes if montant is not None), Decimal(0))
            if total > seuil.plafond:
                phrases.append(
                    f"Les aides «\u00a0{BASES[base]}\u00a0» font ensemble {montant_fr(total)}. Le plafond du {seuil.libelle} "
                    f"est de {montant_fr(Decimal(seuil.plafond))} sur {seuil.sur_annees} ans\u00a0: vérifiez la base juridique "
                    "de chacune."
                )
        return phrases


def ecarts(
    cofinancements: CofinancementsForm, budgets: Sequence[BudgetForm], demande: Decimal | None
) -> tuple[str, ...]:
    """Where the funders named and account 74 of the budgets disagree, in words; nothing there forbids to file.

    The grant asked for here (`demande`, euros) stands in the budgets without being a co-funder: what it explains is not said.
    """
    nommes = _par_type((slug, montant) for slug, _projet, montant in cofinancements.declares)
    inscrits = _par_type((slug, budget[slug].montant_ou_zero()) for budget in budgets for slug in FINANCEURS)
    differents = {
        slug: inscrits.get(slug, Decimal(0)) - nommes.get(slug, Decimal(0))
        for slug in FINANCEURS
        if inscrits.get(slug, Decimal(0)) != nommes.get(slug, Decimal(0))
    }
    if all(ecart > 0 for ecart in differents.values()) and sum(differents.values(), Decimal(0)) == (demande or 0):
        return ()
    return tuple(
        f"{FINANCEURS[slug]}\u00a0: {montant_fr(inscrits.get(slug, Decimal(0)))} dans le budget, "
        f"{montant_fr(nommes.get(slug, Decimal(0)))} chez les financeurs nommés (sans la subvention demandée ici)."
        for slug in differents
    )


def _par_type(montants: Any) -> Mapping[str, Decimal]:
    sommes: dict[str, Decimal] = {}
    for slug, montant in montants:
        sommes[slug] = sommes.get(slug, Decimal(0)) + (montant or Decimal(0))
    return sommes
