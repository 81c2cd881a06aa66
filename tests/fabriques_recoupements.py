"""Makes filed requests with what cross-checks compare: projects, places, budgets, declared funders, accounts."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.demandes import Demande, LigneBudget, Projet, ProjetTerritoire, SectionSaisie
from portal.models.demarches import Demarche
from portal.models.documents import Fichier
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.pieces import PieceCoffre
from portal.models.recoupements import Recoupement
from portal.vocabulaire import Etat, MotifAcces, Source
from portal.vocabulaire_demandes import GenrePiece, GenreTerritoire, SectionDemande, SensBudget
from portal.vocabulaire_recoupements import EtatRecoupement, GenreRecoupement

DEBUT, FIN = date(2026, 3, 1), date(2026, 10, 31)


@dataclass(frozen=True, kw_only=True)
class Contenu:
    """What a request says. `cofinanceurs`: (slug of account 74, name as typed, euros, « demande » or « obtenu »)."""

    titre: str
    montant: Decimal = Decimal(5000)
    debut: date | None = DEBUT
    fin: date | None = FIN
    communes: tuple[str, ...] = ("69123",)
    cout: Decimal | None = Decimal(20000)
    cofinanceurs: tuple[tuple[str, str, Decimal, str], ...] = ()
    aides: tuple[tuple[date, str, str, Decimal], ...] = ()
    exercice: int = 2026
    produits: Mapping[str, Decimal] = field(default_factory=dict)
    noms: Mapping[str, str] = field(default_factory=dict)


def demande(session: Session, association: Association, demarche: Demarche, user: User, contenu: Contenu) -> Demande:
    """A filed request of one project."""
    une = Demande(
        cle=secrets.token_hex(16),
        association_id=association.id,
        demarche_id=demarche.id,
        created_by_id=user.id,
        deposee_at=maintenant(),
        deposee_par_id=user.id,
    )
    session.add(une)
    session.flush()
    lieux = [
        ProjetTerritoire(genre=GenreTerritoire.COMMUNE, code=code, nom=contenu.noms.get(code, code))
        for code in contenu.communes
    ]
    session.add(
        Projet(
            demande_id=une.id,
            rang=1,
            intitule=contenu.titre,
            date_debut=contenu.debut,
            date_fin=contenu.fin,
            montant_demande=contenu.montant,
            territoires=lieux,
        )
    )
    session.add_all(_lignes(une.id, contenu))
    declare(session, une, user, contenu)
    session.flush()
    return une


def declare(session: Session, une: Demande, user: User, contenu: Contenu) -> SectionSaisie:
    """The page « Cofinancements » of a request, as typed."""
    page = SectionSaisie(
        demande_id=une.id, section=SectionDemande.COFINANCEMENTS, valeurs=textes(contenu), updated_by_id=user.id
    )
    session.add(page)
    return page


def textes(contenu: Contenu) -> dict[str, str]:
    """What is typed on that page."""
    valeurs = {"economique": "oui" if contenu.aides else "non"}
    for rang, (ligne, nom, montant, etat) in enumerate(contenu.cofinanceurs):
        champs = {"type": ligne, "financeur": nom, "montant": _saisi(montant), "etat": etat}
        valeurs |= {f"cofinanceurs-{rang}-{champ}": valeur for champ, valeur in champs.items()}
    for rang, (acte, base, autorite, montant) in enumerate(contenu.aides):
        jour = {"acte-jour": str(acte.day), "acte-mois": str(acte.month), "acte-annee": str(acte.year)}
        champs = {**jour, "annees": str(acte.year), "base": base, "autorite": autorite, "montant": _saisi(montant)}
        valeurs |= {f"aides-{rang}-{champ}": valeur for champ, valeur in champs.items()}
    return valeurs


def dossier(
    session: Session,
    association: Association,
    demarche: Demarche,
    contenu: Contenu,
    une: Demande | None,
    **valeurs: Any,
) -> Dossier:
    """What a service reads of a request; without one, a dossier that came with a title, a year and an amount."""
    un = Dossier(
        **{
            "reference": f"R-{secrets.token_hex(6)}",
            "source": Source.PORTAIL,
            "demarche_id": demarche.id,
            "demande_id": une.id if une else None,
            "association_id": association.id,
            "service_id": demarche.service_id,
            "etat": Etat.EN_INSTRUCTION,
            "demandeur_nom": association.denomination,
            "departement": "69",
            "intitule": contenu.titre,
            "exercice": contenu.exercice,
            "montant_demande": contenu.montant,
            "date_depot": maintenant(),
            **valeurs,
        }
    )
    session.add(un)
    session.flush()
    session.add(
        AccesDossier(
            service_id=demarche.service_id, dossier_id=un.id, motif=MotifAcces.PROPRIETAIRE, date_depot=un.date_depot
        )
    )
    session.flush()
    return un


def rib(
    session: Session, association: Association, iban: str, user: User, depuis: datetime | None = None
) -> PieceCoffre:
    """A RIB that an association keeps."""
    fichier = Fichier(
        sha256=secrets.token_hex(32), cle_stockage=secrets.token_hex(16), taille=12, type_mime="application/pdf"
    )
    session.add(fichier)
    session.flush()
    piece = PieceCoffre(
        association_id=association.id,
        genre=GenrePiece.RIB,
        fichier_id=fichier.id,
        nom="rib.pdf",
        iban=iban,
        titulaire=association.denomination,
        deposee_par_id=user.id,
        deposee_at=depuis or maintenant(),
    )
    session.add(piece)
    session.flush()
    return piece


def _lignes(demande_id: int, contenu: Contenu) -> Iterable[LigneBudget]:
    produits = dict(contenu.produits)
    for ligne, _nom, montant, _etat in contenu.cofinanceurs:
        produits[ligne] = produits.get(ligne, Decimal(0)) + montant
    charges = {"remuneration_personnels": contenu.cout} if contenu.cout else {}
    for sens, sommes, compte in ((SensBudget.CHARGES, charges, "641"), (SensBudget.PRODUITS, produits, "74")):
        for ordre, (slug, montant) in enumerate(sommes.items(), start=1):
            yield LigneBudget(
                demande_id=demande_id, sens=sens, slug=slug, compte=compte, libelle=slug, montant=montant, ordre=ordre
            )


def _saisi(montant: Decimal) -> str:
    return f"{montant:.2f}".replace(".", ",")


def du_monde(session: Session, un: Dossier) -> Recoupement:
    """A finding about that dossier, of the kind that every service that reads it may read."""
    autre = session.scalars(select(Dossier).where(Dossier.id != un.id).order_by(Dossier.id)).first()
    trouve = Recoupement(
        genre=GenreRecoupement.MEME_ACTION,
        dossier_id=un.id,
        autre_dossier_id=autre.id if autre else None,
        cle="dossier:monde",
        faits={
            "points": 50,
            "sur": 50,
            "raisons": [{"code": "titre", "points": 50, "sur": 50, "valeurs": {"proximite": 1.0}}],
            "identifiant_commun": False,
        },
        empreinte="0" * 64,
        etat=EtatRecoupement.A_REGARDER,
    )
    session.add(trouve)
    session.commit()
    return trouve
