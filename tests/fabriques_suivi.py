"""Makes what follows a filing: requests filed without their pages, corrections asked of them."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.formats import PARIS, maintenant
from portal.forms.attestations import Clause
from portal.models.associations import Association, Mandat
from portal.models.connexion import User
from portal.models.demandes import Demande, SectionSaisie
from portal.models.dossiers import Dossier, Financement
from portal.models.echanges import Complement, RevisionSection
from portal.models.services import Service
from portal.permissions import Acteur, GenreActeur, MandatActif
from portal.queries.lecture_demandes import lire
from portal.services import contenus_deposes
from portal.vocabulaire import EtatMandat
from portal.vocabulaire_demandes import Place, SectionDemande
from tests import saisies
from tests.factories import Fabriques


def depose(
    creer: Fabriques,
    association: Association,
    par: User,
    service: Service,
    *,
    remplie: bool = False,
    demande: Demande | None = None,
    **valeurs: object,
) -> Dossier:
    """A dossier of a request that this person has filed: nothing was typed in it unless `remplie`.

    `demande`: of a demande commune, the request that another service has received already.
    """
    demarche = creer.demarche(service)
    commune = demande is not None
    demande = demande or creer.demande(association, par, demarche)
    if remplie and not commune:
        _remplir(creer.session, demande, par)
    demande.deposee_at, demande.deposee_par_id = maintenant(), par.id
    creer.session.commit()
    dossier = creer.dossier(association=association, demarche=demarche, demande_id=demande.id, **valeurs)
    if remplie:
        creer.session.add(Financement(dossier_id=dossier.id, exercice=2026, demande=dossier.montant_demande))
        creer.session.commit()
    return dossier


def _remplir(session: Session, demande: Demande, par: User) -> None:
    """What saisies.SECTIONS says, the clauses ticked as they read, and the lines frozen."""
    textes = {slug: valeurs for slug, valeurs in saisies.SECTIONS.items() if slug != "pieces"}
    for slug, valeurs in textes.items():
        place = Place.lire(slug)
        assert place is not None
        siret = {"siret": demande.association.siret_siege} if slug == "identite" else {}
        _taper(session, demande, par, place, {**siret, **valeurs})
    lue = lire(demande)
    clauses = {un.short_name: un.empreinte for un in lue.attestations if isinstance(un, Clause)}
    attestations = next(une for une in demande.sections if une.section == SectionDemande.ATTESTATIONS)
    attestations.valeurs = {**attestations.valeurs, **clauses}
    session.commit()
    contenus_deposes.freeze(session, lire(demande))
    session.commit()


def _taper(session: Session, demande: Demande, par: User, place: Place, valeurs: dict[str, str]) -> None:
    typed = SectionSaisie(
        demande_id=demande.id, section=place.section, rang=place.rang, valeurs=valeurs, updated_by_id=par.id
    )
    demande.sections.append(typed)
    session.flush()


def acteur_usager(session: Session, user: User) -> Acteur:
    """That person with her mandats."""
    mandats = session.scalars(select(Mandat).where(Mandat.user_id == user.id).options(joinedload(Mandat.association)))
    return Acteur(
        genre=GenreActeur.USAGER,
        user_id=user.id,
        nom_affiche=user.nom_affiche,
        email=user.email,
        mandats=tuple(
            MandatActif(
                id=un.id,
                association_id=un.association_id,
                denomination=un.association.denomination,
                role=un.role,
                prouve=un.etat == EtatMandat.PROUVE,
            )
            for un in mandats
        ),
    )


def complement(
    session: Session, dossier: Dossier, par: User, slugs: Iterable[str], *, copies: bool = False, **valeurs: object
) -> Complement:
    """Corrections asked of these pages by that agent, due in fifteen days; `copies`: begun with what was filed."""
    filees = {Place(une.section, une.rang): une.valeurs for une in dossier.demande.sections} if copies else {}
    places = [place for slug in slugs if (place := Place.lire(slug))]
    demande = Complement(
        **{
            "dossier_id": dossier.id,
            "sections": [{"place": place.slug, "motif": "À préciser."} for place in places],
            "motif": "Quelques précisions sont nécessaires.",
            "echeance": (maintenant().astimezone(PARIS) + timedelta(days=15)).date(),
            "demande_par_id": par.id,
            **valeurs,
        }
    )
    session.add(demande)
    session.flush()
    for place in places:
        session.add(
            SectionSaisie(
                demande_id=dossier.demande_id,
                section=place.section,
                rang=place.rang,
                complement_id=demande.id,
                valeurs=dict(filees.get(place, {})),
                updated_by_id=par.id,
            )
        )
    dossier.complement_demande = True
    session.commit()
    return demande


def corriger(session: Session, dossier: Dossier, agent: User, **nouvelles: str) -> None:
    """A correction of the project, as one was sent just now."""
    demande = complement(session, dossier, agent, ["projet"], copies=True, repondu_at=maintenant())
    filee = next(une for une in dossier.demande.sections if une.section == SectionDemande.PROJET)
    revision = RevisionSection(
        demande_id=dossier.demande_id,
        complement_id=demande.id,
        section=SectionDemande.PROJET,
        anciennes=dict(filee.valeurs),
        nouvelles={**filee.valeurs, **nouvelles},
        contenu_version=dossier.contenu_version + 1,
        by_id=agent.id,
        at=maintenant(),
    )
    session.add(revision)
    dossier.contenu_version += 1
    dossier.complement_demande = False
    session.commit()
