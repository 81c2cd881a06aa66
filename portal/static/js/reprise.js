// What is typed and not yet acknowledged by the server stays in this browser, and is offered back when the page is opened again.
const PREFIXE = "portail-brouillon ";
const TECHNIQUES = new Set(["csrf_token", "version", "page"]);

/** @param {HTMLFormElement} formulaire @returns {Record<string, string>} what it holds, by the name of each input */
export function lire(formulaire) {
  const valeurs = {};
  for (const [nom, valeur] of new FormData(formulaire)) {
    if (typeof valeur === "string" && !TECHNIQUES.has(nom)) valeurs[nom] = valeur;
  }
  return valeurs;
}

/** @returns {Record<string, string>} the inputs of `apres` that say something else in `avant`; an absent one is empty */
export function differences(avant, apres) {
  const noms = new Set([...Object.keys(avant), ...Object.keys(apres)]);
  return Object.fromEntries([...noms].filter((nom) => (avant[nom] ?? "") !== (apres[nom] ?? "")).map((nom) => [nom, apres[nom] ?? ""]));
}

/** Storage may be full, or closed by the person: the page works without it. */
function essayer(geste) {
  try {
    return geste(window.localStorage);
  } catch {
    return null;
  }
}

export function garder(cle, valeurs) {
  if (Object.keys(valeurs).length === 0) return effacer(cle);
  essayer((depot) => depot.setItem(PREFIXE + cle, JSON.stringify(valeurs)));
}

export function effacer(cle) {
  essayer((depot) => depot.removeItem(PREFIXE + cle));
}

function clesDe(debut) {
  return essayer((depot) => Object.keys(depot).filter((cle) => cle.startsWith(PREFIXE + debut))) ?? [];
}

/** After a logout nothing stays on a shared computer. */
export function toutEffacer() {
  for (const cle of clesDe("")) effacer(cle.slice(PREFIXE.length));
}

function texteDe(cle) {
  return essayer((depot) => JSON.parse(depot.getItem(cle))) ?? {};
}

function libelle(formulaire, nom) {
  const champ = [...formulaire.elements].find((element) => element.name === nom);
  const legende = champ?.closest("fieldset")?.querySelector("legend");
  return (champ?.type !== "radio" && champ?.labels?.[0]?.textContent.trim()) || legende?.textContent.trim() || "Une réponse";
}

function ecrire(formulaire, nom, valeur) {
  const champs = [...formulaire.elements].filter((element) => element.name === nom);
  for (const champ of champs) {
    if (champ.type === "radio" || champ.type === "checkbox") champ.checked = champ.value === valeur;
    else champ.value = valeur;
  }
  champs[0]?.dispatchEvent(new Event("input", { bubbles: true }));
  champs[0]?.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Offer what another opening of the same page (`debut`: whose, and which) had not been able to save. `moi`: the key of this one. */
export function proposer(zone, formulaire, debut, moi) {
  const bloc = formulaire.querySelector("[data-portal-reprise]");
  const cles = clesDe(`${debut} `).filter((cle) => cle !== PREFIXE + moi);
  const retrouvees = Object.assign({}, ...cles.map(texteDe));
  const utiles = Object.entries(differences(lire(formulaire), { ...lire(formulaire), ...retrouvees }));
  const oublier = () => {
    for (const cle of cles) effacer(cle.slice(PREFIXE.length));
    bloc.hidden = true;
  };
  if (!bloc || utiles.length === 0) return bloc ? oublier() : undefined;
  const lignes = utiles.map(([nom, valeur]) => {
    const ligne = document.createElement("li");
    ligne.textContent = `${libelle(formulaire, nom)}\u00a0: ${valeur || "(effacée)"}`;
    return ligne;
  });
  bloc.querySelector("[data-portal-reprise-liste]").replaceChildren(...lignes);
  bloc.hidden = false;
  bloc.querySelector("[data-portal-reprendre]").onclick = () => {
    for (const [nom, valeur] of utiles) ecrire(formulaire, nom, valeur);
    oublier();
    formulaire.querySelector("input:not([type=hidden]), textarea, select")?.focus();
  };
  bloc.querySelector("[data-portal-effacer]").onclick = oublier;
}
