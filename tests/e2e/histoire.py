"""The whole story, one chapter a function: the same gestures with JavaScript and without."""

import io
import re
from dataclasses import dataclass
from pathlib import Path

from openpyxl import load_workbook
from pypdf import PdfReader

from tests.e2e import demandes
from tests.e2e.navigateur import Navigateur
from tests.e2e.questions import Questions


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


def se_connecter_par_code(nav: Navigateur, qui: Association) -> None:
    """Ask for a link, and give the code of the letter on the page left open; then one's name."""
    nav.aller("/connexion")
    nav.remplir(email=qui.email)
    nav.appuyer("Recevoir un lien de connexion")
    nav.remplir(code=lire_le_code_de_connexion(nav, qui))
    nav.appuyer("Se connecter")
    nav.remplir(prenom=qui.prenom, nom=qui.nom_personne)
    nav.appuyer("Enregistrer")


def lire_le_code_de_connexion(nav: Navigateur, qui: Association) -> str:
    """Read the letter in the same browser, and come back to the page left open."""
    nav.suivre("lisez-le ici")
    nav.patienter(qui.email)
    code = _code(nav.page.locator(f'section:has-text("{qui.email}")').first.inner_text())
    nav.aller("/connexion/courriel")
    return code


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
    code = _code(nav.page.locator(lettre).first.inner_text())
    nav.suivre_dans(lettre)
    return code


def _code(lettre: str) -> str:
    trouve = re.search(r"^\s*([0-9]{6})\s*$", lettre, re.MULTILINE)
    assert trouve, "the letter bears no code"
    return trouve[1]


def verifier_en_public(nav: Navigateur, code: str, qui: Association) -> None:
    """Anybody checks the code; nobody's name is shown."""
    nav.aller(f"/verifier/{code}")
    nav.lire(qui.nom, "lien non vérifié")
    nav.ne_lit_pas(qui.nom_personne)


def demander(nav: Navigateur, dossier: Path, qui: Association, intitule: str) -> str:
    """Fill a request with the mistakes that people make, read it again, file it; the dossier's reference."""
    questions = Questions()
    demandes.commencer(nav, demandes.VILLE)
    _se_tromper_de_budget(nav)
    charges = {"prestations_de_services": "1000", "remuneration_personnels": "1 469"}
    projet = demandes.Projet(intitule, "", charges, {"cotisations": "1234,5", "subventions_etat": "1 234,50 €"})
    demandes.remplir(nav, demandes.Recit(demandes.VILLE, "1 234,50 €", [projet]), questions)
    demandes.joindre_les_pieces(nav, dossier, qui.nom, questions)
    demandes.attester(nav, questions)
    reference = demandes.deposer(nav, intitule, "1 234,50 €", "2 469,00 €")
    lire_le_recepisse(nav, reference, "1 234,50")
    return reference


def lire_le_recepisse(nav: Navigateur, reference: str, *attendus: str) -> None:
    """Take the récépissé away, and read in it the rule of silence too."""
    nav.suivre_dans("#documents")
    nav.patienter("Télécharger")
    recepisse = texte_pdf(nav.telecharger("Télécharger"))
    for texte in (reference, "réputée rejetée", *attendus):
        assert texte in recepisse


def _se_tromper_de_budget(nav: Navigateur) -> None:
    nav.suivre("Budget du projet")
    nav.remplir(prestations_de_services="12,34,5", remuneration_personnels="1 469", cotisations="1234,5")
    nav.appuyer("Enregistrer la section")
    nav.lire_une_erreur("Le montant « 12,34,5 » n’est pas lisible")
    nav.remplir(prestations_de_services="1000")
    nav.appuyer("Enregistrer la section")
    nav.lire_une_erreur("Il manque 1 234,50 € de produits")
    nav.remplir(subventions_etat="1 234,50 €")
    nav.appuyer("Enregistrer la section")


def devenir(nav: Navigateur, prenom: str) -> None:
    """Log in as a persona of the demonstration."""
    nav.aller("/demo/")
    nav.appuyer(f"Se connecter comme {prenom}")


def chercher(nav: Navigateur, texte: str, source: str) -> None:
    """Filter the queue by a word and a source."""
    nav.aller("/instruction/dossiers")
    nav.lire("DS-", "P-")
    replie = nav.page.locator("main details:not([open]) summary", has_text="Filtres")
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
    nav.page.get_by_label("Les services saisis", exact=True).check()
    nav.appuyer("Enregistrer l’avis")
    nav.lire(texte)


def decider(nav: Navigateur, reference: str, montant: str) -> None:
    """Grant: the decision is recorded, and nobody outside the service knows."""
    nav.aller(f"/instruction/dossiers/{reference}")
    nav.suivre("Décider")
    nav.page.get_by_label("Accorder la subvention", exact=True).check()
    nav.remplir(lignes__0__montant=montant, motivation="Projet utile au quartier.")
    nav.appuyer("Enregistrer la décision")
    nav.lire("pas encore notifiée")


def notifier(nav: Navigateur) -> None:
    """Make the decision known, once the letter that Démarches Simplifiées wants is made."""
    nav.patienter("Notifier la décision")
    nav.confirmer("Notifier la décision")


def resumer(nav: Navigateur, reference: str, attendu: str) -> None:
    """Take a PDF summary away."""
    nav.aller(f"/instruction/dossiers/{reference}")
    nav.appuyer("Préparer la synthèse en PDF")
    nav.patienter("Télécharger")
    synthese = texte_pdf(nav.telecharger("Télécharger"))
    assert reference in synthese
    assert attendu in synthese
