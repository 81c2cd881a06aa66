// One line that says why a fragment could not be fetched, what was kept and what to do. It leaves once the same thing succeeds.
const PHRASES = {
  0: "La connexion est interrompue. Cette page et ce que vous avez écrit sont intacts. Recommencez dans un instant.",
  400: "Cette page est ouverte depuis trop longtemps. Ce que vous avez écrit est encore là\u00a0: copiez-le, rechargez la page, puis recommencez.",
  401: "Votre session est terminée. Ce que vous avez écrit est encore là\u00a0: connectez-vous dans un autre onglet, puis recommencez.",
  403: "Votre compte ne permet pas de faire cela. Rien n’a changé.",
  404: "Cet élément n’existe plus, ou il ne vous est pas destiné. Rechargez la page.",
  413: "Le fichier est trop lourd. Il n’a pas été gardé\u00a0; le reste de la page est intact.",
  429: "Trop de demandes en peu de temps. Cette page est intacte. Attendez quelques minutes, puis recommencez.",
};
const PHRASE_PANNE = "Le portail n’a pas pu répondre. Cette page et ce que vous avez écrit sont intacts. Recommencez dans quelques minutes.";

let enEchec = null;

function dire(phrase) {
  const ligne = document.getElementById("erreur-reseau");
  if (!ligne) return;
  ligne.textContent = phrase;
  ligne.hidden = phrase === "";
}

function signaler({ detail }) {
  // what saves itself says it in its own place
  if (detail.elt.matches("[data-portal-brouillon]")) return;
  enEchec = detail.elt;
  dire(PHRASES[detail.xhr.status] ?? PHRASE_PANNE);
}

export function installer() {
  for (const nom of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(nom, signaler);
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (!detail.successful || (detail.elt !== enEchec && enEchec?.isConnected)) return;
    enEchec = null;
    dire("");
  });
}
