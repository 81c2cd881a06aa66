"""One act on many dossiers: what to choose, the dry run, the lot, its undoing."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.errors import Invalid
from portal.forms.lots import LotForm, form_of
from portal.models.dossiers import Dossier
from portal.permissions import may_be_agent, may_instruct
from portal.queries import essais_lots, options_file
from portal.queries import traitements_lots as queries
from portal.services import lots as services
from portal.services.actes_lots import check
from portal.vocabulaire_instruction import ActionLot, EtatLigneLot
from portal.vocabulaire_lots import SANS_PARAMETRE
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted, outcome
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("lots", __name__, url_prefix="/instruction/lots")
ACTIONS = {action.value: action for action in ActionLot}
ETATS = {etat.value: etat for etat in EtatLigneLot}


@dataclass(frozen=True, slots=True)
class Preparation:
    """What is to be done to which dossiers. `versions`: of their decisions as shown; `vue`: where the list was."""

    action: ActionLot
    dossiers: Sequence[Dossier]
    cle: str
    vue: str
    versions: dict[str, int]
    demandes: int

    @property
    def references(self) -> str:
        """In one field of a form."""
        return " ".join(un.reference for un in self.dossiers)


@bp.get("/preparer")
@access(may_instruct)
def preparer() -> ResponseReturnValue:
    """What the action must know; straight to the dry run when it asks for nothing."""
    filtre, action = options_file.read(session(), acteur(), request.args), ACTIONS.get(request.args.get("action", ""))
    if request.args.get("portee") == "vue":
        choisis = essais_lots.of_view(session(), acteur(), filtre)
    else:
        references = request.args.getlist("dossier")[: essais_lots.MAXIMUM]
        choisis = essais_lots.of_references(session(), acteur(), references)
    if action is None or not choisis:
        return render("lots/vide.html", vue=filtre.texte())
    preparation = Preparation(action, choisis, secrets.token_hex(16), filtre.texte(), {}, len(choisis))
    form = _formulaire(action)
    return _essai(preparation, form) if action in SANS_PARAMETRE else _choix(preparation, form)


@bp.post("/essai")
@access(may_instruct)
def essayer() -> ResponseReturnValue:
    """The dry run: nothing is done."""
    preparation = _preparation()
    form = _formulaire(preparation.action)
    if not accepted(form, lambda: check(session(), acteur(), preparation.action, form.parametres())):
        return _choix(preparation, form, status=422)
    return _essai(preparation, form)


@bp.post("")
@access(may_instruct)
def lancer() -> ResponseReturnValue:
    """Order the lot; a form sent twice makes one."""
    preparation = _preparation()
    form = _formulaire(preparation.action)
    lot = outcome(
        form,
        lambda: services.start(
            session(),
            by=acteur(),
            action=preparation.action,
            parametres=form.parametres(),
            dossiers=[(un.id, preparation.versions.get(un.reference, 0)) for un in preparation.dossiers],
            cle=preparation.cle,
        ),
    )
    if lot is None:
        return _choix(preparation, form, status=422)
    perdus = preparation.demandes - len(preparation.dossiers)
    reste = (
        f" Votre service ne lit plus {perdus} des dossiers choisis\u00a0: ils sont laissés de côté." if perdus else ""
    )
    return see_other(url_for(".montrer", lot_id=lot.id), message=f"Le traitement est lancé.{reste}")


@bp.get("")
@access(may_be_agent)
def lister() -> ResponseReturnValue:
    """The agent's lots."""
    lots, suivante = queries.list_lots(session(), acteur(), avant=request.args.get("avant", type=int))
    return render("lots/list.html", lots=lots, suivante=suivante)


@bp.get("/<int:lot_id>")
@access(may_be_agent)
def montrer(lot_id: int) -> ResponseReturnValue:
    """How far it has gone, then what became of each dossier."""
    suivi = queries.get_page(
        session(),
        acteur(),
        lot_id,
        etat=ETATS.get(request.args.get("etat", "")),
        depuis=max(request.args.get("depuis", 0, type=int), 0),
    )
    return render("lots/show.html", partial="lots/_suivi.html", suivi=suivi)


@bp.post("/<int:lot_id>/annulation")
@access(may_instruct)
def annuler(lot_id: int) -> ResponseReturnValue:
    """Put everything back that can be."""
    services.undo(session(), by=acteur(), lot=queries.get(session(), acteur(), lot_id))
    return see_other(url_for(".montrer", lot_id=lot_id), message="L’annulation est lancée.")


def _preparation() -> Preparation:
    """What a page sent back. Raises Invalid when it is none of ours, or none of its dossiers is left."""
    recu = request.form
    action, cle = ACTIONS.get(recu.get("action", "")), recu.get("cle", "")
    jetons = recu.get("dossiers", "").split()[: essais_lots.MAXIMUM]
    couples = [jeton.partition(":") for jeton in jetons]
    versions = {reference: int(version) for reference, _, version in couples if version.isascii() and version.isdigit()}
    choisis = essais_lots.of_references(session(), acteur(), [reference for reference, *_ in couples])
    if action is None or not 16 <= len(cle) <= 40 or not choisis:
        raise Invalid(
            "", "Aucun de ces dossiers ne peut être traité\u00a0: rien n’est lancé. Recommencez depuis la liste."
        )
    return Preparation(action, choisis, cle, recu.get("vue", "")[:2000], versions, len(jetons))


def _formulaire(action: ActionLot) -> LotForm:
    form = form_of(action)
    form.offer(queries.list_options(session(), acteur(), action))
    return form


def _choix(preparation: Preparation, form: LotForm, *, status: int = 200) -> ResponseReturnValue:
    return render("lots/preparer.html", status=status, preparation=preparation, form=form)


def _essai(preparation: Preparation, form: Any) -> ResponseReturnValue:
    parametres = form.parametres()
    essai = essais_lots.run(session(), acteur(), preparation.action, parametres, preparation.dossiers)
    return render("lots/essai.html", preparation=preparation, form=form, essai=essai)
