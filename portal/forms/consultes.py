"""Who is asked for an avis and what is asked, as a form, a lot or a program says it; nothing is looked up here."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Self

from portal.formats import ValeurIllisible, parse_courriel
from portal.vocabulaire import Audience

LONGUEUR_NOM = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Consulte:
    """A service, an agent of it who is to answer, an expert that is known, or an address (of an agent or of anybody else).

    `nom`, `organisme`: what whoever asks calls the person of that address.
    """

    service_id: int | None = None
    agent_id: int | None = None
    expert_id: int | None = None
    email: str = ""
    nom: str = ""
    organisme: str = ""

    @property
    def champ(self) -> str:
        """The input of a form that would have said it."""
        if self.email:
            return "adresses"
        return "proposes" if self.expert_id is not None else "service"

    @classmethod
    def du_jeton(cls, jeton: str) -> Self:
        """« service:3 », « expert:12 ». ValueError on anything else."""
        genre, _, numero = jeton.partition(":")
        if genre not in ("service", "expert"):
            raise ValueError(jeton)
        return cls(**{f"{genre}_id": int(numero)})  # type: ignore[arg-type]  # one of the two names checked above

    @classmethod
    def de_la_ligne(cls, ligne: str) -> Self:
        """« nom@exemple.fr, Noé Lafarge, Université »: the address, then what is known. Raises ValeurIllisible."""
        adresse, *suite = (mot.strip() for mot in ligne.replace(";", ",").split(",", 2))
        nom, organisme = (*suite, "", "")[:2]
        if max(len(nom), len(organisme)) > LONGUEUR_NOM:
            raise ValeurIllisible(f"Raccourcissez le nom ou l’organisme qui suit l’adresse «\u00a0{adresse}\u00a0».")
        return cls(email=parse_courriel(adresse), nom=nom, organisme=organisme)


@dataclass(frozen=True, slots=True, kw_only=True)
class TeneurSaisine:
    """What is asked, until when (None: no deadline), who may read the answers, sealed or not, what may be read to answer.

    `sections`: values of SectionDemande, empty for all of them.
    """

    question: str
    echeance: date | None = None
    audience: Audience = Audience.PARTAGE
    scelle: bool = False
    sections: tuple[str, ...] = ()


def en_json(consultes: list[Consulte], teneur: TeneurSaisine) -> dict[str, Any]:
    """Both, as the row of a lot keeps them."""
    return {
        "consultes": [asdict(un) for un in consultes],
        **asdict(teneur),
        "echeance": teneur.echeance.isoformat() if teneur.echeance else None,
        "sections": list(teneur.sections),
    }


def de_json(parametres: Mapping[str, Any]) -> tuple[list[Consulte], TeneurSaisine]:
    """What `en_json` wrote; a lot that was ordered when only one service could be asked names it by `service`."""
    ancien = [{"service_id": parametres["service"]}] if "service" in parametres else []
    echeance = parametres.get("echeance")
    teneur = TeneurSaisine(
        question=parametres["question"],
        echeance=date.fromisoformat(echeance) if echeance else None,
        audience=Audience(parametres.get("audience", Audience.PARTAGE)),
        scelle=bool(parametres.get("scelle", False)),
        sections=tuple(parametres.get("sections", ())),
    )
    return [Consulte(**un) for un in parametres.get("consultes", ancien)], teneur
