"""Proposing a decision to those who take it."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from portal.forms.decisions import MODELE, PropositionForm
from portal.permissions import may_instruct
from portal.queries import actes_decision, modeles_motivation
from portal.queries import decisions_a_ecrire as queries
from portal.queries.decisions_a_ecrire import PageDecision
from portal.services import propositions as services
from portal.services.teneurs import Teneur
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import attempted, changed_list, received, stays
from portal.web.rendering import render, see_other
from portal.web.session import session

OK, CONFLIT = 200, 409
bp = Blueprint("propositions", __name__, url_prefix="/instruction/dossiers/<reference>/proposer")


@bp.get("")
@access(may_instruct)
def preparer(reference: str) -> ResponseReturnValue:
    """The proposition to write, or to change while nothing is decided."""
    page = queries.a_proposer(session(), acteur(), reference)
    queries.check(actes_decision.may_propose(page.faits))
    return _page(page, PropositionForm(data=queries.depart(page, proposer=True)))


@bp.post("")
@access(may_instruct)
def enregistrer(reference: str) -> ResponseReturnValue:
    """Record it: the responsables are told, nobody else is."""
    page, form = queries.a_proposer(session(), acteur(), reference), PropositionForm(MultiDict(received()))
    if stays():
        return _page(page, form)

    def act() -> object:
        return services.propose(
            session(),
            by=acteur(),
            dossier=page.dossier,
            teneur=Teneur.saisie(**form.valeurs()),
            commentaire=form.commentaire.data,
            version=form.lue,
        )

    status = attempted(form, act)
    if status is not None:
        return _page(queries.a_proposer(session(), acteur(), reference), form, status=status)
    message = "La proposition est enregistrée. Les responsables du service en sont prévenus."
    return see_other(url_for("dossiers.show", reference=reference), message=message)


def _page(page: PageDecision, form: PropositionForm, *, status: int = OK) -> ResponseReturnValue:
    modele = form.lire_modele() if changed_list() == MODELE else request.args.get("modele", type=int)
    if modele is not None and status == OK:
        texte = modeles_motivation.get(session(), acteur(), modele)
        form.motivation.data = modeles_motivation.texte_pour(texte, page.dossier)
    if status == CONFLIT:
        form.reprendre(page.proposition.version if page.proposition else 0)
    form.modele.choices = [("", "Aucun"), *((str(un.id), un.titre) for un in page.modeles)]
    return render("decisions/proposer.html", status=status, lue=page, form=form, conflit=status == CONFLIT)
