"""Whether the funders named and the budgets of a request agree: sentences that never block."""

from typing import cast

from portal.forms.demandes.cofinancements import CofinancementsForm, ecarts
from portal.queries.lecture_demandes import DemandeLue
from portal.vocabulaire_demandes import Place, SectionDemande

PLACE = Place(SectionDemande.COFINANCEMENTS)


def list_ecarts(lue: DemandeLue) -> tuple[str, ...]:
    """What differs between the section and account 74, and the ceilings passed; nothing before the section is saved."""
    if PLACE not in lue.versions or PLACE not in lue.forms:
        return ()
    form = cast("CofinancementsForm", lue.forms[PLACE])
    budgets = [un.budget for un in lue.projets] or [lue.budget_association]
    return (*ecarts(form, budgets, lue.contexte.montant_demande), *form.avertissements)
