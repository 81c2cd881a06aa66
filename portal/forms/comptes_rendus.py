"""The compte rendu financier (cerfa 15059*02): its three sheets, and the écarts computed line by line."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from portal.formats import ESPACE_INSECABLE, montant_fr
from portal.forms.attestations import Clause
from portal.forms.budget import PLAN, Poste, somme
from portal.forms.champs import Entier, Montant, Texte, TexteLong
from portal.forms.lignes import Ligne, Lignes
from portal.forms.phrases_budget import total_fr
from portal.forms.saisie import Groupe, Saisie
from portal.vocabulaire_demandes import SectionCompteRendu, SensBudget

SANS_OBJET = "sans objet"
A_COMPLETER = "à compléter"
UN_DIXIEME = Decimal("0.1")
CERTIFICATION = (
    "Je certifie exactes les informations de ce compte rendu, en qualité de représentante ou de représentant légal de "
    "l’association, ou de personne mandatée par elle ou lui."
)


class FeuilleForm(Saisie):
    """Base of the sheets."""

    phrase_erreurs = "Ce que vous avez écrit est enregistré. Corrigez ces réponses avant de déposer le compte rendu."


class LigneBeneficiaires(Ligne):
    """A kind of public, and how many people."""

    public = Texte("Type de public", maximum=200)
    nombre = Entier("Nombre de personnes")


class BilanForm(FeuilleForm):
    """Sheet 1: what was done, for whom, where, and whether it did what was meant."""

    groupes = (
        Groupe(("mise_en_oeuvre", "dates_et_lieux"), "Ce qui a été fait"),
        Groupe(("beneficiaires", "objectifs_atteints"), "Pour qui, et avec quels résultats"),
    )
    mise_en_oeuvre = TexteLong(
        "Mise en œuvre de l’action",
        description="Ce qui a été réalisé, et ce qui diffère de ce que vous aviez prévu.",
    )
    dates_et_lieux = TexteLong("Dates et lieux de réalisation")
    beneficiaires = Lignes("Bénéficiaires par type de public", LigneBeneficiaires, singulier="Public", requis=True)
    objectifs_atteints = TexteLong(
        "Objectifs atteints", description="Au regard des indicateurs que vous aviez proposés dans la demande."
    )


class AnnexeForm(FeuilleForm):
    """Sheet 3: what explains the figures, and the certification."""

    groupes = (
        Groupe(
            (
                "ecarts_significatifs",
                "repartition_charges_indirectes",
                "contributions_volontaires",
                "observations",
            ),
            "Explications",
        ),
        Groupe(("certification",), "Certification"),
    )
    ecarts_significatifs = TexteLong(
        "Écarts significatifs entre le budget prévu et ce qui a été réalisé",
        description="S’il n’y en a pas, écrivez «\u00a0aucun\u00a0».",
    )
    repartition_charges_indirectes = TexteLong(
        "Règles de répartition des charges indirectes", requis=False, description="Par exemple au temps passé."
    )
    contributions_volontaires = TexteLong("Contributions volontaires en nature", requis=False)
    observations = TexteLong("Observations", requis=False)
    certification = Clause(CERTIFICATION)


class TableauForm(FeuilleForm):
    """Sheet 2: what was spent and received on each line of the plan of the request. `prevus`: euros by slug, as filed."""

    prevus: Mapping[str, Decimal] = {}

    @property
    def manquants(self) -> tuple[str, ...]:
        """At least one amount on each side."""
        budget = PLAN[0]
        vides = [s for s in SensBudget if not any(self[p.slug].lisible() for p in budget.postes(s))]
        return tuple(f"au moins un montant réalisé dans les {sens}" for sens in vides)

    def relire(self) -> list[tuple[str, str]]:
        """Lines are read in their tables."""
        return []


for _poste in (p for tableau in PLAN for sens in SensBudget for p in tableau.postes(sens)):
    setattr(TableauForm, _poste.slug, Montant(_poste.libelle, requis=False))
SLUGS = frozenset(p.slug for tableau in PLAN for sens in SensBudget for p in tableau.postes(sens))

FEUILLES: dict[SectionCompteRendu, type[FeuilleForm]] = {
    SectionCompteRendu.BILAN: BilanForm,
    SectionCompteRendu.TABLEAU: TableauForm,
    SectionCompteRendu.ANNEXE: AnnexeForm,
}


@dataclass(frozen=True, slots=True)
class LigneEcart:
    """A line, or a total, as people read it. `realise` is a text, or the field to fill in."""

    libelle: str
    prevu: str
    realise: Any
    ecart: str
    pourcentage: str


@dataclass(frozen=True, slots=True)
class ChapitreEcart:
    """A heading and its lines."""

    titre: str
    lignes: tuple[LigneEcart, ...]


@dataclass(frozen=True, slots=True)
class CoteEcart:
    """The charges, or the produits, of one table, and their total."""

    sens: SensBudget
    chapitres: tuple[ChapitreEcart, ...]
    total: LigneEcart


@dataclass(frozen=True, slots=True)
class TableauEcart:
    """Two columns of the plan with what was expected, what was done and the difference."""

    id: str
    titre: str
    cotes: tuple[CoteEcart, ...]


def pourcentage(prevu: Decimal, ecart: Decimal) -> str:
    """The écart in percent of what was expected, to one decimal; « sans objet » when nothing was."""
    if not prevu:
        return SANS_OBJET
    part = (ecart * 100 / prevu).quantize(UN_DIXIEME, ROUND_HALF_UP)
    signe = "+" if part else ""
    return f"{part or 0:{signe}.1f}".replace(".", ",").replace("-", "−") + f"{ESPACE_INSECABLE}%"


def ecart_fr(ecart: Decimal) -> str:
    """« +1 234,50 € », « −20,00 € »."""
    signe = "+" if ecart > 0 else "−" if ecart < 0 else ""
    return f"{signe}{montant_fr(abs(ecart))}"


def ligne_ecart(libelle: str, prevu: Decimal, realise: Decimal | None, montre: Any = None) -> LigneEcart:
    """A line compared; an amount that cannot be read gives no écart. `montre` stands for the amount done."""
    montre = total_fr(realise) if montre is None else montre
    if realise is None:
        return LigneEcart(libelle, montant_fr(prevu), montre, total_fr(None), total_fr(None))
    ecart = realise - prevu
    return LigneEcart(libelle, montant_fr(prevu), montre, ecart_fr(ecart), pourcentage(prevu, ecart))


def tableaux(form: TableauForm, *, remplir: bool) -> tuple[TableauEcart, ...]:
    """Both tables, with every line to fill in, or with those that say something to read.

    To fill in, what is not typed yet has no écart; to read, it is zero, as it is filed. `ecarts.js` follows the same rule.
    """
    return tuple(
        TableauEcart(
            tableau.id,
            tableau.titre,
            tuple(_cote(form, sens, tableau.chapitres[sens], remplir=remplir) for sens in SensBudget),
        )
        for tableau in PLAN
    )


def _cote(form: TableauForm, sens: SensBudget, chapitres: Any, *, remplir: bool) -> CoteEcart:
    postes = [poste for chapitre in chapitres for poste in chapitre.postes]
    prevu = sum((form.prevus.get(poste.slug, Decimal(0)) for poste in postes), Decimal(0))
    realise = somme([form[poste.slug].montant_ou_zero() for poste in postes])
    lus = (
        ChapitreEcart(
            f"{chapitre.compte} – {chapitre.titre}".strip(" –"),
            tuple(_ligne(form, p, remplir=remplir) for p in chapitre.postes if remplir or _dit(form, p)),
        )
        for chapitre in chapitres
    )
    total = ligne_ecart(f"Total des {sens}", prevu, realise)
    if remplir and realise is not None and any(form.prevus.get(p.slug) and _vide(form, p) for p in postes):
        total = replace(total, ecart=A_COMPLETER, pourcentage=A_COMPLETER)
    return CoteEcart(sens, tuple(c for c in lus if c.lignes), total)


def _dit(form: TableauForm, poste: Poste) -> bool:
    return poste.slug in form.prevus or bool(form[poste.slug].lisible())


def _vide(form: TableauForm, poste: Poste) -> bool:
    return not (form[poste.slug].data or "").strip()


def _ligne(form: TableauForm, poste: Poste, *, remplir: bool) -> LigneEcart:
    champ = form[poste.slug]
    montre = champ if remplir else champ.lisible() or montant_fr(Decimal(0))
    ligne = ligne_ecart(poste.libelle, form.prevus.get(poste.slug, Decimal(0)), champ.montant_ou_zero(), montre)
    return replace(ligne, ecart="", pourcentage="") if remplir and _vide(form, poste) else ligne
