// A second click while the first sending is under way is ignored. The server guards itself too: this only spares a surprise.
const DELAI_DE_SECOURS_MS = 10_000; // a download leaves the page in place: the form must become usable again

function estUnEnvoi(formulaire) {
  return formulaire.method === "post" || formulaire.hasAttribute("hx-post");
}

function boutons(formulaire) {
  return [...formulaire.elements].filter((element) => element.type === "submit");
}

function liberer(formulaire) {
  delete formulaire.dataset.portalEnvoi;
  for (const bouton of boutons(formulaire)) bouton.removeAttribute("aria-disabled");
}

function retenir(evenement) {
  const formulaire = evenement.target;
  if (!estUnEnvoi(formulaire)) return;
  if (formulaire.dataset.portalEnvoi) {
    evenement.preventDefault();
    evenement.stopImmediatePropagation();
    return;
  }
  formulaire.dataset.portalEnvoi = "en-cours";
  for (const bouton of boutons(formulaire)) bouton.setAttribute("aria-disabled", "true");
  setTimeout(liberer, DELAI_DE_SECOURS_MS, formulaire);
}

export function installer() {
  // in the capture phase, so that htmx does not see a second sending either
  document.addEventListener("submit", retenir, true);
  document.addEventListener("htmx:afterRequest", ({ target }) => {
    const formulaire = target instanceof Element ? target.closest("form, [data-portal-brouillon]") : null;
    if (formulaire instanceof HTMLFormElement) liberer(formulaire);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-portal-envoi]").forEach(liberer));
}
