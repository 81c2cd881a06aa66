"""Public aid known of an association over three rolling years, against the ceilings of European law. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from portal.formats import PARIS
from portal.forms.demandes.cofinancements import BASES, MINIMIS, MINIMIS_SIEG, Seuil, seuils_le
from portal.queries.coherences import same_amount
from portal.queries.requetes_recoupees import RIEN, AideDeclaree, Constat, Requete
from portal.vocabulaire_recoupements import GenreRecoupement

DE_MINIMIS = frozenset({MINIMIS, MINIMIS_SIEG})
Ligne = dict[str, Any]


def check(ici: Requete, toutes: Iterable[Requete], aides: Sequence[AideDeclaree], jour: date) -> Constat | None:
    """The aid of the three years that end on that day; None when none is known. `aides`: the last ones declared."""
    seuils = seuils_le(jour)
    debut = _years_before(jour, max(seuil.sur_annees for seuil in seuils))
    octrois = [une for une in toutes if une.id != ici.id and une.octroi and _granted_within(une, debut, jour)]
    lignes = [_grant(une) for une in octrois]
    lignes += [_declared(une) for une in aides if debut < une.acte <= jour and not _known(une, octrois)]
    if not lignes:
        return None
    plafonds = [_ceiling(seuil) for seuil in seuils]
    faits = {
        "debut": str(debut),
        "fin": str(jour),
        "lignes": lignes,
        "plafonds": plafonds,
        "ici": str(ici.montant or 0),
    }
    return Constat(
        genre=GenreRecoupement.MINIMIS,
        cle="trois_ans",
        alerte=passes(lignes, plafonds, ici.montant or RIEN),
        faits=faits,
        retient=tuple(sorted(f"{une.get('dossier_id')} {une['le']} {une['montant']}" for une in lignes)),
    )


def passes(lignes: Iterable[Ligne], plafonds: Sequence[Ligne], ici: Decimal) -> bool:
    """With what is asked here, the sum passes the lowest ceiling."""
    return total(lignes) + ici > min(Decimal(un["plafond"]) for un in plafonds)


def total(lignes: Iterable[Ligne]) -> Decimal:
    """Euros of these lines."""
    return sum((Decimal(une["montant"]) for une in lignes), RIEN)


def _years_before(jour: date, annees: int) -> date:
    """The same day of the month, the last of February in place of the 29th."""
    fin = 28 if (jour.month, jour.day) == (2, 29) else jour.day
    return date(jour.year - annees, jour.month, fin)


def _granted_within(une: Requete, debut: date, fin: date) -> bool:
    return une.traitement is not None and debut < une.traitement.astimezone(PARIS).date() <= fin


def _grant(une: Requete) -> Ligne:
    le = une.traitement.astimezone(PARIS).date() if une.traitement else None
    return {"dossier_id": une.id, "montant": str(une.octroi), "le": str(le)}


def _declared(une: AideDeclaree) -> Ligne:
    return {"autorite": une.autorite, "base": BASES.get(une.base, ""), "montant": str(une.montant), "le": str(une.acte)}


def _known(aide: AideDeclaree, octrois: Iterable[Requete]) -> bool:
    """A grant that is declared too is counted once."""
    return any(
        aide.service_id == un.service_id and un.octroi is not None and same_amount(aide.montant, un.octroi)
        for un in octrois
    )


def _ceiling(seuil: Seuil) -> Ligne:
    return {"libelle": seuil.libelle, "plafond": str(seuil.plafond), "annees": seuil.sur_annees}
