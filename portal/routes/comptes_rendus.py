"""The compte rendu financier of a grant: fill in its three sheets, check, file."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.errors import NotFound
from portal.formats import aujourdhui
from portal.forms.comptes_rendus import FEUILLES, FeuilleForm, TableauForm, tableaux
from portal.forms.demandes.depot import DepotForm
from portal.forms.dossiers import VersionForm
from portal.forms.saisie import Contexte, lier
from portal.models.comptes_rendus import CompteRendu
from portal.permissions import may_be_usager
from portal.permissions.comptes_rendus import can_file, can_fill
from portal.queries import comptes_rendus
from portal.queries.comptes_rendus import CompteRenduLu
from portal.services import comptes_rendus as services
from portal.vocabulaire_demandes import LIBELLES_SECTION_COMPTE_RENDU, EtatSection, SectionCompteRendu
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted, changed_list, received, stays
from portal.web.preuves import require_recent_proof
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("comptes_rendus", __name__, url_prefix="/dossiers/<reference>/compte-rendu")


@bp.get("")
@access(may_be_usager)
def montrer(reference: str) -> ResponseReturnValue:
    """The sheets, where each stands, and what is left to do."""
    return _page(comptes_rendus.get(session(), acteur(), reference), DepotForm())


@bp.post("/deposer")
@access(may_be_usager)
def deposer(reference: str) -> ResponseReturnValue:
    """File, once."""
    compte_rendu = comptes_rendus.get(session(), acteur(), reference)
    if compte_rendu.depose_at is None:
        require_recent_proof(url_for(".montrer", reference=reference))
    form = DepotForm()
    form.phrase_erreurs = "Le compte rendu n’est pas déposé. Tout ce que vous avez écrit est conservé."
    if not accepted(form, lambda: services.file(session(), by=acteur(), compte_rendu=compte_rendu)):
        return _page(compte_rendu, form, status=422)
    message = "Le compte rendu financier est déposé. Le service en est informé."
    return see_other(url_for(".montrer", reference=reference), message=message)


@bp.get("/<feuille>")
@access(may_be_usager)
def remplir(reference: str, feuille: str) -> ResponseReturnValue:
    """One sheet, as it was left."""
    compte_rendu, section = _a_modifier(reference, feuille)
    lu = comptes_rendus.lire(session(), compte_rendu)
    form = comptes_rendus.a_remplir(session(), lu, section)
    if lu.etat(section) == EtatSection.A_CORRIGER or isinstance(form, TableauForm):
        form.examiner()
    return _page_de_feuille(lu, section, form)


@bp.post("/<feuille>")
@access(may_be_usager)
def enregistrer(reference: str, feuille: str) -> ResponseReturnValue:
    """Keep what was typed, right or wrong, then say what is to be corrected."""
    compte_rendu, section = _a_modifier(reference, feuille)
    valeurs, version = lier(FEUILLES[section], received(), Contexte()).brut(), VersionForm().lue
    garde = services.save_sheet(
        session(), by=acteur(), compte_rendu=compte_rendu, section=section, valeurs=valeurs, version=version
    )
    lu = comptes_rendus.lire(session(), compte_rendu)
    form = comptes_rendus.a_remplir(session(), lu, section, valeurs)
    if not garde:
        form.examiner()
        return _page_de_feuille(lu, section, form, status=409, autre=_differences(lu, section, form))
    if stays():
        return see_other(url_for(".remplir", reference=reference, feuille=feuille, _anchor=changed_list()))
    form.examiner()
    if form.errors:
        return _page_de_feuille(lu, section, form, status=422)
    message = f"La feuille «\u00a0{LIBELLES_SECTION_COMPTE_RENDU[section]}\u00a0» est enregistrée."
    return see_other(url_for(".montrer", reference=reference), message=message)


def _a_modifier(reference: str, feuille: str) -> tuple[CompteRendu, SectionCompteRendu]:
    compte_rendu = comptes_rendus.get_to_fill(session(), acteur(), reference)
    if feuille not in set(SectionCompteRendu):
        raise NotFound
    return compte_rendu, SectionCompteRendu(feuille)


def _differences(lu: CompteRenduLu, section: SectionCompteRendu, form: FeuilleForm) -> list[tuple[str, str]]:
    """(label, saved value) of each field where the page says something else."""
    enregistree = lu.feuilles[section]
    return [
        (str(sien.label.text), sien.lisible())
        for sien, notre in zip(enregistree.contenus(), form.contenus(), strict=True)
        if sien.lisible() != notre.lisible()
    ]


def _page(compte_rendu: CompteRendu, form: DepotForm, *, status: int = 200) -> ResponseReturnValue:
    lu = comptes_rendus.lire(session(), compte_rendu)
    return render(
        "comptes_rendus/show.html",
        status=status,
        lu=lu,
        dossier=compte_rendu.dossier,
        phrase=comptes_rendus.phrase_echeance(compte_rendu, aujourdhui()),
        tableaux=tableaux(lu.tableau, remplir=False),
        modifiable=can_fill(acteur(), compte_rendu),
        deposable=can_file(acteur(), compte_rendu),
        form=form,
    )


def _page_de_feuille(
    lu: CompteRenduLu,
    section: SectionCompteRendu,
    form: FeuilleForm,
    *,
    status: int = 200,
    autre: list[tuple[str, str]] | None = None,
) -> ResponseReturnValue:
    return render(
        "comptes_rendus/edit.html",
        partial="comptes_rendus/_feuille.html",
        status=status,
        dossier=lu.compte_rendu.dossier,
        section=section,
        form=form,
        tableaux=tableaux(form, remplir=True) if isinstance(form, TableauForm) else (),
        autre=autre or [],
    )
