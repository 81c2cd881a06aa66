"""An aidant (France services, Guid'Asso) attaches the association that has mandated him in writing."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.associations import AideForm, AideSaisieForm, saisie
from portal.forms.pieces import ENVOI_MAXIMAL
from portal.models.associations import ConsultationAnnuaire, Mandat
from portal.permissions import may_be_usager
from portal.queries import associations
from portal.services import associations as services
from portal.services.mandats import Declaration
from portal.vocabulaire import RoleMandat
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import outcome
from portal.web.pieces import keep_paper
from portal.web.rendering import render, see_other
from portal.web.securite import plafond
from portal.web.session import session

bp = Blueprint("aides", __name__, url_prefix="/associations/rattacher")


@bp.get("/<int:consultation_id>/aidant")
@access(may_be_usager)
def preparer(consultation_id: int) -> ResponseReturnValue:
    """His structure, the last day, and the mandate that the association has signed."""
    consultation = _consultation(consultation_id)
    return _page(consultation, _formulaire(consultation))


@bp.post("/<int:consultation_id>/aidant")
@access(may_be_usager)
@plafond(ENVOI_MAXIMAL)
def aider(consultation_id: int) -> ResponseReturnValue:
    """Attach as an aidant: declared, until somebody of the association or a service says otherwise."""
    form = _formulaire(_consultation(consultation_id))

    def act() -> Mandat:
        declaration = Declaration(
            RoleMandat.AIDANT,
            form.fonction.data,
            fin_le=form.fin_le.valeur,
            structure=form.structure.data,
            ecrit=keep_paper(form.ecrit),
            ecrit_nom=form.ecrit.nom_fichier,
        )
        consultation = _consultation(consultation_id)
        return services.attach(
            session(), by=acteur(), consultation=consultation, declaration=declaration, **saisie(form)
        )

    mandat = outcome(form, act)
    if mandat is None:
        return _page(_consultation(consultation_id), form, status=422)
    return see_other(
        url_for("associations.montrer", association_id=mandat.association_id),
        message=f"Vous êtes aidant de «\u00a0{mandat.association.denomination}\u00a0».",
    )


def _consultation(consultation_id: int) -> ConsultationAnnuaire:
    return associations.get_consultation(session(), acteur(), consultation_id)


def _formulaire(consultation: ConsultationAnnuaire) -> AideForm:
    return AideSaisieForm() if consultation.fiche is None else AideForm()


def _page(consultation: ConsultationAnnuaire, form: AideForm, status: int = 200) -> ResponseReturnValue:
    return render(
        "associations/aider.html",
        status=status,
        consultation=consultation,
        fiche=associations.lire_fiche(consultation),
        deja=associations.already_mine(session(), acteur(), consultation),
        form=form,
    )
