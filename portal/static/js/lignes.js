// After a line is added or taken out: the keyboard goes where the work goes on, and a sentence says what happened.
import { annoncer } from "./annonces.js";

const GESTES = ["rester", "retirer"];
let geste = null;

function noter(evenement) {
  const bouton = evenement.detail.requestConfig?.triggeringEvent?.submitter;
  // what the page saves by itself meanwhile has no button
  if (bouton) geste = GESTES.includes(bouton.name) ? { nom: bouton.name, valeur: bouton.value } : null;
}

function viser({ target }) {
  if (!geste) return;
  const { nom, valeur } = geste;
  const liste = document.getElementById(nom === "rester" ? valeur : valeur.replace(/-\d+$/, ""));
  if (!liste || !target.contains(liste)) return;
  geste = null;
  const derniere = [...liste.querySelectorAll("fieldset[id]")].filter((cadre) => cadre.id.match(/-\d+$/)).pop();
  const champ = nom === "rester" ? derniere?.querySelector("input, select, textarea") : null;
  (champ ?? liste).focus();
  annoncer(nom === "rester" ? "Ligne ajoutée." : "Ligne retirée.");
}

export function installer() {
  document.addEventListener("htmx:beforeRequest", noter);
  document.addEventListener("htmx:afterSettle", viser);
}
