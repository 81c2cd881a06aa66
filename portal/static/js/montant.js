// Amounts as the server reads and writes them (same rules as parse_montant and montant_fr), in whole cents: no rounding.
const ESPACES = /[ \u00a0\u2009\u202f]+/g;
const DEVISE = /^(?:€|EUR) ?| ?(?:€|EUR|euros?)$/i;
// thousands by spaces or none, then thousands by dots: those need a comma, or at least two dots
const MONTANT =
  /^(?:([0-9]+|[1-9][0-9]{0,2}(?: [0-9]{3})+)(?:(?:\.| ?, ?)([0-9]{1,2}))?|([1-9][0-9]{0,2}(?:(?:\.[0-9]{3})+(?= ?,)|(?:\.[0-9]{3}){2,}))(?: ?, ?([0-9]{1,2}))?)$/;
const MAXIMUM = 99_999_999_999_999;

/**
 * @param {string} texte what was typed; nothing at all is zero
 * @returns {number | null} whole cents, or null when it cannot be read without guessing
 */
export function lireCentimes(texte) {
  if (texte.trim() === "") return 0;
  const lu = MONTANT.exec(texte.trim().replace(ESPACES, " ").replace(DEVISE, "").trim());
  if (!lu) return null;
  const euros = (lu[1] ?? lu[3]).replace(/[ .]/g, "");
  const decimales = lu[2] ?? lu[4] ?? "";
  const centimes = Number(euros) * 100 + Number(decimales.padEnd(2, "0"));
  return centimes > MAXIMUM ? null : centimes;
}

/** @param {number} centimes whole cents @returns {string} « 1 234,50 € » */
export function ecrireMontant(centimes) {
  const euros = String(Math.trunc(centimes / 100)).replace(/\B(?=([0-9]{3})+$)/g, "\u00a0");
  return `${euros},${String(centimes % 100).padStart(2, "0")}\u00a0€`;
}
