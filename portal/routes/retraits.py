"""Withdrawing a grant, for the service that granted it."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.forms.dossiers import VersionForm
from portal.forms.manquements import EnvoiForm, ObservationsForm, RetraitForm, SignatureRetraitForm
from portal.models.decisions import Decision
from portal.models.dossiers import Dossier
from portal.models.prorata import Prorata
from portal.permissions import may_be_agent, may_instruct
from portal.queries import destinataires_retrait, retraits
from portal.queries.decisions import QUALITE_PAR_DEFAUT
from portal.queries.retraits import FicheRetrait
from portal.services import envois_retrait
from portal.services import retraits as services
from portal.vocabulaire_cer import DestinataireRetrait, MotifRetrait
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted, outcome
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("retraits", __name__, url_prefix="/instruction/dossiers/<reference>/retrait")


@bp.get("/nouveau")
@access(may_instruct)
def preparer(reference: str) -> ResponseReturnValue:
    """What is envisaged, to write."""
    dossier, decision = retraits.to_withdraw(session(), acteur(), reference)
    return _page_de_projet(dossier, decision, _form(dossier))


@bp.post("/nouveau")
@access(may_instruct)
def envisager(reference: str) -> ResponseReturnValue:
    """Count how much would be taken back; or tell the association."""
    dossier, decision = retraits.to_withdraw(session(), acteur(), reference)
    form = _form(dossier)
    if "calculer" in request.form:
        calcul = outcome(form, lambda: _projet(form).prorata(decision))
        return _page_de_projet(dossier, decision, form, calcul=calcul, status=200 if calcul else 422)
    if not accepted(form, lambda: services.envisage(session(), by=acteur(), dossier=dossier, projet=_projet(form))):
        return _page_de_projet(dossier, decision, form, status=422)
    return see_other(
        _ici(reference), message="Le retrait est engagé\u00a0: l’association peut présenter ses observations."
    )


@bp.get("")
@access(may_be_agent)
def montrer(reference: str) -> ResponseReturnValue:
    """Where the procedure stands."""
    return _page(retraits.get(session(), acteur(), reference))


@bp.post("/observations")
@access(may_instruct)
def noter(reference: str) -> ResponseReturnValue:
    """Attach what an association that the portal does not reach has answered by letter."""
    fiche = retraits.get(session(), acteur(), reference)
    form = ObservationsForm()
    if not accepted(
        form, lambda: services.note_observations(session(), by=acteur(), fiche=fiche, texte=form.texte.data)
    ):
        return _page(fiche, observations=form, status=422)
    return see_other(_ici(reference), message="Les observations de l’association sont jointes.")


@bp.post("/abandon")
@access(may_instruct)
def renoncer(reference: str) -> ResponseReturnValue:
    """Give the withdrawal up."""
    fiche = retraits.get(session(), acteur(), reference)
    services.give_up(session(), by=acteur(), fiche=fiche, version=VersionForm().lue)
    return see_other(
        url_for("dossiers.show", reference=reference),
        message="Le retrait est abandonné\u00a0: l’association en est informée.",
    )


@bp.get("/decision")
@access(may_instruct)
def relire(reference: str) -> ResponseReturnValue:
    """The decision to sign."""
    fiche = retraits.to_sign(session(), acteur(), reference)
    depart = {"version": fiche.retrait.version, "motivation": fiche.retrait.griefs, "qualite": QUALITE_PAR_DEFAUT}
    return render("retraits/decision.html", fiche=fiche, form=SignatureRetraitForm(data=depart))


@bp.post("/decision")
@access(may_instruct)
def signer(reference: str) -> ResponseReturnValue:
    """Sign and notify."""
    fiche = retraits.to_sign(session(), acteur(), reference)
    form = SignatureRetraitForm()

    def act() -> object:
        return services.sign(
            session(),
            by=acteur(),
            fiche=fiche,
            motivation=form.motivation.data,
            qualite=form.qualite.data,
            version=form.lue,
        )

    if not accepted(form, act):
        return render("retraits/decision.html", status=422, fiche=fiche, form=form)
    return see_other(_ici(reference), message="Le retrait est signé et notifié.")


@bp.post("/envois")
@access(may_instruct)
def envoyer(reference: str) -> ResponseReturnValue:
    """Send the notified decision to the préfet, or to a co-funder."""
    fiche = retraits.get(session(), acteur(), reference)
    form = EnvoiForm()

    def act() -> object:
        return envois_retrait.transmit(
            session(),
            by=acteur(),
            fiche=fiche,
            genre=DestinataireRetrait(form.genre.data),
            nom=form.nom.data,
            email=form.email.data,
        )

    if not accepted(form, act):
        return _page(fiche, envoi=form, status=422)
    return see_other(_ici(reference), message=f"La décision part vers {form.email.data}.")


def _form(dossier: Dossier) -> RetraitForm:
    a_invoquer = retraits.constats_a_invoquer(session(), acteur(), dossier)
    return RetraitForm().offrir((un.id, un.reference) for un in a_invoquer)


def _projet(form: RetraitForm) -> services.Projet:
    return services.Projet(
        motif=MotifRetrait(form.motif.data),
        griefs=form.griefs.data,
        periode_debut=form.periode_debut.valeur,
        periode_fin=form.periode_fin.valeur,
        date_manquement=form.date_manquement.valeur,
        observations_jours=form.observations_jours.data,
        courrier=form.courrier.data,
        constat_id=int(form.constat.data) if form.constat.data else None,
    )


def _page_de_projet(
    dossier: Dossier, decision: Decision, form: RetraitForm, *, calcul: Prorata | None = None, status: int = 200
) -> ResponseReturnValue:
    joignable = retraits.is_reachable(session(), dossier)
    return render(
        "retraits/new.html",
        status=status,
        dossier=dossier,
        decision=decision,
        form=form,
        calcul=calcul,
        joignable=joignable,
    )


def _page(
    fiche: FicheRetrait,
    *,
    envoi: EnvoiForm | None = None,
    observations: ObservationsForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    return render(
        "retraits/show.html",
        status=status,
        fiche=fiche,
        connus=destinataires_retrait.list_known(session(), fiche.dossier, fiche.retrait),
        envoi=envoi or EnvoiForm(formdata=None),
        observations=observations or ObservationsForm(formdata=None),
    )


def _ici(reference: str) -> str:
    return url_for("retraits.montrer", reference=reference)
