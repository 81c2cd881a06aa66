"""The day of an instructor, one chapter a function: by keys alone with JavaScript, by links and buttons without."""

import re
from pathlib import Path

from playwright.sync_api import expect
from sqlalchemy import select

from portal.cli.histoires import MARC, NADIA, Histoire
from portal.cli.pieces_demo import pdf
from portal.cli.recits import au_nom_de, raconter
from portal.config import Config
from portal.formats import aujourdhui
from portal.models.demarches import Demarche
from portal.services import points_controle
from portal.services.moyens import make_moyens
from portal.vocabulaire import GenreUser, Source
from tests.e2e import histoire
from tests.e2e.conftest import Portail
from tests.e2e.navigateur import Navigateur, NavigateurAuClavier
from tests.e2e.test_engagement import tient

FILE = "/instruction/dossiers"
PDF = pdf("Demande reçue")
PARTIES = {
    "Demande": "Vacances au quartier",
    "Budget": "Total",
    "Pièces": "Compte bancaire",
    "Avis": "Aucun avis n’est demandé",
    "Échanges": "Écrire un message",
    "Décision": "Aucune lettre n’est préparée",
    "Historique": "Dossier pris en charge",
    "Synthèse": "Essentiel",
}


def deposer(portail: Portail, mot: str) -> None:
    """Three requests that came these last days, of the association of Marc, and the point that its service verifies."""
    moyens = make_moyens(Config.from_env(portail.env))
    with moyens.fabrique.begin() as session:
        ville = session.scalars(
            select(Demarche).where(Demarche.source == Source.PORTAIL, Demarche.dispositif == "Politique de la ville")
        ).one()
        for jours in (1, 2, 3):
            recit = Histoire(
                president=MARC,
                ville=True,
                jours=jours,
                montant=2_000 + jours,
                intitule=f"Vacances au quartier {mot} {jours}",
                objectifs="Partir une semaine.",
                public="Familles du quartier.",
                nombre=40,
                territoire="Villeurbanne",
            )
            raconter(session, moyens, f"journee-{mot}-{jours}", recit, ville)
        with au_nom_de(session, GenreUser.AGENT, NADIA) as nadia:
            points_controle.add(
                session, by=nadia, demarche=ville, libelle=f"Public visé, {mot}", aide="Voir le projet."
            )
    moyens.fabrique.kw["bind"].dispose()


def geste(nav: Navigateur, touches: str, *noms: str) -> None:
    """What these keys do; without them, what the links and the buttons of these names do."""
    if isinstance(nav, NavigateurAuClavier):
        nav.taper(touches)
        return
    for nom in noms:
        bouton = nav.page.get_by_role("button", name=nom, exact=True)
        if bouton.count():
            nav.appuyer(nom)
        else:
            nav.suivre(nom)


def regarder_l_accueil(nav: Navigateur) -> None:
    """What waits, what is late, what has changed: a number leads to the list that it counts."""
    histoire.devenir(nav, "Camille")
    nav.lire("Ce qui vous attend", "Ce qui est en retard", "Ce qui a changé")
    attend = nav.page.locator("section:has(#titre-attend)")
    compte = attend.get_by_role("link", name=re.compile("à prendre en charge")).inner_text()
    nav.suivre(compte)
    nav.lire(f"{compte.split()[0]} dossiers")
    expect(nav.page.locator(".onglets [aria-current]")).to_contain_text("À prendre en charge")


def chercher(nav: Navigateur, mot: str) -> None:
    """Keep of the tab those that say a word."""
    if isinstance(nav, NavigateurAuClavier):
        nav.page.keyboard.press("/")
        nav.page.keyboard.type(mot)
        nav.page.keyboard.press("Enter")
        nav.page.wait_for_url("**q=**")
    else:
        nav.remplir(q=mot)
        with nav.page.expect_navigation():
            nav.page.locator("main form.recherche").get_by_role("button", name="Chercher", exact=True).click()
    nav.lire("3 dossiers")
    nav.regarder()


def prendre_en_charge(nav: Navigateur) -> str:
    """Open the first one, look at the next one, come back, take it in charge; its reference."""
    premier = nav.page.locator("#file tbody [data-portal-dossier]").first.inner_text()
    geste(nav, "jonpc", premier, "Dossier suivant", "Dossier précédent", "Prendre en charge")
    nav.lire(f"Dossier {premier}", "Vous suivez désormais ce dossier.")
    expect(nav.page.get_by_role("link", name="Dossier suivant")).to_have_attribute(
        "href", re.compile("onglet=a_prendre")
    )
    return premier


