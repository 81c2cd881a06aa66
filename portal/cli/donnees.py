"""`portal demo-donnees`: what the demonstration shows from its first page. Run again, it changes nothing."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cli import avis_demo, reglages_demo
from portal.cli.campagnes_demo import TEXTES, charger_territoires, demander
from portal.cli.francais import Refus
from portal.cli.histoires import HISTOIRES
from portal.cli.recits import raconter, usager
from portal.cli.transaction import commande
from portal.documents.cer import TEXTE_NATIONAL
from portal.formats import PARIS, maintenant
from portal.models.demarches import Demarche
from portal.permissions import SYSTEME
from portal.queries.personas import PERSONAS
from portal.services import agents, comptes_rendus, journal, synchronisation, textes_cer
from portal.services.demarches import Campagne as Annonce
from portal.services.demarches import open_campaign
from portal.services.moyens import Moyens
from portal.vocabulaire import GenreUser, RoleAffectation, Source, TypeService

SERVICES = (
    (
        "DDETS 69",
        "Direction départementale de l’emploi, du travail et des solidarités du Rhône",
        TypeService.DDETS,
        {
            "territoire": "Rhône",
            "adresse": "8 rue de la Démonstration, 69003 Lyon",
            "email": "associations@ddets.demo.example",
            "telephone": "04 99 00 00 01",
        },
    ),
    (
        "DRAJES ARA",
        "Délégation régionale académique à la jeunesse, à l’engagement et aux sports Auvergne-Rhône-Alpes",
        TypeService.DRAJES,
        {
            "territoire": "Auvergne-Rhône-Alpes",
            "adresse": "10 rue de la Démonstration, 69007 Lyon",
            "email": "associations@drajes.demo.example",
            "telephone": "04 99 00 00 02",
        },
    ),
    (
        "Préfecture 69",
        "Préfecture du Rhône",
        TypeService.PREFECTURE,
        {
            "territoire": "Rhône",
            "adresse": "12 rue de la Démonstration, 69003 Lyon",
            "email": "associations@prefecture.demo.example",
            "telephone": "04 99 00 00 03",
        },
    ),
)
ROLES = {
    "camille.martin@ddets.demo.example": ("DDETS 69", RoleAffectation.INSTRUCTEUR, False),
    "nadia.benali@ddets.demo.example": ("DDETS 69", RoleAffectation.RESPONSABLE, False),
    "paul.leroy@drajes.demo.example": ("DRAJES ARA", RoleAffectation.INSTRUCTEUR, False),
    "sophie.garnier@prefecture.demo.example": ("Préfecture 69", RoleAffectation.RESPONSABLE, False),
    "helene.faure@portail.demo.example": ("Préfecture 69", RoleAffectation.LECTEUR, True),
}
# The second groupe instructeur of the simulated démarche: its dossiers go to the DRAJES.
GROUPE_DRAJES = 9002


@dataclass(frozen=True)
class Campagne:
    """A campaign of the portal, open now; `dispositif` is its key."""

    dispositif: str
    sigle: str
    titre: str
    description: str
    programme: str
    enveloppe: Decimal


VILLE = Campagne(
    "Politique de la ville",
    "DDETS 69",
    "Politique de la ville",
    "Actions au bénéfice des habitants des quartiers prioritaires du Rhône.",
    "147",
    Decimal(900_000),
)
FDVA = Campagne(
    "FDVA 2",
    "DRAJES ARA",
    "Fonds pour le développement de la vie associative – fonctionnement et projets innovants",
    "Fonctionnement global des associations et projets innovants, toutes thématiques hors sport.",
    "163",
    Decimal(650_000),
)


@click.command()
def demo_donnees() -> None:
    """Crée les personnages, les services, les campagnes et les dossiers de la démonstration."""
    with commande() as moyens:
        if not moyens.config.demo:
            raise Refus("Ces données sont inventées : elles n’ont pas leur place en production. Rien n’a été créé.")
        with moyens.fabrique.begin() as session:
            _fondations(session, moyens)
        racontees = sum(_raconter(moyens, rang) for rang in range(len(HISTOIRES)))
        with moyens.fabrique.begin() as session:
            comptes_rendus.create_missing(session)
            animees = avis_demo.animer(session)
    click.echo(f"Données de démonstration prêtes, {racontees or 'aucun'} nouveau(x) dossier(s).")
    if not animees:
        click.echo("Elles datent d’avant les avis entre services\u00a0: make demo-reset les refait avec eux.")
    for persona in PERSONAS:
        click.echo(f"  {persona.prenom} {persona.nom} <{persona.email}>\n    {persona.phrase}")


def _fondations(session: Session, moyens: Moyens) -> None:
    """Services, people, campaigns, the text of the CER."""
    for sigle, nom, genre, coordonnees in SERVICES:
        agents.create_service(session, by=SYSTEME, sigle=sigle, nom=nom, genre=genre, **coordonnees)
    for persona in PERSONAS:
        if persona.genre == GenreUser.USAGER:
            usager(session, persona.prenom, persona.nom, persona.email)
        else:
            sigle, role, administrateur = ROLES[persona.email]
            agents.invite(
                session,
                by=SYSTEME,
                email=persona.email,
                prenom=persona.prenom,
                nom=persona.nom,
                sigle=sigle,
                role=role,
                administrateur=administrateur,
            )
    reglages_demo.regler(session)
    charger_territoires(session)
    for campagne in (VILLE, FDVA):
        _ouvrir(session, campagne)
    for number in moyens.config.ds_demarches if moyens.instance_ds else ():
        synchronisation.attach(session, by=SYSTEME, instance=moyens.instance_ds, number=number, sigle="DDETS 69")
        synchronisation.attach_group(
            session, by=SYSTEME, instance=moyens.instance_ds, number=number, groupe=GROUPE_DRAJES, sigle="DRAJES ARA"
        )
    textes_cer.publish_text(session, by=SYSTEME, contenu=TEXTE_NATIONAL.read_text(encoding="utf-8"))


def _ouvrir(session: Session, campagne: Campagne) -> Demarche:
    """The campaign, opened half a year ago and for two months more; one that closes within a month is given longer."""
    instant = maintenant()
    demarche = _trouver(session, campagne)
    if demarche is None:
        exercice = instant.year + 1
        demarche, neuve = open_campaign(
            session,
            by=SYSTEME,
            sigle=campagne.sigle,
            campagne=Annonce(
                titre=f"{campagne.titre} {exercice}",
                description=campagne.description,
                dispositif=campagne.dispositif,
                programme=campagne.programme,
                exercice=exercice,
                ouverture=instant - timedelta(days=180),
                cloture=_dans_deux_mois(),
                enveloppe=campagne.enveloppe,
                **TEXTES[campagne.dispositif],
            ),
        )
        if neuve:
            demander(session, demarche)
    elif demarche.cloture is not None and demarche.cloture < instant + timedelta(days=30):
        demarche.cloture = _dans_deux_mois()
        journal.record(
            session,
            by=SYSTEME,
            action="campagne_prolongee",
            objet=f"demarche:{demarche.id}",
            valeurs={"cloture": demarche.cloture.isoformat()},
        )
    return demarche


def _dans_deux_mois() -> datetime:
    """The last second of a day in Paris, as campaigns close."""
    jour = (maintenant() + timedelta(days=60)).astimezone(PARIS).date()
    return datetime.combine(jour, time(23, 59, 59), PARIS)


def _trouver(session: Session, campagne: Campagne) -> Demarche | None:
    return session.scalars(
        select(Demarche).where(Demarche.source == Source.PORTAIL, Demarche.dispositif == campagne.dispositif)
    ).first()


def _raconter(moyens: Moyens, rang: int) -> bool:
    """One story, in a transaction of its own; its key makes it unique."""
    histoire = HISTOIRES[rang]
    with moyens.fabrique.begin() as session:
        demarche = _ouvrir(session, VILLE if histoire.ville else FDVA)
        return raconter(session, moyens, f"demonstration-{rang + 1:02d}", histoire, demarche)
