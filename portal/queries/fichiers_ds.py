"""The files of a DS dossier as pages show them: where each stands, and whether it may be taken."""

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from portal.errors import Forbidden, NotFound
from portal.formats import taille_fr
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier
from portal.models.fichiers_ds import FichierDS
from portal.permissions import Acteur, Verdict
from portal.permissions.fichiers import EN_ATTENTE, can_download
from portal.queries import lectures_dossiers
from portal.vocabulaire import LIBELLES_VERDICT, VerdictAntivirus
from portal.vocabulaire_ds import LIBELLES_FICHIER_DS, EtatFichierDS

Cle = tuple[str, str, str, str]
LIEUX = {
    "champs": "formulaire",
    "annotations": "annotation privée",
    "avis": "avis demandé dans Démarches Simplifiées",
    "messages": "message",
    "motivation": "motivation de la décision",
    "attestation": "attestation",
}
# DS shows its experts the form and nothing else: neither do we to the services that are asked for their avis.
LIEUX_PARTAGES = frozenset({"champs"})
VERDICTS_DS = {
    "pending": "pas encore analysé",
    "safe": "sans virus connu",
    "infected": "virus détecté",
    "integrity_error": "fichier abîmé",
}
# What people call the types that they send; another is shown as it is written.
GENRES = {
    "application/pdf": "document PDF",
    "image/png": "image PNG",
    "image/jpeg": "image JPEG",
    "text/plain": "texte",
    "application/zip": "archive ZIP",
    "application/rtf": "texte RTF",
    "application/msword": "document Word ancien",
    "application/vnd.ms-excel": "classeur Excel ancien",
    "application/x-ole-storage": "document Office ancien",
    "application/vnd.oasis.opendocument.text": "texte OpenDocument",
    "application/vnd.oasis.opendocument.spreadsheet": "classeur OpenDocument",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "document Word",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "classeur Excel",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "présentation PowerPoint",
    "application/octet-stream": "type inconnu",
}
INTERDITS = frozenset('/\\:*?"<>|')


@dataclass(frozen=True, slots=True)
class FichierSuivi:
    """A file as a page shows it. `remise`: may it be taken, and why not."""

    fichier: FichierDS
    remise: Verdict

    @property
    def id(self) -> int:
        """Its id, for the address of its page."""
        return self.fichier.id

    @property
    def nom_sur(self) -> str:
        """Its name, for whoever saves it: without what a header or a file system would misread."""
        lisible = "".join("_" if un in INTERDITS or not un.isprintable() else un for un in self.fichier.nom).strip(" .")
        return lisible or "fichier"

    @property
    def lieu(self) -> str:
        """Where it stands in the dossier."""
        lieu = LIEUX.get(self.fichier.partie, self.fichier.partie)
        return f"{self.fichier.libelle} ({lieu})" if self.fichier.libelle else lieu

    @property
    def taille(self) -> str:
        """Its size, as counted when it is here, as DS tells it otherwise."""
        return taille_fr(self.fichier.fichier.taille if self.fichier.fichier else self.fichier.taille)

    @property
    def etat(self) -> str:
        """Where it stands, in words."""
        if self.fichier.etat == EtatFichierDS.ATTENDU and self.fichier.erreur:
            return "copie remise à plus tard"
        disparu = ", retiré depuis de Démarches Simplifiées" if self.recu and self.fichier.disparu_at else ""
        return LIBELLES_FICHIER_DS[self.fichier.etat] + disparu

    @property
    def genre(self) -> str:
        """Its type: what its content tells when it is here, what was declared otherwise."""
        type_mime = self.fichier.fichier.type_mime if self.fichier.fichier else self.fichier.type_mime
        return GENRES.get(type_mime, type_mime)

    @property
    def analyse(self) -> str:
        """What the portal's antivirus says of it, "" as long as it is not here."""
        return LIBELLES_VERDICT[self.fichier.fichier.verdict] if self.fichier.fichier else ""

    @property
    def sain(self) -> bool:
        """The portal's antivirus has found nothing in it."""
        return self.fichier.fichier is not None and self.fichier.fichier.verdict == VerdictAntivirus.SAIN

    @property
    def analyse_ds(self) -> str:
        """What DS's antivirus says of it."""
        return VERDICTS_DS.get(self.fichier.virus_ds, self.fichier.virus_ds) or "rien"

    @property
    def details(self) -> str:
        """All of it in a few words."""
        return ", ".join(un for un in (self.taille, self.etat, self.analyse) if un)

    @property
    def recu(self) -> bool:
        """Its bytes are here, and nobody has refused them."""
        return self.fichier.etat == EtatFichierDS.RECU

    @property
    def en_route(self) -> bool:
        """Its copy is under way, and no try has failed yet."""
        return self.fichier.etat == EtatFichierDS.ATTENDU and not self.fichier.erreur

    @property
    def en_analyse(self) -> bool:
        """Its bytes are here and only wait for the antivirus."""
        return not self.remise and self.remise.raison == EN_ATTENTE

    @property
    def demandable(self) -> bool:
        """Somebody may ask for its copy, a first time or again."""
        return self.fichier.etat in (EtatFichierDS.A_LA_DEMANDE, EtatFichierDS.REFUSE, EtatFichierDS.PERDU)


def list_files(session: Session, dossier_id: int, *, antivirus: bool = True) -> dict[Cle, FichierSuivi]:
    """The files of a dossier, by (partie, porteur, nom, checksum), in the order in which they came.

    Of all its parts: the caller shows those that its viewer reads. `antivirus`: the portal has one.
    """
    fichiers = session.scalars(_fichiers(dossier_id).order_by(FichierDS.id))
    return {un.place[1:]: FichierSuivi(un, can_download(un, antivirus=antivirus)) for un in fichiers}


def list_visible(session: Session, viewer: Acteur, dossier: Dossier, *, antivirus: bool) -> list[FichierSuivi]:
    """Those of the parts that this viewer reads: all for the owner service, the form for the others who read the dossier.

    Raises NotFound when the files are closed to it.
    """
    lectures_dossiers.check_files(session, viewer, dossier)
    suivis = list_files(session, dossier.id, antivirus=antivirus).values()
    return [un for un in suivis if _lisible(viewer, dossier, un.fichier)]


def get(session: Session, viewer: Acteur, dossier: Dossier, fichier_id: int, *, antivirus: bool) -> FichierSuivi:
    """One of them. Raises NotFound."""
    lectures_dossiers.check_files(session, viewer, dossier)
    fichier = session.scalars(_fichiers(dossier.id).where(FichierDS.id == fichier_id)).first()
    if fichier is None or not _lisible(viewer, dossier, fichier):
        raise NotFound
    return FichierSuivi(fichier, can_download(fichier, antivirus=antivirus))


def to_give(suivi: FichierSuivi) -> Fichier:
    """The row of the bytes. Raises Forbidden with the reason why they may not be given."""
    if not suivi.remise or suivi.fichier.fichier is None:
        raise Forbidden(suivi.remise.raison)
    return suivi.fichier.fichier


def _fichiers(dossier_id: int) -> Select[FichierDS]:
    return select(FichierDS).where(FichierDS.dossier_id == dossier_id).options(joinedload(FichierDS.fichier))


def _lisible(viewer: Acteur, dossier: Dossier, fichier: FichierDS) -> bool:
    return viewer.service_id == dossier.service_id or fichier.partie in LIEUX_PARTAGES
