"""A browser that lints every page it receives, and fills forms as a person does."""

import json
import secrets
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.models.connexion import User
from portal.models.experts import Expert, LienExpert, SessionExpert
from portal.queries.connexion import hash_secret
from portal.services import connexion
from portal.services.moyens import Moyens
from tests import html


class ClientStrict(FlaskClient):
    """Checks each HTML answer (title, h1, ids, labels, CSRF) and remembers the page shown."""

    arbre: Element

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request; the answer's HTML is checked as it arrives."""
        reponse = super().open(*args, **kwargs)
        if reponse.mimetype == "text/html" and reponse.data and reponse.status_code not in (301, 302, 303, 308):
            fragment = not reponse.data.lstrip().lower().startswith(b"<!doctype")
            self.arbre = html.verifier(reponse.text, fragment=fragment)
        return reponse

    def connecter(self, user: User) -> None:
        """Log in as that account, as a claimed link would."""
        moyens: Moyens = self.application.extensions["moyens"]
        with moyens.fabrique.begin() as session:
            secret = connexion.open_session(session, user)
        with self.session_transaction() as cookie:
            cookie.clear()
            cookie["_user_id"] = secret
            cookie["_fresh"] = True

    def connecter_expert(self, expert: Expert) -> None:
        """Open in this browser what is asked of that expert, as its last link would."""
        moyens: Moyens = self.application.extensions["moyens"]
        secret = secrets.token_urlsafe(32)
        with moyens.fabrique.begin() as session:
            liens = select(LienExpert).where(LienExpert.expert_id == expert.id).order_by(LienExpert.id.desc())
            lien = session.scalars(liens.limit(1)).one()
            session.add(SessionExpert(secret_hash=hash_secret(secret), lien_id=lien.id, expires_at=lien.expires_at))
        with self.session_transaction() as cookie:
            cookie.clear()
            cookie["expert"] = secret

    def fragment(self, adresse: str, **kwargs: Any) -> TestResponse:
        """GET as htmx does."""
        return self.get(adresse, headers={"HX-Request": "true"}, **kwargs)

    def formulaire(self, action: str | None = None) -> Element:
        """The POST form of the page shown, chosen by the end of its address (the only one of the main part by default)."""
        zone = html.par_id(self.arbre, "contenu")
        formulaires = [
            f for f in (self.arbre if zone is None else zone).iter("form") if f.get("method", "").lower() == "post"
        ]
        trouves = [f for f in formulaires if action is None or f.get("action", "").endswith(action)]
        assert len(trouves) == 1, f"{len(trouves)} forms for {action!r} among {[f.get('action') for f in formulaires]}"
        return trouves[0]

    def soumettre(
        self,
        valeurs: Mapping[str, str | list[str]] | None = None,
        *,
        action: str | None = None,
        suivre: bool = True,
        adresse: str | None = None,
        htmx: bool = False,
    ) -> TestResponse:
        """Fill the form shown and send it, with its hidden fields. `adresse`: of the page, when the form names no action."""
        formulaire = self.formulaire(action)
        envoi: dict[str, Any] = {}
        for nom, valeur in html.champs(formulaire):
            envoi.setdefault(nom, []).append(valeur)
        envoi.update(valeurs or {})
        cible = formulaire.get("action") or adresse
        assert cible, "this form names no action: give the address of its page"
        en_tetes = {"HX-Request": "true"} if htmx else {}
        return self.post(cible, data=envoi, follow_redirects=suivre, headers=en_tetes)

    def poster(self, adresse: str, valeurs: Mapping[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """POST by hand with a right CSRF token, as somebody who forges a request from their own session."""
        self.get("/plan-du-site")
        corps = next(self.arbre.iter("body"))
        jeton = json.loads(corps.get("hx-headers", ""))["X-CSRFToken"]
        return self.post(adresse, data={"csrf_token": jeton, **(valeurs or {})}, **kwargs)

    def texte(self) -> str:
        """Text of the page shown."""
        return html.texte(self.arbre)
