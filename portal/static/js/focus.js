// Where the keyboard goes: on a new page, to the errors, else to what has just been done; after a fragment has been replaced, to
// the errors, to how many answers a search has, or to the new heading if the focus was lost.
import { annoncer } from "./annonces.js";

const PREFIXE_ERREUR = "Erreur\u00a0: ";
let focusDansLaCible = false;

function viser(element) {
  if (!element.hasAttribute("tabindex")) element.setAttribute("tabindex", "-1");
  element.focus();
}

function accorderLeTitre(enErreur) {
  const nu = document.title.startsWith(PREFIXE_ERREUR) ? document.title.slice(PREFIXE_ERREUR.length) : document.title;
  document.title = enErreur ? PREFIXE_ERREUR + nu : nu;
}

/** @param {boolean} cherche the fragment answers a search that was sent, and not a list or a box that has changed */
function placer(racine, cherche) {
  const resume = document.getElementById("resume-erreurs");
  accorderLeTitre(Boolean(resume));
  if (resume && racine.contains(resume)) return resume.focus();
  const compte = cherche && racine.querySelector("[data-portal-annonce]");
  if (compte) return viser(compte);
  const perdu = !document.activeElement || document.activeElement === document.body;
  if (focusDansLaCible && perdu) viser(racine.querySelector("h1, h2, h3, caption") ?? racine);
}

function direLesComptes(racine) {
  const comptes = [...racine.querySelectorAll("[data-portal-annonce]")];
  if (comptes.length) annoncer(comptes.map((compte) => compte.textContent).join(". "));
}

/** What was done is said where one is led; where the address leads elsewhere on the page, it is said all the same. */
function direCeQuiEstFait() {
  const fait = document.querySelector("main > [data-portal-fait] > .alert");
  if (!fait || document.getElementById("resume-erreurs")) return;
  if (window.location.hash) window.setTimeout(annoncer, 200, fait.textContent);
  else viser(fait);
}

export function installer() {
  document.getElementById("resume-erreurs")?.focus();
  direCeQuiEstFait();
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    focusDansLaCible = detail.target.contains(document.activeElement);
  });
  document.addEventListener("htmx:afterSettle", ({ target, detail }) => {
    const { verb, triggeringEvent } = detail.requestConfig ?? {};
    placer(target, verb === "get" && triggeringEvent?.type === "submit");
    direLesComptes(target);
    focusDansLaCible = false;
  });
}