def lire_le_dossier(nav: Navigateur, mot: str) -> None:
    """Every section from the one before, then all of them on one page; a piece is seen without being saved."""
    for partie, mots in PARTIES.items():
        nav.suivre(partie)
        nav.lire(mots)
        if partie == "Pièces":
            _voir_une_piece(nav)
    nav.suivre("Tout le dossier sur une page, à imprimer")
    nav.page.go_back()
    _revient_a_la_vue(nav, mot)


def _revient_a_la_vue(nav: Navigateur, mot: str) -> None:
    """However deep one is, the first link of the path leads to the queue as it was left."""
    chemin = nav.page.get_by_role("link", name="Dossiers à instruire").last
    expect(chemin).to_have_attribute("href", re.compile(f"onglet=a_prendre.*q={mot}"))


def _voir_une_piece(nav: Navigateur) -> None:
    lien = nav.page.locator("main").get_by_role("link", name=re.compile(r"^Voir .+\.pdf")).first
    nav.patienter_pour(lien)
    nav.viser(lien)
    reponse = nav.page.request.get(nav.racine + (lien.get_attribute("href") or ""))
    assert reponse.headers["content-type"] == "application/pdf"
    assert reponse.headers["content-disposition"].startswith("inline")


def verifier_les_points(nav: Navigateur, mot: str) -> None:
    """One point is to be done again, and says why."""
    nav.suivre("Demande")
    nav.suivre("Vérifier les points")
    _revient_a_la_vue(nav, mot)
    nav.choisir(f"Public visé, {mot}", "À reprendre")
    nav.appuyer("Enregistrer la vérification")
    nav.lire_une_erreur("Écrivez en quelques mots ce qui est à reprendre.")
    nav.ecrire(nav.page.get_by_label(f"Remarque sur «\u00a0Public visé, {mot}\u00a0»"), "L’âge manque.")
    nav.appuyer("Enregistrer la vérification")
    nav.lire("La vérification est enregistrée.", "L’âge manque.")


def ecrire_une_note(nav: Navigateur) -> None:
    """A note that its author alone reads."""
    nav.suivre("Écrire une note")
    nav.remplir(texte="Rappeler le président.")
    nav.appuyer("Enregistrer ma note")
    nav.lire("Votre note est enregistrée", "Rappeler le président.", "Vous seul la lisez")


def etiqueter(nav: Navigateur, etiquette: str) -> None:
    """Make a label, and put it on the dossier that one was reading."""
    dossier = nav.page.url
    nav.aller("/instruction/etiquettes")
    nav.remplir(nom=etiquette)
    nav.appuyer("Créer l’étiquette")
    nav.lire(f"L’étiquette « {etiquette} » est créée.")
    nav.page.goto(dossier)
    nav.suivre("Synthèse")
    nav.lister("Poser une étiquette", etiquette)
    nav.appuyer("Poser")
    nav.lire("L’étiquette est posée.")


def demander_un_complement(nav: Navigateur) -> None:
    """From the point to be done again: a reason for one section, a date, a required piece that stops the delay."""
    nav.suivre("Demande")
    nav.suivre("Demander un complément sur ce qui est à reprendre")
    assert "L’âge manque." in nav.page.locator("[name=motif]").input_value()
    nav.remplir(section_projet="Précisez l’âge des enfants.", echeance__jour="")
    nav.cocher("Une pièce ou une information exigée")
    nav.appuyer("Demander ces corrections")
    nav.lire_une_erreur("date")
    nav.remplir(echeance__jour="15")
    nav.appuyer("Demander ces corrections")
    nav.lire("Les corrections sont demandées à l’association.", "Précisez l’âge des enfants.", "est suspendu")


def ecrire(nav: Navigateur, mot: str, mots: str, mention: str) -> None:
    """To the association, then to the service alone, calling a colleague by name."""
    nav.suivre("Revenir au dossier")
    geste(nav, "m", "Messages")
    _revient_a_la_vue(nav, mot)
    nav.remplir(texte=mots)
    nav.appuyer("Envoyer le message")
    nav.lire_une_erreur("Choisissez qui lira ce message.")
    nav.choisir("Qui lira ce message", "L’association et mon service")
    nav.appuyer("Envoyer le message")
    nav.lire(mots)
    nav.choisir("Qui lira ce message", "Mon service seul")
    nav.remplir(texte=mention)
    nav.appuyer("Envoyer le message")
    nav.lire("en trouvera la mention dans ses tâches")


