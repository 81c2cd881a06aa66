// Warns before leaving a page whose typed text is not saved. A form asks for it with data-portal-saisie.
const modifies = new Set();

const SEULE = "[data-portal-brouillon]"; // saves itself, and says so

function montrer(formulaire, texte) {
  if (formulaire.querySelector(SEULE)) return;
  const etat = formulaire.querySelector("[data-portal-etat-saisie]");
  if (etat) etat.textContent = texte;
}

function marquer(formulaire) {
  if (modifies.has(formulaire)) return;
  modifies.add(formulaire);
  montrer(formulaire, "Modifications non enregistrées.");
}

function oublier(formulaire) {
  modifies.delete(formulaire);
  montrer(formulaire, "");
}

function formulaireDe(element) {
  return element instanceof Element ? element.closest("form[data-portal-saisie]") : null;
}

/** A form that comes back with errors holds text that nobody has saved, unless it says so. */
function releverLesRefus() {
  const refuse = document.querySelector("#resume-erreurs:not([data-portal-enregistre])")?.closest("form[data-portal-saisie]");
  if (refuse) marquer(refuse);
}

export function installer() {
  releverLesRefus();
  for (const nom of ["input", "change"]) {
    document.addEventListener(nom, ({ target }) => {
      const formulaire = formulaireDe(target);
      if (formulaire) marquer(formulaire);
    });
  }
  document.addEventListener("submit", (evenement) => {
    if (!evenement.defaultPrevented) modifies.delete(evenement.target);
  });
  document.addEventListener("portail:enregistre", ({ target }) => oublier(target));
  document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
    const formulaire = target.matches?.(SEULE) ? null : formulaireDe(target);
    if (formulaire && detail.xhr.status >= 200 && detail.xhr.status < 400) oublier(formulaire);
  });
  document.addEventListener("htmx:afterSettle", releverLesRefus);
  window.addEventListener("beforeunload", (evenement) => {
    if ([...modifies].some((formulaire) => formulaire.isConnected)) evenement.preventDefault();
  });
}
