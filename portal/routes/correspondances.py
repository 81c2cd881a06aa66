"""For administrators: what each champ of a DS form feeds here, what a new form changed, and reading everything again."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.correspondances import CorrespondancesForm, Ligne, formulaire
from portal.permissions import may_administer
from portal.queries import correspondances as queries
from portal.queries.autorisations import CONSULTATION
from portal.queries.cibles_ds import A_DECIDER, choices
from portal.queries.correspondances import ChampMontre, FormulaireDS
from portal.services import correspondances as services
from portal.services import rejeu, traces
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.rendering import render, see_other
from portal.web.session import fermer as rendre_la_session
from portal.web.session import moyens, session

bp = Blueprint("correspondances", __name__, url_prefix="/administration/correspondances/<int:demarche_id>")
CONFLIT = 409


@bp.get("")
@access(may_administer)
def montrer(demarche_id: int) -> ResponseReturnValue:
    """The form in force; the words of dossiers under an authorisation only."""
    page = queries.get_form(session(), demarche_id)
    return _page(page, _form(page))


@bp.post("")
@access(may_administer)
def enregistrer(demarche_id: int) -> ResponseReturnValue:
    """Confirm and set aside, all at once. When the form changed meanwhile, what was chosen is kept to be looked at again."""
    page = queries.get_form(session(), demarche_id)
    form = _form(page)
    if form.empreinte.data != page.empreinte:
        form.empreinte.data = page.empreinte
        return _page(page, form, status=CONFLIT)

    def act() -> object:
        return services.decide(
            session(), by=acteur(), demarche_id=demarche_id, choix=form.choix(), empreinte=page.empreinte
        )

    if not accepted(form, act):
        return _page(queries.get_form(session(), demarche_id), form, status=422)
    message = (
        "Les correspondances sont enregistrées. Elles valent pour les prochaines lectures\u00a0; "
        "rejouez pour les appliquer à tous les dossiers."
    )
    return see_other(_ici(demarche_id), message=message)


@bp.post("/vu")
@access(may_administer)
def voir(demarche_id: int) -> ResponseReturnValue:
    """What changed in the form has been read."""
    services.mark_seen(session(), by=acteur(), demarche_id=demarche_id)
    return see_other(_ici(demarche_id), message="C’est noté\u00a0: ces changements ne seront plus signalés.")


@bp.post("/rejouer")
@access(may_administer)
def rejouer(demarche_id: int) -> ResponseReturnValue:
    """Order a replay: every dossier read again from what DS had sent, without asking DS."""
    rejeu.order(session(), by=acteur(), demarche_id=demarche_id)
    return see_other(_ici(demarche_id), message="La relecture de tous les dossiers est demandée.")


def _page(page: FormulaireDS, form: CorrespondancesForm, *, status: int = 200) -> ResponseReturnValue:
    """Content is shown once its consultation is in the journal, and not otherwise."""
    if page.ouverte is not None:
        rendre_la_session()
        objet, valeurs = f"demarche:{page.demarche.id}", {"autorisation": page.ouverte.id}
        traces.note_reading(moyens().fabrique, by=acteur(), action=CONSULTATION, objet=objet, valeurs=valeurs)
    return render(
        "correspondances/show.html",
        partial="correspondances/_rejeu.html",
        status=status,
        fiche=page,
        form=form,
        conflit=status == CONFLIT,
    )


def _form(page: FormulaireDS) -> CorrespondancesForm:
    return formulaire(map(_ligne, page.champs), empreinte=page.empreinte)


def _ligne(champ: ChampMontre) -> Ligne:
    a_decider = champ.choix == A_DECIDER
    return Ligne(champ.champ_id, champ.libelle, choices(champ.options, a_decider=a_decider), champ.choix)


def _ici(demarche_id: int) -> str:
    return url_for(".montrer", demarche_id=demarche_id)
