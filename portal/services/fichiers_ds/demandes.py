"""What people ask about the files of DS: the copy of one, and whether a démarche's are copied before anybody asks."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, NotFound
from portal.formats import maintenant
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier
from portal.models.fichiers_ds import FichierDS
from portal.permissions import Acteur, may_set_up
from portal.services import journal
from portal.services.fichiers_ds.notes import order
from portal.travaux import commander
from portal.vocabulaire import Source
from portal.vocabulaire_ds import EtatFichierDS

COPIER = "fichiers_ds.copier"
DEMANDABLES = frozenset({EtatFichierDS.A_LA_DEMANDE, EtatFichierDS.REFUSE, EtatFichierDS.PERDU})


def ask_copy(session: Session, *, by: Acteur, dossier: Dossier, fichier_id: int) -> FichierDS:
    """Ask for the copy of a file left at DS, or again for one that failed. The caller has checked that `by` reads the dossier.

    Raises NotFound, and Conflict when the file is here or already under way.
    """
    choisi = select(FichierDS).where(FichierDS.id == fichier_id, FichierDS.dossier_id == dossier.id)
    fichier = session.scalars(choisi.with_for_update().execution_options(populate_existing=True)).first()
    if fichier is None:
        raise NotFound
    if fichier.etat not in DEMANDABLES:
        raise Conflict("Ce fichier est déjà copié, ou sa copie est en cours : rien n’a été changé.")
    fichier.etat, fichier.essais, fichier.erreur, fichier.pris_at = EtatFichierDS.ATTENDU, 0, "", None
    fichier.prochain_essai = maintenant()
    valeurs = {"fichier": fichier.id}
    journal.record(session, by=by, action="fichier_ds_demande", objet=f"dossier:{dossier.id}", valeurs=valeurs)
    commander(session, COPIER, unique=f"{COPIER}:{dossier.id}", dossier_id=dossier.id)
    return fichier


def set_on_demand(session: Session, *, by: Acteur, demarche_id: int, oui: bool) -> Demarche:
    """Leave the files of a démarche at DS until an agent opens them, or copy them all as they come.

    What is copied stays; what waits follows the new rule. Raises Forbidden (administrators only), NotFound.
    """
    if not (permis := may_set_up(by)):
        raise Forbidden(permis.raison)
    demarche = session.get(Demarche, demarche_id, with_for_update=True, populate_existing=True)
    if demarche is None or demarche.source != Source.DS:
        raise NotFound
    if demarche.fichiers_a_la_demande == oui:
        return demarche
    demarche.fichiers_a_la_demande = oui
    avant, apres = (EtatFichierDS.ATTENDU, EtatFichierDS.A_LA_DEMANDE)[:: 1 if oui else -1]
    dossiers = select(Dossier.id).where(Dossier.demarche_id == demarche.id)
    session.execute(
        update(FichierDS)
        .where(FichierDS.dossier_id.in_(dossiers), FichierDS.etat == avant, FichierDS.pris_at.is_(None))
        .values(etat=apres, prochain_essai=maintenant())
    )
    valeurs = {"fichiers_a_la_demande": oui}
    journal.record(session, by=by, action="fichiers_ds_regles", objet=f"demarche:{demarche.id}", valeurs=valeurs)
    if not oui:
        order(session)
    return demarche
