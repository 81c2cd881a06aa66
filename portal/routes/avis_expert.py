"""What an expert is asked, and where he answers: nothing else of the portal is open to him."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.formats import aujourdhui
from portal.forms.experts import AvisExpertForm, Refus, RefusForm
from portal.forms.pieces import ENVOI_MAXIMAL
from portal.models.avis import DemandeAvis
from portal.permissions import may_be_expert
from portal.permissions.avis_experts import can_answer
from portal.queries import experts as queries
from portal.queries import fichiers_ds, lectures_experts, reponses_avis
from portal.queries.remises import to_give
from portal.routes import saisie_avis
from portal.services import avis_experts as services
from portal.services import brouillons_avis, suites_avis
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.pieces import give
from portal.web.rendering import render, see_other
from portal.web.securite import plafond
from portal.web.session import moyens, session

bp = Blueprint("avis_expert", __name__, url_prefix="/experts/avis")


@bp.get("/")
@access(may_be_expert)
def lister() -> ResponseReturnValue:
    """Everything that is asked of this expert."""
    return render("experts/list.html", recues=queries.list_demandes(session(), acteur()))


@bp.get("/<int:demande_id>")
@access(may_be_expert)
def montrer(demande_id: int) -> ResponseReturnValue:
    """One demande: the question, what it lets read, what was answered, the avis to write."""
    demande, objet = _lire(demande_id)
    contexte = reponses_avis.pour_repondre(session(), acteur(), objet)
    return _page(demande, contexte, saisie_avis.begin(AvisExpertForm, contexte))


@bp.post("/<int:demande_id>")
@access(may_be_expert)
@plafond(ENVOI_MAXIMAL)
def donner(demande_id: int) -> ResponseReturnValue:
    """Give the avis, or a new version of it."""
    form, ici = AvisExpertForm(), url_for(".montrer", demande_id=demande_id)
    if saisie_avis.wants_draft():
        if saisie_avis.keep_draft(_lire(demande_id)[1], form) is not None:
            return saisie_avis.say_kept(ici, form, "Votre brouillon est gardé. Rien n’est encore envoyé.")
        return _refused(demande_id, form, saisie_avis.draft_refused(form))

    def give(objet: reponses_avis.Objet) -> object:
        demande = queries.get(session(), acteur(), demande_id)
        services.hold(session(), by=acteur(), demande=demande, objet=objet)
        return saisie_avis.give(objet, form)

    status = saisie_avis.receive(lambda: _lire(demande_id)[1], form, give)
    if status is not None:
        return _refused(demande_id, form, status)
    return see_other(ici, message="Votre avis est envoyé.")


@bp.post("/<int:demande_id>/brouillon")
@access(may_be_expert)
def garder(demande_id: int) -> ResponseReturnValue:
    """Keep by itself what is typed."""
    objet = _lire(demande_id)[1]
    return saisie_avis.show_draft(objet, AvisExpertForm(), _adresses(demande_id))


@bp.post("/<int:demande_id>/effacement")
@access(may_be_expert)
def effacer(demande_id: int) -> ResponseReturnValue:
    """Forget the draft."""
    brouillons_avis.drop(session(), by=acteur(), objet=_lire(demande_id)[1])
    return see_other(url_for(".montrer", demande_id=demande_id), message="Votre brouillon est effacé.")


@bp.get("/<int:demande_id>/refus")
@access(may_be_expert)
def preparer_refus(demande_id: int) -> ResponseReturnValue:
    """Why no avis will be given."""
    return _page_refus(demande_id, RefusForm())


@bp.post("/<int:demande_id>/refus")
@access(may_be_expert)
def refuser(demande_id: int) -> ResponseReturnValue:
    """Give no avis: the demande is closed, and what it opened with it."""
    demande, form = queries.get(session(), acteur(), demande_id), RefusForm()

    def act() -> None:
        refus = suites_avis.declare_conflict if form.raison.data == Refus.CONFLIT else suites_avis.not_concerned
        refus(session(), by=acteur(), demande=demande, motif=form.motif.data)

    if not accepted(form, act):
        return _page_refus(demande_id, form, status=422)
    message = "C’est noté\u00a0: le service est prévenu, et cette demande ne vous est plus ouverte."
    return see_other(url_for(".lister"), message=message)


@bp.get("/<int:demande_id>/document")
@access(may_be_expert)
def document(demande_id: int) -> ResponseReturnValue:
    """The file that the expert joined to his own avis."""
    demande = queries.get(session(), acteur(), demande_id)
    avis = queries.avis_of(session(), acteur(), demande)
    conserve = to_give(avis.fichier if avis else None, antivirus=_antivirus())
    nom, numero = (avis.fichier_nom, avis.id) if avis else ("", 0)
    return give(conserve, nom, action="fichier_avis_consulte", objet=f"avis:{numero}", demande=demande.id)


@bp.get("/<int:demande_id>/pieces/<int:piece_id>")
@access(may_be_expert)
def piece(demande_id: int, piece_id: int) -> ResponseReturnValue:
    """A file joined to the request, when the demande opens the files."""
    demande = queries.get(session(), acteur(), demande_id)
    dossier, jointe = lectures_experts.get_piece(session(), acteur(), demande, piece_id)
    fichier = to_give(jointe.fichier, antivirus=_antivirus())
    return give(fichier, jointe.nom, action="piece_lue", objet=f"dossier:{dossier.id}", piece=jointe.id)


@bp.get("/<int:demande_id>/fichiers/<int:fichier_id>")
@access(may_be_expert)
def fichier(demande_id: int, fichier_id: int) -> ResponseReturnValue:
    """A file of a DS form, when the demande opens the files."""
    demande = queries.get(session(), acteur(), demande_id)
    dossier, suivi = lectures_experts.get_file(session(), acteur(), demande, fichier_id, antivirus=_antivirus())
    conserve, objet = fichiers_ds.to_give(suivi), f"dossier:{dossier.id}"
    return give(conserve, suivi.nom_sur, action="fichier_ds_consulte", objet=objet, fichier_ds=suivi.id)


def _lire(demande_id: int) -> tuple[DemandeAvis, reponses_avis.Objet]:
    demande = queries.get(session(), acteur(), demande_id)
    return demande, lectures_experts.object_of(session(), demande)


def _refused(demande_id: int, form: AvisExpertForm, status: int) -> ResponseReturnValue:
    demande, objet = _lire(demande_id)
    contexte = reponses_avis.pour_repondre(session(), acteur(), objet)
    return _page(demande, contexte, saisie_avis.lock(form, contexte), status=status)


def _page(
    demande: DemandeAvis, contexte: reponses_avis.PourRepondre, form: AvisExpertForm, *, status: int = 200
) -> ResponseReturnValue:
    return render(
        "experts/show.html",
        status=status,
        demande=demande,
        nom=queries.object_names(session(), [demande])[demande.id],
        lu=lectures_experts.read(session(), acteur(), demande, antivirus=_antivirus()),
        contexte=contexte,
        verdict=can_answer(demande, contexte.objet, aujourdhui()),
        form=form,
        adresses=_adresses(demande.id),
    )


def _adresses(demande_id: int) -> saisie_avis.Adresses:
    return saisie_avis.Adresses(
        donner=url_for(".donner", demande_id=demande_id),
        brouillon=url_for(".garder", demande_id=demande_id),
        effacer=url_for(".effacer", demande_id=demande_id),
        retour=url_for(".lister"),
        libelle_retour="Revenir à la liste",
    )


def _page_refus(demande_id: int, form: RefusForm, *, status: int = 200) -> ResponseReturnValue:
    demande = queries.get(session(), acteur(), demande_id)
    nom = queries.object_names(session(), [demande])[demande.id]
    return render("experts/refus.html", status=status, demande=demande, nom=nom, form=form)


def _antivirus() -> bool:
    return moyens().antivirus is not None
