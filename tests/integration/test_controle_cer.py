"""Whatever happens to a signature behind the portal's back is named by `portal cer verifier`."""

import pytest
from alembic import command
from click.testing import CliRunner
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from portal.cli import main
from portal.cli.base import config_alembic
from portal.config import Config
from portal.db import Fabrique
from portal.documents import preuve_cer
from portal.models.documents import Document
from portal.models.engagements import Engagement, TexteCer
from portal.models.journal import EvenementDetail
from portal.permissions import SYSTEME
from portal.queries import controle_arbres_cer, controle_cer
from portal.services.moyens import Moyens, make_moyens
from portal.services.textes_cer import confirm
from portal.vocabulaire import GenreDocument
from tests.campagnes.cer import campagne
from tests.campagnes.cer.monde import Monde, batir, signer
from tests.factories import Fabriques


def constats(session: Session) -> list[str]:
    """What the control of the database says."""
    session.expire_all()
    fautes = [*controle_cer.faults(session), *controle_arbres_cer.faults(session)]
    return [f"{faute.lieu}\u00a0: {faute.constat}" for faute in fautes]


@pytest.fixture
def trois(session: Session, creer: Fabriques, moyens: Moyens) -> list[Engagement]:
    """Three signatures of today; whoever writes now is above the triggers."""
    faites = [signer(session, moyens, creer.mandat(creer.usager(), creer.association())) for _ in range(3)]
    assert constats(session) == []
    session.execute(text("SET LOCAL session_replication_role = replica"))
    return faites


def test_nothing_that_happens_to_a_signature_goes_unseen(session: Session, moyens: Moyens) -> None:
    monde: Monde = batir(session, moyens)
    assert not campagne.faults(session)
    bilan = campagne.run(monde, part=10)
    assert bilan.inapercues == []
    assert bilan.faites.total() >= 130
    assert not campagne.faults(session)


def test_the_last_signature_removed_is_still_in_the_journal(session: Session, trois: list[Engagement]) -> None:
    lieu = f"association:{trois[2].association_id}"
    session.execute(delete(Engagement).where(Engagement.id == trois[2].id))
    assert any(un.startswith(lieu) and "n’est plus dans la table" in un for un in constats(session))


def test_a_changed_name_is_named_but_not_shown(session: Session, trois: list[Engagement]) -> None:
    trois[1].nom = "Autrement"
    session.flush()
    dits = constats(session)
    assert f"signature n°\u00a02 ({trois[1].code})\u00a0: «\u00a0nom\u00a0» n’est plus ce qui a été signé" in dits
    assert not any("Autrement" in un for un in dits)


def test_erasing_the_values_of_the_journal_accuses_nobody_while_every_signature_is_there(
    session: Session, trois: list[Engagement]
) -> None:
    session.execute(delete(EvenementDetail))
    assert [un for un in constats(session) if "signature" in un] == []
    session.execute(delete(Engagement).where(Engagement.id == trois[2].id))
    assert any("1 signature(s) qui ne sont plus dans la table" in un for un in constats(session))


def test_confirming_the_text_changes_no_proof_but_doing_so_behind_the_journal_is_seen(
    session: Session, trois: list[Engagement]
) -> None:
    texte = session.scalars(select(TexteCer)).one()
    texte.verifie_at = trois[0].signed_at
    session.flush()
    assert any("comparaison à Légifrance" in un for un in constats(session))
    texte.verifie_at = None
    session.flush()
    confirm(session, by=SYSTEME, version=texte.version)
    assert constats(session) == []


def test_signatures_older_than_the_chain_are_chained_as_they_stand(
    fabrique_reelle: Fabrique, base_reelle: str, config: Config
) -> None:
    moyens = make_moyens(config, fabrique=fabrique_reelle)
    with fabrique_reelle() as session:
        creer = Fabriques(session)
        for _ in range(2):
            signer(session, moyens, creer.mandat(creer.usager(), creer.association()))
        nouveaux = [*preuve_cer.CHAINE, "code_public", "consenti_at", "code_demande_at", "requete_id", "empreinte"]
        session.execute(
            text("UPDATE evenement_detail SET valeurs = valeurs - CAST(:noms AS text[])"), {"noms": nouveaux}
        )
        session.commit()
    command.downgrade(config_alembic(base_reelle), "0019")
    command.upgrade(config_alembic(base_reelle), "head")
    with fabrique_reelle() as session:
        assert all('"format":"preuve-cer/0"' in un.preuve for un in session.scalars(select(Engagement)))
        assert constats(session) == []


def test_the_command_reads_the_whole_database_and_the_bytes_of_receipts(
    fabrique_reelle: Fabrique, base_reelle: str, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    moyens = make_moyens(config, fabrique=fabrique_reelle)
    with fabrique_reelle() as session:
        batir(session, moyens)
        recu = session.scalars(
            select(Document).where(Document.genre == GenreDocument.RECU_AVEC_PREUVE, Document.fichier_id.is_not(None))
        ).one()
        assert recu.fichier is not None
        cle = recu.fichier.cle_stockage
    environnement = {
        "PORTAL_MODE": "demo",
        "DATABASE_URL": base_reelle,
        "SECRET_KEY": config.secret_key,
        "PORTAL_URL": config.portal_url,
        "STOCKAGE_DOSSIER": str(config.stockage_dossier),
        "COURRIEL_DOSSIER": str(config.courriel_dossier),
        "CACHET_P12": str(config.cachet_p12),
        "CACHET_P12_MOT_DE_PASSE": config.cachet_p12_mot_de_passe,
    }
    for nom, valeur in environnement.items():
        monkeypatch.setenv(nom, valeur)
    entier = CliRunner().invoke(main, ["cer", "verifier"])
    assert entier.exit_code == 0, entier.output
    assert "12 signatures, 4 jours clos, 22 reçus." in entier.output
    perdue = CliRunner().invoke(main, ["cer", "verifier", "--json", "--racine", "0" * 64])
    assert (perdue.exit_code, '"bon": false' in perdue.output) == (1, True)
    octets = moyens.stockage.lire(cle)
    moyens.stockage.supprimer(cle)
    moyens.stockage.ecrire(cle, octets[:-20] + b"x" + octets[-19:])
    altere = CliRunner().invoke(main, ["cer", "verifier"])
    assert altere.exit_code == 1
    assert f"document {recu.numero}\u00a0: son fichier n’est plus celui qui a été établi." in altere.output
    assert "son cachet n’est pas bon" in altere.output
