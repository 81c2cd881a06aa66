// Écarts of a compte rendu while it is being filled in. The server computes them again: these are for the eye.
import { ecrireMontant, lireCentimes } from "./montant.js";

const A_VERIFIER = "à vérifier";
const A_COMPLETER = "à compléter";

/** « +1 234,50 € », with the minus sign of typography. */
function ecrireEcart(centimes) {
  const signe = centimes > 0 ? "+" : centimes < 0 ? "−" : "";
  return signe + ecrireMontant(Math.abs(centimes));
}

/** To one decimal, halves away from zero, in whole numbers: no rounding of binary fractions. */
function ecrirePart(prevu, ecart) {
  if (prevu === 0) return "sans objet";
  const milliemes = Math.floor((Math.abs(ecart) * 2000 + prevu) / (2 * prevu));
  const signe = milliemes === 0 ? "" : ecart < 0 ? "−" : "+";
  return `${signe}${Math.floor(milliemes / 10)},${milliemes % 10}\u00a0%`;
}

function montrer(ligne, euros, part) {
  ligne.querySelector("[data-portal-ecart-euros]").textContent = euros;
  ligne.querySelector("[data-portal-ecart-part]").textContent = part;
}

function ecrire(ligne, prevu, realise) {
  if (realise === null) montrer(ligne, A_VERIFIER, A_VERIFIER);
  else montrer(ligne, ecrireEcart(realise - prevu), ecrirePart(prevu, realise - prevu));
}

function prevuDe(ligne) {
  return lireCentimes(ligne.querySelector("[data-portal-prevu]").textContent);
}

/** What is not typed yet has no écart, and neither has a total where a line that was expected waits. */
function recalculer(tableau) {
  let total = 0;
  let attendu = false;
  for (const ligne of tableau.querySelectorAll("[data-portal-ligne-ecart]")) {
    const { value } = ligne.querySelector("input");
    const realise = lireCentimes(value);
    total = total === null || realise === null ? null : total + realise;
    if (value.trim() === "") {
      montrer(ligne, "", "");
      attendu ||= prevuDe(ligne) > 0;
    } else ecrire(ligne, prevuDe(ligne), realise);
  }
  const pied = tableau.querySelector("[data-portal-total-ecart]");
  pied.querySelector("[data-portal-realise]").textContent = total === null ? A_VERIFIER : ecrireMontant(total);
  if (total !== null && attendu) montrer(pied, A_COMPLETER, A_COMPLETER);
  else ecrire(pied, prevuDe(pied), total);
}

export function installer() {
  document.addEventListener("input", ({ target }) => {
    const tableau = target instanceof Element ? target.closest("[data-portal-ecarts]") : null;
    if (tableau) recalculer(tableau);
  });
}
