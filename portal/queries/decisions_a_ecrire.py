"""The pages where a decision is proposed or taken: what they begin with, and what stands beside."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from portal.errors import Forbidden, TransitionInterdite
from portal.formats import montant_a_saisir
from portal.models.decisions import Decision, ModeleMotivation, Proposition
from portal.models.dossiers import Dossier
from portal.permissions import Acteur, Verdict, can_decide, can_instruct
from portal.permissions.decisions import PasMaintenant
from portal.queries import actes_decision, dossiers, enveloppes, modeles_motivation
from portal.queries.actes_decision import Faits
from portal.queries.decisions import of_dossier
from portal.queries.enveloppes import Enveloppe
from portal.vocabulaire import Source


@dataclass(frozen=True, slots=True)
class PageDecision:
    """A dossier on which this person decides or proposes. `enveloppe`: without this dossier; `modeles`: to begin with."""

    dossier: Dossier
    faits: Faits
    enveloppe: Enveloppe
    modeles: Sequence[ModeleMotivation]

    @property
    def decision(self) -> Decision | None:
        """The one that is recorded."""
        return self.faits.decision

    @property
    def proposition(self) -> Proposition | None:
        """The one that an instructeur has made."""
        return self.faits.proposition

    @property
    def sur_ds(self) -> bool:
        """DS tells the association."""
        return self.dossier.source == Source.DS


def a_decider(session: Session, viewer: Acteur, reference: str) -> PageDecision:
    """For whoever decides in the owner service. Raises NotFound, Forbidden; see `check` for what may be done now."""
    return _lire(session, viewer, reference, can_decide)


def a_proposer(session: Session, viewer: Acteur, reference: str) -> PageDecision:
    """For whoever instructs in the owner service. Raises NotFound, Forbidden."""
    return _lire(session, viewer, reference, can_instruct)


def a_rouvrir(session: Session, viewer: Acteur, reference: str) -> PageDecision:
    """A decided dossier, for whoever may open it again. Raises NotFound, Forbidden, TransitionInterdite."""
    page = a_decider(session, viewer, reference)
    check(actes_decision.may_reopen(page.faits))
    return page


def a_envoyer(session: Session, viewer: Acteur, reference: str) -> PageDecision:
    """A notified decision that a registered letter tells. Raises NotFound, Forbidden, TransitionInterdite."""
    page = a_proposer(session, viewer, reference)
    check(actes_decision.may_register(page.faits))
    return page


def check(verdict: Verdict) -> None:
    """Raise TransitionInterdite when where the dossier stands forbids a page, Forbidden when a right does."""
    if isinstance(verdict, PasMaintenant):
        raise TransitionInterdite(verdict.raison)
    _droit(verdict)


def depart(page: PageDecision, *, proposer: bool = False) -> dict[str, Any]:
    """What a form begins with: what is recorded, else what is proposed, else one line on the dossier's own exercice."""
    retenue = page.proposition if proposer else page.decision
    source = retenue or page.proposition
    version = retenue.version if retenue else 0
    if source is None:
        dossier = page.dossier
        ligne = {"exercice": str(dossier.exercice or ""), "programme": dossier.demarche.programme}
        return {"version": version, "lignes": [ligne]}
    commentaire = {"commentaire": page.proposition.commentaire} if proposer and page.proposition else {}
    return commentaire | {
        "version": version,
        "sens": source.sens.value,
        "lignes": [saisie(ligne) for ligne in source.lignes],
        "motif": source.motif.value if source.motif else "",
        "motivation": source.motivation,
        "conditions": source.conditions,
    }


def saisie(ligne: Mapping[str, Any]) -> dict[str, str]:
    """A line as it is kept, as the form shows it."""
    return {
        "exercice": str(ligne["exercice"] or ""),
        "programme": ligne["programme"],
        "nature": ligne["nature"],
        "montant": montant_a_saisir(Decimal(ligne["montant"])),
        "conditionnelle": "oui" if ligne["conditionnelle"] else "",
    }


def _lire(
    session: Session, viewer: Acteur, reference: str, droit: Callable[[Acteur, Dossier], Verdict]
) -> PageDecision:
    dossier = dossiers.get(session, viewer, reference)
    _droit(droit(viewer, dossier))
    faits = actes_decision.read(session, viewer, dossier, of_dossier(session, dossier.id))
    motif = faits.decision.motif if faits.decision else faits.proposition.motif if faits.proposition else None
    return PageDecision(
        dossier,
        faits,
        enveloppes.of_dossier(session, viewer, dossier),
        modeles_motivation.list_du_service(session, viewer, motif),
    )


def _droit(verdict: Verdict) -> None:
    if not verdict:
        raise Forbidden(verdict.raison)
