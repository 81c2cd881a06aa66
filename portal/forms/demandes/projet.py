"""Cerfa §6: one project."""

from portal.formats import nombre_fr
from portal.forms.champs import Entier, Nombre, OuiNon, Pourcentage, Texte, TexteLong
from portal.forms.dates import Jour
from portal.forms.saisie import Contexte, Groupe, Saisie
from portal.forms.territoires import LignesTerritoires


class ProjetForm(Saisie):
    """Cerfa §6: one project."""

    groupes = (
        Groupe(("intitule", "objectifs", "description"), "Le projet"),
        Groupe(
            ("public_nombre", "public", "age", "part_femmes", "part_hommes", "qpv", "territoire", "territoires"),
            "Pour qui, et où",
        ),
        Groupe(("date_debut", "date_fin"), "Quand"),
        Groupe(
            ("benevoles", "salaries", "etpt", "recrutement", "moyens"),
            "Moyens du projet",
            "Les personnes et le matériel que vous y consacrez. Écrivez 0 s’il n’y en a pas.",
        ),
        Groupe(("indicateurs", "complement"), "Évaluation"),
    )
    intitule = Texte("Intitulé du projet", maximum=200)
    objectifs = TexteLong("Objectifs")
    description = TexteLong("Description")
    public_nombre = Entier("Nombre de personnes concernées", description="Une estimation suffit, par exemple 120.")
    public = TexteLong("Public visé", description="Ses caractéristiques sociales, par exemple des familles isolées.")
    age = Texte("Âge du public", description="Par exemple de 6 à 11 ans, tous âges.")
    part_femmes = Pourcentage("Part de femmes", requis=False, description="Une estimation suffit, par exemple 60.")
    part_hommes = Pourcentage("Part d’hommes", requis=False)
    qpv = OuiNon("Le projet s’adresse-t-il à des habitants d’un quartier prioritaire (QPV)\u00a0?")
    territoire = Texte("Territoire", description="Communes, quartiers ou départements où l’action a lieu.")
    territoires = LignesTerritoires(
        "Territoires du projet",
        description="Quartiers prioritaires, communes, intercommunalités, départements\u00a0: par leur code ou leur nom.",
    )
    date_debut = Jour("Date de début")
    date_fin = Jour("Date de fin")
    benevoles = Entier("Nombre de bénévoles du projet")
    salaries = Entier("Nombre de salariés du projet")
    etpt = Nombre(
        "Salariés du projet en équivalent temps plein travaillé (ETPT)",
        description="Une personne à mi-temps toute l’année compte pour 0,5.",
    )
    recrutement = OuiNon("Un recrutement est-il envisagé pour ce projet\u00a0?")
    moyens = TexteLong("Moyens matériels", requis=False, description="Locaux, véhicules, équipement, par exemple.")
    indicateurs = TexteLong("Indicateurs d’évaluation", description="Ce qui dira si les objectifs sont atteints.")
    complement = TexteLong("Information complémentaire", requis=False)

    def situer(self, contexte: Contexte) -> None:
        """Give the territories what the reference table says of them."""
        super().situer(contexte)
        self.territoires.situer(contexte.territoires)

    def verifier(self) -> None:
        """A project ends after it begins, and a part is no more than its whole."""
        debut, fin = self.date_debut.valeur, self.date_fin.valeur
        if debut and fin and fin < debut:
            self.date_fin.refuser("La date de fin est avant la date de début. Corrigez l’une ou l’autre.")
        parts = (self.part_femmes.valeur or 0) + (self.part_hommes.valeur or 0)
        if parts > 100:
            self.part_hommes.refuser("Les parts de femmes et d’hommes dépassent 100\u00a0% à elles deux.")
        salaries, etpt = self.salaries.valeur, self.etpt.valeur
        if salaries is not None and etpt is not None and etpt > salaries:
            self.etpt.refuser(
                f"Le nombre d’ETPT dépasse le nombre de salariés du projet ({nombre_fr(salaries)}). "
                "Corrigez l’un ou l’autre."
            )
