"""`portal cer verifier`: proves a receipt without the database, or everything that the database holds of the signatures."""

import json
from pathlib import Path
from typing import Any

import click

from integrations.cachet import trousseau
from integrations.cachet.api import CleIllisible
from integrations.cachet.trousseau import Trousseau
from portal.cli.francais import Refus
from portal.cli.transaction import commande
from portal.config import Config
from portal.queries import controle_arbres_cer, controle_cer
from portal.queries.journal import Faute
from portal.services import recus_gardes, recus_hors_ligne
from portal.services.recus_hors_ligne import Constat

DELAI_REQUETE_MS = 3_600_000
MARQUES = {True: "bon   ", False: "ÉCART ", None: "?     "}
FICHIER = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("fichier", type=FICHIER, required=False)
@click.option("--certificat", type=FICHIER, help="Certificat du cachet (PEM), tel que le portail le publie.")
@click.option("--racine", default="", help="Racine d’un jour gardée ailleurs, à retrouver.")
@click.option("--json", "en_json", is_flag=True, help="En JSON, pour une machine.")
def verifier(fichier: Path | None, certificat: Path | None, racine: str, *, en_json: bool) -> None:
    """Vérifie un reçu sans la base de données, ou sans fichier toute la base. Code de sortie 1 au moindre écart."""
    racine = racine.strip().lower()
    bon = _base(racine, en_json=en_json) if fichier is None else _recu(fichier, certificat, racine, en_json=en_json)
    if not bon:
        raise SystemExit(1)


def _recu(fichier: Path, certificat: Path | None, racine: str, *, en_json: bool) -> bool:
    octets = fichier.read_bytes()
    constats = recus_hors_ligne.check(octets, _trousseau(certificat), racine=racine)
    bon = all(constat.bon is not False for constat in constats)
    dits = _ce_que_dit_la_preuve(octets)
    if en_json:
        _en_json({"bon": bon, "constats": [_nommer(constat) for constat in constats], "preuve": dits})
        return bon
    for constat in constats:
        click.echo(MARQUES[constat.bon] + constat.phrase)
    if dits:
        click.echo(f"Signé le {dits['signed_at']} par {dits['prenom']} {dits['nom']}, {dits['fonction']}\u00a0:")
        click.echo(dits["phrase_consentement"])
    click.echo("Ce reçu est bon." if bon else "Ce reçu ne prouve rien en l’état.")
    return bon


def _trousseau(certificat: Path | None) -> Trousseau:
    """The certificates that vouch for a seal: the one given, else those of the environment."""
    try:
        if certificat is not None:
            return Trousseau(anciens=trousseau.lire_pem(certificat.read_bytes()))
        return trousseau.ouvrir(*Config.cles_du_cachet())
    except CleIllisible as faute:
        raise Refus(str(faute)) from faute


def _ce_que_dit_la_preuve(octets: bytes) -> dict[str, Any] | None:
    try:
        jointe = recus_hors_ligne.attached_proof(octets)
    except ValueError:
        return None
    return jointe.dits if jointe and not jointe.fautes() else None


def _nommer(constat: Constat) -> dict[str, str | bool | None]:
    return {"sujet": constat.sujet, "bon": constat.bon, "phrase": constat.phrase}


def _base(racine: str, *, en_json: bool) -> bool:
    with commande(delai_requete_ms=DELAI_REQUETE_MS) as moyens:
        with moyens.fabrique.begin() as session:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            contenu = controle_arbres_cer.contents(session)
            fautes = [*controle_cer.faults(session), *controle_arbres_cer.faults(session)]
            recus = list(controle_arbres_cer.kept_receipts(session))
            if racine and not controle_arbres_cer.knows(session, racine):
                fautes.append(Faute(f"racine {racine}", "aucun jour ne la porte"))
        fautes += recus_gardes.faults(moyens.stockage, moyens.trousseau, recus)
    if en_json:
        dites = [{"lieu": faute.lieu, "constat": faute.constat} for faute in fautes]
        _en_json({"bon": not fautes, "contenu": contenu, "fautes": dites})
        return not fautes
    for faute in fautes:
        click.echo(f"{faute.lieu}\u00a0: {faute.constat}.")
    click.echo(f"{contenu['signatures']} signatures, {contenu['jours']} jours clos, {contenu['recus']} reçus.")
    click.echo(f"Anomalies trouvées\u00a0: {len(fautes)}." if fautes else "Les signatures sont entières.")
    return not fautes


def _en_json(valeur: dict[str, Any]) -> None:
    click.echo(json.dumps(valeur, ensure_ascii=False, indent=2))
