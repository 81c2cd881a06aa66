"""Asking the registers about an association, for whoever attaches one and for whoever enters its request."""

from portal.forms.associations import RattacherForm
from portal.models.associations import ConsultationAnnuaire
from portal.services import annuaire
from portal.web.connexion import acteur
from portal.web.session import fermer, moyens, session


def consulter(form: RattacherForm) -> ConsultationAnnuaire:
    """Ask for the number or the name that a form has read, and keep the answer for the next page.

    No transaction is open while the register is asked; two seconds at most. Raises Invalid, see services/annuaire.
    """
    (genre, valeur), registre = form.lu, moyens().annuaire
    fermer()
    if genre == "nom":
        candidats = annuaire.chercher_par_nom(registre, valeur, form.lieu.data)
        return annuaire.keep_answer(session(), by=acteur(), genre=genre, valeur=valeur, candidats=candidats)
    connait_les_rna = bool(moyens().config.annuaire_rna_url)
    fiche = annuaire.interroger(registre, genre, valeur, connait_les_rna=connait_les_rna, saisir=form.saisir.data)
    return annuaire.keep_answer(session(), by=acteur(), genre=genre, valeur=valeur, fiche=fiche)
