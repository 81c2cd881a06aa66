// Where the keyboard goes after a fragment has been replaced: the error summary, else the new heading if the focus was lost.
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

function placer(racine) {
  const resume = document.getElementById("resume-erreurs");
  accorderLeTitre(Boolean(resume));
  if (resume && racine.contains(resume)) return resume.focus();
  const perdu = !document.activeElement || document.activeElement === document.body;
  if (focusDansLaCible && perdu) viser(racine.querySelector("h1, h2, h3, caption") ?? racine);
}

function direLesComptes(racine) {
  const comptes = [...racine.querySelectorAll("[data-portal-annonce]")];
  if (comptes.length) annoncer(comptes.map((compte) => compte.textContent).join(". "));
}

export function installer() {
  document.getElementById("resume-erreurs")?.focus();
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    focusDansLaCible = detail.target.contains(document.activeElement);
  });
  document.addEventListener("htmx:afterSettle", ({ target }) => {
    placer(target);
    direLesComptes(target);
    focusDansLaCible = false;
  });
}
