"""Plays a story of the demonstration through the real services: what it leaves is what people would have left."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from integrations.annuaire.unites import UNITES, Unite
from integrations.stockage.api import Stockage
from portal.cli.histoires import CAMILLE, NADIA, PAUL, Histoire, President
from portal.cli.pieces_demo import joindre_les_obligatoires
from portal.cli.saisies_demo import attestations, sections
from portal.config import Config
from portal.formats import PARIS, aujourdhui, maintenant
from portal.forms.consultes import Consulte, TeneurSaisine
from portal.models.associations import Association, Mandat
from portal.models.connexion import User
from portal.models.demandes import Demande
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier
from portal.models.services import Service
from portal.models.souscriptions import SignaturePreparee
from portal.permissions import SYSTEME, Acteur
from portal.queries import engagements as engagements_lus
from portal.queries.connexion import acteur_of
from portal.services import (
    associations,
    avis,
    connexion,
    decisions,
    demandes,
    depots,
    dossiers,
    engagements,
    mandats,
    saisines,
)
from portal.services.moyens import Moyens
from portal.vocabulaire import Audience, EtatMandat, GenreUser, RoleMandat
from portal.vocabulaire_cer import CapaciteSignataire
from portal.vocabulaire_demandes import Place, SectionDemande


@contextmanager
def au_nom_de(session: Session, genre: GenreUser, email: str) -> Iterator[Acteur]:
    """Act as that account, from a login session that ends with the block."""
    user = session.scalars(select(User).where(User.genre == genre, User.email == email)).one()
    acteur = acteur_of(session, connexion.open_session(session, user))
    if acteur is None:
        raise LookupError(f"the account of {email} is disabled")
    yield acteur
    connexion.end_session(session, by=acteur)


def usager(session: Session, prenom: str, nom: str, email: str) -> None:
    """The account of a person, named once."""
    if not connexion.get_or_create_usager(session, email).nom:
        with au_nom_de(session, GenreUser.USAGER, email) as acteur:
            connexion.name_account(session, by=acteur, prenom=prenom, nom=nom)


def raconter(session: Session, moyens: Moyens, cle: str, histoire: Histoire, demarche: Demarche) -> bool:
    """Play a story, unless its request (of that key) exists already."""
    if session.scalars(select(Demande.id).where(Demande.cle == cle)).first() is not None:
        return False
    president = histoire.president
    usager(session, president.prenom, president.nom, president.email)
    association = _association(session, president)
    with au_nom_de(session, GenreUser.USAGER, president.email) as acteur:
        declaration = mandats.Declaration(RoleMandat.SIGNATAIRE, president.fonction)
        mandats.declare(session, by=acteur, association=association, declaration=declaration)
    with au_nom_de(session, GenreUser.USAGER, president.email) as acteur:
        if president.signe:
            _signer(session, moyens.config, acteur, president, association)
        dossier = _deposer(session, moyens.stockage, acteur, cle, histoire, demarche, association)
    instructeur = CAMILLE if histoire.ville else PAUL
    with au_nom_de(session, GenreUser.AGENT, instructeur) as acteur:
        _instruire(session, acteur, histoire, dossier)
    for rendu in histoire.avis:
        with au_nom_de(session, GenreUser.AGENT, rendu.agent) as acteur:
            avis.give(
                session,
                by=acteur,
                objet=dossier,
                sens=rendu.sens,
                montant_propose=None,
                texte=rendu.texte,
                audience=Audience.SERVICES_SAISIS,
            )
    if histoire.decision:
        with au_nom_de(session, GenreUser.AGENT, NADIA) as acteur:
            decision = decisions.decide(session, by=acteur, dossier=dossier, teneur=histoire.decision)
            if histoire.notifiee:
                decisions.notify(session, by=acteur, dossier=dossier, version=decision.version)
    return True


def _association(session: Session, president: President) -> Association:
    unite = next(unite for unite in UNITES if unite.siren == president.siren)
    return associations.get_or_create(
        session,
        by=SYSTEME,
        siren=president.siren,
        rna=unite.rna or "",
        siret=unite.sirets[0],
        denomination=unite.denomination,
        source="recherche-entreprises",
        observed_at=maintenant(),
        sigle=unite.sigle or "",
        objet_social=unite.objet,
        nature_juridique=unite.nature_juridique,
        adresse=unite.adresse.voie,
        code_postal=unite.adresse.code_postal,
        commune=unite.adresse.commune,
        date_creation=unite.date_creation,
        places=_places(unite),
    )


def _places(unite: Unite) -> tuple[associations.PlaceVue, ...]:
    adresse = f"{unite.adresse.voie}, {unite.adresse.code_postal} {unite.adresse.commune}"
    return tuple(
        associations.PlaceVue(siret, siege=rang == 0, adresse=adresse) for rang, siret in enumerate(unite.sirets)
    )


def _signer(session: Session, config: Config, acteur: Acteur, president: President, association: Association) -> None:
    """Without the letter and its code: nobody reads the mail of an invented person."""
    texte, instant = engagements_lus.texte_en_vigueur(session), maintenant()
    phrase = engagements_lus.phrase_consentement(association, texte)
    preparee = SignaturePreparee(
        association_id=association.id,
        prenom=president.prenom,
        nom=president.nom,
        fonction=president.fonction,
        capacite=CapaciteSignataire.DECLAREE,
        pouvoir_nom="",
        affiche=engagements_lus.empreinte_affichee(phrase, texte),
        consenti_at=instant,
        code_demande_at=instant,
    )
    # RFC 5737: an address for examples.
    preuve = engagements.Preuve(ip="192.0.2.1", agent_utilisateur="Données de démonstration")
    engagements.sign(session, config, by=acteur, preparee=preparee, preuve=preuve)


def _deposer(
    session: Session,
    stockage: Stockage,
    acteur: Acteur,
    cle: str,
    histoire: Histoire,
    demarche: Demarche,
    association: Association,
) -> Dossier:
    demande = demandes.start(session, by=acteur, cle=cle, demarche=demarche, association_id=association.id)
    for place, valeurs in sections(histoire, demarche, association).items():
        demandes.save_section(session, by=acteur, demande=demande, place=place, valeurs=valeurs, version=0)
    demandes.save_section(
        session,
        by=acteur,
        demande=demande,
        place=Place(SectionDemande.ATTESTATIONS),
        valeurs=attestations(demande, histoire.president),
        version=0,
    )
    joindre_les_obligatoires(session, stockage, acteur, demande)
    return depots.file(session, by=acteur, demande=demande, instant=_depot(histoire.jours))


def _depot(jours: int) -> datetime:
    """A moment of the working day, so many days ago."""
    jour = aujourdhui() - timedelta(days=jours)
    return datetime.combine(jour, time(9 + jours % 9, 7 * jours % 60), tzinfo=PARIS)


def _instruire(session: Session, acteur: Acteur, histoire: Histoire, dossier: Dossier) -> None:
    """See the document that proves the mandat, take the dossier in charge, ask other services."""
    declare = select(Mandat).where(Mandat.association_id == dossier.association_id, Mandat.etat == EtatMandat.DECLARE)
    if histoire.prouve:
        for mandat in session.scalars(declare.order_by(Mandat.id)).all():
            mandats.prove(session, by=acteur, mandat=mandat, piece="Procès-verbal de l’assemblée générale")
    if histoire.en_charge:
        dossiers.take_in_charge(session, by=acteur, dossier=dossier, version=dossier.version)
    for sigle in histoire.saisis:
        saisi = session.scalars(select(Service).where(Service.sigle == sigle)).one()
        saisines.ask(
            session,
            by=acteur,
            objets=[dossier],
            consultes=[Consulte(service_id=saisi.id)],
            teneur=TeneurSaisine(
                question="Connaissez-vous cette association, et le projet répond-il à un besoin de votre territoire ?"
            ),
            cle=f"recit:{dossier.id}:{saisi.id}",
        )
