"""The view of the queue from which a dossier was opened: it follows from page to page of that dossier, acts included."""

from typing import Any

from flask import Flask, g, has_request_context, request, url_for

from portal.queries.filtres_dossiers import FiltreDossiers
from portal.web.navigation import SOUS

PAGES_DU_DOSSIER = SOUS["dossiers"] | {"dossiers"}


def filtre_courant() -> FiltreDossiers:
    """The view that the present address says, the whole queue when it says none."""
    if "vue_courante" not in g:
        g.vue_courante = FiltreDossiers.from_args(request.args)
    filtre: FiltreDossiers = g.vue_courante
    return filtre


def file_courante() -> str:
    """Address of the queue as it was when the dossier was opened: the way back."""
    args: dict[str, Any] = filtre_courant().args()
    return url_for("dossiers.lister", **args)


def install(app: Flask) -> None:
    """A link, a form or a redirection from a page of a dossier to another page of the same one keeps the view."""
    app.jinja_env.globals["file_courante"] = file_courante

    @app.url_defaults
    def garder_la_vue(endpoint: str, valeurs: dict[str, Any]) -> None:
        reference = valeurs.get("reference")
        if reference is None or not has_request_context() or not request.args:
            return
        if (
            endpoint.partition(".")[0] not in PAGES_DU_DOSSIER
            or (request.view_args or {}).get("reference") != reference
        ):
            return
        for nom, valeur in filtre_courant().args().items():
            valeurs.setdefault(nom, valeur)
