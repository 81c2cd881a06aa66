"""The whole story, one chapter a function: the same gestures with JavaScript and without."""

import io
import re
from dataclasses import dataclass
from datetime import datetime

from openpyxl import load_workbook
from pypdf import PdfReader

from portal.formats import PARIS
from tests.e2e.navigateur import Navigateur


@dataclass(frozen=True)
class Association:
    """Who plays the story."""

    identifiant: str
    nom: str
    email: str
    prenom: str
    nom_personne: str


def texte_pdf(octets: bytes) -> str:
    """Text of a PDF, spaces folded."""
    pages = PdfReader(io.BytesIO(octets)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def se_connecter(nav: Navigateur, qui: Association) -> None:
    """Ask for a link, read the mail, claim the link, give one's name."""
    nav.aller("/connexion")
    nav.remplir(email=qui.email)
    nav.appuyer("Recevoir un lien de connexion")
    nav.suivre("lisez-le ici")
    nav.patienter(qui.email)
    nav.suivre_dans(f'section:has-text("{qui.email}")')
    nav.appuyer("Se connecter")
    nav.lire("Votre nom")
    nav.remplir(prenom=qui.prenom, nom=qui.nom_personne)
    nav.appuyer("Enregistrer")


def rattacher(nav: Navigateur, qui: Association) -> None:
    """Attach the association by a number, after a mistake in it."""
    nav.aller("/associations/rattacher")
    nav.remplir(identifiant="123456789")
    nav.appuyer("Chercher l’association")
    nav.lire_une_erreur("Le SIREN « 123456789 » n’est pas valide")
    nav.remplir(identifiant=qui.identifiant)
    nav.appuyer("Chercher l’association")
    nav.lire(qui.nom)
    nav.choisir("Votre rôle dans l’association", "Je la représente")
    nav.remplir(fonction="Présidente")
    nav.cocher("Je déclare agir pour cette association")
    nav.appuyer("Rattacher cette association")
    nav.lire(qui.nom, "déclaré")


def signer(nav: Navigateur, qui: Association) -> str:
    """Read the seven engagements one by one, sign, take the receipt; the code of verification."""
    nav.aller("/associations")
    nav.suivre(qui.nom)
    nav.suivre("Lire et signer le contrat")
    nav.suivre("Lire les engagements un par un")
    for numero in range(1, 7):
        nav.lire(f"Engagement {numero} sur 7")
        nav.suivre("Engagement suivant")
    nav.lire("Engagement 7 sur 7")
    nav.suivre("Aller à la signature")
    nav.choisir("À quel titre signez-vous ?", "Je représente l’association")
    nav.appuyer("Recevoir le code pour signer")
    nav.lire_une_erreur("Cochez la case pour souscrire")
    nav.page.locator("main [name=consentement]").check()
    nav.appuyer("Recevoir le code pour signer")
    nav.lire("Rien n’est encore signé")
    code_recu = lire_le_code(nav, qui)
    nav.remplir(code=f"{(int(code_recu) + 1) % 1_000_000:06}")
    nav.appuyer("Signer l’engagement")
    nav.lire_une_erreur("Il vous reste 4 essais")
    nav.remplir(code=code_recu)
    nav.appuyer("Signer l’engagement")
    nav.lire("lien non vérifié", f"{qui.prenom} {qui.nom_personne}")
    code = nav.page.url.rsplit("/", 1)[1]
    nav.suivre("Ouvrir le reçu (PDF)")
    nav.patienter("Télécharger")
    recu = texte_pdf(nav.telecharger("Télécharger"))
    assert qui.nom in recu
    assert code in recu
    return code


def lire_le_code(nav: Navigateur, qui: Association) -> str:
    """Read the letter that brings the code, and come back to the page that asks for it."""
    nav.suivre("lisez ce courriel ici")
    objet = f"Votre code pour signer au nom de {qui.nom}"
    nav.patienter(objet)
    lettre = f'section:has-text("{objet}")'
    trouve = re.search(r"^\s*([0-9]{6})\s*$", nav.page.locator(lettre).first.inner_text(), re.MULTILINE)
    assert trouve, "the letter bears no code"
    nav.suivre_dans(lettre)
    return trouve[1]


def verifier_en_public(nav: Navigateur, code: str, qui: Association) -> None:
    """Anybody checks the code; nobody's name is shown."""
    nav.aller(f"/verifier/{code}")
    nav.lire(qui.nom, "lien non vérifié")
    nav.ne_lit_pas(qui.nom_personne)


def demander(nav: Navigateur, campagne: str, intitule: str) -> str:
    """Fill a request with the mistakes that people make, read it again, file it; the dossier's reference."""
    nav.aller("/demandes/nouvelle")
    nav.choisir("Campagne", campagne)
    if nav.page.get_by_role("group", name="Association").get_by_role("radio", checked=True).count() == 0:
        nav.page.get_by_role("group", name="Association").get_by_role("radio").first.check()
    nav.appuyer("Commencer la demande")
    nav.lire("Rien n’est encore déposé")
    _identite(nav)
    _projet(nav, intitule)
    _budget(nav)
    _montant(nav)
    _attestations(nav)
    nav.suivre("Relire et déposer")
    nav.lire(intitule, "1 234,50 €", "2 469,00 €")
    nav.appuyer("Déposer la demande")
    nav.lire("Dossier P-")
    reference = nav.page.url.rsplit("/", 1)[1]
    nav.suivre_dans("#documents")
    nav.patienter("Télécharger")
    recepisse = texte_pdf(nav.telecharger("Télécharger"))
    assert reference in recepisse
    assert "1 234,50" in recepisse
    assert "réputée rejetée" in recepisse
    return reference


def _identite(nav: Navigateur) -> None:
    nav.suivre("Association")
    if nav.page.get_by_role("group", name="Établissement").count():
        nav.page.get_by_role("group", name="Établissement").get_by_role("radio").first.check()
    nav.remplir(representant_prenom="Awa", representant_nom="Diallo", fonction="Présidente")
    nav.remplir(telephone="06 12 34 56 78", courriel="awa@exemple.org", adresse="2 quai des Célestins, 69002 Lyon")
    nav.appuyer("Enregistrer la section")


def _projet(nav: Navigateur, intitule: str) -> None:
    annee = datetime.now(PARIS).year + 1
    nav.suivre("Projet")
    nav.remplir(
        intitule=intitule,
        objectifs="Ouvrir le canal aux enfants du quartier.",
        description="Douze ateliers d’aviron et de lecture du paysage.",
        public_nombre="120",
        public="Enfants de 8 à 12 ans.",
        territoire="Lyon 7e",
        moyens="Deux salariées et dix bénévoles.",
        indicateurs="Nombre d’enfants, assiduité.",
    )
    nav.remplir(date_debut__jour="1", date_debut__mois="3", date_debut__annee=str(annee))
    nav.remplir(date_fin__jour="30", date_fin__mois="11", date_fin__annee=str(annee))
    nav.appuyer("Enregistrer la section")


def _budget(nav: Navigateur) -> None:
    nav.suivre("Budget du projet")
    nav.page.get_by_label("Prestations de services", exact=True).fill("12,34,5")
    nav.page.get_by_label("Rémunération des personnels", exact=True).fill("1 469")
    nav.page.get_by_label("Cotisations", exact=True).fill("1234,5")
    nav.appuyer("Enregistrer la section")
    nav.lire_une_erreur("Le montant « 12,34,5 » n’est pas lisible")
    nav.page.get_by_label("Prestations de services", exact=True).fill("1000")
    nav.appuyer("Enregistrer la section")
    nav.lire_une_erreur("Il manque 1 234,50 € de produits")
    nav.page.get_by_label("État", exact=False).first.fill("1 234,50 €")
    nav.appuyer("Enregistrer la section")


def _montant(nav: Navigateur) -> None:
    nav.suivre("Montant demandé")
    nav.remplir(montant_demande="1 234,50 €", exercice=str(datetime.now(PARIS).year + 1))
    nav.choisir("Forme", "En numéraire (une somme d’argent)")
    nav.choisir("Fréquence", "Première demande")
    nav.choisir("Objet", "Projet ou action")
    nav.choisir("Période", "Annuelle ou ponctuelle")
    nav.appuyer("Enregistrer la section")


def _attestations(nav: Navigateur) -> None:
    nav.suivre("Attestations")
    nav.remplir(prenom="Awa", nom="Diallo")
    nav.page.get_by_label("Je suis la représentante légale").check()
    for case in nav.page.locator("main").get_by_role("checkbox").all():
        assert not case.is_checked()
        case.check()
    nav.page.get_by_label("Au plus").check()
    nav.appuyer("Enregistrer la section")


def devenir(nav: Navigateur, prenom: str) -> None:
    """Log in as a persona of the demonstration."""
    nav.aller("/demo/")
    nav.appuyer(f"Se connecter comme {prenom}")


def chercher(nav: Navigateur, texte: str, source: str) -> None:
    """Filter the queue by a word and a source."""
    nav.aller("/instruction/dossiers")
    nav.lire("DS-", "P-")
    replie = nav.page.locator("details:not([open]) summary", has_text="Filtrer")
    if replie.count():
        replie.click()
    nav.page.locator("main [name=q]").fill(texte)
    nav.page.locator("main [name=source]").select_option(label=source)
    nav.page.locator("main").get_by_role("button", name="Appliquer").click()
    nav.page.wait_for_url("**q=**")
    if nav.verifier:
        assert "etat=" not in nav.page.url, "a filter left empty stays out of the address"
    nav.lire("1 dossier")
    nav.regarder()


def exporter(nav: Navigateur, attendu: str) -> None:
    """Take the present view away as a workbook."""
    nav.appuyer("Exporter ces dossiers en tableur")
    nav.patienter("Télécharger")
    classeur = load_workbook(io.BytesIO(nav.telecharger("Télécharger")))
    cellules = {str(c.value) for ligne in classeur.active.iter_rows() for c in ligne}
    assert attendu in cellules


def prendre_en_charge(nav: Navigateur, reference: str) -> None:
    """Open a dossier and take it in charge."""
    nav.aller(f"/instruction/dossiers/{reference}")
    nav.appuyer("Prendre en charge")


def ecrire_par_ds(nav: Navigateur, reference: str, texte: str) -> None:
    """Write to the association of a DS dossier; DS sends the message, and it comes back in the thread."""
    nav.aller(f"/instruction/dossiers/{reference}")
    nav.suivre("Écrire à l’association")
    nav.appuyer("Envoyer le message")
    nav.lire_une_erreur("Écrivez votre message.")
    nav.remplir(texte=texte)
    nav.appuyer("Envoyer le message")
    nav.lire("Votre message attend Démarches Simplifiées")
    nav.aller(f"/instruction/dossiers/{reference}/messages")
    nav.patienter(texte)


def surveiller_les_echanges(nav: Navigateur, secret: str) -> None:
    """See, as an administrator, that the exchange with DS is in order, and nothing of what the dossiers hold."""
    nav.aller("/instruction/synchronisation")
    nav.lire("Échanges avec Démarches Simplifiées", "à jour", "Demandes faites à Démarches Simplifiées")
    nav.ne_lit_pas(secret)
    nav.suivre_dans("#demarches table")
    nav.lire("Dernière lecture complète", "Dossiers à relire", "Régler cette démarche")
    nav.ne_lit_pas(secret)


def demander_avis(nav: Navigateur, service: str, question: str) -> None:
    """Ask another service."""
    nav.suivre("Demander un avis")
    nav.lister("Service à saisir", service)
    nav.remplir(question=question)
    nav.appuyer("Demander l’avis")
    nav.lire("en attente")


def donner_avis(nav: Navigateur, reference: str, texte: str, montant: str = "") -> None:
    """Give the avis of one's service, shared with those asked."""
    nav.aller(f"/instruction/dossiers/{reference}")
    nav.suivre("Donner un avis")
    nav.page.get_by_label("Favorable", exact=True).check()
    nav.remplir(montant_propose=montant, texte=texte)
    nav.page.get_by_label("Les services saisis sur ce dossier", exact=True).check()
    nav.appuyer("Enregistrer l’avis")
    nav.lire(texte)


def decider(nav: Navigateur, reference: str, montant: str) -> None:
    """Grant: the decision is recorded, and nobody outside the service knows."""
    nav.aller(f"/instruction/dossiers/{reference}")
    nav.suivre("Décider")
    nav.page.get_by_label("Accorder la subvention", exact=True).check()
    nav.remplir(montant_accorde=montant, motivation="Projet utile au quartier.", qualite="Directrice adjointe")
    nav.appuyer("Enregistrer la décision")
    nav.lire("pas encore notifiée")


def notifier(nav: Navigateur) -> None:
    """Make the decision known."""
    nav.confirmer("Notifier la décision")


def resumer(nav: Navigateur, reference: str, attendu: str) -> None:
    """Take a PDF summary away."""
    nav.aller(f"/instruction/dossiers/{reference}")
    nav.appuyer("Préparer la synthèse en PDF")
    nav.patienter("Télécharger")
    synthese = texte_pdf(nav.telecharger("Télécharger"))
    assert reference in synthese
    assert attendu in synthese
