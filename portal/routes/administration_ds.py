"""For administrators: the settings of a DS démarche, and what is known of a dossier that is set aside."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.synchronisation import NON, OUI, GroupeForm, ReglagesForm
from portal.permissions import may_administer
from portal.queries import reglages_ds
from portal.queries.autorisations import CONSULTATION
from portal.queries.reglages_ds import GroupesDS, ReglagesDS
from portal.services import fichiers_ds, resumes_avis, synchronisation, traces
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted, outcome
from portal.web.rendering import render, see_other
from portal.web.session import fermer as rendre_la_session
from portal.web.session import moyens, session

bp = Blueprint("administration_ds", __name__, url_prefix="/administration/synchronisation/<int:demarche_id>")


@bp.get("")
@access(may_administer)
def montrer(demarche_id: int) -> ResponseReturnValue:
    """Where its files stay, which annotation receives our avis."""
    fiche = reglages_ds.get(session(), demarche_id)
    return render("synchronisation/edit.html", fiche=fiche, form=_form(fiche))


@bp.post("")
@access(may_administer)
def enregistrer(demarche_id: int) -> ResponseReturnValue:
    """Both at once: what did not change is not settled again."""
    fiche = reglages_ds.get(session(), demarche_id)
    form = _form(fiche)

    def act() -> None:
        fichiers_ds.set_on_demand(session(), by=acteur(), demarche_id=demarche_id, oui=form.a_la_demande.data == OUI)
        champ_id = form.champ_id.data or ""
        if champ_id != fiche.demarche.annotation_avis:
            resumes_avis.set_annotation(session(), by=acteur(), demarche_id=demarche_id, champ_id=champ_id)

    if not accepted(form, act):
        return render("synchronisation/edit.html", status=422, fiche=fiche, form=form)
    return see_other(
        url_for("synchronisation.suivre", demarche_id=demarche_id), message="Les réglages sont enregistrés."
    )


@bp.get("/groupes")
@access(may_administer)
def lister_groupes(demarche_id: int) -> ResponseReturnValue:
    """Its groupes instructeurs, each with its service."""
    fiche = reglages_ds.list_groups(session(), demarche_id)
    return render("synchronisation/groupes.html", fiche=fiche, form=_form_groupe(fiche))


@bp.post("/groupes")
@access(may_administer)
def confier_groupe(demarche_id: int) -> ResponseReturnValue:
    """Give a groupe instructeur, and its dossiers, to a service."""
    fiche = reglages_ds.list_groups(session(), demarche_id)
    form = _form_groupe(fiche)

    def act() -> int:
        return synchronisation.attach_group(
            session(),
            by=acteur(),
            instance=fiche.demarche.instance,
            number=fiche.demarche.ds_number or 0,
            groupe=int(form.groupe.data),
            sigle=form.service.data,
        )

    deplaces = outcome(form, act)
    if deplaces is None:
        return render("synchronisation/groupes.html", status=422, fiche=fiche, form=form)
    message = f"Le groupe est confié au service {form.service.data}. Dossiers transférés\u00a0: {deplaces}."
    return see_other(url_for(".lister_groupes", demarche_id=demarche_id), message=message)


@bp.get("/ecartes/<int:number>")
@access(may_administer)
def montrer_ecarte(demarche_id: int, number: int) -> ResponseReturnValue:
    """A dossier that is set aside; what was stored of it only under an authorisation, and once the look is in the journal."""
    fiche = reglages_ds.get_set_aside(session(), demarche_id, number)
    if fiche.ouverte is not None:
        rendre_la_session()
        objet, valeurs = f"demarche:{demarche_id}", {"autorisation": fiche.ouverte.id, "number": number}
        traces.note_reading(moyens().fabrique, by=acteur(), action=CONSULTATION, objet=objet, valeurs=valeurs)
    return render("synchronisation/ecarte.html", fiche=fiche)


def _form(fiche: ReglagesDS) -> ReglagesForm:
    demarche = fiche.demarche
    actuels = {"a_la_demande": OUI if demarche.fichiers_a_la_demande else NON, "champ_id": demarche.annotation_avis}
    return ReglagesForm(data=actuels).offrir(fiche.annotations)


def _form_groupe(fiche: GroupesDS) -> GroupeForm:
    return GroupeForm().offrir([(un.number, un.label) for un, _ in fiche.groupes], fiche.services)
