"""The compte rendu financier as its document prints it."""

from sqlalchemy.orm import Session

from portal.documents.modeles import AssociationCitee, Ligne, Section
from portal.documents.modeles_comptes_rendus import CompteRenduFinancier, LigneComparee, TableauCompare
from portal.formats import maintenant, montant_fr
from portal.forms.comptes_rendus import CERTIFICATION, CoteEcart, FeuilleForm, LigneEcart, tableaux
from portal.models.comptes_rendus import CompteRendu
from portal.permissions import Acteur
from portal.queries.comptes_rendus import lire
from portal.queries.recepisses import service_cite
from portal.vocabulaire_demandes import LIBELLES_SECTION_COMPTE_RENDU, SectionCompteRendu


def document(session: Session, viewer: Acteur, compte_rendu: CompteRendu) -> CompteRenduFinancier:
    """What is filed now, by that person."""
    lu, dossier = lire(session, compte_rendu), compte_rendu.dossier
    return CompteRenduFinancier(
        reference=dossier.reference,
        service=service_cite(dossier.service),
        association=AssociationCitee(
            dossier.demandeur_nom, siret=dossier.demandeur_siret or None, rna=dossier.demandeur_rna or None
        ),
        intitule=dossier.intitule,
        exercice=dossier.exercice,
        montant_accorde=montant_fr(dossier.montant_accorde),
        echeance=compte_rendu.echeance,
        depose_le=compte_rendu.depose_at or maintenant(),
        depose_par=viewer.nom_affiche,
        certification=CERTIFICATION,
        bilan=_section(SectionCompteRendu.BILAN, lu.feuilles[SectionCompteRendu.BILAN]),
        tableaux=tuple(
            _tableau(f"{tableau.titre}\u00a0: {cote.sens}", cote)
            for tableau in tableaux(lu.tableau, remplir=False)
            for cote in tableau.cotes
            if cote.chapitres
        ),
        annexe=_section(SectionCompteRendu.ANNEXE, lu.feuilles[SectionCompteRendu.ANNEXE]),
    )


def _section(section: SectionCompteRendu, feuille: FeuilleForm) -> Section:
    lignes = [Ligne(libelle, texte) for libelle, texte in feuille.relire() if libelle != CERTIFICATION]
    return Section(LIBELLES_SECTION_COMPTE_RENDU[section], tuple(lignes))


def _tableau(titre: str, cote: CoteEcart) -> TableauCompare:
    lignes = tuple(_ligne(chapitre.titre, ligne) for chapitre in cote.chapitres for ligne in chapitre.lignes)
    return TableauCompare(titre, lignes, _ligne("", cote.total))


def _ligne(groupe: str, ligne: LigneEcart) -> LigneComparee:
    return LigneComparee(groupe, ligne.libelle, ligne.prevu, ligne.realise, ligne.ecart, ligne.pourcentage)
