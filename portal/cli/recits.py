"""Plays a story of the demonstration through the real services: what it leaves is what people would have left."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from integrations.annuaire.unites import UNITES, Unite
from portal.cli.histoires import CAMILLE, NADIA, PAUL, Histoire, President
from portal.config import Config
from portal.formats import PARIS, maintenant, montant_fr
from portal.forms.attestations import AttestationsForm, Clause
from portal.forms.saisie import lier
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
from portal.queries.lecture_demandes import lire
from portal.services import associations, avis, connexion, decisions, demandes, depots, dossiers, engagements, mandats
from portal.vocabulaire import Audience, EtatMandat, GenreUser, RoleMandat, SectionDemande
from portal.vocabulaire_cer import CapaciteSignataire


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


def raconter(session: Session, config: Config, cle: str, histoire: Histoire, demarche: Demarche) -> bool:
    """Play a story, unless its request (of that key) exists already."""
    if session.scalars(select(Demande.id).where(Demande.cle == cle)).first() is not None:
        return False
    president = histoire.president
    usager(session, president.prenom, president.nom, president.email)
    association = _association(session, president)
    with au_nom_de(session, GenreUser.USAGER, president.email) as acteur:
        mandats.declare(
            session, by=acteur, association=association, role=RoleMandat.SIGNATAIRE, fonction=president.fonction
        )
    with au_nom_de(session, GenreUser.USAGER, president.email) as acteur:
        if president.signe:
            _signer(session, config, acteur, president, association)
        dossier = _deposer(session, acteur, cle, histoire, demarche, association)
    instructeur = CAMILLE if histoire.ville else PAUL
    with au_nom_de(session, GenreUser.AGENT, instructeur) as acteur:
        _instruire(session, acteur, histoire, dossier)
    for rendu in histoire.avis:
        with au_nom_de(session, GenreUser.AGENT, rendu.agent) as acteur:
            avis.give(
                session,
                by=acteur,
                dossier=dossier,
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
    session: Session, acteur: Acteur, cle: str, histoire: Histoire, demarche: Demarche, association: Association
) -> Dossier:
    demande = demandes.start(session, by=acteur, cle=cle, demarche=demarche, association_id=association.id)
    for section, valeurs in _sections(histoire, demarche, association).items():
        demandes.save_section(session, by=acteur, demande=demande, section=section, valeurs=valeurs, version=0)
    demandes.save_section(
        session,
        by=acteur,
        demande=demande,
        section=SectionDemande.ATTESTATIONS,
        valeurs=_attestations(demande, histoire.president),
        version=0,
    )
    return depots.file(session, by=acteur, demande=demande, instant=_depot(histoire.jours))


def _depot(jours: int) -> datetime:
    """A moment of the working day, so many days ago."""
    jour = maintenant().astimezone(PARIS).date() - timedelta(days=jours)
    return datetime.combine(jour, time(9 + jours % 9, 7 * jours % 60), tzinfo=PARIS)


def _sections(
    histoire: Histoire, demarche: Demarche, association: Association
) -> Mapping[SectionDemande, dict[str, str]]:
    """What the person typed, section by section."""
    president = histoire.president
    annee = str(demarche.exercice)
    return {
        SectionDemande.IDENTITE: {
            "siret": association.siret_siege,
            "siret_autre": "",
            "adresse": f"{association.adresse}, {association.code_postal} {association.commune}",
            "representant_prenom": president.prenom,
            "representant_nom": president.nom,
            "fonction": president.fonction,
            "telephone": "04 99 00 00 00",
            "courriel": president.email,
        },
        SectionDemande.PROJET: {
            "intitule": histoire.intitule,
            "objectifs": histoire.objectifs,
            "description": f"{histoire.objectifs} L’action s’étend sur l’année, avec un point d’étape en juin.",
            "public_nombre": str(histoire.nombre),
            "public": histoire.public,
            "territoire": histoire.territoire,
            **{f"date_debut-{nom}": valeur for nom, valeur in zip(_DATE, ("1", "2", annee), strict=True)},
            **{f"date_fin-{nom}": valeur for nom, valeur in zip(_DATE, ("30", "11", annee), strict=True)},
            "moyens": "Une personne salariée à mi-temps et huit bénévoles.",
            "indicateurs": "Nombre de participants, assiduité, questionnaire de fin d’action.",
        },
        SectionDemande.BUDGET_PROJET: _budget(Decimal(histoire.montant)),
        SectionDemande.MONTANT: {
            "montant_demande": montant_fr(Decimal(histoire.montant)),
            "exercice": annee,
            "forme": "numeraire",
            "frequence": "premiere" if histoire.jours % 2 else "renouvellement",
            "objet": "projet",
            "periode": "annuelle",
        },
    }


_DATE = ("jour", "mois", "annee")


def _budget(montant: Decimal) -> dict[str, str]:
    """Twice what is asked for, balanced."""
    charges = {"achats_matieres_fournitures": 30, "deplacements_missions": 20, "remuneration_personnels": 150}
    produits = {"subventions_etat": 100, "subventions_commune": 60, "cotisations": 40}
    contributions = {"personnel_benevole": 25, "benevolat": 25}
    parts = charges | produits | contributions
    return {slug: montant_fr(montant * part / 100) for slug, part in parts.items()}


def _attestations(demande: Demande, president: President) -> dict[str, str]:
    """Each clause ticked, as it reads with this request's amount."""
    form = lier(AttestationsForm, {}, lire(demande).contexte)
    clauses = {champ.name: champ.empreinte for champ in form if isinstance(champ, Clause)}
    personne = {"prenom": president.prenom, "nom": president.nom, "qualite": "representant"}
    return personne | clauses | {"cumul": "jusqu_a_500000"}


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
        avis.ask(
            session,
            by=acteur,
            dossier=dossier,
            service_id=saisi.id,
            question="Connaissez-vous cette association, et le projet répond-il à un besoin de votre territoire ?",
        )
