"""What cross-checks cost: a dossier looked at again, and the pass of a night over a whole base.

On throwaway requests in full (project, territory, budget, co-funders declared, RIB), ten of each association over three services,
many of them alike, two associations to an account: more than a base holds. Milliseconds of the clock, the least of the rounds.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from integrations.postgresql.ephemere import grappe_ephemere
from portal.db import Fabrique, make_engine, make_fabrique
from portal.models.dossiers import Dossier
from portal.models.recoupements import Recoupement
from portal.services import recoupements
from tests import fabriques_recoupements
from tests.bench import fiche
from tests.bench.campagne import prepare
from tests.fabriques_recoupements import Contenu
from tests.factories import Fabriques

BASE, ASSOCIATIONS, PAR_ASSOCIATION, TOURS = 10_000, 50, 10, 3
NUIT = 300_000
PLAFOND_MS, PLAFOND_HEURES = 30.0, 2.0


@dataclass(frozen=True, kw_only=True)
class Passage:
    """Milliseconds per dossier: the first look, which writes, then one where nothing has changed; findings kept; the order.

    `pareils`: where 200 dossiers of one association are nearly the same (fiche.py).
    """

    dossiers: int
    premier: float
    suivant: float
    trouves: int
    commande: float
    pareils: float

    @property
    def heures(self) -> float:
        """Hours of a night that looks at NUIT dossiers."""
        return self.suivant * NUIT / 3_600_000


def measure(dire: Callable[[str], None], *, base: int = BASE, associations: int = ASSOCIATIONS) -> Passage:
    """On a throwaway server, beside a base of that size."""
    with grappe_ephemere() as grappe:
        moteur = make_engine(prepare(grappe, base, dire), reserve=1)
        fabrique = make_fabrique(moteur)
        with fabrique() as session:
            ids = _fill(session, associations)
            semblable = _most_known(session)
            session.execute(text("TRUNCATE association_a_recouper"))
            session.commit()
        with moteur.connect().execution_options(isolation_level="AUTOCOMMIT") as connexion:
            connexion.execute(text("VACUUM ANALYZE"))
        dire("Recoupements…")

        def order() -> None:
            with fabrique.begin() as session:
                recoupements.order_open(session)

        premier, *suivants = [_ms(lambda: _look(fabrique, ids)) for _ in range(TOURS + 1)]
        commande = _ms(order)
        with fabrique() as session:
            trouves = session.scalar(select(func.count()).select_from(Recoupement)) or 0
        pareils = [_ms(lambda: _look(fabrique, [semblable])) for _ in range(2)]
        moteur.dispose()
    nombre = len(ids) * PAR_ASSOCIATION
    return Passage(
        dossiers=nombre,
        premier=premier / nombre,
        suivant=min(suivants) / nombre,
        trouves=trouves,
        commande=commande,
        pareils=pareils[-1] / fiche.DOSSIERS,
    )


def _most_known(session: Session) -> int:
    connues = select(Dossier.association_id).where(Dossier.association_id.is_not(None))
    return session.execute(connues.group_by(Dossier.association_id).order_by(func.count().desc()).limit(1)).scalar_one()


def _look(fabrique: Fabrique, ids: list[int]) -> None:
    """As the job does: a lot at a time, each in its transaction."""
    for rang in range(0, len(ids), recoupements.PAR_LOT):
        with fabrique.begin() as session:
            recoupements.refresh(session, ids[rang : rang + recoupements.PAR_LOT])


def _ms(faire: Callable[[], None]) -> float:
    debut = time.perf_counter()
    faire()
    return (time.perf_counter() - debut) * 1_000


def _fill(session: Session, associations: int) -> list[int]:
    creer = Fabriques(session)
    services = [creer.service() for _ in range(3)]
    demarches = [creer.demarche(service) for service in services]
    usager, ids = creer.usager(), []
    for rang in range(associations):
        association = creer.association()
        ids.append(association.id)
        fabriques_recoupements.rib(session, association, f"FR76{rang // 2:023d}", usager)
        for numero in range(PAR_ASSOCIATION):
            contenu = _contenu(rang, numero)
            demarche = demarches[numero % len(demarches)]
            demande = fabriques_recoupements.demande(session, association, demarche, usager, contenu)
            fabriques_recoupements.dossier(
                session, association, demarche, contenu, demande, reference=f"P-2024-{rang:04d}{numero:02d}"
            )
    session.commit()
    return ids


def _contenu(rang: int, numero: int) -> Contenu:
    """Each third request is near to the one before; all declare two co-funders."""
    sujet = ("Festival des arts de la rue", "Ateliers de lecture", "Chantier de jeunes", "Jardin partagé")[
        numero // 3 % 4
    ]
    return Contenu(
        titre=f"{sujet} du quartier {rang + numero // 3}",
        montant=Decimal(3000 + 10 * numero),
        exercice=2026 - numero // 4 % 2,
        cofinanceurs=(
            ("subventions_region", "Région Auvergne-Rhône-Alpes", Decimal(2000), "demande"),
            ("subventions_etat", "DRAC", Decimal(1500), "obtenu"),
        ),
    )


def tell(passage: Passage) -> Iterator[str]:
    """The lines of the report, held against the bars."""
    yield f"Recoupements de {passage.dossiers} dossiers complets, {passage.trouves} trouvés :"
    yield (
        f"  un dossier : {passage.premier:.1f} ms la première fois, {passage.suivant:.1f} ms ensuite ; "
        f"la commande de la nuit : {passage.commande:.0f} ms"
    )
    yield f"  un dossier parmi {fiche.DOSSIERS} presque pareils d’une association : {passage.pareils:.1f} ms"
    yield f"  une nuit de {NUIT} dossiers : {passage.heures:.2f} h"
    pire = max(passage.premier, passage.suivant, passage.pareils)
    yield f"{'Atteint' if pire <= PLAFOND_MS else 'Non atteint'} : {PLAFOND_MS:.0f} ms par dossier recoupé."
    yield f"{'Atteint' if passage.heures <= PLAFOND_HEURES else 'Non atteint'} : {PLAFOND_HEURES:.0f} h par nuit."
