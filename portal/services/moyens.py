"""What a process works with: configuration, database, remote machines. Wired once, for web, worker and commands alike."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from integrations.annuaire.api import Annuaire
from integrations.annuaire.api_association import ApiAssociation
from integrations.annuaire.chaine import AnnuaireEnChaine
from integrations.annuaire.recherche_entreprises import RechercheEntreprises
from integrations.antivirus.api import Antivirus
from integrations.antivirus.clamd import Clamd
from integrations.cachet import trousseau
from integrations.cachet.api import CleIllisible
from integrations.cachet.trousseau import Trousseau
from integrations.courriel.api import Messagerie
from integrations.courriel.dossier import BoiteDemonstration
from integrations.courriel.smtp import MessagerieSMTP
from integrations.demarches_simplifiees.api import DemarchesSimplifiees
from integrations.demarches_simplifiees.client import ClientDS
from integrations.stockage.api import Stockage
from integrations.stockage.dossier import StockageDossier
from portal.config import Config, ConfigurationInvalide
from portal.db import Fabrique, make_engine, make_fabrique
from portal.services.debit_ds import DebitPartage


@dataclass(frozen=True, kw_only=True)
class Moyens:
    """The means of a process. `ds` is None when no DS is configured, `antivirus` when there is none.

    Without a key in its `trousseau`, documents that bear a seal wait for one.
    """

    config: Config
    fabrique: Fabrique
    annuaire: Annuaire
    stockage: Stockage
    messagerie: Messagerie
    ds: DemarchesSimplifiees | None
    antivirus: Antivirus | None
    trousseau: Trousseau

    @property
    def instance_ds(self) -> str:
        """Host of the DS that we talk to: DS numbers are unique within it."""
        return urlsplit(self.config.ds_url).hostname or ""


def make_moyens(config: Config, *, fabrique: Fabrique | None = None, delai_requete_ms: int = 10_000) -> Moyens:
    """Build the means from the configuration; `fabrique` replaces the session factory (tests, jobs)."""
    fabrique = fabrique or make_fabrique(make_engine(config.database_url, delai_requete_ms=delai_requete_ms))
    return Moyens(
        config=config,
        fabrique=fabrique,
        annuaire=_annuaire(config),
        stockage=StockageDossier(config.stockage_dossier),
        messagerie=_messagerie(config),
        ds=_ds(config, fabrique) if config.ds_url else None,
        antivirus=Clamd(config.antivirus) if config.antivirus else None,
        trousseau=_trousseau(config),
    )


def _trousseau(config: Config) -> Trousseau:
    """The keys of the seal. Raises ConfigurationInvalide: a key that does not open stops the portal from starting."""
    try:
        return trousseau.ouvrir(config.cachet_p12, config.cachet_p12_mot_de_passe, config.cachet_anciens)
    except CleIllisible as faute:
        raise ConfigurationInvalide(f"CACHET_P12 ou CACHET_ANCIENS\u00a0: {faute}") from faute


def _ds(config: Config, fabrique: Fabrique) -> DemarchesSimplifiees:
    """The client of DS; its requests are limited by the minute for all who share the token, unless the setting is 0."""
    limite = config.ds_requetes_par_minute
    debit = DebitPartage(fabrique, config.ds_token, limite) if limite else None
    return ClientDS(config.ds_url, config.ds_token, delai_lecture=config.ds_delai_lecture, debit=debit)


def _annuaire(config: Config) -> Annuaire:
    premier = RechercheEntreprises(config.annuaire_url)
    if not config.annuaire_rna_url:
        return premier
    second = ApiAssociation(
        config.annuaire_rna_url, config.annuaire_rna_token, destinataire=config.annuaire_destinataire
    )
    return AnnuaireEnChaine(premier, second)


def _messagerie(config: Config) -> Messagerie:
    if config.courriel_dossier is not None:
        return BoiteDemonstration(config.courriel_dossier)
    return MessagerieSMTP(
        hote=config.smtp_hote,
        port=config.smtp_port,
        expediteur=config.courriel_expediteur,
        identifiant=config.smtp_utilisateur,
        mot_de_passe=config.smtp_mot_de_passe,
    )
