"""Asks again for the proof of an address before what commits, then comes back, with nothing typed lost."""

from urllib.parse import urlsplit

from flask import Flask, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.errors import PreuveAncienne
from portal.permissions.preuves import proved_recently
from portal.web.connexion import acteur, parquer, signer_suite
from portal.web.rendering import est_fragment, redirection
from portal.web.session import METHODES_DE_LECTURE


def require_recent_proof(retour: str | None = None) -> None:
    """Go on only if the person who acts proved her address less than 12 hours ago; otherwise a code is mailed and asked for.

    Call it in a view, once the object is loaded (so that somebody else's stays a 404) and before the service: in the GET of the
    page that leads to the act, so that the code is asked before anything is typed, and in its POST. It returns nothing, or
    raises PreuveAncienne, which this module turns into a redirection to the page of the code; the transaction is rolled back.
    Once the code is given, the person comes back:
    - from a GET, to that very address;
    - from a POST with something typed, to « Reprendre votre saisie », where one button sends the same form again (files apart);
    - from a POST of a button alone, to `retour` (a path of ours: the page that shows the button), else to the page it came from.

    A service may raise PreuveAncienne itself (see permissions.preuves.proved_recently): the same happens.
    Signing the CER needs no call: its own code proves already.
    """
    if not proved_recently(acteur()):
        raise PreuveAncienne(retour)


def install(app: Flask) -> None:
    """Lead to the page of the code whoever lacks a recent proof."""
    app.register_error_handler(PreuveAncienne, _demander_la_preuve)


def _demander_la_preuve(demande: PreuveAncienne) -> ResponseReturnValue:
    suite = _page_demandee() if request.method in METHODES_DE_LECTURE else _retour(demande)
    adresse = url_for("preuves_adresse.demander", suite=signer_suite(suite))
    return redirection(adresse) if est_fragment() else redirect(adresse, 303)


def _page_demandee() -> str:
    return request.full_path.rstrip("?")


def _retour(demande: PreuveAncienne) -> str:
    saisie_id = parquer(acteur().user_id)
    if saisie_id is not None:
        flash(
            "Ce que vous avez saisi est conservé\u00a0: vous le retrouverez après avoir donné le code.", "information"
        )
        return url_for("saisies.montrer", saisie_id=saisie_id)
    origine = urlsplit(request.referrer or "")
    page = origine.path if origine.netloc == request.host else ""
    return demande.retour or page or url_for("accueil.index")
