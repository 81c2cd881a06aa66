"""Working sheets as people fill them in: opened, changed and saved, then given back."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.classeurs.feuilles import Brut, Feuille
from portal.models.connexion import User
from portal.models.documents import Document, Fichier
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.feuilles_travail import FeuilleTravail, ModificationFeuille, RetourFeuille
from portal.models.services import Service
from portal.permissions import Acteur
from portal.queries.acteurs import agent_of
from portal.services import feuilles_travail, fichiers, retours_feuilles, travail_retours
from portal.services.moyens import Moyens
from portal.vocabulaire_imports import (
    LIBELLES_CHAMP_FEUILLE,
    ONGLET_DOSSIERS,
    ChampFeuille,
    EtatModification,
    EtatRetour,
)
from tests.factories import Fabriques

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Geste = Callable[[Workbook], None]


@dataclass
class Poste:
    """An agent who takes sheets away and brings them back."""

    creer: Fabriques
    moyens: Moyens
    service: Service
    agent: User

    @property
    def session(self) -> Session:
        """The one that prepares and checks."""
        return self.creer.session

    @property
    def acteur(self) -> Acteur:
        """The agent as it is now."""
        lu = agent_of(self.session, self.agent.id, self.service.id)
        assert lu is not None
        return lu

    def partir(self, *references: str) -> bytes:
        """The workbook of these dossiers."""
        document = feuilles_travail.order(
            self.session, by=self.acteur, references=references, portail="http://portail.test"
        )
        self.session.commit()
        return self.classeur(document)

    def classeur(self, document: Document) -> bytes:
        """The bytes of an ordered sheet."""
        return feuilles_travail.workbook(self.session, document)

    def recevoir(self, octets: bytes, *, nom: str = "feuille.xlsx", cle: str = "") -> RetourFeuille:
        """Give it back: nobody has read it yet."""
        valeurs = fichiers.store(self.moyens.stockage, octets, XLSX)
        fichier, _ = fichiers.keep(self.session, valeurs)
        numero = len(self.session.scalars(select(RetourFeuille.id)).all())
        retour = retours_feuilles.receive(
            self.session, by=self.acteur, fichier=fichier, nom=nom, cle=cle or f"cle-de-retour-{numero:06d}"
        )
        self.session.commit()
        return retour

    def rendre(self, octets: bytes, *, cle: str = "") -> RetourFeuille:
        """Give it back, and let it be read (without a child process: that is tested apart)."""
        retour = self.recevoir(octets, cle=cle)
        pris = retours_feuilles.take(self.session, retour.id)
        if pris is not None and pris.pris_at is not None:
            retours_feuilles.conclude(self.session, retour.id, pris.pris_at, onglets=onglets(octets))
        self.session.commit()
        self.session.expire_all()
        return retour

    def travailler(self, retour: RetourFeuille) -> RetourFeuille:
        """Let a worker do what is to be done of it."""
        travail_retours.run(self.moyens, retour.id)
        self.session.expire_all()
        return retour

    def appliquer(self, retour: RetourFeuille) -> RetourFeuille:
        """Confirm it, and let a worker apply it."""
        retours_feuilles.confirm(self.session, by=self.acteur, retour=retour)
        self.session.commit()
        return self.travailler(retour)

    def modifications(self, retour: RetourFeuille) -> dict[tuple[str, str], ModificationFeuille]:
        """What changed, by reference and field."""
        lues = self.session.scalars(select(ModificationFeuille).where(ModificationFeuille.retour_id == retour.id))
        return {(une.reference, une.champ): une for une in lues}

    def etats(self, retour: RetourFeuille) -> dict[str, EtatModification]:
        """What becomes of each field that changed, of a sheet with one dossier."""
        return {champ: une.etat for (_, champ), une in self.modifications(retour).items()}


def poste(creer: Fabriques, moyens: Moyens, service: Service | None = None) -> Poste:
    """An instructeur of a service."""
    service = service or creer.service()
    return Poste(creer, moyens, service, creer.agent(service))


def changer(octets: bytes, *gestes: Geste) -> bytes:
    """The workbook, opened, changed and saved by a spreadsheet."""
    livre = load_workbook(BytesIO(octets))
    for geste in gestes:
        geste(livre)
    tampon = BytesIO()
    livre.save(tampon)
    return tampon.getvalue()


def ecrire(reference: str, champ: ChampFeuille, valeur: Any) -> Geste:
    """Type something in the cell of a dossier."""

    def geste(livre: Workbook) -> None:
        page = livre[ONGLET_DOSSIERS]
        page.cell(rang_de(page, reference), colonne_de(page, LIBELLES_CHAMP_FEUILLE[champ])).value = valeur

    return geste


def rang_de(page: Worksheet, reference: str) -> int:
    """The row of a dossier."""
    return next(rang for rang in range(1, page.max_row + 1) if page.cell(rang, 1).value == reference)


def colonne_de(page: Worksheet, titre: str) -> int:
    """The column that has that title."""
    return next(rang for rang in range(1, page.max_column + 1) if page.cell(1, rang).value == titre)


def onglets(octets: bytes) -> list[Feuille]:
    """The sheets of a workbook, read without a child process."""
    return [
        Feuille(page.title, False, [_rangee(ligne) for ligne in page.iter_rows(values_only=True)])
        for page in load_workbook(BytesIO(octets), data_only=True).worksheets
    ]


def _rangee(ligne: tuple[Any, ...]) -> tuple[Brut, ...]:
    return ligne


def du_monde(creer: Fabriques, agent: User, fichier: Fichier, dossier: Dossier) -> dict[str, int]:
    """A sheet that this agent gave back, with a cell that both sides changed, another to be applied, one that cannot be."""
    service_id = agent.affectations[0].service_id
    feuille = FeuilleTravail(jeton="FT-MONDE", service_id=service_id, user_id=agent.id, base={})
    creer.session.add(feuille)
    creer.session.flush()
    retour = RetourFeuille(
        cle="retour-du-monde-0001",
        feuille_id=feuille.id,
        service_id=service_id,
        user_id=agent.id,
        fichier_id=fichier.id,
        nom="feuille.xlsx",
        etat=EtatRetour.LU,
        constat={
            "lignes": 1,
            "ici": 0,
            "pareil": 0,
            "absentes": 0,
            "inconnues": 0,
            "colonnes_absentes": [],
            "colonnes_en_plus": [],
        },
    )
    creer.session.add(retour)
    creer.session.flush()
    commun = {"retour_id": retour.id, "dossier_id": dossier.id, "reference": dossier.reference, "base": ""}
    creer.session.add_all(
        [
            ModificationFeuille(**commun, champ="note", feuille="Là", portail="Ici", etat=EtatModification.CONFLIT),
            ModificationFeuille(
                **commun, champ="etiquettes", feuille="a", etat=EtatModification.IMPOSSIBLE, message="Non."
            ),
        ]
    )
    creer.session.commit()
    return {"retour_feuille": retour.id}


def fermer(session: Session, dossier: Dossier) -> None:
    """No service reads that dossier any more."""
    session.execute(delete(AccesDossier).where(AccesDossier.dossier_id == dossier.id))
    session.commit()
