"""Agents named in a message: « @camille.martin »."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from portal.permissions import Acteur
from portal.queries.lecteurs_messages import AgentLecteur, handle
from portal.vocabulaire_demandes import AudienceMessage

# An address (« a@b.fr ») names nobody: nothing that makes a word stands before the @.
MENTION = re.compile(r"(?<![\w.@-])@(\w+(?:[-’']\w+)*(?:\.\w+(?:[-’']\w+)*)+)")


@dataclass(frozen=True, slots=True)
class Mentions:
    """Who is named. `agents` are told; `sourds` do not read this thread; `inconnus`: names of nobody who reads the dossier."""

    agents: tuple[AgentLecteur, ...]
    sourds: tuple[AgentLecteur, ...]
    inconnus: tuple[str, ...]

    @property
    def phrase(self) -> str:
        """What to say of them once the message is sent; empty when nobody is named."""
        phrases = []
        if self.agents:
            phrases.append(f"{_liste([a.nom for a in self.agents])} en trouvera la mention dans ses tâches.")
        if self.sourds:
            phrases.append(f"{_liste([a.nom for a in self.sourds])} ne lit pas ce fil\u00a0: rien ne lui est signalé.")
        if self.inconnus:
            noms = _liste([f"«\u00a0@{nom}\u00a0»" for nom in self.inconnus])
            phrases.append(
                f"{noms} n’est le nom d’aucun agent qui lit ce dossier\u00a0: personne n’est prévenu à ce nom."
            )
        return " ".join(phrases)


def named(texte: str) -> tuple[str, ...]:
    """The names that a text bears after an @, as they are compared, each once."""
    lus = (handle(*nom.split(".", 1)) for nom in MENTION.findall(texte))
    return tuple(dict.fromkeys(lus))


def resolve(
    lecteurs: Sequence[AgentLecteur], viewer: Acteur, audience: AudienceMessage, texte: str, choisis: Collection[int]
) -> Mentions:
    """Who is named in a text, or chosen beside it (user ids), among those who read the dossier; never the author."""
    noms = named(texte)
    autres = [agent for agent in lecteurs if agent.id != viewer.user_id]
    appeles = {agent.id: agent for agent in autres if agent.id in choisis or agent.identifiant in noms}
    connus = {agent.identifiant for agent in lecteurs}
    return Mentions(
        agents=tuple(agent for agent in appeles.values() if agent.reads(audience)),
        sourds=tuple(agent for agent in appeles.values() if not agent.reads(audience)),
        inconnus=tuple(nom for nom in noms if nom not in connus),
    )


def _liste(noms: list[str]) -> str:
    return ", ".join(noms)
