// The total of the lines of a decision while they are typed. The server computes it again: this one is for the eye.
import { ecrireMontant, lireCentimes } from "./montant.js";

const MONTANT = "input[name$='-montant']";

function recalculer(octroi) {
  const sortie = octroi.querySelector("[data-portal-octroi-total]");
  const lus = [...octroi.querySelectorAll(MONTANT)].map((saisie) => lireCentimes(saisie.value));
  const total = lus.reduce((somme, lu) => (somme === null || lu === null ? null : somme + lu), 0);
  if (sortie) sortie.textContent = total === null ? "à vérifier" : ecrireMontant(total);
}

export function installer() {
  document.addEventListener("input", ({ target }) => {
    const octroi = target instanceof Element ? target.closest("[data-portal-octroi]") : null;
    if (octroi) recalculer(octroi);
  });
}
