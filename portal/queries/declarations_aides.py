"""What the page « Cofinancements » of a filed request declares, read from its texts as typed. Pure."""

from collections.abc import Mapping

from portal.forms.demandes.cofinancements import CofinancementsForm
from portal.forms.saisie import Contexte, lier
from portal.queries.financeurs import Annuaire
from portal.queries.requetes_recoupees import AideDeclaree, Declare

VIDE = Contexte()
Declarations = tuple[tuple[Declare, ...], tuple[AideDeclaree, ...]]


def read(valeurs: Mapping[str, str], annuaire: Annuaire, departement: str) -> Declarations:
    """The co-funders named and the public aids of the last years; a line whose amount cannot be read is left out."""
    form = lier(CofinancementsForm, valeurs, VIDE)
    form.examiner()
    declares = tuple(
        Declare(
            numero=numero,
            nom=un.financeur.data or "",
            ligne=un.type.data or "",
            montant=un.montant.valeur,
            obtenu=un.etat.data == "obtenu",
            service_id=_service(annuaire, un.financeur.data, departement, un.type.data),
        )
        for numero, un in enumerate(form.cofinanceurs.lignes)
        if un.montant.valeur is not None
    )
    return declares, _aides(form, annuaire, departement)


def _aides(form: CofinancementsForm, annuaire: Annuaire, departement: str) -> tuple[AideDeclaree, ...]:
    if form.economique.data != "oui":
        return ()
    return tuple(
        AideDeclaree(
            acte=une.acte.valeur,
            base=une.base.data or "",
            autorite=une.autorite.data or "",
            montant=une.montant.valeur,
            service_id=_service(annuaire, une.autorite.data, departement, ""),
        )
        for une in form.aides.lignes
        if une.montant.valeur is not None and une.acte.valeur is not None
    )


def _service(annuaire: Annuaire, nom: str | None, departement: str, ligne: str | None) -> int | None:
    service = annuaire.find(nom or "", departement=departement, ligne=ligne or "")
    return service.id if service else None
