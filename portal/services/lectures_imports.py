"""Stages what was read of a file: its lines with their verdicts, beside those of the last import of the same form."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from portal.classeurs.resultats import Bilan, Consigne, Constat, LigneLue, Remarque, en_json
from portal.copie import copy_rows
from portal.models.imports import CorrespondanceImport, LigneImport, LotImport
from portal.services.baux_imports import hold, renew
from portal.services.comparaisons_imports import LONGUEUR_CLE, compare, line_key
from portal.services.metiers_imports import METIERS
from portal.texte_json import ecrire
from portal.vocabulaire_imports import Comparaison, EtatImport, EtatLigneImport, GenreImport, VerdictLigne

# Few enough for the database to be free again at once: it works for pages too.
PAQUET = 500
COMPTER = text(
    "SELECT count(*) AS lignes, count(*) - count(DISTINCT md5(lu)) AS copies, "
    "count(*) FILTER (WHERE comparaison = 'nouvelle') AS nouvelle, count(*) FILTER (WHERE comparaison = 'modifiee') AS modifiee, "
    "count(*) FILTER (WHERE comparaison = 'inchangee') AS inchangee, "
    "count(*) FILTER (WHERE comparaison = 'inchangee' AND cle_source = '') AS deja "
    "FROM ligne_import WHERE lot_id = :lot AND verdict <> 'rejete'"
)
ATTRIBUANTS = text(
    "SELECT count(DISTINCT coalesce(nullif(CAST(valeurs AS jsonb) ->> 'idAttribuant', ''), "
    "CAST(valeurs AS jsonb) ->> 'nomAttribuant')) FROM ligne_import WHERE lot_id = :lot AND verdict <> 'rejete'"
)


def instructions(lot: LotImport) -> Consigne:
    """What to read, as the person has chosen."""
    choisies, entete = lot.reglages.get("colonnes"), lot.reglages.get("entete")
    return Consigne(
        genre=lot.genre,
        feuille=lot.reglages.get("feuille"),
        entete=tuple(entete) if entete is not None else None,
        colonnes={int(rang): champ for rang, champ in choisies.items()} if choisies is not None else None,
    )


def remembered(session: Session, lot: LotImport, constat: Constat) -> Consigne | None:
    """What the service has last confirmed for files of that form, when the person has chosen nothing and it differs."""
    if lot.reglages.get("colonnes") is not None:
        return None
    confirmees = select(CorrespondanceImport).where(
        CorrespondanceImport.service_id == lot.service_id, CorrespondanceImport.forme == constat.forme
    )
    if lot.genre is not None:
        confirmees = confirmees.where(CorrespondanceImport.genre == lot.genre)
    connue = session.scalars(confirmees.order_by(CorrespondanceImport.updated_at.desc()).limit(1)).first()
    if connue is None:
        return None
    colonnes = {int(rang): champ for rang, champ in connue.colonnes.items()}
    trouvees = {colonne.rang: colonne.champ for colonne in constat.colonnes}
    if (connue.genre, colonnes) == (constat.genre, trouvees) and not constat.hesitation:
        return None
    return replace(instructions(lot), genre=connue.genre, colonnes=colonnes)


def begin(session: Session, lot_id: int, marque: datetime) -> datetime | None:
    """Forget the lines of a reading that was cut; the new mark of the lease, None when it is somebody else's."""
    lot = hold(session, lot_id, marque)
    if lot is None or lot.etat != EtatImport.A_LIRE:
        return None
    _forget(session, lot_id)
    return renew(lot, marque)


def _forget(session: Session, lot_id: int) -> None:
    session.execute(delete(LigneImport).where(LigneImport.lot_id == lot_id))


def stage(
    session: Session, lot_id: int, marque: datetime, genre: GenreImport, lues: Sequence[LigneLue]
) -> datetime | None:
    """Keep these lines of that kind; the new mark of the lease, None when it is somebody else's."""
    lot = hold(session, lot_id, marque)
    if lot is None or lot.etat != EtatImport.A_LIRE:
        return None
    cle = METIERS[genre].key
    copy_rows(session, LigneImport, [_ligne(lot_id, lue, cle(lue.valeurs)) for lue in lues])
    return renew(lot, marque)


def _ligne(lot_id: int, lue: LigneLue, cle: str) -> dict[str, Any]:
    valeurs = ecrire(dict(sorted(lue.valeurs.items())))
    return {
        "lot_id": lot_id,
        "numero": lue.numero,
        "lu": list(lue.lu),
        "valeurs": valeurs,
        "remarques": [_remarque(une) for une in lue.remarques],
        "verdict": lue.verdict,
        "comparaison": Comparaison.SANS_OBJET if lue.verdict == VerdictLigne.REJETE else Comparaison.NOUVELLE,
        "cle_source": cle[:LONGUEUR_CLE],
        "cle_ligne": line_key(cle, valeurs)[:LONGUEUR_CLE],
        "etat": EtatLigneImport.ATTENTE,
    }


def _remarque(une: Remarque) -> dict[str, Any]:
    return {"colonne": une.colonne, "champ": une.champ, "lu": une.lu, "verdict": une.verdict, "raison": une.raison}


def conclude(session: Session, lot_id: int, marque: datetime, constat: Constat, bilan: Bilan) -> None:
    """The file is read: what was found of it, how many lines of each verdict, and how it stands beside the last import."""
    lot = hold(session, lot_id, marque)
    if lot is None or lot.etat != EtatImport.A_LIRE:
        return
    lot.constat = {nom: un for nom, un in en_json(constat).items() if nom != "t"}
    lot.genre, lot.forme, lot.total = constat.genre, constat.forme, bilan.lignes
    comptes: dict[str, Any] = {str(verdict): nombre for verdict, nombre in bilan.comptes.items()}
    comptes |= compare(session, lot)
    comptes |= dict(session.execute(COMPTER, {"lot": lot.id}).mappings().one())
    if lot.genre == GenreImport.SCDL:
        comptes["attribuants"] = session.scalar(ATTRIBUANTS, {"lot": lot.id})
    lot.comptes, lot.etat, lot.message, lot.pris_at = comptes, EtatImport.LU, "", None


def ask(session: Session, lot_id: int, marque: datetime, constat: Constat) -> None:
    """The file is read, and a person is to say what its lines are: none is kept before."""
    lot = hold(session, lot_id, marque)
    if lot is None or lot.etat != EtatImport.A_LIRE:
        return
    _forget(session, lot_id)
    lot.constat = {nom: un for nom, un in en_json(constat).items() if nom != "t"}
    lot.comptes, lot.etat, lot.message, lot.pris_at = {}, EtatImport.LU, "", None


def refuse(session: Session, lot_id: int, marque: datetime, message: str) -> None:
    """The file cannot be read, and says why."""
    lot = hold(session, lot_id, marque)
    if lot is None or lot.etat != EtatImport.A_LIRE:
        return
    _forget(session, lot_id)
    lot.etat, lot.message, lot.pris_at, lot.comptes = EtatImport.ILLISIBLE, message, None, {}
