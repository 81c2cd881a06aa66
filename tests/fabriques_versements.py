"""Makes payments."""

from collections.abc import Sequence
from decimal import Decimal

from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.services import Service
from portal.models.versements import SubventionPubliee, Versement, VersementDossier
from portal.vocabulaire import Etat
from portal.vocabulaire_imports import GenreImport, MethodeRapprochement, SourceVersement
from tests.fabriques_imports import lignes_de, lot
from tests.factories import Fabriques


def objets(creer: Fabriques, auteur: User) -> dict[str, str | int]:
    """A payment told by that agent's service, and the grant that it may pay."""
    service = auteur.affectations[0].service
    dossier = creer.dossier(service, etat=Etat.ACCEPTE)
    versement = Versement(
        source=SourceVersement.CHORUS, service_id=service.id, beneficiaire_nom="Club", montant=Decimal("100.00")
    )
    creer.session.add(versement)
    creer.session.flush()
    creer.session.add(
        VersementDossier(
            versement_id=versement.id,
            dossier_id=dossier.id,
            methode=MethodeRapprochement.SIRET_EXERCICE,
            confiance=50,
        )
    )
    creer.session.commit()
    return {"versement": versement.id, "dossier_paye": dossier.id}


def payer_le(creer: Fabriques, dossier: Dossier, **valeurs: object) -> Versement:
    """A payment of that dossier, that its service has confirmed."""
    versement = Versement(
        **{
            "source": SourceVersement.CHORUS,
            "service_id": dossier.service_id,
            "association_id": dossier.association_id,
            "beneficiaire_nom": "Club",
            "montant": Decimal("100.00"),
            **valeurs,
        }
    )
    creer.session.add(versement)
    creer.session.flush()
    creer.session.add(
        VersementDossier(
            versement_id=versement.id, dossier_id=dossier.id, methode=MethodeRapprochement.MANUEL, confiance=100
        )
    )
    creer.session.commit()
    return versement


def payer(
    creer: Fabriques, service: Service, association: Association, *, exercice: int, montants: Sequence[str]
) -> None:
    """Payments to an association that a service has told."""
    creer.session.add_all(
        Versement(
            source=SourceVersement.CHORUS,
            service_id=service.id,
            association_id=association.id,
            exercice=exercice,
            montant=Decimal(montant),
        )
        for montant in montants
    )
    creer.session.commit()


def publier(creer: Fabriques, service: Service, association: Association, *, part: str | None) -> None:
    """A grant of a thousand euros that a city has published, and that a service has imported."""
    auteur = creer.agent(service)
    lu = lot(creer, auteur, GenreImport.SCDL, [{"montant": "1000.00"}])
    (ligne,) = lignes_de(creer.session, lu)
    creer.session.add(
        SubventionPubliee(
            service_id=service.id,
            association_id=association.id,
            attribuant_nom="Ville de Lyon",
            beneficiaire_nom=association.denomination,
            objet="Fête",
            montant=Decimal("1000.00"),
            part=Decimal(part) if part else None,
            ligne_id=ligne.id,
        )
    )
    creer.session.commit()
