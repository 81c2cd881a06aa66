"""Where an association stands with the contrat d'engagement républicain, and the one way to say it in words."""

from dataclasses import dataclass
from datetime import date, datetime

from portal.formats import ESPACE_INSECABLE, PARIS, date_fr
from portal.vocabulaire_cer import (
    LIBELLES_CER,
    LIBELLES_ORIGINE_CER,
    LIBELLES_RECONNAISSANCE,
    EtatCer,
    OrigineCer,
    TypeReconnaissance,
)

SECONDE_ATTENDUE = "signé une fois, seconde signature attendue"
CONTRAT = "contrat d’engagement républicain"
PHRASES = {
    EtatCer.SIGNE: f"L’association a souscrit le {CONTRAT} {{detail}}.",
    EtatCer.DISPENSE: f"L’association est dispensée de souscrire le {CONTRAT}{ESPACE_INSECABLE}: {{detail}}.",
    EtatCer.DECLARE: f"Le {CONTRAT} a été souscrit pour l’association {{detail}}{ESPACE_INSECABLE}: {{reserve}}.",
    EtatCer.DISPENSE_EXPIREE: f"L’association n’est plus dispensée de souscrire le {CONTRAT}{ESPACE_INSECABLE}: {{detail}}.",
    EtatCer.MANQUANT: f"Aucune souscription du {CONTRAT} par l’association n’apparaît ici.",
}


@dataclass(frozen=True, slots=True)
class StatutCer:
    """The status at an instant, and the title that gives it.

    `depuis` (UTC): since when it stands so, that is the date of the first title of the same état. `at` (UTC), `origine`,
    `version` of the text, `empreinte` (its SHA-256) and `preuve` (code of the receipt, reference of the dossier, of the paper
    or of the agrément) are those of the one title shown: a signature made here when there is one. `reconnaissance`,
    `autorite` and `fin` (last day) belong to a dispense.
    """

    etat: EtatCer = EtatCer.MANQUANT
    depuis: datetime | None = None
    at: datetime | None = None
    origine: OrigineCer | None = None
    version: str | None = None
    empreinte: str | None = None
    preuve: str | None = None
    seconde_attendue: bool | None = None
    reconnaissance: TypeReconnaissance | None = None
    autorite: str | None = None
    fin: date | None = None

    @property
    def libelle(self) -> str:
        """Two or three words, for a column or a badge."""
        return SECONDE_ATTENDUE if self.seconde_attendue else LIBELLES_CER[self.etat]

    @property
    def detail(self) -> str:
        """Since when, which text and by which way, or which agrément until when; empty when nothing is known."""
        if self.reconnaissance is not None:
            quand = f"jusqu’au {date_fr(self.fin)}" if self.fin else f"depuis le {date_fr(self.at)}"
            dits = (LIBELLES_RECONNAISSANCE[self.reconnaissance], self.autorite, self.preuve, quand)
            return ", ".join(dit for dit in dits if dit)
        if self.origine is None:
            return ""
        debut = f"le {date_fr(self.depuis)}, et de nouveau " if self._confirme else ""
        version = f", texte version {self.version}" if self.version else ""
        return f"{debut}le {date_fr(self.at)}{version}, {LIBELLES_ORIGINE_CER[self.origine]}"

    @property
    def bref(self) -> str:
        """The same for a line of a list: since when and by which way, or until when."""
        if self.reconnaissance is not None:
            return f"jusqu’au {date_fr(self.fin)}" if self.fin else LIBELLES_RECONNAISSANCE[self.reconnaissance]
        if self.origine is None:
            return ""
        puis = "puis " if self._confirme else ""
        return f"depuis le {date_fr(self.depuis)}, {puis}{LIBELLES_ORIGINE_CER[self.origine]}"

    @property
    def _confirme(self) -> bool:
        """The title shown came days after the first one."""
        return self.depuis is not None and self.at is not None and _jour(self.depuis) < _jour(self.at)

    @property
    def phrase(self) -> str:
        """The whole sentence, for a page or a document."""
        reserve = (
            "une seconde signature est attendue"
            if self.seconde_attendue
            else "le lien de la personne n’est pas vérifié"
        )
        return PHRASES[self.etat].format(detail=self.detail, reserve=reserve)


def _jour(instant: datetime) -> date:
    return instant.astimezone(PARIS).date()
