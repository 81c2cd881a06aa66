// Shows a question only when the answer on which it depends is given: data-portal-si="champ=valeur". What was typed stays in it.
function ajuster(bloc) {
  const formulaire = bloc.closest("form");
  if (!formulaire) return;
  const [nom, ...reste] = bloc.dataset.portalSi.split("=");
  const reponses = new FormData(formulaire).getAll(nom);
  bloc.hidden = !reponses.includes(reste.join("="));
}

function ajusterTout(racine) {
  for (const bloc of racine.querySelectorAll("[data-portal-si]")) ajuster(bloc);
}

export function installer() {
  ajusterTout(document);
  document.addEventListener("change", ({ target }) => {
    const formulaire = target instanceof Element ? target.closest("form") : null;
    if (formulaire) ajusterTout(formulaire);
  });
  document.addEventListener("htmx:afterSettle", () => ajusterTout(document));
}
