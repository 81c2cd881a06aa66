"""Deciding on a dossier, notifying, and what follows."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from portal.forms.decisions import MODELE, DecisionForm, RecommandeForm, ReouvertureForm
from portal.forms.dossiers import VersionForm
from portal.models.decisions import Decision
from portal.permissions import OUI, Verdict, may_instruct
from portal.queries import actes_decision, modeles_motivation, versions_decisions
from portal.queries import decisions_a_ecrire as queries
from portal.queries.decisions_a_ecrire import PageDecision
from portal.services import decisions as services
from portal.services import recommandes, reouvertures
from portal.services.teneurs import Teneur
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted, attempted, changed_list, received, stays
from portal.web.rendering import render, see_other
from portal.web.session import session

OK, CONFLIT = 200, 409
bp = Blueprint("decisions", __name__, url_prefix="/instruction/dossiers/<reference>")


@bp.get("/decider")
@access(may_instruct)
def preparer(reference: str) -> ResponseReturnValue:
    """The decision to write, or to change before it is notified. `modele`: a model whose words begin the motivation."""
    page = queries.a_decider(session(), acteur(), reference)
    queries.check(actes_decision.may_decide(page.faits))
    return _page(page, DecisionForm(data=queries.depart(page)))


@bp.post("/decider")
@access(may_instruct)
def enregistrer(reference: str) -> ResponseReturnValue:
    """Record the decision: nothing leaves yet."""
    page, form = queries.a_decider(session(), acteur(), reference), DecisionForm(MultiDict(received()))
    if stays():
        return _page(page, form)

    def act() -> object:
        teneur = Teneur.saisie(**form.valeurs())
        return services.decide(session(), by=acteur(), dossier=page.dossier, teneur=teneur, version=form.lue)

    status = attempted(form, act)
    if status is not None:
        return _page(queries.a_decider(session(), acteur(), reference), form, status=status)
    return see_other(
        _retour(reference), message="La décision est enregistrée. Elle ne sera connue qu’une fois notifiée."
    )


@bp.post("/notifier")
@access(may_instruct)
def notifier(reference: str) -> ResponseReturnValue:
    """Notify the recorded decision; when another one, or nothing, is to be notified any more, both are shown."""
    page, form = queries.a_decider(session(), acteur(), reference), VersionForm()
    faites: list[Decision] = []

    def act() -> object:
        faites.append(services.notify(session(), by=acteur(), dossier=page.dossier, version=form.lue))
        return faites

    status = attempted(form, act)
    if status is not None:
        page = queries.a_decider(session(), acteur(), reference)
        verdict = actes_decision.may_notify(page.faits)
        return _comparee("decisions/notifier.html", page, form, status=status, verdict=verdict)
    message = (
        "La décision est notifiée."
        if faites[0].notified_at
        else "La décision part vers Démarches Simplifiées. L’état changera dès qu’elle y sera appliquée."
    )
    return see_other(_retour(reference), message=message)


@bp.get("/rouvrir")
@access(may_instruct)
def demander_reouverture(reference: str) -> ResponseReturnValue:
    """Why a decided dossier is opened again."""
    page = queries.a_rouvrir(session(), acteur(), reference)
    version = page.decision.version if page.decision else 0
    form = ReouvertureForm(data={"version": version})
    return render("decisions/rouvrir.html", lue=page, form=form, comparaison=None, verdict=OUI)


@bp.post("/rouvrir")
@access(may_instruct)
def rouvrir(reference: str) -> ResponseReturnValue:
    """Open it again: the association is told. The reason stays on the page when somebody else was faster."""
    page, form = queries.a_decider(session(), acteur(), reference), ReouvertureForm()

    def act() -> object:
        return reouvertures.reopen(
            session(), by=acteur(), dossier=page.dossier, motif=form.motif.data, version=form.lue
        )

    status = attempted(form, act)
    if status is not None:
        page = queries.a_decider(session(), acteur(), reference)
        verdict = actes_decision.may_reopen(page.faits)
        return _comparee("decisions/rouvrir.html", page, form, status=status, verdict=verdict)
    return see_other(_retour(reference), message="Le dossier est rouvert. L’association est prévenue.")


@bp.get("/lettre-recommandee")
@access(may_instruct)
def noter_recommande(reference: str) -> ResponseReturnValue:
    """The registered letter that tells a decision that nobody has read."""
    page = queries.a_envoyer(session(), acteur(), reference)
    version = page.decision.version if page.decision else 0
    return render("decisions/recommande.html", lue=page, form=RecommandeForm(data={"version": version}))


@bp.post("/lettre-recommandee")
@access(may_instruct)
def recommander(reference: str) -> ResponseReturnValue:
    """Keep its date and its number."""
    page, form = queries.a_envoyer(session(), acteur(), reference), RecommandeForm()

    def act() -> object:
        return recommandes.note_sending(
            session(),
            by=acteur(),
            dossier=page.dossier,
            envoyee_le=form.envoyee_le.valeur,
            numero=form.numero.data,
            version=form.lue,
        )

    if not accepted(form, act):
        page = queries.a_envoyer(session(), acteur(), reference)
        return render("decisions/recommande.html", status=422, lue=page, form=form)
    return see_other(_retour(reference), message="L’envoi de la lettre recommandée est noté.")


def _page(page: PageDecision, form: DecisionForm, *, status: int = 200) -> ResponseReturnValue:
    """The form. A model asked for by its button, or by the address, gives its words to the motivation."""
    modele = form.lire_modele() if changed_list() == MODELE else request.args.get("modele", type=int)
    if modele is not None and status == OK:
        texte = modeles_motivation.get(session(), acteur(), modele)
        form.motivation.data = modeles_motivation.texte_pour(texte, page.dossier)
    if status == CONFLIT:
        form.reprendre(page.decision.version if page.decision else 0)
    form.modele.choices = [("", "Aucun"), *((str(un.id), un.titre) for un in page.modeles)]
    return render("decisions/edit.html", status=status, lue=page, form=form, conflit=status == CONFLIT)


def _comparee(
    gabarit: str, page: PageDecision, form: VersionForm, *, status: int, verdict: Verdict
) -> ResponseReturnValue:
    """What was on the page beside what stands, with the act once more when `verdict` allows it."""
    version = page.decision.version if page.decision else 0
    comparaison = versions_decisions.compare(session(), acteur(), page.dossier, page.decision, form.lue)
    form.reprendre(version)
    return render(gabarit, status=status, lue=page, form=form, comparaison=comparaison, verdict=verdict)


def _retour(reference: str) -> str:
    return url_for("dossiers.show", reference=reference)
