"""What a cahier de commission tells: the dossiers of a view, as one agent may read them, in a fixed number of statements."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from itertools import islice

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from portal.documents.modeles_cahier import AvisBref, Cahier, FicheCommission, FicheDossier
from portal.formats import date_fr, maintenant, majuscule
from portal.models.avis import Avis, DemandeAvis
from portal.models.decisions import Decision, Proposition
from portal.models.demandes import LigneBudget, SectionSaisie
from portal.models.dossiers import AccesDossier, Dossier
from portal.permissions import Acteur
from portal.queries import departements, dossiers, lectures_dossiers, lignes_file, options_file
from portal.queries.avis import readable
from portal.queries.curseurs_file import COLONNES as RANGS
from portal.queries.filtres_dossiers import FiltreDossiers
from portal.queries.lignes_file import LigneDossier
from portal.vocabulaire import (
    LIBELLE_COMPLEMENT_AGENT,
    LIBELLES_DECISION,
    LIBELLES_ETAT_AGENT,
    LIBELLES_MOTIF,
    LIBELLES_SENS,
    MotifAcces,
)
from portal.vocabulaire_demandes import SectionDemande, SensBudget
from portal.vocabulaire_file import LIBELLES_ONGLET, ColonneFile, TriFile
from portal.vocabulaire_instruction import ETAPES_OUVERTES

DOSSIERS_MAXIMAUX = 500
COLONNES = frozenset({ColonneFile.CER, ColonneFile.PROPOSE, ColonneFile.AVIS})
# What one page holds, whoever wrote it.
TEXTE_LONG, TEXTE_AVIS = 560, 180
CER_SANS_OBJET = "sans objet"
SUITE = "… (suite dans le dossier)"


def cahier(session: Session, viewer: Acteur, filtre: FiltreDossiers) -> Cahier:
    """The first 500 dossiers of a view, in its order."""
    lignes = list(islice(dossiers.all_dossiers(session, viewer, filtre, colonnes=COLONNES), DOSSIERS_MAXIMAUX + 1))
    tronque = len(lignes) > DOSSIERS_MAXIMAUX
    puces = [libelle for libelle, _ in options_file.get(session, viewer, filtre).puces(filtre)]
    return Cahier(
        service=viewer.libelle_service or "",
        vue=(f"Onglet\u00a0: {LIBELLES_ONGLET[filtre.onglet]}", *puces),
        pour=_pour(viewer),
        etabli_le=maintenant(),
        fiches=_fiches(session, viewer, lignes[:DOSSIERS_MAXIMAUX]),
        tronque=tronque,
    )


def fiche(session: Session, viewer: Acteur, dossier: Dossier) -> FicheDossier:
    """One dossier that this viewer may read, on its page."""
    rang = RANGS[TriFile.DEPOT].label("rang")
    place = select(AccesDossier.dossier_id, rang).where(
        dossiers.in_scope(viewer), AccesDossier.dossier_id == dossier.id
    )
    choix = lignes_file.choix(place, viewer, COLONNES, TriFile.DEPOT, croissant=True)
    (seule,) = _fiches(session, viewer, list(lignes_file.lire(session, choix, viewer, COLONNES)))
    return FicheDossier(fiche=seule, service=dossier.service.nom, pour=_pour(viewer), etabli_le=maintenant())


def _pour(viewer: Acteur) -> str:
    return f"{viewer.nom_affiche} ({viewer.libelle_service})"


def _fiches(session: Session, viewer: Acteur, lignes: Sequence[LigneDossier]) -> tuple[FicheCommission, ...]:
    """Eight statements, whatever the number of dossiers."""
    ids = [ligne.id for ligne in lignes]
    siens = [ligne.id for ligne in lignes if ligne.motif == MotifAcces.PROPRIETAIRE]
    avis = _avis(session, viewer, ids)
    propositions = _teneurs(session, ids, siens)
    textes = _projets(session, _open_to(session, viewer, ids, SectionDemande.PROJET))
    couts = _couts(session, _open_to(session, viewer, ids, SectionDemande.BUDGET_PROJET))
    return tuple(
        _fiche(ligne, avis.get(ligne.id, ()), propositions.get(ligne.id), textes.get(ligne.id, {}), couts.get(ligne.id))
        for ligne in lignes
    )


def _fiche(
    ligne: LigneDossier,
    avis: tuple[AvisBref, ...],
    teneur: Proposition | Decision | None,
    projet: Mapping[str, str],
    cout: Decimal | None,
) -> FicheCommission:
    etat = LIBELLE_COMPLEMENT_AGENT if ligne.attend_complement else LIBELLES_ETAT_AGENT[ligne.etat]
    return FicheCommission(
        reference=ligne.reference,
        etat=etat,
        demandeur=ligne.demandeur_nom,
        siret=ligne.demandeur_siret,
        commune=ligne.demandeur_commune,
        territoire=departements.nom(ligne.departement or departements.INCONNU),
        intitule=ligne.intitule,
        objectifs=couper(projet.get("objectifs", ""), TEXTE_LONG),
        description=couper(projet.get("description", ""), TEXTE_LONG),
        demarche=ligne.demarche,
        exercice=ligne.exercice,
        depose_le=ligne.date_depot,
        echeance=ligne.echeance if ligne.etape in ETAPES_OUVERTES else None,
        instructeur=ligne.instructeur,
        cer=ligne.cer.phrase if ligne.cer else CER_SANS_OBJET,
        montant_demande=ligne.montant_demande,
        cout=cout,
        propose=ligne.propose,
        accorde=ligne.montant_accorde,
        decidee=isinstance(teneur, Decision),
        proposition=_en_mots(teneur) if teneur else "",
        avis=avis,
        avis_attendus=ligne.avis_demandes - ligne.avis_rendus,
    )


def couper(texte: str, longueur: int) -> str:
    """A text on one paragraph, cut at a word when it is longer."""
    mots = " ".join(texte.split())
    if len(mots) <= longueur:
        return mots
    return mots[:longueur].rsplit(" ", 1)[0] + SUITE


def _teneurs(session: Session, ids: Collection[int], siens: Collection[int]) -> dict[int, Proposition | Decision]:
    """What is proposed, else decided: to the owner service at once, to the others once it is notified."""
    propositions = session.scalars(select(Proposition).where(Proposition.dossier_id.in_(siens)))
    connues = or_(Decision.dossier_id.in_(siens), Decision.notified_at.is_not(None))
    decisions = session.scalars(select(Decision).where(Decision.dossier_id.in_(ids), connues))
    return {une.dossier_id: une for une in propositions} | {une.dossier_id: une for une in decisions}


def _en_mots(teneur: Proposition | Decision) -> str:
    motif = f" ({LIBELLES_MOTIF[teneur.motif]})" if teneur.motif else ""
    suite = ""
    if isinstance(teneur, Decision):
        suite = f", notifié le {date_fr(teneur.notified_at)}" if teneur.notified_at else ", à notifier"
    textes = (
        f"{majuscule(LIBELLES_DECISION[teneur.sens])}{motif}{suite}.",
        teneur.motivation,
        f"Conditions\u00a0: {teneur.conditions}" if teneur.conditions else "",
    )
    return couper(" ".join(filter(None, textes)), TEXTE_LONG)


def _avis(session: Session, viewer: Acteur, ids: Collection[int]) -> dict[int, tuple[AvisBref, ...]]:
    """Those that the viewer may read, dossier by dossier."""
    demandes: dict[int | None, list[DemandeAvis]] = {}
    for une in session.scalars(select(DemandeAvis).where(DemandeAvis.dossier_id.in_(ids)).order_by(DemandeAvis.id)):
        demandes.setdefault(une.dossier_id, []).append(une)
    tous: dict[int | None, list[Avis]] = {}
    qui = (joinedload(Avis.service), joinedload(Avis.expert))
    for un in session.scalars(select(Avis).where(Avis.dossier_id.in_(ids)).options(*qui).order_by(Avis.id)):
        tous.setdefault(un.dossier_id, []).append(un)
    return {
        dossier_id: tuple(
            AvisBref(un.de_qui, LIBELLES_SENS[un.sens], un.montant_propose, couper(un.texte, TEXTE_AVIS))
            for un in readable(viewer, siens, demandes.get(dossier_id, [])).lisibles
        )
        for dossier_id, siens in tous.items()
        if dossier_id is not None
    }


def _open_to(session: Session, viewer: Acteur, ids: Collection[int], section: SectionDemande) -> Collection[int]:
    """Those of these dossiers whose section the viewer's service reads: it may have been asked about others only."""
    lues = select(AccesDossier.dossier_id).where(
        dossiers.in_scope(viewer), AccesDossier.dossier_id.in_(ids), lectures_dossiers.reads(section)
    )
    return session.scalars(lues).all()


def _projets(session: Session, ids: Collection[int]) -> dict[int, dict[str, str]]:
    """What native requests say of their first project, as filed."""
    sections = session.execute(
        select(Dossier.id, SectionSaisie.valeurs)
        .join(SectionSaisie, SectionSaisie.demande_id == Dossier.demande_id)
        .where(
            Dossier.id.in_(ids),
            SectionSaisie.section == SectionDemande.PROJET,
            SectionSaisie.rang == 1,
            SectionSaisie.complement_id.is_(None),
        )
    )
    return {ligne[0]: dict(ligne[1]) for ligne in sections}


def _couts(session: Session, ids: Collection[int]) -> dict[int, Decimal]:
    """Sum of the charges of the projects of native requests, in euros."""
    sommes = session.execute(
        select(Dossier.id, func.sum(LigneBudget.montant))
        .join(LigneBudget, LigneBudget.demande_id == Dossier.demande_id)
        .where(Dossier.id.in_(ids), LigneBudget.projet_rang > 0, LigneBudget.sens == SensBudget.CHARGES)
        .group_by(Dossier.id)
    )
    return {ligne[0]: ligne[1] for ligne in sommes}