def demander_un_avis(nav: Navigateur) -> None:
    """Ask another service, in one key from the dossier."""
    nav.suivre("Revenir au dossier")
    geste(nav, "a", "Demander un avis")
    nav.lister("Service à saisir", "DRAJES ARA")
    nav.remplir(question="Connaissez-vous cette association ?")
    nav.appuyer("Demander l’avis")
    nav.lire("en attente", "Connaissez-vous cette association ?")


def corriger(nav: Navigateur, reference: str, mots: str) -> None:
    """What the association does meanwhile: it reads the message, corrects the section, sends."""
    histoire.devenir(nav, "Marc")
    nav.lire("Messages non lus")
    nav.suivre_dans(f'#messages li:has-text("{reference}")')
    nav.lire(mots)
    nav.aller("/")
    nav.lire("Corrections demandées")
    nav.suivre_dans(f'#corrections li:has-text("{reference}")')
    nav.suivre_dans("#sections")
    nav.remplir(age="De 6 à 10 ans")
    nav.appuyer("Enregistrer la correction")
    nav.appuyer("Envoyer les corrections")


def voir_ce_qui_a_change(nav: Navigateur, reference: str) -> None:
    """The task leads to the dossier, and the dossier to each answer before and after."""
    histoire.devenir(nav, "Camille")
    nav.aller("/instruction/taches")
    nav.lire("Des corrections demandées sont arrivées")
    tient(nav)
    nav.suivre_dans(f'#complement-repondu tr:has-text("{reference}")')
    nav.lire("La demande a changé depuis que vous l’avez lue")
    nav.suivre("Voir ce qui a changé")
    nav.lire("Ce qui a changé depuis votre lecture", "Tous âges", "De 6 à 10 ans")


def repondre_a_la_mention(nav: Navigateur, reference: str, mention: str) -> None:
    """The colleague finds the message in her tasks, says that it is done, and chooses what she is mailed."""
    histoire.devenir(nav, "Nadia")
    nav.aller("/instruction/taches")
    nav.lire("On vous a mentionné", reference)
    nav.suivre_dans(f'#mention tr:has-text("{reference}")')
    nav.lire(mention)
    nav.aller("/instruction/taches")
    nav.envoyer(f'#mention tr:has-text("{reference}")', "C’est fait")
    nav.lire("C’est fait. La tâche reste trente jours")
    nav.suivre("Tâches faites depuis trente jours")
    nav.lire(reference)
    nav.aller("/agents/notifications")
    nav.choisir("On vous a mentionné", "Dans le résumé du matin")
    nav.appuyer("Enregistrer")
    nav.lire("Vos notifications sont réglées")
    tient(nav)


def remplacer_une_absente(nav: Navigateur) -> None:
    """See to whom the dossiers of an absent colleague would go."""
    nav.aller("/instruction/attributions")
    nav.lister("Personne absente", "Camille Martin")
    nav.cocher("Nadia Benali")
    with nav.page.expect_navigation():
        nav.activer(nav.page.get_by_role("button", name="Voir ce qui sera fait"))
    nav.lire("Ce qui sera fait", "Dossiers ouverts de Camille Martin")
    nav.regarder()


def eteindre_les_raccourcis(nav: Navigateur) -> None:
    """Switch the keys off, and on again."""
    nav.aller("/instruction/raccourcis")
    nav.appuyer("Éteindre les raccourcis")
    nav.lire("éteints")
    nav.appuyer("Activer les raccourcis")
    nav.lire("actifs pour vous")


