"""What is being typed in a section, saved by itself while it is typed."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from portal.errors import NotFound
from portal.formats import heure_fr, maintenant
from portal.forms.fusion import verrou_recu
from portal.permissions import may_be_usager
from portal.queries import demandes, lecture_demandes
from portal.queries.conflits import noms_de
from portal.services import demandes as services
from portal.vocabulaire_demandes import Place
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.rendering import render
from portal.web.session import session

bp = Blueprint("brouillons", __name__, url_prefix="/demandes")
CONFLIT = 409


@bp.post("/<int:demande_id>/<section>/brouillon")
@access(may_be_usager)
def enregistrer(demande_id: int, section: str) -> ResponseReturnValue:
    """Keep what is typed so far, and answer when, with the new lock: never the fields."""
    lue = lecture_demandes.lire(demandes.get_a_modifier(session(), acteur(), demande_id))
    place = Place.lire(section)
    if place is None or not (place in lue.forms or lue.connait(place)):
        raise NotFound
    form = lecture_demandes.recevoir(lue, place, request.form)
    enregistrement = services.save_section(
        session(),
        by=acteur(),
        demande=lue.demande,
        place=place,
        valeurs=form.brut(),
        version=verrou_recu(request.form),
        automatique=True,
    )
    return render(
        "demandes/brouillon.html",
        partial="demandes/_brouillon.html",
        status=200 if enregistrement else CONFLIT,
        demande=lue.demande,
        place=place,
        heure=heure_fr(maintenant()),
        verrou=str(enregistrement.verrou),
        completee_par=noms_de(acteur(), enregistrement.completes),
        contestee_par=noms_de(acteur(), enregistrement.conflits),
    )
