"""The summary of a dossier for one reader: the page's own content, frozen for a document."""

from portal.documents import modeles
from portal.formats import maintenant
from portal.models.avis import Avis
from portal.models.decisions import Decision
from portal.models.dossiers import Dossier
from portal.permissions import Acteur
from portal.queries.demandes_lisibles import budgets_de_document
from portal.queries.fiches import Fiche
from portal.queries.recepisses import service_cite
from portal.vocabulaire import LIBELLES_DECISION, LIBELLES_ETAT_AGENT, LIBELLES_MOTIF, LIBELLES_SENS

CER_SANS_OBJET = "Sans objet\u00a0: le demandeur n’est pas une association connue de ce portail."


def synthese(viewer: Acteur, fiche: Fiche) -> modeles.Synthese:
    """What this reader sees of the dossier now, no more."""
    dossier = fiche.dossier
    return modeles.Synthese(
        reference=dossier.reference,
        etat=LIBELLES_ETAT_AGENT[dossier.etat],
        intitule=dossier.intitule,
        association=_demandeur(dossier),
        service=service_cite(dossier.service),
        montant_demande=dossier.montant_demande,
        montant_accorde=dossier.montant_accorde,
        phrase_cer=fiche.cer.phrase if fiche.cer else CER_SANS_OBJET,
        sections=_sections(fiche),
        budgets=budgets_de_document(dossier.demande, fiche.lecture.sections) if dossier.demande else (),
        avis=tuple(_avis(avis) for avis in fiche.avis.lisibles),
        decision=_decision(fiche.decision) if fiche.decision else None,
        historique=tuple(modeles.Etape(etape.at, etape.libelle, etape.auteur) for etape in fiche.etapes),
        pour=f"{viewer.nom_affiche} ({viewer.libelle_service})",
        etabli_le=maintenant(),
    )


def _demandeur(dossier: Dossier) -> modeles.AssociationCitee:
    siret = dossier.demandeur_siret
    return modeles.AssociationCitee(
        denomination=dossier.demandeur_nom,
        siren=siret[:9] or None,
        siret=siret or None,
        rna=dossier.demandeur_rna or None,
    )


def _sections(fiche: Fiche) -> tuple[modeles.Section, ...]:
    titrees = [(section.titre, section.lignes) for section in fiche.sections]
    titrees += [
        (f"{prefixe}{rubrique.titre}" if rubrique.titre else titre, rubrique.lignes)
        for titre, prefixe, rubriques in (
            ("Demande", "", fiche.champs),
            ("Annotations du service", "Annotations du service, ", fiche.annotations),
        )
        for rubrique in rubriques
    ]
    return tuple(modeles.Section(titre, tuple(modeles.Ligne(*ligne) for ligne in lignes)) for titre, lignes in titrees)


def _avis(avis: Avis) -> modeles.AvisCite:
    return modeles.AvisCite(
        sens=LIBELLES_SENS[avis.sens],
        montant=avis.montant_propose,
        texte=avis.texte,
        auteur=avis.signe_par,
        service=avis.service.nom if avis.service else avis.de_qui,
        donne_le=avis.updated_at,
    )


def _decision(decision: Decision) -> modeles.DecisionCitee:
    return modeles.DecisionCitee(
        sens=LIBELLES_DECISION[decision.sens],
        montant=decision.montant_accorde,
        motif=LIBELLES_MOTIF[decision.motif] if decision.motif else "",
        motivation=decision.motivation,
        conditions=decision.conditions,
        auteur=f"{decision.auteur_nom}, {decision.auteur_qualite}",
        decidee_le=decision.decided_at,
        notifiee_le=decision.notified_at,
    )
