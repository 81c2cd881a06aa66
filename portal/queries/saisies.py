"""What a person had typed when a login session ended, in the words of the form that asked for it."""

import re

from sqlalchemy.orm import Session

from portal.forms.budget import postes_lus
from portal.forms.demandes import FORMULAIRES
from portal.forms.saisie import lier
from portal.models.connexion import SaisieParquee
from portal.models.demandes import Demande
from portal.permissions import Acteur
from portal.queries.demandes_visibles import visible_demandes
from portal.queries.lecture_demandes import CHARGEMENT, lire
from portal.vocabulaire_demandes import Place

SECTION = re.compile(r"/demandes/([0-9]{1,18})/([a-z0-9-]+)")
# Said by the page, typed by nobody.
MUETS = frozenset({"version", "affiche", "cle"})


def titre(saisie: SaisieParquee) -> str:
    """Where it was typed: the section of a request by its name, any other page by its path."""
    trouvee = _section(saisie)
    return f"Demande de subvention, section «\u00a0{trouvee[1].libelle}\u00a0»" if trouvee else saisie.chemin


def lignes(session: Session, viewer: Acteur, saisie: SaisieParquee) -> list[tuple[str, str]]:
    """(label, what was typed) of each answer: as the check page shows them when it is a section of a request."""
    trouvee = _section(saisie)
    demande = None
    if trouvee:
        demande = session.scalars(visible_demandes(viewer).where(Demande.id == trouvee[0]).options(*CHARGEMENT)).first()
    if trouvee is None or demande is None:
        bruts = [(nom, valeur) for nom, valeur in saisie.champs if nom not in MUETS]
        return [(re.sub("[_-]", " ", nom).capitalize(), valeur) for nom, valeur in bruts if valeur.strip()]
    form = lier(FORMULAIRES[trouvee[1].section], dict(saisie.champs), lire(demande).contexte)
    form.examiner()
    lus = [*form.relire(), *postes_lus(form)]
    return [ligne for ligne in lus if ligne[1]]


def _section(saisie: SaisieParquee) -> tuple[int, Place] | None:
    lue = SECTION.fullmatch(saisie.chemin)
    place = Place.lire(lue[2]) if lue else None
    return (int(lue[1]), place) if lue and place and place.section in FORMULAIRES else None
