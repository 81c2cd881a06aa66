"""Makes notified grants and what is noted of them for their publication."""

from datetime import date
from decimal import Decimal
from typing import Any

from portal.formats import maintenant
from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.documents import Document
from portal.models.donnees_essentielles import DonneeEssentielle, PublicationScdl
from portal.models.dossiers import Dossier, Financement
from portal.models.services import Service
from portal.vocabulaire import Etat, GenreDocument
from portal.vocabulaire_instruction import NatureOctroi
from tests.factories import Fabriques

COMPLETE = {
    "date_convention": date(2026, 3, 12),
    "conditions": "unique",
    "debut": date(2026, 4, 1),
    "notification_ue": False,
}


def octroi(
    creer: Fabriques,
    service: Service,
    auteur: User,
    *,
    association: Association | None = None,
    montant: str = "30000.00",
    nature: NatureOctroi = NatureOctroi.NUMERAIRE,
    note: dict[str, Any] | None = None,
    **valeurs: object,
) -> Dossier:
    """A grant that was notified; `note`: what is noted of it, {} for nothing."""
    dossier = creer.dossier(service, association=association or creer.association(), etat=Etat.ACCEPTE, **valeurs)
    creer.decision(dossier, auteur, montant_accorde=Decimal(montant), notified_at=maintenant())
    creer.session.add(
        Financement(dossier_id=dossier.id, exercice=dossier.exercice, accorde=Decimal(montant), nature=nature)
    )
    if note:
        creer.session.add(DonneeEssentielle(dossier_id=dossier.id, par_id=auteur.id, **note))
    creer.session.commit()
    return dossier


def objets(creer: Fabriques, auteur: User) -> dict[str, str | int]:
    """A notified grant of that agent's service, and the file that was made of it."""
    service = auteur.affectations[0].service
    dossier = octroi(creer, service, auteur, note=COMPLETE)
    document = Document(
        numero="D-SCDL000000001",
        genre=GenreDocument.DONNEES_ESSENTIELLES,
        nom="subventions-2026",
        gabarit="donnees_essentielles",
        parametres={"lignes": [], "en_plus": False},
        auteur_id=auteur.id,
        service_id=service.id,
    )
    creer.session.add(document)
    creer.session.flush()
    publication = PublicationScdl(
        service_id=service.id, exercice=2026, document_id=document.id, lignes=1, ecartees=0, par_id=auteur.id
    )
    creer.session.add(publication)
    creer.session.commit()
    return {"dossier_octroye": dossier.reference, "publication_scdl": publication.id, "exercice": 2026}
