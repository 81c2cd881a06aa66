"""What a person had typed when a login session ended, in the words of the form that asked for it."""

import re

from sqlalchemy.orm import Session

from portal.forms.demandes import FORMULAIRES
from portal.forms.saisie import lier
from portal.models.connexion import SaisieParquee
from portal.models.demandes import Demande
from portal.permissions import Acteur
from portal.queries.demandes import visible_demandes
from portal.queries.lecture_demandes import CHARGEMENT, lire
from portal.vocabulaire import LIBELLES_SECTION, SectionDemande

SECTION = re.compile(r"/demandes/([0-9]{1,18})/([a-z-]+)")
# Said by the page, typed by nobody.
MUETS = frozenset({"version", "affiche", "cle"})


def titre(saisie: SaisieParquee) -> str:
    """Where it was typed: the section of a request by its name, any other page by its path."""
    trouvee = _section(saisie)
    return f"Demande de subvention, section «\u00a0{LIBELLES_SECTION[trouvee[1]]}\u00a0»" if trouvee else saisie.chemin


def lignes(session: Session, viewer: Acteur, saisie: SaisieParquee) -> list[tuple[str, str]]:
    """(label, what was typed) of each answer: as the check page shows them when it is a section of a request."""
    trouvee = _section(saisie)
    demande = None
    if trouvee:
        demande = session.scalars(visible_demandes(viewer).where(Demande.id == trouvee[0]).options(*CHARGEMENT)).first()
    if trouvee is None or demande is None:
        bruts = [(nom, valeur) for nom, valeur in saisie.champs if nom not in MUETS]
        return [(re.sub("[_-]", " ", nom).capitalize(), valeur) for nom, valeur in bruts if valeur.strip()]
    form = lier(FORMULAIRES[trouvee[1]], dict(saisie.champs), lire(demande).contexte)
    form.examiner()
    return [ligne for ligne in form.relire() if ligne[1]]


def _section(saisie: SaisieParquee) -> tuple[int, SectionDemande] | None:
    lue = SECTION.fullmatch(saisie.chemin)
    nom = lue[2].replace("-", "_") if lue else ""
    return (int(lue[1]), SectionDemande(nom)) if lue and nom in set(SectionDemande) else None
