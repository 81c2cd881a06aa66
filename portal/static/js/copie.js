// Buttons that copy a text of the page. Without JavaScript they stay hidden, and the text is selected by hand.
import { annoncer } from "./annonces.js";

/** Show the buttons, and copy on a click; where the clipboard is closed the text is selected, ready to be copied by hand. */
export function installer() {
  for (const bouton of document.querySelectorAll("[data-portal-copier]")) bouton.hidden = !zoneDe(bouton);
  document.addEventListener("click", async (evenement) => {
    const bouton = evenement.target.closest?.("[data-portal-copier]");
    const zone = bouton && zoneDe(bouton);
    if (!zone) return;
    zone.select();
    try {
      await navigator.clipboard.writeText(zone.value);
      annoncer("Texte copié.");
      bouton.firstChild.data = "Copié";
    } catch {
      annoncer("Le texte est sélectionné : copiez-le avec votre clavier.");
    }
  });
}

/** @param {HTMLElement} bouton */
function zoneDe(bouton) {
  return document.getElementById(bouton.dataset.portalCopier);
}