def traiter_par_lot(nav: Navigateur, mot: str, etiquette: str) -> None:
    """Choose the two dossiers that are left, try, do, put back."""
    nav.aller(f"{FILE}?onglet=a_prendre&q={mot}")
    if isinstance(nav, NavigateurAuClavier):
        nav.taper("jxjxl")
        expect(nav.page.locator("#lot summary")).to_be_focused()
    else:
        for case in nav.page.locator("#file tbody .case-lot").all():
            case.check()
        nav.page.locator("#lot summary").click()
    with nav.page.expect_navigation():
        nav.activer(nav.page.locator("#lot").get_by_role("button", name="Étiqueter", exact=True))
    nav.lister("Étiquette", etiquette)
    nav.appuyer("Voir ce qui serait fait")
    nav.lire("2 dossiers peuvent être traités", "Rien n’est encore fait")
    nav.appuyer("Étiqueter\u00a0: 2 dossiers")
    nav.patienter("2 dossiers faits")
    nav.confirmer("Annuler ce traitement")
    nav.patienter("2 dossiers remis comme avant")


def saisir(nav: Navigateur, scan: Path, intitule: str) -> str:
    """Enter a request that came today by post, with its scan; its reference."""
    jour = aujourdhui()
    nav.aller("/instruction/receptions/nouvelle")
    nav.remplir(identifiant="999 900 178")
    nav.appuyer("Chercher l’association")
    nav.appuyer("Enregistrer la demande")
    nav.lire_une_erreur("Choisissez comment la demande est arrivée.")
    nav.choisir("Comment la demande est-elle arrivée", "Courrier")
    nav.remplir(recue_le__jour=str(jour.day), recue_le__mois=str(jour.month))
    nav.remplir(recue_le__annee=str(jour.year), intitule=intitule, montant="1 500")
    nav.lister("Campagne", "Politique de la ville")
    nav.appuyer("Enregistrer la demande")
    nav.lire("Joignez maintenant sa numérisation")
    nav.joindre("[name=fichiers]", scan)
    nav.appuyer("Joindre")
    nav.lire(scan.name)
    nav.suivre("Ouvrir le dossier")
    return nav.page.url.rpartition("/")[2]


def reorienter(nav: Navigateur, reference: str, intitule: str, etiquette: str) -> None:
    """Give it to a colleague, then hand it over: its new service reads it without the labels of the former one."""
    nav.lister("Attribuer à", "Nadia Benali")
    nav.appuyer("Attribuer")
    nav.lire("Le dossier est attribué.")
    nav.lister("Poser une étiquette", etiquette)
    nav.appuyer("Poser")
    nav.suivre("Réorienter le dossier")
    nav.lister("Transmettre à", "DRAJES ARA, sans changer de campagne")
    nav.remplir(motif="Relève de la jeunesse.")
    nav.appuyer("Transmettre le dossier")
    nav.lire(f"Le dossier {reference} est transmis.", "Relève de la jeunesse.")
    nav.suivre(f"Synthèse de {reference}")
    histoire.devenir(nav, "Paul")
    nav.aller(f"{FILE}/{reference}")
    nav.lire(intitule, "DRAJES ARA")
    nav.ne_lit_pas(etiquette)
    tient(nav)


def proposer(nav: Navigateur, reference: str) -> None:
    """Propose what to grant, in a line."""
    nav.aller(f"{FILE}/{reference}/decision")
    nav.suivre("Proposer une décision")
    nav.choisir("Décision", "Accorder la subvention")
    nav.remplir(lignes__0__montant="1 500", commentaire="Budget sain.")
    nav.appuyer("Enregistrer la proposition")
    nav.lire("Les responsables du service en sont prévenus.")


def decider_et_notifier(nav: Navigateur, reference: str) -> None:
    """The task of the responsable leads to the dossier; she decides what is proposed, and notifies."""
    histoire.devenir(nav, "Nadia")
    nav.aller("/instruction/taches")
    nav.suivre_dans(f'#proposition tr:has-text("{reference}")')
    geste(nav, "d", "Décider")
    nav.lire("Ce qui est proposé", "Budget sain.")
    nav.appuyer("Enregistrer la décision")
    nav.lire("pas encore notifiée")
    histoire.notifier(nav)
    nav.lire("La décision est notifiée.", "accordé")


def lire_la_decision(nav: Navigateur, reference: str) -> None:
    """The association opens it for the first time, and the service knows when."""
    histoire.devenir(nav, "Marc")
    nav.lire("Décisions que personne n’a encore ouvertes")
    nav.suivre_dans(f'#decisions li:has-text("{reference}")')
    nav.lire("Accordé", "1 500,00 €")
    nav.ne_lit_pas("Budget sain.")
    histoire.devenir(nav, "Camille")
    nav.aller(f"{FILE}/{reference}/decision")
    nav.lire("Ouverte par l’association le")
