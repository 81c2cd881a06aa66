// Single keys for those who spend the day here: rows of the queue, links and buttons of a dossier. Each of them has a link or a
// button that does the same. Off when the agent has switched them off, and always while something is being typed.
import { annoncer } from "./annonces.js";

const SAISIES = "input, textarea, select, [contenteditable]";
const SANS_TEXTE = new Set(["checkbox", "radio", "button", "submit"]);
const ACTES = { c: "Prendre en charge", a: "Avis", d: "Décider", m: "Message", n: "Dossier suivant", p: "Dossier précédent" };

/** Whether the key is being typed into something, or belongs to a shortcut of the browser. */
function estPourLaSaisie(evenement) {
  if (evenement.ctrlKey || evenement.altKey || evenement.metaKey || evenement.isComposing || evenement.defaultPrevented) return true;
  const champ = evenement.target instanceof Element ? evenement.target.closest(SAISIES) : null;
  return champ !== null && !SANS_TEXTE.has(champ.type);
}

function rangees() {
  return [...document.querySelectorAll("#file tbody tr")].filter((rangee) => lienDe(rangee));
}

/** The link that opens the dossier of a row. */
function lienDe(rangee) {
  return rangee?.querySelector("[data-portal-dossier], th a, td a") ?? null;
}

function rangeeCourante() {
  return document.activeElement?.closest?.("#file tbody tr") ?? null;
}

/** Move to the next row (`pas` 1) or the previous one (-1); from nowhere, to the first or the last. */
function avancer(pas) {
  const toutes = rangees();
  if (toutes.length === 0) return false;
  const ici = toutes.indexOf(rangeeCourante());
  const rang = ici < 0 ? (pas > 0 ? 0 : toutes.length - 1) : ici + pas;
  const rangee = toutes[rang];
  if (!rangee) return dire(pas > 0 ? "Dernier dossier de la page." : "Premier dossier de la page.");
  const lien = lienDe(rangee);
  lien.focus();
  rangee.scrollIntoView({ block: "nearest" });
  return dire(`${lien.textContent.trim()}, ${rang + 1} sur ${toutes.length}`);
}

function dire(phrase) {
  annoncer(phrase);
  return true;
}

function ouvrir() {
  const lien = lienDe(rangeeCourante());
  if (!lien) return false;
  annoncer(`Ouverture de ${lien.textContent.trim()}.`);
  lien.click();
  return true;
}

function choisir() {
  const rangee = rangeeCourante();
  const caseACocher = rangee?.querySelector('input[type="checkbox"]');
  if (!caseACocher) return false;
  caseACocher.click();
  const nom = lienDe(rangee).textContent.trim();
  return dire(caseACocher.checked ? `${nom} sélectionné.` : `${nom} n’est plus sélectionné.`);
}

/** Follow the link or press the button of the page that bears this key; say so when nothing does. */
function agir(touche) {
  const cible = document.querySelector(`[data-portal-touche="${touche}"]`);
  const surUnDossier = document.querySelector("[data-portal-dossier-ouvert]") !== null;
  if (!cible) return surUnDossier && dire(`${ACTES[touche]}\u00a0: rien à faire sur cette page.`);
  annoncer(`${ACTES[touche]}\u00a0: en cours.`);
  cible.focus();
  cible.click();
  return true;
}

/** From the rows, where dossiers are chosen, to what is done with them: it stands above the table. */
function grouper() {
  const panneau = document.querySelector("[data-portal-lot] details");
  if (!panneau) return false;
  panneau.open = true;
  panneau.querySelector("summary").focus();
  return dire(panneau.querySelector("summary").textContent);
}

function chercher() {
  const champ = document.querySelector('main [type="search"][name="q"]') ?? document.getElementById("recherche-entete");
  if (!champ) return false;
  champ.closest("details")?.setAttribute("open", "");
  champ.focus();
  return dire("Recherche.");
}

function aider() {
  window.location.assign(document.body.dataset.portalRaccourcis);
  return true;
}

const GESTES = { j: () => avancer(1), k: () => avancer(-1), o: ouvrir, x: choisir, l: grouper, "/": chercher, "?": aider };

function faire(evenement) {
  if (estPourLaSaisie(evenement)) return;
  const touche = evenement.key;
  const geste = Object.hasOwn(GESTES, touche) ? GESTES[touche] : Object.hasOwn(ACTES, touche) ? () => agir(touche) : null;
  if (geste?.()) evenement.preventDefault();
}

export function installer() {
  if (document.body.dataset.portalRaccourcis === undefined) return;
  for (const element of document.querySelectorAll("[data-portal-touche]")) {
    element.setAttribute("aria-keyshortcuts", element.dataset.portalTouche);
  }
  document.addEventListener("keydown", faire);
}
