"""Makes what surrounds the people of an association: facts, aidants, invitations, claims and reports."""

import hashlib
from datetime import date, timedelta

from portal.formats import aujourdhui, maintenant
from portal.models.associations import Association, ConsultationAnnuaire, FaitAssociation, Mandat
from portal.models.connexion import User
from portal.models.documents import Fichier
from portal.models.liens_associations import Contestation, Invitation, Signalement
from portal.vocabulaire import EtatMandat, RoleMandat
from tests.factories import Fabriques

FICHE = {
    "source": "recherche-entreprises",
    "observed_at": "2026-11-01T08:00:00+00:00",
    "siren": "999900178",
    "rna": "W691000178",
    "siret": "99990017800016",
    "active": True,
    "faits": {"denomination": "Les Amis du Canal", "commune": "Lyon", "code_postal": "69009"},
    "etablissements": [],
}


def fait(creer: Fabriques, association: Association, **valeurs: object) -> FaitAssociation:
    """What the register says of its town, unless said otherwise."""
    dit = {"champ": "commune", "valeur": "Lyon", "source": "recherche-entreprises", "observed_at": maintenant()}
    return creer._ajouter(FaitAssociation(**{"association_id": association.id, **dit, **valeurs}))


def fichier(creer: Fabriques, nom: str = "mandat") -> Fichier:
    """The row of a PDF, whose bytes nobody has stored."""
    empreinte = hashlib.sha256(nom.encode()).hexdigest()
    return creer._ajouter(
        Fichier(sha256=empreinte, cle_stockage=empreinte[:32], taille=10, type_mime="application/pdf")
    )


def aidant(
    creer: Fabriques,
    association: Association,
    *,
    user: User | None = None,
    ecrit: Fichier | None = None,
    fin: date | None = None,
) -> Mandat:
    """An aidant of France services whose written mandate runs for sixty days."""
    return creer._ajouter(
        Mandat(
            user_id=(user or creer.usager(prenom="Inès", nom="Aidante")).id,
            association_id=association.id,
            role=RoleMandat.AIDANT,
            etat=EtatMandat.PROUVE,
            fonction="Conseillère",
            structure="France services de Tarare",
            ecrit_id=ecrit.id if ecrit else None,
            ecrit_nom="mandat.pdf" if ecrit else "",
            fin_le=fin or aujourdhui() + timedelta(days=60),
        )
    )


def invitation(creer: Fabriques, association: Association, par: User, email: str, **valeurs: object) -> Invitation:
    """An open invitation to prepare requests."""
    return creer._ajouter(
        Invitation(
            **{
                "association_id": association.id,
                "email": email,
                "role": RoleMandat.REDACTEUR,
                "fonction": "Trésorier",
                "invite_par_id": par.id,
                "expires_at": maintenant() + timedelta(days=30),
                **valeurs,
            }
        )
    )


def contestation(creer: Fabriques, mandat: Mandat, par: User, piece: Fichier | None = None) -> Contestation:
    """A claim that nobody has settled."""
    return creer._ajouter(
        Contestation(
            association_id=mandat.association_id,
            mandat_id=mandat.id,
            auteur_id=par.id,
            motif="Une autre présidente a été élue.",
            piece_id=piece.id if piece else None,
            piece_nom="pv.pdf" if piece else "",
        )
    )


def signalement(creer: Fabriques, association: Association, par: User) -> Signalement:
    """A report that nobody has answered."""
    return creer._ajouter(
        Signalement(
            association_id=association.id,
            champ="commune",
            source="recherche-entreprises",
            valeur_vue="Lyon",
            correction="Villeurbanne",
            auteur_id=par.id,
        )
    )


def consultation_par_nom(creer: Fabriques, user: User) -> ConsultationAnnuaire:
    """A search by name whose answer is not chosen yet."""
    return creer._ajouter(
        ConsultationAnnuaire(user_id=user.id, genre="nom", valeur="canal", fiche=None, candidats=[FICHE])
    )
