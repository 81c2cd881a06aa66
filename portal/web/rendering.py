"""Renders pages and their fragments. The only door to htmx-flask."""

from typing import Any, Literal

from flask import Flask, Response, flash, make_response, render_template
from htmx_flask import Htmx, request

Genre = Literal["succes", "attention"]


def install(app: Flask) -> None:
    """Give every request its `htmx` and every answer its Vary: one URL has two renderings."""
    Htmx(app)

    @app.after_request
    def varier(reponse: Response) -> Response:
        reponse.vary.add("HX-Request")
        return reponse


def est_fragment() -> bool:
    """True when htmx asks for a fragment: neither a boosted link nor a history restore, which want the page."""
    return bool(request.htmx) and not request.htmx.boosted and not request.htmx.history_restore_request


def render(page: str, *, partial: str | None = None, status: int = 200, **contexte: Any) -> Response:
    """The page, or its partial when htmx asks for it: same URL, same context."""
    fragment = partial is not None and est_fragment()
    gabarit = partial if fragment and partial else page
    return make_response(render_template(gabarit, **contexte), status)


def redirection(adresse: str) -> Response:
    """What htmx follows as a real page change: it reads no header on a 3xx."""
    return Response(status=200, headers={"HX-Redirect": adresse})


def see_other(adresse: str, *, message: str | None = None, genre: Genre = "succes") -> Response:
    """After a POST: 303, or for htmx 200 with HX-Redirect, and one sentence said on the next page.

    `genre`: « attention » when nothing was done.
    """
    if message:
        flash(message, genre)
    if est_fragment():
        return redirection(adresse)
    return Response(status=303, headers={"Location": adresse})
