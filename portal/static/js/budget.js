// Totals of a budget while it is being filled in. The server computes them again: these are for the eye.
import { annoncer } from "./annonces.js";
import { ecrireMontant, lireCentimes } from "./montant.js";

const A_VERIFIER = "à vérifier";

/** The sum in cents, or null as soon as one amount cannot be read. */
function somme(saisies) {
  return saisies.reduce((total, saisie) => {
    const centimes = lireCentimes(saisie.value);
    return total === null || centimes === null ? null : total + centimes;
  }, 0);
}

function ecrire(sortie, centimes) {
  if (sortie) sortie.textContent = centimes === null ? A_VERIFIER : ecrireMontant(centimes);
}

function phraseEcart(charges, produits) {
  if (charges === null || produits === null) return "Un montant n’est pas lisible\u00a0: écrivez par exemple 1\u00a0234,50.";
  if (charges === produits) return "Le budget est équilibré.";
  const ecart = ecrireMontant(Math.abs(charges - produits));
  return charges > produits ? `Il manque ${ecart} de produits.` : `Les produits dépassent les charges de ${ecart}.`;
}

function recalculer(budget) {
  const saisies = [...budget.querySelectorAll("[data-portal-montant]")];
  for (const groupe of new Set(saisies.map((saisie) => saisie.dataset.portalGroupe))) {
    const siennes = saisies.filter((saisie) => saisie.dataset.portalGroupe === groupe);
    ecrire(budget.querySelector(`[data-portal-sous-total="${groupe}"]`), somme(siennes));
  }
  const totaux = ["charges", "produits"].map((sens) => {
    const total = somme(saisies.filter((saisie) => saisie.dataset.portalMontant === sens));
    ecrire(budget.querySelector(`[data-portal-total="${sens}"]`), total);
    return total;
  });
  const ecart = budget.querySelector("[data-portal-ecart]");
  if (ecart) ecart.textContent = phraseEcart(...totaux);
}

export function installer() {
  const budgetDe = (cible) => (cible instanceof Element ? cible.closest("[data-portal-budget]") : null);
  document.addEventListener("input", ({ target }) => {
    const budget = budgetDe(target);
    if (budget) recalculer(budget);
  });
  // said once the amount is typed, not at each key
  document.addEventListener("change", ({ target }) => {
    const ecart = budgetDe(target)?.querySelector("[data-portal-ecart]");
    if (ecart) annoncer(ecart.textContent);
  });
}
