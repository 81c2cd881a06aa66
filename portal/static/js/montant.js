// Amounts as the server reads and writes them (same rules as parse_montant and montant_fr), in whole cents: no rounding.
const ESPACES = /[\s\u00a0\u202f\u2009]+/g;
const DECIMAL = /^[0-9]+(?:[.,][0-9]{1,2})?$/;
const MILLIERS_PAR_POINT = /^[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]{1,2})?$/;
const MAXIMUM = 99_999_999_999_999;

/**
 * @param {string} texte what was typed; nothing at all is zero
 * @returns {number | null} whole cents, or null when it cannot be read without guessing
 */
export function lireCentimes(texte) {
  let nu = texte.replace(ESPACES, "").replaceAll("€", "").replace(/EUR$/, "").replace(/euros$/, "");
  if (nu === "" && texte.trim() === "") return 0;
  if (MILLIERS_PAR_POINT.test(nu) && (nu.includes(",") || nu.split(".").length > 2)) nu = nu.replaceAll(".", "");
  if (!DECIMAL.test(nu)) return null;
  const [euros, decimales = ""] = nu.split(/[.,]/);
  const centimes = Number(euros) * 100 + Number(decimales.padEnd(2, "0"));
  return centimes > MAXIMUM ? null : centimes;
}

/** @param {number} centimes whole cents @returns {string} « 1 234,50 € » */
export function ecrireMontant(centimes) {
  const euros = String(Math.trunc(centimes / 100)).replace(/\B(?=([0-9]{3})+$)/g, "\u00a0");
  return `${euros},${String(centimes % 100).padStart(2, "0")}\u00a0€`;
}
