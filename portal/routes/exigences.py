"""The pieces and the additional questions of a campaign: added, changed, withdrawn. `sorte` tells one from the other."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.campagnes import CHANGEE, version_lue
from portal.forms.exigences import FORMULAIRES_EXIGENCE, saisies
from portal.models.campagnes import PieceRequise, Question
from portal.models.demarches import Demarche
from portal.permissions.campagnes import may_prepare_campaigns
from portal.queries import campagnes
from portal.services import exigences as services
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import outcome
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint(
    "exigences", __name__, url_prefix="/instruction/campagnes/<int:demarche_id>/<any(pieces, questions):sorte>"
)
AJOUTEES = {"pieces": "La pièce est demandée.", "questions": "La question est posée."}
RETIREES = {
    "pieces": "La pièce n’est plus demandée. Celles qui sont déjà jointes sont conservées.",
    "questions": "La question n’est plus posée. Les réponses déjà écrites sont conservées.",
}


@bp.get("/nouvelle")
@access(may_prepare_campaigns)
def preparer(demarche_id: int, sorte: str) -> ResponseReturnValue:
    """An empty piece or question."""
    return _page(demarche_id, sorte, None)


@bp.post("/nouvelle")
@access(may_prepare_campaigns)
def ajouter(demarche_id: int, sorte: str) -> ResponseReturnValue:
    """Ask for it."""
    return _enregistrer(demarche_id, sorte, None)


@bp.get("/<int:exigence_id>")
@access(may_prepare_campaigns)
def modifier(demarche_id: int, sorte: str, exigence_id: int) -> ResponseReturnValue:
    """One of them, as it stands."""
    return _page(demarche_id, sorte, _exigence(demarche_id, sorte, exigence_id))


@bp.post("/<int:exigence_id>")
@access(may_prepare_campaigns)
def enregistrer(demarche_id: int, sorte: str, exigence_id: int) -> ResponseReturnValue:
    """Say it otherwise."""
    return _enregistrer(demarche_id, sorte, _exigence(demarche_id, sorte, exigence_id))


@bp.post("/<int:exigence_id>/retirer")
@access(may_prepare_campaigns)
def retirer(demarche_id: int, sorte: str, exigence_id: int) -> ResponseReturnValue:
    """Ask for it no more."""
    exigence = _exigence(demarche_id, sorte, exigence_id)
    services.withdraw(session(), by=acteur(), campagne=_campagne(demarche_id), exigence=exigence)
    return see_other(url_for("campagnes_agent.montrer", demarche_id=demarche_id), message=RETIREES[sorte])


def _campagne(demarche_id: int) -> Demarche:
    return campagnes.get_du_service(session(), acteur(), demarche_id)


def _exigence(demarche_id: int, sorte: str, exigence_id: int) -> PieceRequise | Question:
    return campagnes.get_demandee(session(), _campagne(demarche_id), services.SORTES[sorte], exigence_id)


def _enregistrer(demarche_id: int, sorte: str, exigence: PieceRequise | Question | None) -> ResponseReturnValue:
    form, campagne = FORMULAIRES_EXIGENCE[sorte](), _campagne(demarche_id)
    ident = exigence.id if exigence else None

    def save() -> bool:
        faite = services.save(
            session(),
            by=acteur(),
            campagne=campagne,
            sorte=sorte,
            exigence=exigence,
            version=version_lue(form),
            **form.valeurs(),
        )
        return faite is not None

    garde = outcome(form, save)
    if garde is False:
        form.form_errors.append(CHANGEE)
        form.version.data = str(campagne.version)
        return _page(demarche_id, sorte, exigence, form, status=409)
    if garde is None:
        return _page(demarche_id, sorte, _exigence(demarche_id, sorte, ident) if ident else None, form, status=422)
    return see_other(url_for("campagnes_agent.montrer", demarche_id=demarche_id), message=AJOUTEES[sorte])


def _page(
    demarche_id: int,
    sorte: str,
    exigence: PieceRequise | Question | None,
    form: object | None = None,
    *,
    status: int = 200,
) -> ResponseReturnValue:
    campagne = _campagne(demarche_id)
    initiales = {"version": str(campagne.version), **saisies(exigence)} if exigence else {}
    return render(
        "campagnes_agent/exigence.html",
        status=status,
        campagne=campagne,
        sorte=sorte,
        exigence=exigence,
        form=form or FORMULAIRES_EXIGENCE[sorte](data=initiales),
    )
