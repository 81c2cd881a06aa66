// Says a sentence to screen readers, through the polite region of the layout.

/** @param {string} texte said once; the same sentence twice in a row is said again only after another one */
export function annoncer(texte) {
  const region = document.getElementById("annonces");
  const phrase = texte.trim().replace(/\s+/g, " ");
  if (region && region.textContent !== phrase) region.textContent = phrase;
}
