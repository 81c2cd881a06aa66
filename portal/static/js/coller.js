// A block copied from a spreadsheet and pasted into an amount: it fills the lines that it names, else those below.
// The same rules as the server's reading: a label is that of the line, nothing is guessed, what is left out is said.
import { annoncer } from "./annonces.js";
import { lireCentimes } from "./montant.js";

const COMPTE = /^[0-9]{2,4}\s*(?:[-–—.:]\s*|\s)(?=\D)/;
const MONTANT = /^(?:€|EUR)?\s*[0-9][0-9 .,\u00a0\u202f]*\s*(?:€|EUR|euros?|k€|ke)?$/i;

function cle(libelle) {
  const nu = libelle.trim().replace(COMPTE, "").normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return (nu.match(/[a-z0-9]+/g) ?? []).join(" ");
}

function champsParLibelle(champs) {
  const trouves = new Map();
  for (const champ of champs) {
    const nom = cle(champ.labels[0]?.textContent ?? "");
    trouves.set(nom, trouves.has(nom) ? null : champ);
  }
  return trouves;
}

function paires(ligne) {
  const trouvees = [];
  let libelle = "";
  for (const cellule of ligne.split("\t").map((une) => une.trim().replace(/^"|"$/g, "").trim())) {
    if (/\p{L}/u.test(cellule) && !MONTANT.test(cellule)) libelle = cellule;
    else if (cellule && libelle) {
      trouvees.push([libelle, cellule]);
      libelle = "";
    }
  }
  return trouvees;
}

function ecrire(champ, texte) {
  champ.value = texte;
  champ.dispatchEvent(new Event("input", { bubbles: true }));
}

function parLibelles(lignes, champs) {
  const connus = champsParLibelle(champs);
  const trouvees = lignes.flatMap(paires);
  if (!trouvees.some(([libelle]) => connus.get(cle(libelle)))) return null;
  const refuses = [];
  const remplis = new Set();
  for (const [libelle, montant] of trouvees) {
    const champ = connus.get(cle(libelle));
    if (!champ || remplis.has(champ) || lireCentimes(montant) === null) refuses.push(`${libelle}, ${montant}`);
    else {
      remplis.add(champ);
      ecrire(champ, montant);
    }
  }
  return { remplis: remplis.size, refuses };
}

/** Without labels: one amount a line, from this field downwards in its column. */
function versLeBas(lignes, depart, champs) {
  const colonne = champs.filter((champ) => champ.dataset.portalMontant === depart.dataset.portalMontant && champ.closest("[data-portal-budget]") === depart.closest("[data-portal-budget]"));
  const suite = colonne.slice(colonne.indexOf(depart));
  const refuses = [];
  let remplis = 0;
  lignes.forEach((ligne, rang) => {
    const montant = ligne.split("\t").map((cellule) => cellule.trim()).filter(Boolean).pop() ?? "";
    if (!montant) return;
    if (!suite[rang] || lireCentimes(montant) === null) refuses.push(montant);
    else {
      remplis += 1;
      ecrire(suite[rang], montant);
    }
  });
  return { remplis, refuses };
}

function dire(budget, { remplis, refuses }) {
  const reste = refuses.length ? ` Non repris, à écrire à la main\u00a0: ${refuses.join(" · ")}.` : "";
  const phrase = `${remplis} ${remplis > 1 ? "montants collés" : "montant collé"}.${reste}`;
  const ligne = budget.querySelector("[data-portal-collage]");
  if (ligne) {
    ligne.textContent = phrase;
    ligne.hidden = false;
  }
  annoncer(phrase);
}

export function installer() {
  document.addEventListener("paste", (evenement) => {
    const depart = evenement.target instanceof Element ? evenement.target.closest("input[data-portal-montant]") : null;
    const texte = evenement.clipboardData?.getData("text/plain").replace(/\r\n/g, "\n").replace(/\n+$/, "") ?? "";
    if (!depart || !/[\t\n]/.test(texte)) return;
    evenement.preventDefault();
    const champs = [...depart.form.querySelectorAll("input[data-portal-montant]")];
    const lignes = texte.split("\n");
    dire(depart.closest("[data-portal-budget]"), parLibelles(lignes, champs) ?? versLeBas(lignes, depart, champs));
    depart.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
