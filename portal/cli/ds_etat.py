"""`portal ds status`: where the exchange with Démarches Simplifiées stands, for a person or for a machine."""

import json
from datetime import datetime
from typing import Any

import click

from portal.cli.transaction import commande
from portal.formats import anciennete_fr, instant_fr, maintenant, nombre_fr
from portal.permissions import SYSTEME
from portal.queries import envois_du_service
from portal.queries.envois_du_service import Comptes
from portal.queries.synchronisation import EtatSynchronisation, SuiviDemarche, state


@click.command()
@click.option("--json", "en_json", is_flag=True, help="En JSON, pour une machine.")
def status(en_json: bool) -> None:
    """Dit où en est chaque démarche, ce qui attend et ce qui bloque. Code de sortie 1 si une lecture ne se fait plus."""
    with commande() as moyens, moyens.fabrique() as session:
        etat = state(session, SYSTEME, config=moyens.config)
        comptes = envois_du_service.count_all(session)
    if en_json:
        click.echo(json.dumps(_pour_machine(etat, comptes), ensure_ascii=False, indent=2))
    else:
        _dire(etat, comptes)
    if not _en_ordre(etat):
        raise SystemExit(1)


def _en_ordre(etat: EtatSynchronisation) -> bool:
    """Every démarche that must be read is, and DS takes our token."""
    arretees = [un for un in etat.demarches if un.passages.panne or (un.suivie and un.passages.en_retard)]
    return not (arretees or etat.non_rattachees or any(alerte.genre == "erreur" for alerte in etat.jeton))


def _dire(etat: EtatSynchronisation, comptes: Comptes) -> None:
    for suivi in etat.demarches:
        click.echo(_en_mots(suivi))
    if etat.reste:
        click.echo(f"Et {nombre_fr(etat.reste)} autre(s) démarche(s).")
    for number in etat.non_rattachees:
        click.echo(
            f"Démarche n°\u00a0{number}\u00a0: rattachée à aucun service (portal ds rattacher --demarche {number})."
        )
    for alerte in etat.jeton:
        click.echo(f"{alerte.titre}. {alerte.texte}")
    limite = f"sur {nombre_fr(etat.debit.limite)} permises" if etat.debit.limite else "sans limite"
    click.echo(
        f"Demandes à Démarches Simplifiées\u00a0: {etat.debit.minute} dans la minute en cours ({limite}), "
        f"{nombre_fr(etat.debit.jour)} aujourd’hui."
    )
    click.echo(en_attente(comptes))


def en_attente(comptes: Comptes) -> str:
    """What waits to leave and what was refused, in one line."""
    return f"En attente d’envoi\u00a0: {comptes.en_attente}. Refusées, à reprendre\u00a0: {comptes.refusees}."


def _en_mots(suivi: SuiviDemarche) -> str:
    demarche, passages, bloques = suivi.demarche, suivi.passages, suivi.blocages
    morceaux = [f"{suivi.situation[0]}, dernière lecture complète\u00a0: {passages.retard}"]
    if passages.en_cours:
        morceaux.append(
            f"{passages.travail}\u00a0: {passages.en_cours.avancement} sur {passages.en_cours.attendus or '?'}"
        )
    if passages.panne_depuis:
        depuis = f"{anciennete_fr(maintenant() - passages.panne_depuis)}, {instant_fr(passages.panne_depuis)}"
        morceaux.append(f"en panne ({depuis})\u00a0: {passages.panne}")
    comptes = (
        (bloques.ecartes, "dossier(s) mis de côté"),
        (bloques.envois.en_attente, "action(s) en attente"),
        (bloques.envois.refusees, "action(s) refusée(s)"),
        (bloques.fichiers, "fichier(s) non copié(s)"),
        (bloques.champs, "champ(s) à relire"),
        (bloques.groupes, "groupe(s) sans service"),
        (bloques.a_relire, "dossier(s) à relire"),
    )
    morceaux += [f"{nombre_fr(combien)}\u00a0{quoi}" for combien, quoi in comptes if combien]
    titre = f"Démarche n°\u00a0{demarche.ds_number}, «\u00a0{demarche.titre}\u00a0» ({demarche.service.sigle})"
    return f"{titre}\u00a0: " + "\u00a0; ".join(morceaux)


def _pour_machine(etat: EtatSynchronisation, comptes: Comptes) -> dict[str, Any]:
    return {
        "en_ordre": _en_ordre(etat),
        "demarches": [_demarche(suivi) for suivi in etat.demarches],
        "demarches_non_montrees": etat.reste,
        "demarches_sans_service": etat.non_rattachees,
        "actions": {"en_attente": comptes.en_attente, "depuis": _iso(comptes.depuis), "refusees": comptes.refusees},
        "demandes": {"minute": etat.debit.minute, "limite": etat.debit.limite, "jour": etat.debit.jour},
        "jeton": [{"genre": alerte.genre, "titre": alerte.titre, "texte": alerte.texte} for alerte in etat.jeton],
    }


def _demarche(suivi: SuiviDemarche) -> dict[str, Any]:
    passages, bloques, run = suivi.passages, suivi.blocages, suivi.passages.en_cours
    return {
        "number": suivi.demarche.ds_number,
        "titre": suivi.demarche.titre,
        "service": suivi.demarche.service.sigle,
        "situation": suivi.situation[0],
        "suivie": suivi.suivie,
        "succes_at": _iso(passages.succes_at),
        "panne": passages.panne,
        "panne_depuis": _iso(passages.panne_depuis),
        "en_cours": {"genre": run.genre, "avancement": run.avancement, "attendus": run.attendus} if run else None,
        "requetes_du_jour": passages.requetes_du_jour,
        "ecartes": bloques.ecartes,
        "actions_en_attente": bloques.envois.en_attente,
        "actions_refusees": bloques.envois.refusees,
        "fichiers_non_copies": bloques.fichiers,
        "champs_a_relire": bloques.champs,
        "groupes_sans_service": bloques.groupes,
        "dossiers_a_relire": bloques.a_relire,
    }


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
