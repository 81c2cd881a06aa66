"""The child process that reads a workbook: its limits first, then the file, then what it holds, on its standard output.

`python -m portal.classeurs.enfant MEMORY CPU`, asked by one JSON text on its standard input. What understands the lines is
imported once the file has opened: most files that are refused cost nothing more.
"""

import os
import resource
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from portal.classeurs import echange
from portal.classeurs.resultats import TROP_LOURD, Annotations, Bilan, ClasseurRefuse, Consigne
from portal.classeurs.source import Source
from portal.classeurs.sources import ouvrir
from portal.vocabulaire_imports import VerdictLigne

DOUCEUR = 10


def main() -> None:
    """Read what is asked, once."""
    memoire, secondes = map(int, sys.argv[1:])
    demande = echange.demande_lue(sys.stdin.buffer.read())
    _borner(memoire, secondes, memoire if demande.annotations else 0)
    with open(sys.stdout.fileno(), "wb", buffering=1 << 16, closefd=False) as sortie:
        try:
            source = ouvrir(demande.chemin, demande.nom)
            if demande.consigne is not None:
                _comprendre(source, demande.consigne, sortie.write)
            elif demande.annotations is not None:
                _rendre(source, demande.chemin, demande.annotations, sortie.write)
            else:
                _donner(source, sortie.write)
        except ClasseurRefuse as refus:
            sortie.write(echange.message(echange.REFUS, str(refus)))
        except MemoryError:
            sortie.write(echange.message(echange.REFUS, TROP_LOURD))
        except Exception:  # noqa: BLE001  # told to the parent, which says that the fault is ours
            sortie.write(echange.message(echange.PANNE, traceback.format_exc(limit=-6)))


def _borner(memoire: int, secondes: int, ecrits: int) -> None:
    """No more memory, time, bytes of a temporary file or core than that, and after everybody else."""
    os.setpriority(os.PRIO_PROCESS, 0, DOUCEUR)
    for limite, valeur in (
        (resource.RLIMIT_AS, memoire),
        (resource.RLIMIT_CPU, secondes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, ecrits),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(limite, (valeur, valeur))


def _comprendre(source: Source, consigne: Consigne, envoyer: Callable[[bytes], object]) -> None:
    """What was found, then each line, then how many there were."""
    from portal.classeurs import moteur  # noqa: PLC0415  # 0.1 s that files refused before do not pay

    constat = moteur.examiner(
        source.feuilles,
        consigne,
        format_lu=source.format,
        encodage=source.encodage,
        separateur=source.separateur,
        base_1904=source.base_1904,
    )
    envoyer(echange.message_de(replace(constat, remarques=(*source.remarques_de(constat.feuille), *constat.remarques))))
    feuille = next(une for une in source.feuilles if une.nom == constat.feuille)
    comptes: Counter[VerdictLigne] = Counter()
    pannes: list[str] = []
    for ligne in moteur.lignes(feuille, constat, pannes):
        comptes[ligne.verdict] += 1
        envoyer(echange.message_de(ligne))
    bilan = Bilan(comptes.total(), {str(verdict): combien for verdict, combien in comptes.items()}, tuple(pannes))
    envoyer(echange.message_de(bilan))


def _rendre(source: Source, chemin: Path, annotations: Annotations, envoyer: Callable[[bytes], object]) -> None:
    """The file, annotated: as it is when it may be, else written anew from its cells."""
    from portal.classeurs import annotation, annotation_en_place  # noqa: PLC0415  # idem

    octets = annotation_en_place.annoter(chemin, source, annotations)
    for morceau in echange.messages_octets(octets or annotation.classeur_entier(source.feuilles, annotations)):
        envoyer(morceau)
    envoyer(echange.message_de(Bilan(0)))


def _donner(source: Source, envoyer: Callable[[bytes], object]) -> None:
    """The raw sheets."""
    for feuille in source.feuilles:
        envoyer(echange.message_feuille(feuille))
        for rangee in feuille.lignes:
            envoyer(echange.message_rangee(rangee))
    envoyer(echange.message_de(Bilan(0)))


if __name__ == "__main__":
    main()
