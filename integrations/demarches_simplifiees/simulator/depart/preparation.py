"""Making the starting truth: generated dossiers, loaded ones, then what an earlier run remembers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from integrations.demarches_simplifiees.simulator.depart import generation
from integrations.demarches_simplifiees.simulator.depart.chargement import Charge, charger
from integrations.demarches_simplifiees.simulator.pannes.catalogue import Pannes
from integrations.demarches_simplifiees.simulator.verite import memoire
from integrations.demarches_simplifiees.simulator.verite.donnees import Donnees


@dataclass(frozen=True, slots=True)
class Depart:
    """The truth to serve, how to keep it, and what people should be told (French sentences)."""

    donnees: Donnees
    persister: Callable[[], None]
    annonces: tuple[str, ...]


def preparer(
    *,
    dossiers: int = 200,
    graine: int = 1,
    fichiers: Sequence[Path] = (),
    etat: Path | None = None,
    demarche: int = generation.DEMARCHE,
    ancrage: datetime | None = None,
    pannes: Pannes | None = None,
) -> Depart:
    """Same arguments, same truth; `ancrage` (today by default, then kept in `etat`) ends the eighteen months.

    Raises ValueError when a file holds no dossier, OSError when one cannot be read.
    """
    depart = memoire.empreinte(dossiers, graine, demarche, fichiers)
    retenu, annonce = memoire.relire(etat, depart) if etat else (None, "")
    fin = ancrage or datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if retenu:
        fin = datetime.fromisoformat(retenu["ancrage"])
    donnees = Donnees(pannes=pannes or Pannes())
    donnees.demarches[demarche] = generation.demarche(demarche, fin)
    for contenu in generation.dossiers(dossiers, graine, fin):
        donnees.ajouter(contenu, demarche)
    annonces = [annonce] if annonce else []
    for chemin in fichiers:
        annonces += accueillir(donnees, charger(chemin))
    if retenu:
        memoire.retablir(donnees, retenu)

    def persister() -> None:
        if etat:
            with donnees.verrou:
                memoire.ecrire(etat, donnees, depart, fin)

    persister()
    return Depart(donnees, persister, tuple(annonces))


def accueillir(donnees: Donnees, charge: Charge) -> list[str]:
    """Serve loaded dossiers and their démarche; returns what was substituted, numbers already taken included."""
    annonces = list(charge.substitutions)
    demarche = donnees.demarches.setdefault(charge.demarche["number"], charge.demarche)
    connus = {un["id"] for un in demarche["groupeInstructeurs"]}
    demarche["groupeInstructeurs"] += [un for un in charge.demarche["groupeInstructeurs"] if un["id"] not in connus]
    for contenu in charge.dossiers:
        voulu = contenu["number"]
        while contenu["number"] in donnees.dossiers:
            contenu["number"] += 1
        if contenu["number"] != voulu:
            annonces.append(f"Dossier.number\u00a0: {voulu} est déjà pris, renuméroté {contenu['number']}.")
        donnees.ajouter(contenu, demarche["number"])
    annonces.append(f"{len(charge.dossiers)}\u00a0dossier(s) chargé(s) dans la démarche nº\u00a0{demarche['number']}.")
    return annonces
