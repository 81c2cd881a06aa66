"""Makes what agents keep for themselves and check on a dossier: notes, points of a checklist."""

from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.taches import NotePersonnelle, PointCoche, PointControle
from portal.vocabulaire_instruction import EtatPoint
from tests.factories import Fabriques


def point(
    creer: Fabriques, demarche_id: int, libelle: str = "Le RIB est au nom de l’association", rang: int = 1
) -> PointControle:
    """A point of the checklist of a démarche."""
    neuf = PointControle(demarche_id=demarche_id, rang=rang, libelle=libelle)
    creer.session.add(neuf)
    creer.session.commit()
    return neuf


def travail(creer: Fabriques, dossier: Dossier, agent: User) -> dict[str, str | int]:
    """On a dossier: a note of that agent, and a point that it found wrong; how addresses name that point and its démarche."""
    un = point(creer, dossier.demarche_id)
    creer.session.add(NotePersonnelle(user_id=agent.id, dossier_id=dossier.id, texte="À voir."))
    coche = {"dossier_id": dossier.id, "point_id": un.id, "par_id": agent.id}
    creer.session.add(PointCoche(etat=EtatPoint.NON_CONFORME, commentaire="Absent.", **coche))
    creer.session.commit()
    return {"point": un.id, "demarche_a_points": dossier.demarche_id}
