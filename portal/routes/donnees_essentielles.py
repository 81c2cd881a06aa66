"""The open data of a service's grants: what is missing, the file to publish, what was published."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.formats import aujourdhui
from portal.forms.donnees_essentielles import (
    CompleterForm,
    DonneeEssentielleForm,
    FichierScdlForm,
    PublicationForm,
)
from portal.models.donnees_essentielles import PublicationScdl
from portal.permissions import may_be_agent, may_instruct
from portal.queries import donnees_essentielles as queries
from portal.services import donnees_essentielles as services
from portal.services.donnees_essentielles import Note
from portal.web.access import access
from portal.web.adresses import identifiant
from portal.web.connexion import acteur
from portal.web.formulaires import accepted, attempted, outcome
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("donnees_essentielles", __name__, url_prefix="/instruction/donnees-essentielles")


@bp.get("")
@access(may_be_agent)
def lister() -> ResponseReturnValue:
    """What is ready to be published, and what is missing."""
    exercices = queries.exercices(session(), acteur())
    voulu = request.args.get("exercice", 0, type=identifiant)
    annee = voulu if voulu in exercices else next(iter(exercices), aujourdhui().year)
    return render(
        "donnees_essentielles/list.html",
        exercice=annee,
        exercices=exercices,
        etat=queries.overview(session(), acteur(), annee),
        publications=queries.publications(session(), acteur(), annee),
        peut_ecrire=may_instruct(acteur()).ok,
        jour=aujourdhui(),
    )


@bp.get("/<int:exercice>/completer")
@access(may_instruct)
def preparer_ajouts(exercice: int) -> ResponseReturnValue:
    """What may be noted wherever nothing is."""
    queries.get_exercice(session(), acteur(), exercice)
    return render("donnees_essentielles/completer.html", exercice=exercice, form=CompleterForm())


@bp.post("/<int:exercice>/completer")
@access(may_instruct)
def completer(exercice: int) -> ResponseReturnValue:
    """Note the same values wherever nothing is noted."""
    queries.get_exercice(session(), acteur(), exercice)
    form = CompleterForm()

    def act() -> int:
        note = Note(**form.valeurs())
        return services.fill_missing(
            session(), by=acteur(), exercice=exercice, valeurs=note, date_de_decision=form.date_de_decision.data
        )

    changees = outcome(form, act)
    if changees is None:
        return render("donnees_essentielles/completer.html", status=422, exercice=exercice, form=form)
    message = f"Données notées pour {changees}\u00a0subvention{'s' if changees > 1 else ''}, là où rien ne l’était."
    return see_other(url_for(".lister", exercice=exercice), message=message)


@bp.get("/<int:exercice>/fichier")
@access(may_instruct)
def preparer_fichier(exercice: int) -> ResponseReturnValue:
    """What the file is to bear."""
    queries.get_exercice(session(), acteur(), exercice)
    return render("donnees_essentielles/fichier.html", exercice=exercice, form=FichierScdlForm())


@bp.post("/<int:exercice>/fichier")
@access(may_instruct)
def produire(exercice: int) -> ResponseReturnValue:
    """Order the file."""
    queries.get_exercice(session(), acteur(), exercice)
    form = FichierScdlForm()

    def act() -> PublicationScdl:
        toutes, en_plus = form.portee.data == "toutes", form.colonnes.data != "16"
        return services.export(session(), by=acteur(), exercice=exercice, toutes=toutes, en_plus=en_plus)

    publication = outcome(form, act)
    if publication is None:
        return render("donnees_essentielles/fichier.html", status=422, exercice=exercice, form=form)
    return see_other(url_for("documents.show", numero=publication.document.numero))


@bp.get("/dossiers/<reference>")
@access(may_instruct)
def montrer(reference: str) -> ResponseReturnValue:
    """What is noted of one grant."""
    convention = queries.get(session(), acteur(), reference)
    return _une(convention, DonneeEssentielleForm.de(convention.donnee))


@bp.post("/dossiers/<reference>")
@access(may_instruct)
def noter(reference: str) -> ResponseReturnValue:
    """Keep it."""
    convention, form = queries.get(session(), acteur(), reference), DonneeEssentielleForm()

    def act() -> object:
        note, dossier = Note(**form.valeurs()), convention.dossier
        return services.note(session(), by=acteur(), dossier=dossier, valeurs=note, version=form.lue)

    status = attempted(form, act)
    if status is not None:
        convention = queries.get(session(), acteur(), reference)
        form.reprendre(convention.donnee.version if convention.donnee else 0)
        return _une(convention, form, status=status)
    return see_other(
        url_for(".lister", exercice=convention.dossier.exercice), message="Les données de cette subvention sont notées."
    )


@bp.get("/publications/<int:publication_id>")
@access(may_instruct)
def publication(publication_id: int) -> ResponseReturnValue:
    """Say when and where a file was published."""
    faite = queries.get_publication(session(), acteur(), publication_id)
    return render("donnees_essentielles/publication.html", publication=faite, form=PublicationForm())


@bp.post("/publications/<int:publication_id>")
@access(may_instruct)
def publier(publication_id: int) -> ResponseReturnValue:
    """Keep it."""
    faite, form = queries.get_publication(session(), acteur(), publication_id), PublicationForm()

    def act() -> None:
        jour, adresse = form.jour.valeur, form.adresse.data
        services.note_published(session(), by=acteur(), publication=faite, jour=jour, adresse=adresse)

    if not accepted(form, act):
        faite = queries.get_publication(session(), acteur(), publication_id)
        return render("donnees_essentielles/publication.html", status=422, publication=faite, form=form)
    return see_other(url_for(".lister", exercice=faite.exercice), message="La publication est notée.")


def _une(convention: queries.Convention, form: DonneeEssentielleForm, *, status: int = 200) -> ResponseReturnValue:
    return render("donnees_essentielles/edit.html", status=status, convention=convention, form=form)
