"""What is worth knowing before a request is filed: sentences, each from a provider of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.formats import ESPACE_INSECABLE, aujourdhui, date_fr, maintenant, mots_de_recherche
from portal.forms.echeances import echeance_fr
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier
from portal.models.pieces import PieceCoffre
from portal.permissions import Acteur
from portal.queries import cofinancements, comptes_rendus, statuts_cer
from portal.queries.lecture_demandes import DemandeLue
from portal.queries.ribs import concorde
from portal.vocabulaire import Etat
from portal.vocabulaire_cer import EtatCer
from portal.vocabulaire_demandes import GenrePiece

BIENTOT = timedelta(hours=48)
# Words of three letters and less say nothing of what a project is.
LONGUEUR_MOT = 4
PART_COMMUNE = 0.5
ABANDONNES = (Etat.RETIRE, Etat.SANS_SUITE)


@dataclass(frozen=True, slots=True)
class Avertissement:
    """One sentence; `lien` names where to act on it, if anywhere. `ferme`: a closing that is past, the only one that may stop."""

    phrase: str
    lien: str = ""
    ferme: bool = False


@dataclass(frozen=True, slots=True)
class Sujet:
    """What providers look at. `viewer` bounds what may be said."""

    session: Session
    viewer: Acteur
    lue: DemandeLue


Fournisseur = Callable[[Sujet], list[Avertissement]]


def cloture_proche(sujet: Sujet) -> list[Avertissement]:
    """Each campaign that closes within two days, in hours; one that is closed already is told so."""
    adressees = [campagne.demarche_id for campagne, _ in sujet.lue.ce_qui_est_demande.adressees]
    demarches = [sujet.lue.demande.demarche]
    if adressees:
        autres = select(Demarche).where(Demarche.id.in_(adressees)).order_by(Demarche.id)
        demarches += sujet.session.scalars(autres)
    instant = maintenant()
    dits = []
    for demarche in demarches:
        if demarche.cloture is None or demarche.cloture - instant > BIENTOT:
            continue
        nom = f"La campagne «{ESPACE_INSECABLE}{demarche.titre}{ESPACE_INSECABLE}»"
        limite = echeance_fr(demarche.cloture, demarche.fuseau)
        heures = int((demarche.cloture - instant).total_seconds() // 3600)
        if demarche.cloture <= instant:
            dits.append(Avertissement(f"{nom} est close depuis le {limite}.", ferme=True))
        elif heures < 1:
            dits.append(Avertissement(f"{nom} ferme dans moins d’une heure, le {limite}."))
        else:
            pluriel = "s" if heures > 1 else ""
            dits.append(Avertissement(f"{nom} ferme dans {heures} heure{pluriel}, le {limite}."))
    return dits


def cer_manquant(sujet: Sujet) -> list[Avertissement]:
    """The contract is not signed, or its signature no longer counts: the filing does not wait for it."""
    ident = sujet.lue.demande.association_id
    statut = statuts_cer.statuts_vus(sujet.session, sujet.viewer, [ident])[ident]
    if statut.etat in (EtatCer.SIGNE, EtatCer.DISPENSE):
        return []
    phrase = f"{statut.phrase} L’attestation de cette demande y souscrit, et le dépôt n’attend pas cette signature."
    return [Avertissement(phrase, "engagement")]


def deja_demande(sujet: Sujet) -> list[Avertissement]:
    """Dossiers of the same association for the same exercice that look alike: same campaign, or an intitulé in the same words.

    Only those that this person may read: a newcomer whose link is not verified learns nothing of others' requests.
    """
    lue, viewer = sujet.lue, sujet.viewer
    if lue.contexte.exercice is None or lue.demande.association_id not in viewer.associations_prouvees:
        return []
    dossiers = sujet.session.scalars(
        select(Dossier)
        .where(
            Dossier.association_id == lue.demande.association_id,
            Dossier.exercice == lue.contexte.exercice,
            Dossier.etat.not_in(ABANDONNES),
            Dossier.demande_id.is_distinct_from(lue.demande.id),
        )
        .options(joinedload(Dossier.service))
        .order_by(Dossier.date_depot.desc(), Dossier.id.desc())
        .limit(50)
    )
    vues = {lue.demande.demarche_id, *(campagne.demarche_id for campagne, _ in lue.ce_qui_est_demande.adressees)}
    return [
        Avertissement(_ressemble(dossier, meme_campagne=dossier.demarche_id in vues))
        for dossier in dossiers
        if dossier.demarche_id in vues or semblables(dossier.intitule, lue.intitule)
    ]


def _ressemble(dossier: Dossier, *, meme_campagne: bool) -> str:
    quoi = "Une demande à la même campagne" if meme_campagne else "Une demande qui lui ressemble"
    return (
        f"{quoi} est déjà déposée pour l’exercice {dossier.exercice}{ESPACE_INSECABLE}: {dossier.reference}, "
        f"«{ESPACE_INSECABLE}{dossier.intitule}{ESPACE_INSECABLE}», auprès du service {dossier.service.nom}, "
        f"le {date_fr(dossier.date_depot)}."
    )


def semblables(un: str, autre: str) -> bool:
    """Whether two intitulés are the same, or half of the words that count of the shorter one are in the other."""
    if un and mots_de_recherche(un) == mots_de_recherche(autre):
        return True
    mots = [{mot for mot in mots_de_recherche(texte).split() if len(mot) >= LONGUEUR_MOT} for texte in (un, autre)]
    plus_court = min(len(lus) for lus in mots)
    return plus_court > 0 and len(mots[0] & mots[1]) >= plus_court * PART_COMMUNE


def cofinancements_differents(sujet: Sujet) -> list[Avertissement]:
    """The funders named and the budgets do not say the same."""
    phrases = cofinancements.list_ecarts(sujet.lue)
    return [Avertissement(f"Financeurs nommés et budget{ESPACE_INSECABLE}: {phrase}") for phrase in phrases]


def titulaire_du_rib(sujet: Sujet) -> list[Avertissement]:
    """The holder of the account joined from the vault does not bear the name of the association."""
    gardes = [
        une.coffre_id
        for piece in sujet.lue.contexte.pieces
        if piece.genre == GenrePiece.RIB
        for une in piece.jointes
        if une.coffre_id is not None
    ]
    if not gardes:
        return []
    noms = (sujet.lue.demande.association.denomination, sujet.lue.identite.denomination.lisible())
    ribs = sujet.session.scalars(select(PieceCoffre).where(PieceCoffre.id.in_(gardes)).order_by(PieceCoffre.id))
    return [
        Avertissement(
            f"Le titulaire du compte, «{ESPACE_INSECABLE}{rib.titulaire}{ESPACE_INSECABLE}», ne porte pas le nom de "
            "l’association. La subvention n’est versée que sur un compte à son nom."
        )
        for rib in ribs
        if rib.titulaire and not concorde(rib.titulaire, *noms)
    ]


def comptes_rendus_attendus(sujet: Sujet) -> list[Avertissement]:
    """What is owed for former grants, to people whose link is verified."""
    ident = sujet.lue.demande.association_id
    if ident not in sujet.viewer.associations_prouvees:
        return []
    return [Avertissement(phrase) for phrase in comptes_rendus.sentences_for(sujet.session, ident, aujourdhui())]


FOURNISSEURS: tuple[Fournisseur, ...] = (
    cloture_proche,
    cer_manquant,
    deja_demande,
    cofinancements_differents,
    titulaire_du_rib,
    comptes_rendus_attendus,
)


def list_avertissements(session: Session, viewer: Acteur, lue: DemandeLue) -> list[Avertissement]:
    """All of them, in order; a request already filed has none."""
    if lue.demande.deposee_at is not None:
        return []
    sujet = Sujet(session, viewer, lue)
    return [avertissement for fournisseur in FOURNISSEURS for avertissement in fournisseur(sujet)]
