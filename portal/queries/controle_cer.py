"""Checks each signature of the CER against its proof, the chain, the text, and the journal; names every fault (docs/adr/0018).

The columns are read as they stand in the table: a value that no longer is one of an enum must be named, not stop the control.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Enum, FromClause, RowMapping, Select, String, cast, select, type_coerce
from sqlalchemy.orm import Session

from portal.documents import preuve_cer
from portal.models.documents import Fichier
from portal.models.engagements import Engagement, TexteCer
from portal.models.journal import Evenement, EvenementDetail
from portal.queries.journal import PAR_LOTS, Faute
from portal.texte_json import canonique, lire

FORMATS = frozenset({preuve_cer.FORMAT, preuve_cer.FORMAT_ANCIEN})


def faults(session: Session) -> Iterator[Faute]:
    """Every fault of texts and signatures. Use one REPEATABLE READ transaction, so that all is seen at one instant."""
    yield from _fautes_des_textes(session)
    yield from _fautes_des_signatures(session)
    yield from _fautes_des_actes(session)


def brutes(table: FromClause) -> list[ColumnElement[Any]]:
    """The columns of a table, enums being mere texts."""
    return [type_coerce(une, String).label(une.name) if isinstance(une.type, Enum) else une for une in table.c]


def ecarts(colonnes: RowMapping, dits: Mapping[str, Any], noms: Iterable[str]) -> list[str]:
    """Those of `noms` whose column is not what is said (JSON)."""
    return [nom for nom in noms if nom not in dits or not _egaux(colonnes[nom], dits[nom])]


def actes(action: str) -> Select[int, str, int, dict[str, Any] | None]:
    """The events of that action: id, stream, number and values (None once they are erased)."""
    return (
        select(Evenement.id, Evenement.objet, Evenement.seq, EvenementDetail.valeurs)
        .outerjoin(EvenementDetail, EvenementDetail.evenement_id == Evenement.id)
        .where(Evenement.action == action)
    )


def _egaux(colonne: Any, dit: Any) -> bool:
    """A column and what is said of it. An instant may be written with or without its microseconds when they are nought."""
    if isinstance(colonne, datetime) and isinstance(dit, str):
        try:
            return datetime.fromisoformat(dit) == colonne
        except ValueError:
            return False
    return canonique(colonne) == canonique(dit)


def _fautes_des_textes(session: Session) -> Iterator[Faute]:
    publies = {objet: valeurs or {} for _id, objet, _seq, valeurs in session.execute(actes("texte_cer_publie"))}
    compares = {objet for _id, objet, _seq, _valeurs in session.execute(actes("texte_cer_verifie"))}
    for ligne in session.execute(select(*brutes(TexteCer.__table__)).order_by(TexteCer.id)).mappings():
        lieu, objet = f"texte version {ligne['version']}", f"texte_cer:{ligne['id']}"
        if preuve_cer.empreinte(ligne["corps"]) != ligne["sha256"]:
            yield Faute(lieu, "le texte a été modifié\u00a0: son empreinte n’est pas celle qui est signée")
        if objet not in publies:
            yield Faute(lieu, "aucun acte du journal ne dit sa publication")
        for nom in ecarts(ligne, publies.get(objet, {}), publies.get(objet, {})):
            yield Faute(lieu, f"«\u00a0{nom}\u00a0» n’est plus ce que dit le journal")
        if (ligne["verifie_at"] is not None) != (objet in compares):
            yield Faute(lieu, "le journal ne dit pas la même chose de sa comparaison à Légifrance")
    for perdu in sorted(publies.keys() - {f"texte_cer:{ident}" for ident in session.scalars(select(TexteCer.id))}):
        yield Faute(perdu, "le journal dit la publication d’un texte qui n’existe plus")


def _fautes_des_signatures(session: Session) -> Iterator[Faute]:
    lignes = session.execute(
        select(
            *brutes(Engagement.__table__),
            TexteCer.sha256.label("sha256_du_texte"),
            Fichier.sha256.label("sha256_du_pouvoir"),
        )
        .outerjoin(TexteCer, TexteCer.id == Engagement.texte_id)
        .outerjoin(Fichier, Fichier.id == Engagement.pouvoir_id)
        .order_by(Engagement.rang)
        .execution_options(**PAR_LOTS)
    ).mappings()
    rang, empreinte = 0, preuve_cer.ORIGINE
    for ligne in lignes:
        lieu = lieu_de(ligne)
        if ligne["rang"] != rang + 1:
            yield Faute(lieu, f"le rang attendu était {rang + 1}\u00a0: une signature manque ou a été ajoutée")
        if ligne["precedente"] != empreinte:
            yield Faute(lieu, "elle n’est pas la suite de celle qui la précède")
        for constat in _constats(ligne):
            yield Faute(lieu, constat)
        rang, empreinte = ligne["rang"], ligne["empreinte"]


def lieu_de(ligne: RowMapping) -> str:
    """How the control names a signature: no name of a person."""
    return f"signature n°\u00a0{ligne['rang']} ({ligne['code']})"


def _constats(ligne: RowMapping) -> Iterator[str]:
    """What is wrong with one signature, whatever the others."""
    if preuve_cer.empreinte(ligne["preuve"]) != ligne["empreinte"]:
        yield "sa preuve a été modifiée\u00a0: son empreinte n’est pas celle de la chaîne"
    preuve = _lire(ligne["preuve"])
    if preuve.get("format") not in FORMATS:
        yield "sa preuve ne se lit pas"
    noms = (*preuve_cer.CHAINE, *preuve_cer.PUBLICS)
    for nom in ecarts(ligne, preuve, noms):
        yield f"«\u00a0{nom}\u00a0» n’est plus ce qui a été signé"
    if set(preuve) != {"format", "prive", *noms} or preuve_cer.ecrire(preuve) != ligne["preuve"]:
        yield "sa preuve n’est pas écrite dans la forme convenue"
    yield from _constats_prives(ligne, preuve)
    if ligne["texte_sha256"] != ligne["sha256_du_texte"]:
        yield "le texte signé n’est pas celui qui est gardé"
    if ligne["pouvoir_sha256"] != (ligne["sha256_du_pouvoir"] or ""):
        yield "le pouvoir gardé n’est pas celui qui a été joint"


def _constats_prives(ligne: RowMapping, preuve: Mapping[str, Any]) -> Iterator[str]:
    garde = _lire(ligne["preuve_privee"])
    sel, texte = str(garde.get("sel", "")), str(garde.get("texte", ""))
    if preuve_cer.ecrire({"sel": sel, "texte": texte}) != ligne["preuve_privee"] or not _est_un_sel(sel):
        yield "sa partie privée ne se lit pas"
    elif preuve_cer.empreinte_privee(sel, texte) != preuve.get("prive"):
        yield "sa partie privée a été modifiée\u00a0: elle ne répond pas à l’empreinte signée"
    for nom in ecarts(ligne, _lire(texte), preuve_cer.PRIVES):
        yield f"«\u00a0{nom}\u00a0» n’est plus ce qui a été gardé à la signature"


def _lire(texte: str) -> dict[str, Any]:
    """A JSON object, empty when the text is none."""
    try:
        lu = lire(texte)
    except ValueError:
        return {}
    return lu if isinstance(lu, dict) else {}


def _est_un_sel(sel: str) -> bool:
    """Lower-case hexadecimal: it has one spelling only."""
    try:
        return bytes.fromhex(sel).hex() == sel
    except ValueError:
        return False


def _fautes_des_actes(session: Session) -> Iterator[Faute]:
    """Each signature has its act in the journal, with the same values, and each act its signature.

    An act whose values are erased names its association only: it answers for one of that association's signatures.
    """
    dits = actes("engagement_signe").subquery()
    signature = Engagement.__table__
    couples = session.execute(
        select(dits.c.objet, dits.c.seq, dits.c.valeurs, *brutes(signature))
        .join_from(dits, signature, dits.c.valeurs["id"].astext == cast(signature.c.id, String), full=True)
        .order_by(signature.c.rang, dits.c.id)
        .execution_options(**PAR_LOTS)
    ).mappings()
    effaces: Counter[str] = Counter()
    muettes: list[tuple[str, str]] = []
    for couple in couples:
        if couple["id"] is None and couple["valeurs"] is None:
            effaces[couple["objet"]] += 1
        elif couple["id"] is None:
            yield Faute(
                f"{couple['objet']}, événement n°\u00a0{couple['seq']}",
                "il dit une signature qui n’est plus dans la table",
            )
        elif couple["objet"] is None:
            muettes.append((f"association:{couple['association_id']}", lieu_de(couple)))
        else:
            yield from _ecarts_de_l_acte(couple)
    for objet, lieu in muettes:
        if not effaces[objet]:
            yield Faute(lieu, "aucun acte du journal ne la dit")
        effaces[objet] -= bool(effaces[objet])
    for objet, nombre in sorted((+effaces).items()):
        yield Faute(objet, f"le journal y dit {nombre} signature(s) qui ne sont plus dans la table")


def _ecarts_de_l_acte(couple: RowMapping) -> Iterator[Faute]:
    valeurs = couple["valeurs"]
    for nom in ecarts(couple, valeurs, (nom for nom in valeurs if nom in Engagement.__table__.c)):
        yield Faute(lieu_de(couple), f"«\u00a0{nom}\u00a0» n’est pas ce que dit le journal")
    if couple["objet"] != f"association:{couple['association_id']}":
        yield Faute(lieu_de(couple), "le journal la dit d’une autre association")
