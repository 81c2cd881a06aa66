"""Files grant requests: once, at the server's instant, with everything frozen."""

import hashlib
import json
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Forbidden, Invalid
from portal.formats import ESPACE_INSECABLE, instant_fr, maintenant
from portal.forms.budget import PLAN
from portal.models.associations import Mandat
from portal.models.demandes import Demande, LigneBudget
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier
from portal.permissions import Acteur, can_edit
from portal.queries import recepisses
from portal.queries.demandes import est_ouverte
from portal.queries.lecture_demandes import DemandeLue, lire
from portal.services import courriels, documents, dossiers, journal, mandats
from portal.services.demandes import lock
from portal.vocabulaire import (
    LIBELLES_ETAT_SECTION,
    LIBELLES_SECTION,
    Etat,
    EtatMandat,
    EtatSection,
    GenreDocument,
    SectionDemande,
    SensBudget,
    Source,
)


def file(session: Session, *, by: Acteur, demande: Demande, instant: datetime | None = None) -> Dossier:
    """File a request, once: a second filing gives the dossier of the first. The instant of this call decides.

    `instant` (UTC) stands for it in the invented past of the demonstration, and nowhere else.

    Raises Forbidden, Conflict when the mandat has ended meanwhile, and Invalid when the campaign is closed or a section is
    not filled in; the draft is kept as it is.
    """
    instant = instant or maintenant()
    lock(session, demande)
    depose = session.scalars(select(Dossier).where(Dossier.demande_id == demande.id)).first()
    if depose is not None:
        return depose
    verdict = can_edit(by, demande)
    if not verdict:
        raise Forbidden(verdict.raison)
    mandat = mandats.lock_mine(session, by, demande.association_id)
    lue = lire(demande)
    _check_open(demande.demarche, instant)
    _check_ready(lue)
    dossier = dossiers.register(
        session,
        _dossier(session, mandat, lue, instant),
        programme=demande.demarche.programme,
        demande=lue.contexte.montant_demande,
    )
    demande.deposee_at, demande.deposee_par_id = instant, by.user_id
    demande.lignes_budget.extend(_lignes_budget(lue))
    session.flush()
    _acknowledge(session, by, mandat, lue, dossier)
    return dossier


def _check_open(demarche: Demarche, instant: datetime) -> None:
    if est_ouverte(demarche, instant):
        return
    fermee = demarche.cloture is not None and demarche.cloture <= instant
    quand = f"close depuis le {instant_fr(demarche.cloture)} (heure de Paris)" if fermee else "fermée pour le moment"
    contact = (
        f" Vous pouvez écrire au service{ESPACE_INSECABLE}: {demarche.service.email}." if demarche.service.email else ""
    )
    raise Invalid(
        "",
        f"La campagne «{ESPACE_INSECABLE}{demarche.titre}{ESPACE_INSECABLE}» est {quand}.{contact}",
    )


def _check_ready(lue: DemandeLue) -> None:
    if lue.prete:
        return
    restes = [
        f"{LIBELLES_SECTION[section]} ({LIBELLES_ETAT_SECTION[lue.etat(section)]})"
        for section in SectionDemande
        if lue.etat(section) != EtatSection.REMPLIE
    ]
    raise Invalid(
        "",
        f"Il reste à remplir ou à corriger{ESPACE_INSECABLE}: {', '.join(restes)}.",
    )


def _dossier(session: Session, mandat: Mandat, lue: DemandeLue, instant: datetime) -> Dossier:
    """The dossier that services will read; the demandeur is frozen as it is now."""
    demande, association = lue.demande, lue.demande.association
    return Dossier(
        reference=dossiers.next_reference(session),
        source=Source.PORTAIL,
        demarche_id=demande.demarche_id,
        demande_id=demande.id,
        association_id=association.id,
        service_id=demande.demarche.service_id,
        etat=Etat.EN_CONSTRUCTION,
        demandeur_nom=association.denomination,
        demandeur_siret=lue.identite.siret_retenu,
        demandeur_rna=association.rna,
        demandeur_commune=association.commune,
        lien_verifie=mandat.etat == EtatMandat.PROUVE,
        intitule=lue.projet.intitule.valeur,
        exercice=lue.contexte.exercice,
        date_depot=instant,
        contenu_empreintes={saisie.section: _empreinte(saisie.valeurs) for saisie in demande.sections},
    )


def _empreinte(valeurs: dict[str, str]) -> str:
    canonique = json.dumps(valeurs, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonique.encode()).hexdigest()


def _lignes_budget(lue: DemandeLue) -> list[LigneBudget]:
    """The amounts above zero, in the order of the plan, with their labels and accounts as they read today."""
    postes = [(sens, poste) for tableau in PLAN for sens in SensBudget for poste in tableau.postes(sens)]
    return [
        LigneBudget(
            sens=sens, slug=poste.slug, compte=poste.compte, libelle=poste.libelle, montant=montant, ordre=ordre
        )
        for ordre, (sens, poste) in enumerate(postes, start=1)
        if (montant := lue.budget[poste.slug].valeur)
    ]


def _acknowledge(session: Session, by: Acteur, mandat: Mandat, lue: DemandeLue, dossier: Dossier) -> None:
    """Record the filing, freeze the récépissé and owe its mail."""
    valeurs = {
        "reference": dossier.reference,
        "montant_demande": str(lue.contexte.montant_demande),
        "contenu": dossier.contenu_empreintes,
        "attestations": lue.attestations.empreintes(),
    }
    journal.record(session, by=by, action="dossier_depose", objet=f"dossier:{dossier.id}", valeurs=valeurs)
    demande = lue.demande
    documents.issue(
        session,
        by=by,
        genre=GenreDocument.RECEPISSE,
        nom=f"Accusé de réception {dossier.reference}",
        document=recepisses.recepisse(session, by, lue, dossier, fonction=mandat.fonction),
        dossier_id=dossier.id,
    )
    courriels.enqueue(
        session,
        "recepisse_disponible",
        destinataire=by.email,
        reference=dossier.reference,
        association=dossier.demandeur_nom,
        intitule=dossier.intitule,
        service=demande.demarche.service.nom,
    )
