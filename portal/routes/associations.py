"""My associations, and how to attach one."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.associations import DeclarationForm, RattacherForm, SaisieForm
from portal.models.associations import ConsultationAnnuaire
from portal.permissions import may_be_usager
from portal.queries import associations, constats, engagements, preremplissages, reconnaissances
from portal.services import annuaire
from portal.services import associations as services
from portal.vocabulaire import RoleMandat
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import outcome
from portal.web.rendering import render, see_other
from portal.web.session import fermer as rendre_la_session
from portal.web.session import moyens, session

bp = Blueprint("associations", __name__, url_prefix="/associations")

CHAMPS_SAISIS = ("denomination", "adresse", "code_postal", "commune")


@bp.get("")
@access(may_be_usager)
def lister() -> ResponseReturnValue:
    """My associations."""
    return render("associations/list.html", miennes=associations.list_mine(session(), acteur()))


@bp.get("/<int:association_id>")
@access(may_be_usager)
def montrer(association_id: int) -> ResponseReturnValue:
    """What is known of one of them, by whom, and what my mandat opens."""
    mienne = associations.get_mine(session(), acteur(), association_id)
    return render(
        "associations/show.html",
        mienne=mienne,
        faits=associations.list_facts(session(), mienne),
        signatures=engagements.list_of(session(), acteur(), association_id),
        reconnaissances=reconnaissances.list_standing(session(), acteur(), association_id),
        constats_recus=constats.list_received(session(), acteur(), association_id),
        demarches_ds=preremplissages.list_open(session(), instance=moyens().instance_ds),
    )


@bp.get("/rattacher")
@access(may_be_usager)
def rattacher() -> ResponseReturnValue:
    """Ask for the number."""
    return render("associations/rattacher.html", form=RattacherForm())


@bp.post("/rattacher")
@access(may_be_usager)
def chercher() -> ResponseReturnValue:
    """Ask the register, and keep its answer for the next page."""
    form = RattacherForm()
    consultation = outcome(form, lambda: _consulter(*form.lu))
    if consultation is None:
        return render("associations/rattacher.html", status=422, form=form)
    return see_other(url_for(".confirmer", consultation_id=consultation.id))


def _consulter(genre: str, valeur: str) -> ConsultationAnnuaire:
    """No transaction is open while the register is asked; two seconds at most."""
    rendre_la_session()
    connait_les_rna = bool(moyens().config.annuaire_rna_url)
    fiche = annuaire.interroger(moyens().annuaire, genre, valeur, connait_les_rna=connait_les_rna)
    return annuaire.keep_answer(session(), by=acteur(), genre=genre, valeur=valeur, fiche=fiche)


@bp.get("/rattacher/<int:consultation_id>")
@access(may_be_usager)
def confirmer(consultation_id: int) -> ResponseReturnValue:
    """Show what the register says, and ask in which capacity the person acts."""
    consultation = associations.get_consultation(session(), acteur(), consultation_id)
    return _page_de_confirmation(consultation, _formulaire(consultation))


@bp.post("/rattacher/<int:consultation_id>")
@access(may_be_usager)
def attacher(consultation_id: int) -> ResponseReturnValue:
    """Attach."""
    consultation = associations.get_consultation(session(), acteur(), consultation_id)
    form = _formulaire(consultation)
    mandat = outcome(
        form,
        lambda: services.attach(
            session(),
            by=acteur(),
            consultation=consultation,
            role=RoleMandat(form.role.data),
            fonction=form.fonction.data,
            **{champ: form[champ].data for champ in CHAMPS_SAISIS if champ in form},
        ),
    )
    if mandat is None:
        return _page_de_confirmation(consultation, form, status=422)
    return see_other(
        url_for(".montrer", association_id=mandat.association_id),
        message=f"Vous êtes rattaché à « {mandat.association.denomination} ».",
    )


def _formulaire(consultation: ConsultationAnnuaire) -> DeclarationForm:
    return DeclarationForm() if consultation.fiche else SaisieForm()


def _page_de_confirmation(
    consultation: ConsultationAnnuaire, form: DeclarationForm, status: int = 200
) -> ResponseReturnValue:
    return render(
        "associations/confirmer.html",
        status=status,
        consultation=consultation,
        fiche=associations.lire_fiche(consultation),
        deja=associations.already_mine(session(), acteur(), consultation.genre, consultation.valeur),
        form=form,
    )
