"""Workbooks that a service imports: deposited, checked, confirmed, undone."""

import secrets
from typing import cast

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.forms.dossiers import VersionForm
from portal.forms.imports import ChoixImportForm, ConfirmationImportForm, DepotImportForm, RangementImportForm, choix_de
from portal.models.imports import LotImport
from portal.permissions import may_be_agent, may_instruct
from portal.queries import imports as queries
from portal.services import erreurs_imports
from portal.services import imports as services
from portal.services.imports import Choix, NouvelleDemarche, Sort
from portal.vocabulaire_imports import GenreImport
from portal.web.access import access
from portal.web.adresses import identifiant
from portal.web.connexion import acteur
from portal.web.formulaires import attempted, outcome
from portal.web.pieces import keep_table
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("imports", __name__, url_prefix="/instruction/imports")


@bp.get("")
@access(may_be_agent)
def lister() -> ResponseReturnValue:
    """The imports of the service."""
    lots, suivante = queries.list_imports(session(), acteur(), avant=request.args.get("avant", type=identifiant))
    return render("imports/list.html", lots=lots, suivante=suivante, peut_importer=may_instruct(acteur()).ok)


@bp.get("/nouveau")
@access(may_instruct)
def preparer() -> ResponseReturnValue:
    """Which file, and what it holds."""
    return _depot(DepotImportForm(formdata=None, data={"cle": secrets.token_hex(16)}))


@bp.post("")
@access(may_instruct)
def deposer() -> ResponseReturnValue:
    """Keep the file; a job reads it."""
    form = DepotImportForm()
    lot = outcome(form, lambda: _deposit(form))
    if lot is None:
        return _depot(form, status=422)
    return see_other(
        url_for(".montrer", lot_id=lot.id), message="Le fichier est déposé\u00a0: rien n’est encore importé."
    )


@bp.get("/<int:lot_id>")
@access(may_be_agent)
def montrer(lot_id: int) -> ResponseReturnValue:
    """Where it stands: read, to be checked, being written, done, undone."""
    return _import(lot_id)


@bp.post("/<int:lot_id>/lecture")
@access(may_instruct)
def relire(lot_id: int) -> ResponseReturnValue:
    """Read the file again, as the person says."""
    lot = queries.get_own(session(), acteur(), lot_id)
    form = _choix(lot)

    def act() -> LotImport:
        choix = Choix(GenreImport(form.genre.data), form.feuille.data or None, form.rangs_entete(), form.choisies())
        return services.choose(session(), by=acteur(), lot=lot, version=form.lue, choix=choix)

    status = attempted(form, act)
    if status is not None:
        return _import(lot_id, choix=form, status=status)
    return see_other(url_for(".montrer", lot_id=lot_id), message="Le fichier est relu.")


@bp.post("/<int:lot_id>/demarche")
@access(may_instruct)
def ranger(lot_id: int) -> ResponseReturnValue:
    """Say where its requests go; it is read again, beside what went there before."""
    lot, form = queries.get_own(session(), acteur(), lot_id), RangementImportForm()

    def act() -> LotImport:
        nouvelle = NouvelleDemarche(form.titre.data, form.exercice.valeur) if not form.demarche.data else None
        return services.place(
            session(), by=acteur(), lot=lot, version=form.lue, demarche_id=form.choisie, nouvelle=nouvelle
        )

    status = attempted(form, act)
    if status is not None:
        return _import(lot_id, rangement=form, status=status)
    return see_other(
        url_for(".montrer", lot_id=lot_id), message="La démarche est choisie\u00a0: le fichier y est comparé."
    )


@bp.post("/<int:lot_id>/confirmation")
@access(may_instruct)
def confirmer(lot_id: int) -> ResponseReturnValue:
    """Write what was read."""
    lot, form = queries.get_own(session(), acteur(), lot_id), ConfirmationImportForm()

    def act() -> LotImport:
        copies, deja, relu = cast("Sort", form.copies.data), cast("Sort", form.deja.data), "comparer" in request.form
        return services.confirm(session(), by=acteur(), lot=lot, version=form.lue, copies=copies, deja=deja, relu=relu)

    status = attempted(form, act)
    if status is not None:
        return _import(lot_id, confirmation=form, status=status)
    return see_other(url_for(".montrer", lot_id=lot_id), message=services.CONFIRMES[lot.etat])


@bp.post("/<int:lot_id>/annulation")
@access(may_instruct)
def annuler(lot_id: int) -> ResponseReturnValue:
    """Take back all that it made, if nothing depends on it."""
    lot = queries.get(session(), acteur(), lot_id)
    services.undo(session(), by=acteur(), lot=lot, version=VersionForm().lue)
    return see_other(url_for(".montrer", lot_id=lot_id), message="L’annulation est lancée.")


@bp.post("/<int:lot_id>/abandon")
@access(may_instruct)
def abandonner(lot_id: int) -> ResponseReturnValue:
    """Leave it: nothing of it was written."""
    lot = queries.get_own(session(), acteur(), lot_id)
    services.abandon(session(), by=acteur(), lot=lot, version=VersionForm().lue)
    return see_other(url_for(".lister"), message="L’import est abandonné\u00a0: rien n’en est écrit.")


@bp.post("/<int:lot_id>/annote")
@access(may_instruct)
def annoter(lot_id: int) -> ResponseReturnValue:
    """Order the same sheet, with its bad cells coloured and commented."""
    document = erreurs_imports.order(session(), by=acteur(), lot=queries.get(session(), acteur(), lot_id))
    return see_other(url_for("documents.show", numero=document.numero))


def _deposit(form: DepotImportForm) -> LotImport:
    """The file is written durably before the transaction that speaks of it."""
    fichier = keep_table(form.fichier)
    return services.deposit(
        session(),
        by=acteur(),
        fichier=fichier,
        nom=form.fichier.nom_fichier,
        cle=form.cle.data,
        genre=GenreImport(form.genre.data) if form.genre.data else None,
    )


def _depot(form: DepotImportForm, *, status: int = 200) -> ResponseReturnValue:
    return render("imports/new.html", status=status, form=form)


def _choix(lot: LotImport, *, neuf: bool = False) -> ChoixImportForm:
    champs, multiples = queries.list_fields(lot.genre)
    form = choix_de(lot.constat, lot.genre, champs, multiples, **({"formdata": None} if neuf else {}))
    if neuf:
        form.reprendre(lot.version)
    return form


def _import(
    lot_id: int,
    *,
    choix: ChoixImportForm | None = None,
    confirmation: ConfirmationImportForm | None = None,
    rangement: RangementImportForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    page = queries.get_page(
        session(),
        acteur(),
        lot_id,
        filtre=request.args.get("lignes", ""),
        apres=request.args.get("apres", 0, type=identifiant) or 0,
    )
    confirmee = confirmation or ConfirmationImportForm(formdata=None)
    choisie = choix or _choix(page.lot, neuf=True)
    rangee = rangement or RangementImportForm(formdata=None, data={"demarche": page.demarche_proposee})
    rangee.offrir(page.demarches)
    for form in (confirmee, choisie, rangee):
        form.reprendre(page.lot.version)
    return render(
        "imports/show.html",
        partial="imports/_suivi.html",
        status=status,
        suivi=page,
        confirmation=confirmee,
        choix=choisie,
        rangement=rangee,
        form=choix or confirmation or rangement,
        champs=queries.field_words(page.lot.genre),
    )
