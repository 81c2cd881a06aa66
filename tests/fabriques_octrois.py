"""Makes what stands around decisions: a request shared by two funders, a délégation to end, words for a motivation."""

from collections.abc import Mapping
from decimal import Decimal

from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.decisions import ModeleMotivation, Proposition
from portal.models.dossiers import Dossier
from portal.models.services import Service
from portal.services.teneurs import Teneur
from portal.vocabulaire import Etat, MotifAcces, MotifDecision, SensDecision
from tests.fabriques_decisions import deleguer
from tests.fabriques_suivi import depose
from tests.factories import Fabriques


def accord(montant: str, motivation: str = "") -> Teneur:
    """To grant that many euros, in one line."""
    return Teneur(sens=SensDecision.ACCEPTE, montant_accorde=Decimal(montant), motivation=motivation)


def commune(
    creer: Fabriques, association: Association, par: User, premier: Service, second: Service
) -> tuple[Dossier, Dossier]:
    """The dossiers of one request addressed to two services, both en instruction."""
    un = depose(creer, association, par, premier, remplie=True, etat=Etat.EN_INSTRUCTION)
    autre = depose(creer, association, par, second, demande=un.demande, etat=Etat.EN_INSTRUCTION)
    return un, autre


def proposition(creer: Fabriques, dossier: Dossier, auteur: User, montant: Decimal | None = None) -> Proposition:
    """What that agent proposes: to grant what is asked, unless an amount is given."""
    accorde = montant or dossier.montant_demande or Decimal(1000)
    ligne = {"exercice": 2026, "programme": "", "nature": "numeraire", "montant": str(accorde), "conditionnelle": False}
    proposee = Proposition(
        dossier_id=dossier.id, sens=SensDecision.ACCEPTE, lignes=[ligne], montant=accorde, auteur_id=auteur.id
    )
    creer.session.add(proposee)
    creer.session.commit()
    return proposee


def modele(
    creer: Fabriques, service: Service, texte: str = "Les crédits de {demarche} sont épuisés."
) -> ModeleMotivation:
    """Words of that service for a refusal."""
    mots = ModeleMotivation(
        service_id=service.id, titre="Crédits épuisés", motif=MotifDecision.CREDITS_EPUISES, texte=texte
    )
    creer.session.add(mots)
    creer.session.commit()
    return mots


def objets(creer: Fabriques, association: Association, roles: Mapping[str, User]) -> dict[str, str | int]:
    """One of each, for the table of accesses: the service that is asked about the shared request funds none of it."""
    responsable = roles["responsable"]
    service = responsable.affectations[0].service
    un, _ = commune(creer, association, roles["prouve"], service, creer.service())
    creer.acces(un, roles["saisi"].affectations[0].service_id, MotifAcces.SAISI)
    return {
        "dossier_commun": un.reference,
        "delegation": deleguer(creer.session, responsable).id,
        "modele_motivation": modele(creer, service).id,
    }
