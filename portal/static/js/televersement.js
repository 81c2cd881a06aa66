// Sends the files of a form one by one, each with its progress; what fails is offered again, what was kept is shown.
// Without JavaScript the form is an ordinary one, that sends its files together. Asked for by data-portal-televersement.
import { annoncer } from "./annonces.js";

const COUPURE = "La connexion est interrompue. Ce fichier n’est pas joint.";
const PANNE = "Le portail n’a pas pu répondre. Ce fichier n’est pas joint.";
const SESSION = "Votre session est terminée. Connectez-vous dans un autre onglet, puis réessayez.";
const PHRASES = { 403: "Votre compte ne permet pas de joindre ce fichier.", 413: "Ce fichier est trop lourd. Il n’est pas joint, le reste est intact." };
const SANS_REPRISE = new Set([403, 413, 422]);

let enCours = 0;

/** @param {string} nom @param {HTMLElement} liste */
function ligne(nom, liste) {
  const element = document.createElement("li");
  const texte = document.createElement("span");
  const barre = document.createElement("progress");
  texte.textContent = `${nom}\u00a0: envoi en cours`;
  barre.max = 100;
  barre.value = 0;
  barre.setAttribute("aria-label", `Envoi de ${nom}`);
  element.append(texte, " ", barre);
  liste.hidden = false;
  liste.append(element);
  return { element, texte, barre };
}

/** What the answer says: null when the file is kept. */
function refus(requete, page) {
  if (requete.status === 0) return COUPURE;
  if (requete.status === 422) return [...page.querySelectorAll("#resume-erreurs li")].map((un) => un.textContent).join(" ") || PANNE;
  if (requete.status !== 200) return PHRASES[requete.status] ?? PANNE;
  return null;
}

function envoyer(adresse, donnees, surProgres) {
  return new Promise((fini) => {
    const requete = new XMLHttpRequest();
    requete.open("POST", adresse);
    requete.upload.addEventListener("progress", ({ loaded, total }) => surProgres(Math.round((loaded / total) * 100)));
    requete.addEventListener("loadend", () => fini(requete));
    requete.send(donnees);
  });
}

function champsSans(formulaire, fichier) {
  const donnees = new FormData(formulaire);
  donnees.delete("fichiers");
  donnees.append("fichiers", fichier);
  return donnees;
}

/** The page as it is now, in place of the former; lines of what failed go over to the same form. */
function reprendre(racine, page, code) {
  const neuve = page.getElementById(racine.id);
  if (!neuve) return false;
  for (const liste of racine.querySelectorAll("[data-portal-envois]")) {
    const pareille = [...neuve.querySelectorAll("form")].find((un) => un.elements.code?.value === liste.closest("form").elements.code.value);
    pareille?.querySelector("[data-portal-envois]")?.replaceWith(liste);
  }
  racine.replaceWith(document.adoptNode(neuve));
  document.getElementById(`fichiers-${code}`)?.focus({ preventScroll: true });
  return true;
}

function proposerDeReessayer(vue, phrase, fichier, formulaireDe) {
  const bouton = document.createElement("button");
  bouton.type = "button";
  bouton.className = "btn btn-link";
  bouton.textContent = `Réessayer l’envoi de ${fichier.name}`;
  bouton.addEventListener("click", () => {
    vue.element.remove();
    const formulaire = formulaireDe();
    if (formulaire) joindre(formulaire, [fichier]);
  });
  vue.texte.textContent = `${fichier.name}\u00a0: ${phrase}`;
  vue.element.append(" ", bouton);
}

async function un(formulaire, fichier) {
  const code = formulaire.elements.code.value;
  const cible = formulaire.dataset.portalTeleversement;
  const formulaireDe = () => document.getElementById(`fichiers-${code}`)?.form;
  const vue = ligne(fichier.name, formulaire.querySelector("[data-portal-envois]"));
  const requete = await envoyer(formulaire.action, champsSans(formulaire, fichier), (pourcent) => {
    vue.barre.value = pourcent;
  });
  const page = new DOMParser().parseFromString(requete.responseText, "text/html");
  let phrase = refus(requete, page);
  vue.barre.remove();
  if (phrase === null) {
    vue.element.remove();
    const racine = document.getElementById(cible);
    if (racine && reprendre(racine, page, code)) return annoncer(`${fichier.name}\u00a0: le fichier est joint.`);
    formulaireDe()?.querySelector("[data-portal-envois]")?.append(vue.element);
    phrase = SESSION;
  }
  annoncer(`${fichier.name}\u00a0: ${phrase}`);
  if (SANS_REPRISE.has(requete.status)) vue.texte.textContent = `${fichier.name}\u00a0: ${phrase}`;
  else proposerDeReessayer(vue, phrase, fichier, formulaireDe);
}

async function joindre(formulaire, fichiers) {
  const code = formulaire.elements.code.value;
  enCours += 1;
  annoncer(fichiers.length > 1 ? `Envoi de ${fichiers.length} fichiers.` : `Envoi de ${fichiers[0].name}.`);
  for (const fichier of fichiers) await un(document.getElementById(`fichiers-${code}`)?.form ?? formulaire, fichier);
  enCours -= 1;
  const champ = document.getElementById(`fichiers-${code}`);
  if (champ) champ.value = "";
}

export function installer() {
  document.addEventListener("submit", (evenement) => {
    const formulaire = evenement.target;
    const fichiers = formulaire.matches("[data-portal-televersement]") ? [...formulaire.elements.fichiers.files] : [];
    if (!fichiers.length) return;
    evenement.preventDefault();
    delete formulaire.dataset.portalEnvoi;
    formulaire.querySelectorAll("[aria-disabled]").forEach((bouton) => bouton.removeAttribute("aria-disabled"));
    joindre(formulaire, fichiers);
  });
  window.addEventListener("beforeunload", (evenement) => {
    if (enCours) evenement.preventDefault();
  });
}
