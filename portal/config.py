"""The frozen configuration of a process, read once from the environment. No Flask."""

import base64
import binascii
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

MODES = ("demo", "production")
LONGUEUR_SECRET = 32


class ConfigurationInvalide(ValueError):
    """One message that lists everything missing or unsafe."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """What the portal needs to know of the place where it runs. Times are in seconds."""

    mode: str
    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    portal_url: str
    nom_service: str = "Portail des associations"
    stockage_dossier: Path
    courriel_expediteur: str = "ne-pas-repondre@portail.example.org"
    courriel_dossier: Path | None = None
    smtp_hote: str = ""
    smtp_port: int = 587
    smtp_utilisateur: str = ""
    smtp_mot_de_passe: str = field(default="", repr=False)
    ds_url: str = ""
    ds_token: str = field(default="", repr=False)
    ds_demarches: tuple[int, ...] = ()
    ds_delai_lecture: float = 60.0
    ds_attente_ambigue: float = 60.0
    ds_requetes_par_minute: int = 300
    ds_token_expiration: date | None = None
    ds_schema: Path | None = None
    ds_crochet: str = field(default="", repr=False)
    ds_crochet_secret: str = field(default="", repr=False)
    antivirus: str = ""
    annuaire_url: str = "https://recherche-entreprises.api.gouv.fr"
    annuaire_rna_url: str = ""
    annuaire_rna_token: str = field(default="", repr=False)
    annuaire_destinataire: str = ""
    cachet_p12: Path | None = None
    cachet_p12_mot_de_passe: str = field(default="", repr=False)
    cachet_anciens: tuple[Path, ...] = ()
    contact: str = "contact@portail.example.org"
    contact_telephone: str = ""
    relais: int = 0

    @property
    def demo(self) -> bool:
        """True when demo pages, demo personas and the demo mailbox exist."""
        return self.mode == "demo"

    @property
    def hote(self) -> str:
        """The host name of PORTAL_URL, the only one that the portal answers to in production."""
        return urlsplit(self.portal_url).hostname or ""

    @staticmethod
    def from_env(env: Mapping[str, str] | None = None) -> "Config":
        """Read the environment. Raises ConfigurationInvalide with ONE message naming every fault."""
        lecture = _Lecture(os.environ if env is None else env)
        config = lecture.config()
        fautes = lecture.fautes + _fautes_de_production(config, deja_dites=lecture.fautes)
        if fautes:
            lignes = "\n".join(f"  - {faute}" for faute in fautes)
            raise ConfigurationInvalide(
                f"Configuration incomplète ou dangereuse, le portail ne démarre pas\u00a0:\n{lignes}"
            )
        return config

    @classmethod
    def cles_du_cachet(cls, env: Mapping[str, str] | None = None) -> tuple[Path | None, str, tuple[Path, ...]]:
        """The key of the seal, its password and the old certificates: enough for what needs no database, nor anything else."""
        return _Lecture(os.environ if env is None else env).cachet()


class _Lecture:
    """Reads variables and gathers the faults instead of stopping at the first."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.fautes: list[str] = []

    def texte(self, nom: str, defaut: str | None = None) -> str:
        valeur = self.env.get(nom, "").strip() or defaut
        if valeur is None:
            self.fautes.append(f"{nom} manque")
            return ""
        return valeur

    def entier(self, nom: str, defaut: int) -> int:
        brut = self.texte(nom, str(defaut))
        if brut.isascii() and brut.isdigit():
            return int(brut)
        self.fautes.append(f"{nom} doit être un nombre entier, et non «\u00a0{brut}\u00a0»")
        return defaut

    def secondes(self, nom: str, defaut: float) -> float:
        brut = self.texte(nom, str(defaut))
        try:
            lues = float(brut)
        except ValueError:
            lues = math.nan
        if math.isfinite(lues) and lues >= 0:
            return lues
        self.fautes.append(f"{nom} doit être un nombre de secondes, et non «\u00a0{brut}\u00a0»")
        return defaut

    def jour(self, nom: str) -> date | None:
        brut = self.texte(nom, "")
        try:
            return date.fromisoformat(brut) if brut else None
        except ValueError:
            self.fautes.append(f"{nom} doit être une date comme 2027-01-31, et non «\u00a0{brut}\u00a0»")
            return None

    def chemin(self, nom: str) -> Path | None:
        brut = self.texte(nom, "")
        return Path(brut) if brut else None

    def chemins(self, nom: str) -> tuple[Path, ...]:
        morceaux = (morceau.strip() for morceau in self.texte(nom, "").split(","))
        return tuple(Path(morceau) for morceau in morceaux if morceau)

    def cachet(self) -> tuple[Path | None, str, tuple[Path, ...]]:
        return self.chemin("CACHET_P12"), self.texte("CACHET_P12_MOT_DE_PASSE", ""), self.chemins("CACHET_ANCIENS")

    def secret_signe(self, nom: str) -> str:
        """A secret of Standard Webhooks: its prefix, then base64. It is never shown, even when it is wrong."""
        brut = self.texte(nom, "")
        prefixe, _, cle = brut.partition("_")
        try:
            octets = base64.b64decode(cle, validate=True)
        except (binascii.Error, ValueError):  # ValueError: letters that are not ASCII
            octets = b""
        if brut and not (prefixe == "whsec" and octets):
            self.fautes.append(f"{nom} doit être un secret entier, qui commence par whsec_ et continue en base64")
        return brut

    def demarches(self) -> tuple[int, ...]:
        brut = self.texte("DS_DEMARCHES", "")
        numeros = [morceau.strip() for morceau in brut.split(",") if morceau.strip()]
        if not all(numero.isascii() and numero.isdigit() for numero in numeros):
            self.fautes.append("DS_DEMARCHES doit être une liste de numéros séparés par des virgules")
            return ()
        return tuple(int(numero) for numero in numeros)

    def config(self) -> Config:
        """What was read; worthless when `fautes` is not empty."""
        mode = self.texte("PORTAL_MODE")
        if mode and mode not in MODES:
            self.fautes.append(f"PORTAL_MODE vaut «\u00a0{mode}\u00a0»\u00a0: écrivez demo ou production")
        return Config(
            mode=mode,
            database_url=_psycopg(self.texte("DATABASE_URL")),
            secret_key=self.texte("SECRET_KEY"),
            portal_url=self.texte("PORTAL_URL"),
            nom_service=self.texte("NOM_SERVICE", Config.nom_service),
            stockage_dossier=Path(self.texte("STOCKAGE_DOSSIER")),
            courriel_expediteur=self.texte("COURRIEL_EXPEDITEUR", Config.courriel_expediteur),
            courriel_dossier=self.chemin("COURRIEL_DOSSIER"),
            smtp_hote=self.texte("SMTP_HOTE", ""),
            smtp_port=self.entier("SMTP_PORT", Config.smtp_port),
            smtp_utilisateur=self.texte("SMTP_UTILISATEUR", ""),
            smtp_mot_de_passe=self.texte("SMTP_MOT_DE_PASSE", ""),
            ds_url=self.texte("DS_URL", ""),
            ds_token=self.texte("DS_TOKEN", ""),
            ds_demarches=self.demarches(),
            ds_delai_lecture=self.secondes("DS_DELAI_LECTURE", Config.ds_delai_lecture),
            ds_attente_ambigue=self.secondes("DS_ATTENTE_AMBIGUE", Config.ds_attente_ambigue),
            ds_requetes_par_minute=self.entier("DS_REQUETES_PAR_MINUTE", Config.ds_requetes_par_minute),
            ds_token_expiration=self.jour("DS_TOKEN_EXPIRATION"),
            ds_schema=self.chemin("DS_SCHEMA_PATH"),
            ds_crochet=self.texte("DS_CROCHET", ""),
            ds_crochet_secret=self.secret_signe("DS_CROCHET_SECRET"),
            antivirus=self.texte("ANTIVIRUS", ""),
            annuaire_url=self.texte("ANNUAIRE_URL", Config.annuaire_url),
            annuaire_rna_url=self.texte("ANNUAIRE_RNA_URL", ""),
            annuaire_rna_token=self.texte("ANNUAIRE_RNA_TOKEN", ""),
            annuaire_destinataire=self.texte("ANNUAIRE_DESTINATAIRE", ""),
            cachet_p12=self.chemin("CACHET_P12"),
            cachet_p12_mot_de_passe=self.texte("CACHET_P12_MOT_DE_PASSE", ""),
            cachet_anciens=self.chemins("CACHET_ANCIENS"),
            contact=self.texte("CONTACT", Config.contact),
            contact_telephone=self.texte("CONTACT_TELEPHONE", ""),
            relais=self.entier("RELAIS", Config.relais),
        )


