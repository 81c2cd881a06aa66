// A filter left empty stays out of the address. Without JavaScript it is there, and says nothing.
export function installer() {
  // whoever reads the form, the browser or htmx, goes through this event
  document.addEventListener("formdata", ({ target, formData }) => {
    if (target.method !== "get" || target.hasAttribute("hx-post")) return;
    for (const nom of new Set(formData.keys())) if (formData.getAll(nom).every((valeur) => valeur === "")) formData.delete(nom);
  });
}
