// What is typed is saved by itself a moment later, and again until it is. A copy stays in the browser meanwhile.
import { annoncer } from "./annonces.js";
import * as reprise from "./reprise.js";

const APRES_UNE_TOUCHE_MS = 1_500;
const APRES_UN_CHAMP_MS = 400;
const PREMIER_ESSAI_MS = 2_000;
const DERNIER_ESSAI_MS = 60_000;
const EN_COURS = "Enregistrement…";
const COUPURE = "Pas enregistré\u00a0: connexion interrompue. Ce que vous avez écrit reste sur cette page\u00a0; nous réessayons.";
const ARRET = "Cette page attend votre choix\u00a0: elle ne s’enregistre pas toute seule.";
// these do not get better by trying again
const REFUS = {
  400: "Pas enregistré\u00a0: cette page est ouverte depuis trop longtemps. Ce que vous avez écrit est gardé dans ce navigateur\u00a0: rechargez la page pour le retrouver.",
  401: "Pas enregistré\u00a0: votre session est terminée. Ce que vous avez écrit est gardé dans ce navigateur. Connectez-vous, puis rechargez cette page pour le retrouver.",
  403: "Pas enregistré\u00a0: cette section ne peut plus être modifiée. Ce que vous avez écrit reste sur cette page.",
  404: "Pas enregistré\u00a0: cette section n’existe plus. Ce que vous avez écrit reste sur cette page.",
  413: "Pas enregistré\u00a0: le texte est trop long. Raccourcissez-le\u00a0; il reste sur cette page.",
};
const CONFLIT = 409;
const ENREGISTREE = new Set([200, 422]);
const suivis = new WeakMap();

const zoneDe = (cible) => (cible instanceof Element ? cible.closest("form")?.querySelector("[data-portal-brouillon]") : null);
const estUneZone = (element) => element instanceof Element && element.matches("[data-portal-brouillon]");

function dire(zone, phrase, { tout_haut = false } = {}) {
  const etat = zone.querySelector("#brouillon");
  if (etat && etat.textContent !== phrase) etat.textContent = phrase;
  if (tout_haut) annoncer(phrase);
}

function suivre(zone) {
  const formulaire = zone.closest("form");
  const debut = zone.dataset.portalBrouillon;
  const cle = `${debut} ${formulaire.elements.page.value}`;
  suivis.set(zone, { formulaire, cle, acquis: reprise.lire(formulaire), envoyees: null, minuterie: 0, delai: PREMIER_ESSAI_MS });
  if (zone.dataset.portalArrete !== undefined) dire(zone, ARRET);
  else reprise.proposer(zone, formulaire, debut, cle);
}

function suivreTout() {
  for (const zone of document.querySelectorAll("[data-portal-brouillon]")) if (!suivis.has(zone)) suivre(zone);
}

function restantes(suivi) {
  return reprise.differences(suivi.acquis, reprise.lire(suivi.formulaire));
}

function noter({ target, type }) {
  const zone = zoneDe(target);
  const suivi = suivis.get(zone);
  if (!suivi) return;
  reprise.garder(suivi.cle, restantes(suivi));
  planifier(zone, suivi, type === "change" ? APRES_UN_CHAMP_MS : APRES_UNE_TOUCHE_MS);
}

function planifier(zone, suivi, delai) {
  clearTimeout(suivi.minuterie);
  if (zone.dataset.portalArrete === undefined) suivi.minuterie = setTimeout(envoyer, delai, zone);
}

/** Each sending of a page bears its number: one that comes late never takes the place of one that was sent after it. */
function numeroter(formulaire) {
  const [page, numero] = formulaire.elements.page.value.split(".");
  formulaire.elements.page.value = `${page}.${Number(numero ?? 0) + 1}`;
}

function envoyer(zone) {
  const suivi = suivis.get(zone);
  if (!suivi || !zone.isConnected || suivi.envoyees || suivi.formulaire.dataset.portalEnvoi) return;
  clearTimeout(suivi.minuterie);
  if (zone.dataset.portalArrete !== undefined || Object.keys(restantes(suivi)).length === 0) return;
  suivi.envoyees = reprise.lire(suivi.formulaire);
  numeroter(suivi.formulaire);
  dire(zone, EN_COURS);
  window.htmx.trigger(zone, "portail:enregistrer");
}

function recevoir(zone, statut) {
  const suivi = suivis.get(zone);
  if (!suivi?.envoyees) return;
  const envoyees = suivi.envoyees;
  suivi.envoyees = null;
  zone.querySelector("[data-portal-session]").hidden = statut !== 401;
  if (statut === 200 || statut === CONFLIT) {
    suivi.delai = PREMIER_ESSAI_MS;
    suivi.acquis = envoyees;
    if (statut === 200) reprise.garder(suivi.cle, restantes(suivi));
    if (Object.keys(restantes(suivi)).length) planifier(zone, suivi, APRES_UNE_TOUCHE_MS);
    else if (statut === 200) suivi.formulaire.dispatchEvent(new Event("portail:enregistre", { bubbles: true }));
  } else if (REFUS[statut]) {
    dire(zone, REFUS[statut], { tout_haut: true });
  } else {
    dire(zone, COUPURE, { tout_haut: true });
    planifier(zone, suivi, suivi.delai);
    suivi.delai = Math.min(suivi.delai * 2, DERNIER_ESSAI_MS);
  }
}

/** The plain button has saved the page: nothing is left to keep here. Cut off, the page goes on trying by itself. */
function recevoirLeFormulaire(formulaire, statut) {
  const zone = zoneDe(formulaire.querySelector("[data-portal-brouillon]"));
  const suivi = suivis.get(zone);
  if (!suivi) return;
  if (ENREGISTREE.has(statut)) reprise.effacer(suivi.cle);
  else if (statut !== CONFLIT) planifier(zone, suivi, suivi.delai);
}

function partir() {
  for (const zone of document.querySelectorAll("[data-portal-brouillon]")) envoyer(zone);
}

export function installer() {
  suivreTout();
  for (const nom of ["input", "change"]) document.addEventListener(nom, noter);
  document.addEventListener("submit", ({ target }) => {
    const suivi = suivis.get(zoneDe(target.querySelector("[data-portal-brouillon]")));
    if (target.matches("[data-portal-oublier]")) reprise.toutEffacer();
    if (!suivi) return;
    clearTimeout(suivi.minuterie);
    numeroter(target);
  }, true);
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (estUneZone(detail.elt)) recevoir(detail.elt, detail.xhr.status);
    else if (detail.elt instanceof HTMLFormElement) recevoirLeFormulaire(detail.elt, detail.xhr.status);
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target.id === "brouillon" && detail.xhr.status === CONFLIT) annoncer("Une réponse a été changée en même temps par une autre personne.");
  });
  document.addEventListener("htmx:afterSettle", suivreTout);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && partir());
  window.addEventListener("online", partir);
}
