"""A service sets how it decides, proposes, decides in lines, notifies and reopens, at a browser; the association reads it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cli.histoires import MARC, Histoire
from portal.cli.recits import raconter
from portal.config import Config
from portal.models.demandes import Demande
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier
from portal.services import dossiers
from portal.services.moyens import make_moyens
from portal.vocabulaire import Etat, Source
from portal.vocabulaire_instruction import OrigineDossier
from tests.e2e import histoire
from tests.e2e.conftest import Portail
from tests.e2e.navigateur import Navigateur
from tests.e2e.test_engagement import tient
from tests.e2e.test_histoire import personne

pytestmark = pytest.mark.e2e

FILE = "/instruction/dossiers"
SANS_SIGNATURE = "Sans signature, comme acte d’un téléservice (CRPA, art. L212-2)"
AU_PARAPHEUR = "Sur le PDF signé, revenu du parapheur"


def deposer(portail: Portail, mot: str) -> tuple[str, str]:
    """Two requests of the association of Marc, taken in charge by the DDETS; the second is addressed to another service too."""
    moyens = make_moyens(Config.from_env(portail.env))
    references = []
    with moyens.fabrique.begin() as session:
        campagnes = select(Demarche).where(Demarche.source == Source.PORTAIL)
        ville = session.scalars(campagnes.where(Demarche.dispositif == "Politique de la ville")).one()
        for rang in (1, 2):
            recit = Histoire(
                president=MARC,
                ville=True,
                jours=rang,
                montant=3_000,
                intitule=f"Lectures au jardin {mot} {rang}",
                objectifs="Lire dehors tout l’été.",
                public="Familles du quartier.",
                nombre=40,
                territoire="Villeurbanne",
                en_charge=True,
            )
            raconter(session, moyens, f"decisions-{mot}-{rang}", recit, ville)
            cle = select(Demande.id).where(Demande.cle == f"decisions-{mot}-{rang}").scalar_subquery()
            depose = session.scalars(select(Dossier).where(Dossier.demande_id == cle)).one()
            references.append(depose.reference)
        ailleurs = session.scalars(campagnes.where(Demarche.service_id != ville.service_id).limit(1)).one()
        _adresser(session, depose, ailleurs)
    moyens.fabrique.kw["bind"].dispose()
    return references[0], references[1]


def _adresser(session: Session, depose: Dossier, ailleurs: Demarche) -> None:
    """The same request has become a dossier of the service of that campaign too."""
    commun = {
        nom: getattr(depose, nom)
        for nom in (colonne.key for colonne in Dossier.__table__.columns)
        if nom.startswith("demandeur_") or nom in ("demande_id", "association_id", "exercice", "intitule")
    }
    autre = Dossier(
        reference=dossiers.next_reference(session),
        source=Source.PORTAIL,
        origine=OrigineDossier.PORTAIL,
        demarche_id=ailleurs.id,
        service_id=ailleurs.service_id,
        etat=Etat.EN_CONSTRUCTION,
        date_depot=datetime.now(UTC),
        **commun,
    )
    dossiers.register(session, autre, demande=depose.montant_demande)


def regler(nav: Navigateur, qui: str, comment: str) -> None:
    """The responsable says who decides and how decisions leave."""
    histoire.devenir(nav, "Nadia")
    nav.aller("/instruction/reglages")
    nav.choisir("Qui décide et notifie", qui)
    nav.choisir("Comment les décisions partent", comment)
    nav.appuyer("Enregistrer les réglages")
    nav.lire("Les réglages du service sont enregistrés.")


@contextmanager
def autrement(nav: Navigateur, qui: str, comment: str) -> Iterator[None]:
    """With these settings for a while: the other stories of the demonstration rely on its own."""
    regler(nav, qui, comment)
    yield
    regler(nav, "Les responsables du service", SANS_SIGNATURE)


def noter_une_delegation(nav: Navigateur) -> None:
    """Camille may decide up to 1,000 euros, after three mistakes."""
    nav.aller("/instruction/reglages/delegations")
    nav.lire("Directrice départementale", "En vigueur")
    nav.appuyer("Noter cette délégation")
    nav.lire_une_erreur("Choisissez la personne.")
    nav.lire("Donnez la référence de l’acte qui délègue", "Donnez le premier jour de la délégation.")
    nav.lister("Agent", "Camille Martin")
    nav.remplir(qualite="Cheffe de pôle", reference="Arrêté n° 69-2026-14", plafond="mille")
    nav.remplir(debut__jour="1", debut__mois="1", debut__annee="2026", fin__jour="31", fin__mois="12")
    nav.remplir(fin__annee="2025")
    nav.appuyer("Noter cette délégation")
    nav.lire_une_erreur("mille")
    nav.remplir(plafond="1 000")
    nav.appuyer("Noter cette délégation")
    nav.lire_une_erreur("La fin vient après le début")
    nav.remplir(fin__annee="2099")
    nav.appuyer("Noter cette délégation")
    nav.lire("La délégation est notée.", "Cheffe de pôle", "1 000,00 €")
    tient(nav)


def ajouter_un_modele(nav: Navigateur, mot: str) -> None:
    """Words of the service for a motivation, after a merge field that does not exist."""
    nav.aller("/instruction/reglages/motivations")
    nav.remplir(titre=f"Encourager {mot}", texte="Nous encourageons {asociation} à redéposer.")
    nav.appuyer("Ajouter ce modèle")
    nav.lire_une_erreur("Ces champs n’existent pas")
    nav.remplir(texte="Nous encourageons {association} à redéposer.")
    nav.appuyer("Ajouter ce modèle")
    nav.lire("Le modèle est ajouté.", f"Encourager {mot}")
    tient(nav)


def proposer(nav: Navigateur, reference: str) -> None:
    """The instructrice proposes; her délégation goes less far than what she would decide."""
    histoire.devenir(nav, "Camille")
    nav.aller(f"{FILE}/{reference}/decision")
    nav.suivre("Proposer une décision")
    nav.page.get_by_label("Accorder la subvention", exact=True).check()
    nav.remplir(lignes__0__montant="2 000", commentaire="Association solide.")
    nav.appuyer("Enregistrer la proposition")
    nav.lire("La proposition est enregistrée.")
    nav.aller(f"{FILE}/{reference}/decider")
    nav.lire("Cheffe de pôle", "jusqu’à 1 000,00 €", "Association solide.")
    nav.appuyer("Enregistrer la décision")
    nav.lire_une_erreur("dépasse le plafond de votre délégation")
    tient(nav)


def decider_en_deux_lignes(nav: Navigateur, reference: str) -> None:
    """The responsable finds the proposition in her tasks, and grants in two lines, one of them under conditions."""
    histoire.devenir(nav, "Nadia")
    nav.aller("/instruction/taches")
    nav.page.locator("#proposition tbody").get_by_role("link", name=reference).first.click()
    nav.regarder()
    nav.lire("Proposition", "Association solide.")
    nav.suivre("Décider")
    nav.remplir(lignes__0__exercice="2026", lignes__0__montant="1 200")
    nav.appuyer("Ajouter une ligne")
    nav.remplir(lignes__1__exercice="2027", lignes__1__montant="300,50", conditions="Un bilan en juin.")
    nav.page.locator('[name="lignes-1-conditionnelle"]').select_option(label="Une fois les conditions remplies")
    nav.appuyer("Recalculer le total")
    nav.lire("Total des lignes : 1 500,50 €", "disponibles avant cette décision")
    tient(nav)
    nav.appuyer("Enregistrer la décision")
    nav.lire("pas encore notifiée", "sous conditions", "1 500,50 €")
    nav.aller("/instruction/taches")
    nav.ne_lit_pas(reference)


def voir_l_enveloppe(nav: Navigateur, *references: str) -> None:
    """What is committed and what remains, then what granting a selection would make of it."""
    nav.aller("/instruction/enveloppes")
    tient(nav)
    nav.suivre_dans("main table tbody")
    nav.lire("Décidé, pas encore notifié", "Proposé, pas encore décidé", "Reste")
    tient(nav)
    choisis = "&".join(f"dossier={une}" for une in references)
    nav.aller(f"/instruction/lots/preparer?action=decider&{choisis}")
    nav.page.get_by_label("Accorder le même montant à chacun", exact=True).check()
    nav.remplir(montant="700")
    nav.appuyer("Voir ce qui serait fait")
    nav.lire("Ce que ces accords feraient des enveloppes", "700,00 €", "Resterait")
    tient(nav)


def refuser(nav: Navigateur, reference: str, mot: str) -> None:
    """A refusal wants its reason and its motivation, which a model begins."""
    nav.aller(f"{FILE}/{reference}/decider")
    nav.page.get_by_label("Refuser la subvention", exact=True).check()
    nav.appuyer("Enregistrer la décision")
    nav.lire_une_erreur("Choisissez le motif de cette décision.")
    nav.page.locator('main [name="motif"]').select_option(label="Projet moins prioritaire que d’autres")
    nav.appuyer("Enregistrer la décision")
    nav.lire_une_erreur("Expliquez le refus")
    nav.page.locator('main [name="modele"]').select_option(label=f"Encourager {mot}")
    nav.appuyer("Insérer ce modèle")
    nav.appuyer("Enregistrer la décision")
    nav.lire("pas encore notifiée", "Nous encourageons Lire ensemble à redéposer.")


def notifier(nav: Navigateur, reference: str, etat: str) -> None:
    """The decision leaves."""
    nav.aller(f"{FILE}/{reference}/decision")
    nav.confirmer("Notifier la décision")
    nav.lire("La décision est notifiée.", etat)


def lire_l_issue(nav: Navigateur, reference: str, *mots: str) -> None:
    """The association opens what it was told."""
    histoire.devenir(nav, "Marc")
    nav.aller(f"/dossiers/{reference}")
    nav.lire(*mots)
    tient(nav)


def rouvrir(nav: Navigateur, reference: str) -> None:
    """With a reason, that the association reads."""
    histoire.devenir(nav, "Nadia")
    nav.aller(f"{FILE}/{reference}/decision")
    nav.suivre("Rouvrir le dossier")
    nav.appuyer("Rouvrir le dossier")
    nav.lire_une_erreur("Dites pourquoi le dossier est rouvert")
    nav.remplir(motif="Une pièce avait été mal lue.")
    tient(nav)
    nav.appuyer("Rouvrir le dossier")
    nav.lire("Le dossier est rouvert.", "en instruction")


@pytest.mark.parametrize(
    ("javascript", "largeur"), [(True, 1280), (False, 360)], ids=["ecran", "telephone_sans_javascript"]
)
def test_a_service_decides_under_its_own_rules_and_the_association_reads_what_it_is_told(
    browser: Browser, portail: Portail, javascript: bool, largeur: int
) -> None:
    mot = "avec" if javascript else "sans"
    accorde, refuse = deposer(portail, mot)
    with personne(browser, portail, javascript=javascript, largeur=largeur) as nav:
        with autrement(nav, "Les responsables et les instructeurs", AU_PARAPHEUR):
            noter_une_delegation(nav)
            ajouter_un_modele(nav, mot)
            proposer(nav, accorde)
            decider_en_deux_lignes(nav, accorde)
            nav.aller(f"{FILE}/{accorde}/decision")
            nav.lire("n’est pas revenue du parapheur")
            nav.ne_lit_pas("Notifier la décision")
        voir_l_enveloppe(nav, accorde, refuse)
        notifier(nav, accorde, "accordé")
        refuser(nav, refuse, mot)
        nav.suivre("Comparer ce que chacun accorde, et lire ce qui reste à financer")
        nav.lire("Demandé", "3 000,00 €", "DDETS 69 (vous)", "Reste à financer")
        tient(nav)
        notifier(nav, refuse, "refusé")
        lire_l_issue(
            nav, accorde, "1 500,50 €", "1 200,00 €", "300,50 €", "2027", "sous conditions", "Un bilan en juin."
        )
        rouvrir(nav, refuse)
        lire_l_issue(nav, refuse, "Une pièce avait été mal lue.", "elle ne vaut plus")
        nav.ne_lit_pas("Nous encourageons")
