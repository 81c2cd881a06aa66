"""Cerfa §4: the people of the association on the last 31 December."""

from portal.formats import nombre_fr
from portal.forms.champs import Entier, Nombre
from portal.forms.saisie import Groupe, Saisie


class MoyensForm(Saisie):
    """Each number is asked, zero included."""

    groupes = (
        Groupe(("benevoles", "volontaires", "adherents"), "Membres et bénévoles", "Au 31 décembre de l’année écoulée."),
        Groupe(
            ("salaries_total", "emplois_aides", "salaries_etpt", "mis_a_disposition"),
            "Salariés",
            "Écrivez 0 s’il n’y en a pas.",
        ),
    )
    benevoles = Entier("Nombre de bénévoles", description="Personnes qui agissent sans être payées, par exemple 25.")
    volontaires = Entier("Nombre de volontaires", description="En service civique, par exemple.")
    adherents = Entier("Nombre d’adhérents")
    salaries_total = Entier("Nombre total de salariés")
    emplois_aides = Entier("Dont nombre d’emplois aidés")
    salaries_etpt = Nombre(
        "Salariés en équivalent temps plein travaillé (ETPT)",
        description="Une personne à mi-temps toute l’année compte pour 0,5.",
    )
    mis_a_disposition = Entier("Personnels mis à disposition ou détachés par une autorité publique")

    def verifier(self) -> None:
        """A part is no more than its whole."""
        total = self.salaries_total.valeur
        if total is None:
            return
        if self.emplois_aides.valeur is not None and self.emplois_aides.valeur > total:
            self.emplois_aides.refuser(
                f"Il y a plus d’emplois aidés que de salariés ({nombre_fr(total)}). Corrigez l’un ou l’autre."
            )
        if self.salaries_etpt.valeur is not None and self.salaries_etpt.valeur > total:
            self.salaries_etpt.refuser(
                f"Le nombre d’ETPT dépasse le nombre de salariés ({nombre_fr(total)}). Corrigez l’un ou l’autre."
            )
