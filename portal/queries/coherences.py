"""What is declared of the other funders of an action, against what they were asked and have granted. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from portal.queries.financeurs import Annuaire
from portal.queries.rapprochements import PROCHE, Rapprochement
from portal.queries.requetes_recoupees import RIEN, Constat, Declare, Requete
from portal.vocabulaire_recoupements import Ecart, GenreRecoupement

# Below a euro, two amounts are the same one, rounded.
ARRONDI = Decimal(1)
Paire = tuple[Requete, Rapprochement]


def is_cofunded(ici: Requete, la: Requete, annuaire: Annuaire) -> bool:
    """Two funders of one action that know of each other: one request for both, or one that names the other.

    Two requests to the same service are never that, unless they are one.
    """
    if ici.demande_id is not None and ici.demande_id == la.demande_id:
        return True
    if ici.service_id == la.service_id:
        return False
    return _declares(ici, la, annuaire) or _declares(la, ici, annuaire)


def _declares(qui: Requete, autre: Requete, annuaire: Annuaire) -> bool:
    """By name; else by the line of the budget, when what it bears is what both ask for."""
    if any(un.service_id == autre.service_id for un in qui.declares):
        return True
    ligne = annuaire.line_of(autre.service_id)
    if not ligne or not autre.montant:
        return False
    for un in qui.declares:
        if un.service_id is None and un.ligne == ligne and same_amount(un.montant, autre.montant):
            return True
    if qui.declares:
        return False
    sien = (qui.montant or RIEN) if annuaire.line_of(qui.service_id) == ligne else RIEN
    return qui.lignes.get(ligne, RIEN) >= sien + autre.montant * (1 - PROCHE)


def same_amount(un: Decimal, autre: Decimal) -> bool:
    """But for the rounding that people do."""
    return abs(un - autre) <= max(un, autre) * PROCHE


def check(
    ici: Requete, proches: Sequence[Paire], possibles: Sequence[Requete], ailleurs: Sequence[Requete]
) -> list[Constat]:
    """What each declared co-funding of a request meets; then whether the aids pass the cost.

    `proches`: the requests for the same action; `possibles`: those of which nothing says that they are for another one;
    `ailleurs`: every other request of the association.
    """
    constats, trouves = list[Constat](), dict[int, Requete]()
    for declare in ici.declares:
        if declare.service_id is None or declare.service_id == ici.service_id:
            continue
        la = _answer(ici, declare, proches, possibles, ailleurs)
        if la is not None:
            trouves[declare.numero] = la
        constats.append(_against(declare, la))
    depassement = _above_cost(ici, proches, trouves)
    return [*constats, depassement] if depassement else constats


def _answer(
    ici: Requete,
    declare: Declare,
    proches: Sequence[Paire],
    possibles: Sequence[Requete],
    ailleurs: Sequence[Requete],
) -> Requete | None:
    """The request made to that funder for the same action; else one of the same year for exactly what is declared, else one
    that may well be it, since the association says that there is one."""
    parmi = (
        [la for la, _ in proches],
        [la for la in ailleurs if la.exercice == ici.exercice and _is_asked(la, declare)],
        possibles,
    )
    for requetes in parmi:
        siennes = [la for la in requetes if la.service_id == declare.service_id]
        if siennes:
            return min(siennes, key=lambda la: (abs((la.montant or RIEN) - declare.montant), la.id))
    return None


def _is_asked(la: Requete, declare: Declare) -> bool:
    return any(montant and abs(montant - declare.montant) <= ARRONDI for montant in (la.montant, la.octroi))


def _against(declare: Declare, la: Requete | None) -> Constat:
    ecart = _gap(declare, la)
    octroi = la.octroi if la else None
    faits = {
        "ecart": ecart.value,
        "financeur": declare.nom,
        "service_id": declare.service_id,
        "declare": str(declare.montant),
        "obtenu": declare.obtenu,
        "demande": str(la.montant) if la and la.montant is not None else None,
        "accorde": str(octroi) if octroi is not None else None,
    }
    return Constat(
        genre=GenreRecoupement.COFINANCEMENT,
        cle=f"declare:{declare.numero}",
        alerte=ecart != Ecart.CONCORDE,
        faits=faits,
        retient=tuple(faits.values()),
        autre_id=la.id if la else None,
    )


def _gap(declare: Declare, la: Requete | None) -> Ecart:
    if la is None:
        return Ecart.ABSENT
    if declare.obtenu and la.rejetee:
        return Ecart.REFUSE
    if declare.obtenu and la.octroi is None:
        return Ecart.PAS_DECIDE
    connu = la.octroi if declare.obtenu else la.montant
    return Ecart.MONTANT if connu is not None and abs(connu - declare.montant) > ARRONDI else Ecart.CONCORDE


def _above_cost(ici: Requete, proches: Sequence[Paire], trouves: dict[int, Requete]) -> Constat | None:
    """What is granted here (asked, while nothing is decided) and obtained elsewhere, against the cost of the budget."""
    if not ici.cout or ici.rejetee:
        return None
    ici_meme = ici.octroi if ici.octroi is not None else ici.montant or RIEN
    connus = {la.id: la for la in (*(la for la, _ in proches), *trouves.values())}
    lignes = [{"dossier_id": la.id, "montant": str(la.octroi)} for la in connus.values() if la.octroi]
    lignes += [
        {"financeur": un.nom, "montant": str(un.montant)}
        for un in ici.declares
        if un.obtenu and un.numero not in trouves and un.service_id != ici.service_id
    ]
    total = ici_meme + sum((Decimal(str(une["montant"])) for une in lignes), RIEN)
    if not lignes or total <= ici.cout:
        return None
    faits = {
        "ecart": Ecart.DEPASSEMENT.value,
        "cout": str(ici.cout),
        "ici": str(ici_meme),
        "decide": ici.octroi is not None,
        "lignes": lignes,
    }
    retient = (str(ici.cout), str(ici_meme), *(sorted(str(sorted(une.items())) for une in lignes)))
    return Constat(genre=GenreRecoupement.COFINANCEMENT, cle="cout", alerte=True, faits=faits, retient=retient)
