"""A worker of the exchange with DS, to be killed: `python -m tests.campagnes.ds.ouvrier DATABASE DS TOKEN FOLDER`.

It does in a loop what the jobs do: a run, what webhooks announced, what we owe, the files of one dossier. It survives what a
job survives.
"""

import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from time import sleep

import structlog
from sqlalchemy.exc import OperationalError

from integrations.demarches_simplifiees.client import ClientDS
from integrations.demarches_simplifiees.errors import ErreurDS
from portal.errors import PortalError
from portal.services import envoi_ds, fichiers_ds, relectures, synchronisation
from portal.services.fichiers_ds.prises import next_due
from portal.services.moyens import Moyens, make_moyens
from tests.campagnes.ds.portail import DELAI_LECTURE, DEMARCHE, configuration


class _SansAttendre:
    """The gate of the workers, open: a read that DS throttles is tried again, as behind the real one, but at once."""

    def attendre(self) -> None:
        """See api.Debit."""

    def ralentir(self, reprise: datetime | None) -> None:
        """See api.Debit."""


def travailler(moyens: Moyens) -> None:
    """One round of every job."""
    for travail in (
        lambda: synchronisation.sync(moyens, DEMARCHE),
        lambda: relectures.run_due(moyens),
        lambda: envoi_ds.run_due(moyens),
        lambda: _copier(moyens),
    ):
        try:
            travail()
        except (ErreurDS, PortalError, OperationalError) as panne:
            # as a job does: told, and taken up again at the next round (OperationalError: a lock was held for too long)
            sys.stderr.write(f"{type(panne).__name__}\n")


def _copier(moyens: Moyens) -> None:
    """The files of one dossier: all that wait would hold the other jobs too long."""
    with moyens.fabrique() as session:
        dossier_id = next_due(session)
    if dossier_id is not None:
        fichiers_ds.copy_one(moyens, dossier_id)


def main(base: str, url: str, jeton: str, dossier: str) -> None:
    """Work until killed."""
    # nobody reads what follows the first line of the standard output: a full pipe would hold the worker still
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    config = configuration(base, url, jeton, Path(dossier))
    debit = _SansAttendre()
    with ClientDS(url, jeton, delai_lecture=DELAI_LECTURE, tentatives=6, attente=0.02, debit=debit) as ds:
        moyens = replace(make_moyens(config), ds=ds)
        sys.stdout.write("au travail\n")
        sys.stdout.flush()
        while True:
            travailler(moyens)
            sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:5])
