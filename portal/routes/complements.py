"""For the people of an association: the corrections that a service asks of a filed request, page by page, sent all at once."""

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.forms.budget import BudgetForm, a_remplir
from portal.forms.complements import EnvoiCorrectionsForm
from portal.forms.fusion import verrou_recu
from portal.forms.saisie import Saisie
from portal.permissions import may_be_usager
from portal.permissions.complements import can_send
from portal.queries import complements as queries
from portal.queries import demandes_lisibles, lecture_demandes, pieces_complement
from portal.queries.complements import Correction
from portal.queries.conflits import list_conflits
from portal.services import complements as services
from portal.services import corrections
from portal.vocabulaire_demandes import EtatSection, Place, SectionDemande
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted, changed_list, received, stays
from portal.web.preuves import require_recent_proof
from portal.web.rendering import est_fragment, render, see_other
from portal.web.session import session

bp = Blueprint("complements", __name__, url_prefix="/dossiers/<reference>/complement")


@bp.get("")
@access(may_be_usager)
def montrer(reference: str) -> ResponseReturnValue:
    """What is asked and why, where each page stands, and the button that sends it all; of a paper request, how to answer."""
    demande = queries.get_asked_by_letter(session(), acteur(), reference)
    if demande is not None:
        dossier, complement = demande
        return render("complements/papier.html", dossier=dossier, complement=complement)
    return _page(queries.get_mine(session(), acteur(), reference), EnvoiCorrectionsForm())


@bp.post("/envoyer")
@access(may_be_usager)
def envoyer(reference: str) -> ResponseReturnValue:
    """Send every correction, once."""
    retour = url_for("mes_dossiers.montrer", reference=reference)
    if queries.is_sent(session(), acteur(), reference):
        return see_other(retour, message="Vos corrections étaient déjà envoyées.")
    correction = queries.get_mine(session(), acteur(), reference)
    if correction.attestee:
        require_recent_proof(url_for(".montrer", reference=reference))
    form = EnvoiCorrectionsForm()
    if not accepted(form, lambda: corrections.answer(session(), by=acteur(), correction=correction)):
        return _page(queries.get_mine(session(), acteur(), reference), form, status=422)
    return see_other(retour, message="Vos corrections sont envoyées au service.")


@bp.get("/<section>")
@access(may_be_usager)
def remplir(reference: str, section: str) -> ResponseReturnValue:
    """One page, as it is being corrected."""
    correction, place = queries.get_place(session(), acteur(), reference, section)
    form = lecture_demandes.a_remplir(session(), acteur(), correction.lue, place, origines=False)
    if correction.lue.etat(place) == EtatSection.A_CORRIGER:
        form.examiner()
    return _page_de_section(correction, place, form)


@bp.post("/<section>")
@access(may_be_usager)
def enregistrer(reference: str, section: str) -> ResponseReturnValue:
    """Keep a page being corrected, right or wrong; nothing of what is filed moves yet."""
    correction, place = queries.get_place(session(), acteur(), reference, section)
    form = lecture_demandes.recevoir(correction.lue, place, received())
    verrou = verrou_recu(request.form)
    garde = services.save(
        session(), by=acteur(), correction=correction, place=place, valeurs=form.brut(), verrou=verrou
    )
    correction, place = queries.get_place(session(), acteur(), reference, section)
    form = lecture_demandes.a_remplir(session(), acteur(), correction.lue, place, garde.valeurs, origines=False)
    if not garde:
        conflits = list_conflits(acteur(), form, correction.lue.forms[place], garde.conflits)
        return _page_de_section(correction, place, form, status=409, conflits=conflits)
    form.examiner()
    if stays():
        return _rester(correction, place, form)
    if form.errors:
        return _page_de_section(correction, place, form, status=422)
    message = (
        f"La correction de «\u00a0{place.libelle}\u00a0» est enregistrée. Elle n’est pas encore envoyée au service."
    )
    return see_other(url_for(".montrer", reference=reference), message=message)


def _rester(correction: Correction, place: Place, form: Saisie) -> ResponseReturnValue:
    """The same page once more, at the list of lines that was changed."""
    if est_fragment():
        return _page_de_section(correction, place, form)
    reference = correction.dossier.reference
    return see_other(url_for(".remplir", reference=reference, section=place.slug, _anchor=changed_list()))


def _page(correction: Correction, form: EnvoiCorrectionsForm, *, status: int = 200) -> ResponseReturnValue:
    return render(
        "complements/show.html",
        status=status,
        correction=correction,
        form=form,
        verdict=can_send(acteur(), correction.dossier, attestee=correction.attestee),
    )


def _page_de_section(
    correction: Correction, place: Place, form: Saisie, *, status: int = 200, conflits: Any = ()
) -> ResponseReturnValue:
    if place.section == SectionDemande.PIECES:
        return render("complements/pieces.html", vue=pieces_complement.get(session(), acteur(), correction))
    queries.recall(form, correction.ancienne(place))
    deposee = [une for une in demandes_lisibles.sections_de(correction.deposee) if une.place == place]
    return render(
        "complements/section.html",
        partial="complements/_section.html",
        status=status,
        correction=correction,
        place=place,
        form=form,
        conflits=conflits,
        tableaux=a_remplir(form) if isinstance(form, BudgetForm) else (),
        deposee=deposee[0] if deposee and isinstance(form, BudgetForm) else None,
    )
