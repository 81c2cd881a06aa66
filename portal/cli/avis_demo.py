"""What the services of the demonstration ask each other and answer, so that each persona finds it alive."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cli.histoires import CAMILLE, HISTOIRES, MARC, NADIA, PAUL, SOPHIE
from portal.cli.recits import au_nom_de
from portal.cli.saisies_demo import budget_du_projet
from portal.formats import aujourdhui, maintenant
from portal.forms.consultes import Consulte, TeneurSaisine
from portal.forms.fusion import Verrou
from portal.models.associations import Association
from portal.models.avis import DemandeAvis, Saisine
from portal.models.demandes import Demande
from portal.models.dossiers import Dossier
from portal.models.services import Service
from portal.permissions import SYSTEME
from portal.queries import complements as corrections_lues
from portal.queries.lecture_demandes import lire
from portal.services import (
    abonnements,
    associations,
    avis,
    avis_permanents,
    communications,
    complements,
    corrections,
    messages,
    modeles_questions,
    recoupements,
    saisines,
)
from portal.vocabulaire import Audience, GenreUser, SensAvis
from portal.vocabulaire_demandes import AudienceMessage, Place, SectionDemande

SCELLEE, TARDIVE, ASSOCIATION = (f"demonstration-{nom}" for nom in ("scellee", "tardive", "association"))
NOE = Consulte(email="noe.lafarge@universite.demo.example", nom="Noé Lafarge", organisme="Université de Lyon")
# The rank of a story in HISTOIRES, and so of the key of its request.
VACANCES, PERMANENCES, BOITES, CONTES = 2, 3, 4, 6
QUESTIONS = {
    "Connaissance de l’association": "Connaissez-vous cette association, et comment travaille-t-elle avec vous\u00a0?",
    "Montant utile": "Quel montant vous paraît utile, et pour quelle part de l’action\u00a0?",
}


def animer(session: Session) -> bool:
    """Play all that services ask each other, once; False when the stories were told before they had that sequel."""
    if session.scalars(select(Saisine.id).where(Saisine.cle == SCELLEE)).first() is not None:
        return True
    if dossier_de(session, PERMANENCES).avis_demandes or not dossier_de(session, CONTES).avis_rendus:
        return False
    regler(session)
    _sous_scelle(session)
    _sur_association(session)
    _perimer(session)
    _en_retard(session)
    _suivre(session)
    _demander_communication(session)
    _deux_fiches(session)
    _recouper(session)
    return True


def regler(session: Session) -> None:
    """The questions that the responsable keeps ready, and the expert that the démarche proposes."""
    demarche = dossier_de(session, VACANCES).demarche
    with au_nom_de(session, GenreUser.AGENT, NADIA) as acteur:
        for libelle, texte in QUESTIONS.items():
            modeles_questions.add_question(session, by=acteur, demarche=demarche, libelle=libelle, texte=texte)
        modeles_questions.propose(session, by=acteur, demarche=demarche, consulte=NOE)


def _sous_scelle(session: Session) -> None:
    """Two services and an expert, each without reading the others; the first has answered."""
    dossier = dossier_de(session, PERMANENCES)
    _demander(
        session,
        dossier,
        TeneurSaisine(
            question="Combien de personnes ces permanences peuvent-elles accueillir, et le budget vous paraît-il réaliste\u00a0?",
            echeance=aujourdhui() + timedelta(days=12),
            scelle=True,
        ),
        SCELLEE,
        *(Consulte(service_id=_service(session, sigle).id) for sigle in ("DRAJES ARA", "Préfecture 69")),
        NOE,
    )
    _donner(
        session,
        PAUL,
        dossier,
        SensAvis.RESERVES,
        "Notre service n’a reçu aucune demande pour cette action. Une seule salariée pour 240 personnes\u00a0: c’est peu.",
    )


def _en_retard(session: Session) -> None:
    """Asked again of the corrected request, and left without an answer: nobody waits for the deadline of a demonstration."""
    saisine = _demander(
        session,
        dossier_de(session, BOITES),
        TeneurSaisine(
            question="Le budget vient d’être corrigé\u00a0: votre avis reste-t-il le même\u00a0?",
            echeance=aujourdhui(),
        ),
        TARDIVE,
        Consulte(service_id=_service(session, "DRAJES ARA").id),
    )
    for demande in session.scalars(select(DemandeAvis).where(DemandeAvis.saisine_id == saisine.id)):
        demande.created_at -= timedelta(days=20)
        demande.echeance = aujourdhui() - timedelta(days=4)


def _sur_association(session: Session) -> None:
    """An avis on an association until the end of next year, that answers what the DRAJES asks later; another is awaited."""
    association = session.get_one(Association, dossier_de(session, BOITES).association_id)
    _demander(
        session,
        association,
        TeneurSaisine(question="Que savez-vous du sérieux de cette association et de la tenue de ses comptes\u00a0?"),
        ASSOCIATION,
        Consulte(service_id=_service(session, "Préfecture 69").id),
        Consulte(service_id=_service(session, "DRAJES ARA").id),
    )
    with au_nom_de(session, GenreUser.AGENT, SOPHIE) as acteur:
        rendu = avis.give(
            session,
            by=acteur,
            objet=association,
            sens=SensAvis.FAVORABLE,
            montant_propose=None,
            texte="Association connue depuis dix ans, comptes remis chaque année, aucun incident.",
            audience=Audience.PARTAGE,
            valable_jusqu_au=date(aujourdhui().year + 1, 12, 31),
        )
        avis_permanents.allow(session, by=acteur, avis=rendu, service_ids=[_service(session, "DRAJES ARA").id])


def _perimer(session: Session) -> None:
    """The association corrects a budget that two avis had read."""
    dossier = dossier_de(session, BOITES)
    place = Place(SectionDemande.BUDGET_PROJET)
    with au_nom_de(session, GenreUser.AGENT, CAMILLE) as acteur:
        complement = complements.ask(
            session,
            by=acteur,
            dossier=dossier,
            lue=lire(session.get_one(Demande, dossier.demande_id)),
            motifs={place: "Le bois des boîtes n’est pas compté dans les achats."},
            motif="Merci de revoir le budget du projet.",
            echeance=aujourdhui() + timedelta(days=15),
            pieces_exigees=False,
        )
    # Twenty euros more of wood, out of the members' own pocket.
    budget = budget_du_projet(HISTOIRES[BOITES - 1]) | {"achats_matieres_fournitures": "1 160", "cotisations": "1 480"}
    with au_nom_de(session, GenreUser.USAGER, MARC.email) as acteur:
        correction = corrections_lues.correction(session, dossier, complement)
        verrou = Verrou(version=correction.saisies[place].version)
        complements.save(session, by=acteur, correction=correction, place=place, valeurs=budget, verrou=verrou)
        corrections.answer(session, by=acteur, correction=corrections_lues.correction(session, dossier, complement))


def _suivre(session: Session) -> None:
    """Camille follows an association, and writes to every service that knows it."""
    dossier = dossier_de(session, BOITES)
    with au_nom_de(session, GenreUser.AGENT, CAMILLE) as acteur:
        abonnements.subscribe(session, by=acteur, association_id=dossier.association_id or 0)
        messages.send(
            session,
            by=acteur,
            dossier=dossier,
            audience=AudienceMessage.PARTAGE,
            texte="La commune confirme par téléphone qu’elle prête les emplacements. L’accord écrit suivra.",
            cle="demonstration-partage",
        )


def _demander_communication(session: Session) -> None:
    with au_nom_de(session, GenreUser.USAGER, MARC.email) as acteur:
        communications.ask(session, by=acteur, dossier=dossier_de(session, CONTES))


def _deux_fiches(session: Session) -> None:
    """The same association, typed by hand elsewhere under another number."""
    associations.get_or_create(
        session,
        by=SYSTEME,
        siren="",
        rna="W691009798",
        siret="",
        denomination="Union Sportive des Minguettes (USM)",
        source="saisie",
        observed_at=maintenant(),
        adresse="17 avenue Jean-Cagne",
        code_postal="69200",
        commune="Vénissieux",
    )


def _recouper(session: Session) -> None:
    """What a job would find within minutes."""
    dossiers = [dossier_de(session, rang) for rang in (VACANCES, PERMANENCES, BOITES)]
    recoupements.refresh(session, [un.association_id for un in dossiers if un.association_id is not None])


def _demander(
    session: Session, objet: Dossier | Association, teneur: TeneurSaisine, cle: str, *consultes: Consulte
) -> Saisine:
    with au_nom_de(session, GenreUser.AGENT, CAMILLE) as acteur:
        return saisines.ask(session, by=acteur, objets=[objet], consultes=consultes, teneur=teneur, cle=cle)


def _donner(session: Session, agent: str, dossier: Dossier, sens: SensAvis, texte: str) -> None:
    with au_nom_de(session, GenreUser.AGENT, agent) as acteur:
        avis.give(
            session,
            by=acteur,
            objet=dossier,
            sens=sens,
            montant_propose=None,
            texte=texte,
            audience=Audience.PARTAGE,
        )


def dossier_de(session: Session, rang: int) -> Dossier:
    """The dossier of the story of that rank."""
    choix = select(Dossier).join(Demande, Demande.id == Dossier.demande_id)
    return session.scalars(choix.where(Demande.cle == f"demonstration-{rang:02d}")).one()


def _service(session: Session, sigle: str) -> Service:
    return session.scalars(select(Service).where(Service.sigle == sigle)).one()
