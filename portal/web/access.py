"""Deny by default: every view bears a gate, the boot stops without one, each request passes through it."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, request

from portal.errors import Forbidden
from portal.permissions import Acteur, Verdict, may_be_anyone
from portal.web.connexion import acteur, demander_connexion, doit_se_connecter

Gate = Callable[[Acteur], Verdict]
Vue = TypeVar("Vue", bound=Callable[..., Any])

# Files that the browser needs to show any page at all.
OUVERTS = frozenset({"static", "bootstrap.static"})


def access(gate: Gate) -> Callable[[Vue], Vue]:
    """Mark a view with the predicate that opens it."""

    def marquer(vue: Vue) -> Vue:
        vars(vue)["gate"] = gate
        return vue

    return marquer


def gate_of(app: Flask, endpoint: str) -> Gate | None:
    """The gate of an endpoint, None when it bears none."""
    return getattr(app.view_functions[endpoint], "gate", None)


def install(app: Flask) -> None:
    """Check each request. Call `verify` once every blueprint is registered."""

    @app.before_request
    def passer_la_porte() -> Any:
        endpoint = request.endpoint
        if endpoint is None or endpoint in OUVERTS:
            return None
        gate = gate_of(app, endpoint)
        if gate is may_be_anyone:
            return None
        verdict = gate(acteur()) if gate else Verdict(ok=False, raison="Cette page n’est ouverte à personne.")
        if verdict:
            return None
        if doit_se_connecter():
            return demander_connexion()
        raise Forbidden(verdict.raison)


def verify(app: Flask) -> None:
    """Raise RuntimeError naming every view without a gate: the app does not boot."""
    nus = sorted(e for e in app.view_functions if e not in OUVERTS and gate_of(app, e) is None)
    if nus:
        raise RuntimeError(f"Views without an access mark: {', '.join(nus)}")
