"""Cerfa §0 and §7: what is asked, for what, of whom."""

from decimal import Decimal
from typing import Any, ClassVar

from portal.formats import montant_fr
from portal.forms.champs import Annee, Choix, Montant
from portal.forms.lignes import Ligne, Lignes
from portal.forms.saisie import AutreCampagne, Contexte, Groupe, Saisie

FONCTIONNEMENT, PROJET = "fonctionnement", "projet"
PLURIANNUELLE = "pluriannuelle"
AUTRES = Groupe(
    (),
    "Autres services saisis",
    "La même demande peut être adressée en même temps à d’autres services. Écrivez la somme demandée à chacun, ou laissez "
    "vide. Chacun aura son dossier et chaque accusé de réception nommera les autres.",
)


class AnneeLigne(Ligne):
    """What is asked for one year of a request that spans several."""

    annee = Annee("Année", description="Par exemple 2027.")
    montant = Montant("Montant demandé pour cette année")


class DemandeForm(Saisie):
    """Cerfa §0 and §7: what is asked, of the campaign it began with and of those of other services.

    The amounts are those of `exercice`. A request that spans several years also says what it asks for each.
    """

    groupes: tuple[Groupe, ...] = (
        Groupe(("montant_demande", "exercice"), "Subvention demandée"),
        Groupe(("forme", "frequence", "objet", "periode", "pluriannuel", "politique_ville"), "Nature de la demande"),
    )
    conditions: ClassVar = {"pluriannuel": ("periode", PLURIANNUELLE)}
    montant_demande = Montant("Montant demandé")
    exercice = Annee("Exercice", description="L’année pour laquelle vous demandez la subvention, par exemple 2026.")
    forme = Choix("Forme", [("numeraire", "En numéraire (une somme d’argent)"), ("nature", "En nature")])
    frequence = Choix(
        "Fréquence", [("premiere", "Première demande"), ("renouvellement", "Renouvellement ou poursuite")]
    )
    objet = Choix(
        "Objet", [("fonctionnement", "Fonctionnement global de l’association"), ("projet", "Projet ou action")]
    )
    periode = Choix("Période", [("annuelle", "Annuelle ou ponctuelle"), (PLURIANNUELLE, "Pluriannuelle")])
    pluriannuel = Lignes(
        "Montant demandé pour chaque année",
        AnneeLigne,
        singulier="Année",
        maximum=4,
        description="Une ligne par année, celle de l’exercice comprise.",
    )
    politique_ville = Choix(
        "La demande relève-t-elle de la politique de la ville\u00a0?",
        [("oui", "Oui, au titre d’un contrat de ville ou d’un quartier prioritaire"), ("non", "Non")],
        requis=False,
    )
    autres: tuple[tuple[AutreCampagne, Montant], ...] = ()
    recu: Any = None

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        """Keep what was sent: the campaigns on offer are known afterwards."""
        self.recu = self.meta.wrap_formdata(self, formdata)
        super().process(formdata, *args, **options)

    def situer(self, contexte: Contexte) -> None:
        """One amount for each campaign of another service."""
        super().situer(contexte)
        self.autres = tuple((campagne, self._montant(campagne)) for campagne in contexte.autres_campagnes)
        if self.autres:
            self.montant_demande.label.text = f"Montant demandé au service {contexte.service}"
            champs = tuple(champ.short_name for _, champ in self.autres)
            self.groupes = (*type(self).groupes, Groupe(champs, AUTRES.legende, AUTRES.indice))

    def _montant(self, campagne: AutreCampagne) -> Montant:
        nom = f"destinataire-{campagne.demarche_id}"
        libelle = f"Montant demandé au service {campagne.service}, campagne «\u00a0{campagne.titre}\u00a0»"
        champ: Montant = Montant(libelle, requis=False).bind(form=self, name=nom)
        champ.process(self.recu)
        self._fields[nom] = champ
        return champ

    @property
    def adressees(self) -> tuple[tuple[AutreCampagne, Montant], ...]:
        """The campaigns of other services for which something is typed."""
        return tuple((campagne, champ) for campagne, champ in self.autres if (champ.data or "").strip())

    @property
    def montant_total(self) -> Decimal | None:
        """Euros asked of all services together; None while one amount cannot be read."""
        montants = [self.montant_demande.valeur, *(champ.valeur for _, champ in self.adressees)]
        return None if None in montants else sum(montants, Decimal(0))

    @property
    def parts(self) -> tuple[tuple[str, Decimal], ...]:
        """(service, euros) of each when there are several and every amount is readable; else nothing."""
        if not self.adressees or self.montant_total is None:
            return ()
        autres = ((campagne.service, champ.valeur) for campagne, champ in self.adressees)
        return ((self.contexte.service, self.montant_demande.valeur), *autres)

    def verifier(self) -> None:
        """Each amount is more than nothing, the whole no more than the produits of the budget, and the years agree with it."""
        if self.montant_demande.valeur == 0:
            self.montant_demande.refuser("Le montant demandé est nul. Écrivez la somme que vous demandez.")
        for campagne, champ in self.adressees:
            if champ.valeur == 0:
                champ.refuser(
                    f"Le montant demandé au service {campagne.service} est nul. Écrivez la somme, ou laissez vide."
                )
        montant, total = self.montant_total, self.contexte.total_produits
        if montant is not None and total and montant > total:
            self.montant_demande.refuser(
                f"Le montant demandé{self._en_tout}, {montant_fr(montant)}, dépasse le total des produits du budget, "
                f"{montant_fr(total)}. Corrigez l’un ou l’autre."
            )

        if self.concerne("pluriannuel"):
            self._verifier_les_annees()

    def _verifier_les_annees(self) -> None:
        """Each year once, and for the year of the request the very amount that it asks of all services."""
        annees = [ligne.annee.valeur for ligne in self.pluriannuel.lignes if ligne.annee.valeur]
        doubles = sorted({annee for annee in annees if annees.count(annee) > 1})
        if doubles:
            self.pluriannuel.refuser(f"L’année {doubles[0]} est écrite plusieurs fois. Gardez une ligne par année.")
            return
        montant, total = self._annee(self.exercice.valeur), self.montant_total
        if montant is not None and total is not None and montant != total:
            self.pluriannuel.refuser(
                f"Pour {self.exercice.valeur}, vous écrivez {montant_fr(montant)} ici et {montant_fr(total)} comme montant "
                "demandé. Corrigez l’un ou l’autre."
            )

    def _annee(self, annee: int | None) -> Decimal | None:
        """Euros written for that year."""
        montants = [ligne.montant.valeur for ligne in self.pluriannuel.lignes if ligne.annee.valeur == annee]
        return montants[0] if annee and montants else None

    @property
    def total_pluriannuel(self) -> Decimal | None:
        """Euros of all the years written; None when the request is for one year, or when one amount cannot be read."""
        montants = [ligne.montant.valeur for ligne in self.pluriannuel.lignes]
        if not montants or None in montants or not self.concerne("pluriannuel"):
            return None
        return sum(montants, Decimal(0))

    @property
    def _en_tout(self) -> str:
        return " en tout" if self.adressees else ""

    def relire(self) -> list[tuple[str, str]]:
        """Services that are not addressed are left out; of several services or years, the whole is said too."""
        muets = {str(champ.label.text) for _, champ in self.autres} - {str(c.label.text) for _, c in self.adressees}
        lignes = [ligne for ligne in super().relire() if ligne[0] not in muets]
        if self.adressees:
            lignes.append(("Montant demandé en tout", montant_fr(self.montant_total)))
        if self.total_pluriannuel is not None:
            lignes.append(("Montant demandé pour toutes les années", montant_fr(self.total_pluriannuel)))
        return lignes
