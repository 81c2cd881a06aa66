"""My own note on a dossier."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.notes import NoteForm
from portal.permissions import may_be_agent
from portal.queries import dossiers, notes
from portal.services import notes as services
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("notes", __name__, url_prefix="/instruction/dossiers/<reference>/note")


@bp.get("")
@access(may_be_agent)
def montrer(reference: str) -> ResponseReturnValue:
    """What I wrote, to change it."""
    dossier = dossiers.get(session(), acteur(), reference)
    note = notes.of_dossier(session(), acteur(), dossier)
    form = NoteForm(data={"texte": note.texte if note else "", "version": note.version if note else 0})
    return render("notes/edit.html", dossier=dossier, form=form)


@bp.post("")
@access(may_be_agent)
def enregistrer(reference: str) -> ResponseReturnValue:
    """Keep it; an empty one is erased."""
    dossier, form = dossiers.get(session(), acteur(), reference), NoteForm()

    def act() -> None:
        version, texte = form.version.data or 0, form.texte.data
        services.save(session(), by=acteur(), dossier=dossier, texte=texte, version=version)

    if not accepted(form, act):
        return render("notes/edit.html", status=422, dossier=dossiers.get(session(), acteur(), reference), form=form)
    page = url_for("sections.demande", reference=reference, _anchor="note")
    if not form.texte.data and not form.version.data:
        return see_other(page, message="Rien n’était écrit\u00a0: aucune note n’est gardée.", genre="attention")
    return see_other(page, message="Votre note est enregistrée." if form.texte.data else "Votre note est effacée.")
