// Choosing dossiers in the queue: how many are, and all of a page at once. Without it, boxes and buttons work all the same.
import { annoncer } from "./annonces.js";

const CASES = 'input[type="checkbox"][form="lot"][name="dossier"]';

function phrase(nombre, vue) {
  if (vue) return "toute la vue est choisie";
  if (nombre === 0) return "aucun dossier coché";
  return nombre === 1 ? "1 dossier coché" : `${nombre} dossiers cochés`;
}

/** Writes how many are chosen, and opens the panel at the first one. */
function compter(dire) {
  const formulaire = document.querySelector("[data-portal-lot]");
  if (!formulaire) return;
  const nombre = document.querySelectorAll(`${CASES}:checked`).length;
  const vue = formulaire.elements.portee.checked;
  formulaire.querySelector("[data-portal-lot-compte]").textContent = phrase(nombre, vue);
  formulaire.querySelector("[data-portal-lot-page]").hidden = false;
  if (nombre || vue) formulaire.querySelector("details").open = true;
  if (dire) annoncer(phrase(nombre, vue));
}

function cocher(coche) {
  for (const case_ of document.querySelectorAll(CASES)) case_.checked = coche;
  compter(true);
}

export function installer() {
  document.addEventListener("change", ({ target }) => {
    if (target instanceof Element && (target.matches(CASES) || target.id === "lot-vue")) compter(true);
  });
  document.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element)) return;
    if (target.closest("[data-portal-lot-tout]")) cocher(true);
    if (target.closest("[data-portal-lot-rien]")) cocher(false);
  });
  document.addEventListener("htmx:afterSettle", () => compter(false));
  // a page shown again by the back button keeps its boxes
  window.addEventListener("pageshow", () => compter(false));
}
