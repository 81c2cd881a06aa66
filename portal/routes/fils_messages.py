"""The thread of a dossier, the same for the association and for agents: reading, writing, taking a joined file."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import request, url_for
from flask.typing import ResponseReturnValue

from portal.forms.messages import MessageAgentForm, MessageForm
from portal.models.dossiers import Dossier
from portal.permissions.messages import audiences_written
from portal.queries import lecteurs_messages
from portal.queries import messages as queries
from portal.queries.lecteurs_messages import AgentLecteur
from portal.queries.mentions import resolve
from portal.services import messages as services
from portal.services import traces
from portal.vocabulaire_demandes import AudienceMessage
from portal.web.adresses import identifiant
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.pieces import keep_paper
from portal.web.remise import hand_over
from portal.web.rendering import render, see_other
from portal.web.session import fermer, moyens, session


@dataclass(frozen=True)
class Fil:
    """One side of the thread. `audience`: that of whoever does not choose, and the one whose writing opens the page.

    `liste`, `dossier`: endpoints of the pages above it, the first called `dossiers`; `invite`, `envoye`: what it says.
    """

    blueprint: str
    formulaire: type[MessageForm]
    audience: AudienceMessage
    dossiers: str
    liste: str
    dossier: str
    invite: str
    envoye: str

    @property
    def choisit(self) -> bool:
        """Whether this side chooses who reads what it writes."""
        return issubclass(self.formulaire, MessageAgentForm)


@dataclass(frozen=True)
class Composition:
    """The message being written: its form, who reads the dossier, and the sentence that says who will read it, by audience."""

    form: MessageForm
    agents: Sequence[AgentLecteur] = ()
    phrases: Mapping[AudienceMessage, str] = field(default_factory=dict)


def read(fil: Fil, reference: str) -> ResponseReturnValue:
    """Fifty messages, newest first, and the message to write."""
    dossier = queries.get_dossier(session(), acteur(), reference)
    return _page(fil, dossier, _compose(fil, dossier, cle=secrets.token_urlsafe(24)))


def send(fil: Fil, reference: str) -> ResponseReturnValue:
    """Write a message, once."""
    composition = _compose(fil, queries.get_to_write(session(), acteur(), reference))
    form = composition.form

    def act() -> object:
        fichier = keep_paper(form.fichier) if form.fichier.octets else None
        return services.send(
            session(),
            by=acteur(),
            dossier=queries.get_to_write(session(), acteur(), reference),
            audience=_audience(fil, form),
            texte=form.texte.data,
            cle=form.cle.data,
            fichier=fichier,
            fichier_nom=form.fichier.nom_fichier,
            prevenir=_choisis(form),
        )

    if not accepted(form, act):
        return _page(fil, queries.get_to_write(session(), acteur(), reference), composition, status=422)
    audience, texte = _audience(fil, form), form.texte.data
    mention = resolve(composition.agents, acteur(), audience, texte, _choisis(form)).phrase if fil.choisit else ""
    return see_other(url_for(f"{fil.blueprint}.lire", reference=reference), message=f"{fil.envoye} {mention}".strip())


def give_file(reference: str, message_id: int) -> ResponseReturnValue:
    """The file joined to a message."""
    antivirus = moyens().antivirus is not None
    return hand_over(*queries.get_file(session(), acteur(), reference, message_id, antivirus=antivirus))


def _compose(fil: Fil, dossier: Dossier, **valeurs: str) -> Composition:
    """The form of that side. Agents are offered the audiences that are theirs, none being chosen beforehand."""
    audiences = audiences_written(acteur(), dossier)
    if not fil.choisit or not audiences:
        return Composition(fil.formulaire(data=valeurs or None))
    agents = lecteurs_messages.agents_of(session(), dossier)
    moi = acteur().user_id
    noms = [(agent.id, f"{agent.nom}, {agent.sigle}") for agent in agents if agent.id != moi]
    form = MessageAgentForm.for_readers(audiences, noms, data=valeurs or None)
    return Composition(form, agents, lecteurs_messages.phrases(session(), dossier, agents))


def _audience(fil: Fil, form: MessageForm) -> AudienceMessage:
    return AudienceMessage(form.audience.data) if isinstance(form, MessageAgentForm) else fil.audience


def _choisis(form: MessageForm) -> Sequence[int]:
    return form.prevenir.data or () if isinstance(form, MessageAgentForm) else ()


def _page(fil: Fil, dossier: Dossier, composition: Composition, *, status: int = 200) -> ResponseReturnValue:
    avant = request.args.get("avant", type=identifiant)
    page = queries.list_messages(session(), acteur(), dossier, avant=avant)
    if request.method == "GET":
        fermer()
        traces.note_messages_read(moyens().fabrique, by=acteur(), dossier_id=dossier.id, dernier=page.dernier)
    return render(
        "messages/list.html",
        status=status,
        cote=fil,
        dossier=dossier,
        vue=page,
        form=composition.form,
        phrases=composition.phrases,
        avant=avant,
        verdict=queries.may_write(acteur(), dossier),
    )