def _psycopg(url: str) -> str:
    """Hosting platforms write postgres://; SQLAlchemy wants the driver's name."""
    for prefixe in ("postgres://", "postgresql://"):
        if url.startswith(prefixe):
            return "postgresql+psycopg://" + url.removeprefix(prefixe)
    return url


def _fautes_de_production(config: Config, *, deja_dites: list[str]) -> list[str]:
    """What the demo may do and production may not; a variable already told as missing or unreadable is not told twice."""
    if config.mode != "production":
        return []
    regles = [
        (
            len(config.secret_key) < LONGUEUR_SECRET,
            f"SECRET_KEY doit compter au moins {LONGUEUR_SECRET} caractères",
        ),
        ("demo" in config.secret_key.lower(), "SECRET_KEY est une valeur de démonstration"),
        (not config.portal_url.startswith("https://"), "PORTAL_URL doit commencer par https://"),
        (config.courriel_dossier is not None, "COURRIEL_DOSSIER n’existe qu’en démonstration"),
        (not config.smtp_hote, "SMTP_HOTE manque"),
        (config.courriel_expediteur == Config.courriel_expediteur, "COURRIEL_EXPEDITEUR manque"),
        (config.contact == Config.contact, "CONTACT manque (adresse affichée aux usagers)"),
        (bool(config.ds_url) and not config.ds_token, "DS_TOKEN manque alors que DS_URL est donnée"),
        (
            bool(config.ds_url) and not config.ds_url.startswith("https://"),
            "DS_URL doit commencer par https://",
        ),
        (
            bool(config.annuaire_rna_url) and not (config.annuaire_rna_token and config.annuaire_destinataire),
            "ANNUAIRE_RNA_TOKEN ou ANNUAIRE_DESTINATAIRE (votre SIRET) manque alors que ANNUAIRE_RNA_URL est donnée",
        ),
        (
            bool(config.ds_crochet) and len(config.ds_crochet) < LONGUEUR_SECRET,
            f"DS_CROCHET doit compter au moins {LONGUEUR_SECRET} caractères tirés au hasard",
        ),
        (bool(config.cachet_p12) and not config.cachet_p12_mot_de_passe, "CACHET_P12_MOT_DE_PASSE manque"),
        (not config.annuaire_url.startswith("https://"), "ANNUAIRE_URL doit commencer par https://"),
        (not config.stockage_dossier.is_absolute(), "STOCKAGE_DOSSIER doit être un chemin absolu"),
        (
            not config.database_url.startswith("postgresql+psycopg://"),
            "DATABASE_URL doit désigner PostgreSQL",
        ),
    ]
    connues = {faute.split()[0] for faute in deja_dites}
    return [message for fautive, message in regles if fautive and message.split()[0] not in connues]
