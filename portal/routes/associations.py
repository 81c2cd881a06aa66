"""My associations, and how to attach one."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.forms.associations import (
    ChoixForm,
    DeclarationForm,
    RattacherForm,
    SaisieForm,
    SansAnnuaireForm,
    saisie,
)
from portal.models.associations import ConsultationAnnuaire, Mandat
from portal.permissions import may_be_connected, may_be_usager
from portal.queries import (
    associations,
    constats,
    depots,
    engagements,
    invitations,
    membres,
    preremplissages,
    reconnaissances,
    signalements,
)
from portal.routes import fiches_associations
from portal.routes.consultations import consulter
from portal.services import annuaire
from portal.services import associations as services
from portal.services.mandats import Declaration
from portal.vocabulaire import RoleMandat
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import outcome
from portal.web.rendering import render, see_other
from portal.web.session import moyens, session

bp = Blueprint("associations", __name__, url_prefix="/associations")


@bp.get("")
@access(may_be_usager)
def lister() -> ResponseReturnValue:
    """My associations, and the invitations that wait for my answer."""
    return render(
        "associations/list.html",
        miennes=associations.list_mine(session(), acteur()),
        a_signer=depots.list_a_signer(session(), acteur()),
        invitations=invitations.list_addressed(session(), acteur()),
    )


@bp.get("/<int:association_id>")
@access(may_be_connected)
def montrer(association_id: int) -> ResponseReturnValue:
    """What is known of one of them, by whom, and what my mandat opens; to an agent, its sheet."""
    if acteur().est_agent:
        return fiches_associations.montrer(association_id)
    gardee = None if acteur().mandat(association_id) else associations.absorber_of(session(), acteur(), association_id)
    if gardee is not None:
        return see_other(url_for(".montrer", association_id=gardee))
    mienne = associations.get_mine(session(), acteur(), association_id)
    return render(
        "associations/show.html",
        mienne=mienne,
        a_signer=depots.list_a_signer(session(), acteur()),
        faits=associations.list_facts(session(), mienne),
        signalements=signalements.list_of(session(), acteur(), association_id),
        rivale=membres.has_rival(session(), acteur(), association_id),
        signatures=engagements.list_of(session(), acteur(), association_id),
        reconnaissances=reconnaissances.list_standing(session(), acteur(), association_id),
        constats_recus=constats.list_received(session(), acteur(), association_id),
        demarches_ds=preremplissages.list_open(session(), instance=moyens().instance_ds),
    )


@bp.get("/rattacher")
@access(may_be_usager)
def rattacher() -> ResponseReturnValue:
    """Ask for a number or a name; a link may have written it already."""
    form = RattacherForm(data={"identifiant": request.args.get("identifiant", "")})
    return render("associations/rattacher.html", form=form)


@bp.post("/rattacher")
@access(may_be_usager)
def chercher() -> ResponseReturnValue:
    """Ask the register, and keep its answer for the next page."""
    form = RattacherForm()
    consultation = outcome(form, lambda: consulter(form))
    if consultation is None:
        return render("associations/rattacher.html", status=422, form=form)
    return see_other(url_for(".confirmer", consultation_id=consultation.id))


@bp.get("/rattacher/autrement")
@access(may_be_usager)
def rattacher_autrement() -> ResponseReturnValue:
    """Ask for the number of an association that no register of ours knows."""
    return render("associations/sans_annuaire.html", form=SansAnnuaireForm())


@bp.post("/rattacher/autrement")
@access(may_be_usager)
def inscrire() -> ResponseReturnValue:
    """Keep that number for the next page, where the rest is typed."""
    form = SansAnnuaireForm()
    consultation = outcome(
        form, lambda: annuaire.keep_answer(session(), by=acteur(), genre=form.lu[0], valeur=form.lu[1])
    )
    if consultation is None:
        return render("associations/sans_annuaire.html", status=422, form=form)
    return see_other(url_for(".confirmer", consultation_id=consultation.id))


@bp.get("/rattacher/<int:consultation_id>")
@access(may_be_usager)
def confirmer(consultation_id: int) -> ResponseReturnValue:
    """Show what the register says, and ask in which capacity the person acts; its answers to a name are chosen from first."""
    consultation = associations.get_consultation(session(), acteur(), consultation_id)
    if consultation.fiche is None and consultation.candidats is not None:
        return _page_de_choix(consultation, ChoixForm())
    return _page_de_confirmation(consultation, SaisieForm() if consultation.fiche is None else DeclarationForm())


@bp.post("/rattacher/<int:consultation_id>/choix")
@access(may_be_usager)
def choisir(consultation_id: int) -> ResponseReturnValue:
    """Take one of the register's answers."""
    consultation = associations.get_consultation(session(), acteur(), consultation_id)
    form = ChoixForm()
    form.proposer(associations.list_candidates(consultation))
    choisie = outcome(
        form, lambda: annuaire.choose(session(), by=acteur(), consultation=consultation, rang=form.choix.data)
    )
    if choisie is None:
        return _page_de_choix(consultation, form, status=422)
    return see_other(url_for(".confirmer", consultation_id=consultation_id))


@bp.post("/rattacher/<int:consultation_id>")
@access(may_be_usager)
def attacher(consultation_id: int) -> ResponseReturnValue:
    """Attach."""
    consultation = associations.get_consultation(session(), acteur(), consultation_id)
    form = SaisieForm() if consultation.fiche is None else DeclarationForm()

    def act() -> Mandat:
        declaration = Declaration(RoleMandat(form.role.data), form.fonction.data, fin_le=form.fin_le.valeur)
        return services.attach(
            session(), by=acteur(), consultation=consultation, declaration=declaration, **saisie(form)
        )

    mandat = outcome(form, act)
    if mandat is None:
        return _page_de_confirmation(consultation, form, status=422)
    return see_other(
        url_for(".montrer", association_id=mandat.association_id),
        message=f"Vous êtes rattaché à «\u00a0{mandat.association.denomination}\u00a0».",
    )


def _page_de_choix(consultation: ConsultationAnnuaire, form: ChoixForm, status: int = 200) -> ResponseReturnValue:
    form.proposer(associations.list_candidates(consultation))
    fermees = associations.list_closed(consultation)
    return render("associations/choisir.html", status=status, consultation=consultation, fermees=fermees, form=form)


def _page_de_confirmation(
    consultation: ConsultationAnnuaire,
    form: DeclarationForm,
    status: int = 200,
) -> ResponseReturnValue:
    return render(
        "associations/confirmer.html",
        status=status,
        consultation=consultation,
        fiche=associations.lire_fiche(consultation),
        deja=associations.already_mine(session(), acteur(), consultation),
        form=form,
    )
