"""Each signature of the CER bears its proof and its place in the one chain of all signatures (docs/adr/0018).

Revision: 0020, after 0019
"""

import hashlib
import hmac
import json
import secrets
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# A signature older than the chain: what it held is chained as it stands, and the two instants are that of the signature.
FORMAT = "preuve-cer/0"
ORIGINE = "0" * 64
INSTANTS = ("consenti_at", "code_demande_at", "signed_at")
DE_LA_PERSONNE = ("prenom", "nom", "fonction", "capacite", "mandat_etat", "pouvoir_nom", "pouvoir_sha256", "annuaire")
DU_TEXTE = ("code", "code_public", "association_id", "texte_id", "texte_sha256", "phrase_consentement")
PUBLICS = (*DU_TEXTE, *DE_LA_PERSONNE, *INSTANTS)
DE_LA_CONNEXION = ("email", "ip", "agent_utilisateur", "session_id", "requete_id")
PRIVES = (*DE_LA_CONNEXION, "signataire_id", "mandat_id", "demande_id", "pouvoir_id")
OBLIGATOIRES = (
    "capacite",
    "pouvoir_nom",
    "pouvoir_sha256",
    "requete_id",
    "consenti_at",
    "code_demande_at",
    "code_public",
    "rang",
    "precedente",
    "preuve",
    "preuve_privee",
    "empreinte",
)


def upgrade() -> None:
    """Existing signatures enter the chain in the order of their ids."""
    op.add_column(
        "engagement",
        sa.Column(
            "capacite",
            sa.Enum(
                "declaree",
                "verifiee",
                "mandataire",
                name="capacitesignataire",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
    )
    op.add_column("engagement", sa.Column("pouvoir_id", sa.BigInteger(), nullable=True))
    op.add_column("engagement", sa.Column("pouvoir_nom", sa.String(length=300), nullable=True))
    op.add_column("engagement", sa.Column("pouvoir_sha256", sa.String(length=64), nullable=True))
    op.add_column("engagement", sa.Column("requete_id", sa.String(length=40), nullable=True))
    op.add_column("engagement", sa.Column("demande_id", sa.BigInteger(), nullable=True))
    op.add_column("engagement", sa.Column("consenti_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("engagement", sa.Column("code_demande_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("engagement", sa.Column("code_public", sa.String(length=20), nullable=True))
    op.add_column("engagement", sa.Column("rang", sa.BigInteger(), nullable=True))
    op.add_column("engagement", sa.Column("precedente", sa.String(length=64), nullable=True))
    op.add_column("engagement", sa.Column("preuve", sa.Text(), nullable=True))
    op.add_column("engagement", sa.Column("preuve_privee", sa.Text(), nullable=True))
    op.add_column("engagement", sa.Column("empreinte", sa.String(length=64), nullable=True))
    _chain(op.get_bind())
    for nom in OBLIGATOIRES:
        op.alter_column("engagement", nom, nullable=False)
    op.create_unique_constraint(op.f("uq_engagement_code_public"), "engagement", ["code_public"])
    op.create_unique_constraint(op.f("uq_engagement_empreinte"), "engagement", ["empreinte"])
    op.create_unique_constraint(op.f("uq_engagement_rang"), "engagement", ["rang"])
    op.create_foreign_key(op.f("fk_engagement_pouvoir_id_fichier"), "engagement", "fichier", ["pouvoir_id"], ["id"])
    op.create_foreign_key(
        op.f("fk_engagement_demande_id_demande_signature"), "engagement", "demande_signature", ["demande_id"], ["id"]
    )


def downgrade() -> None:
    """Drop what was added."""
    op.drop_constraint(op.f("fk_engagement_demande_id_demande_signature"), "engagement", type_="foreignkey")
    op.drop_constraint(op.f("fk_engagement_pouvoir_id_fichier"), "engagement", type_="foreignkey")
    op.drop_constraint(op.f("uq_engagement_rang"), "engagement", type_="unique")
    op.drop_constraint(op.f("uq_engagement_empreinte"), "engagement", type_="unique")
    op.drop_constraint(op.f("uq_engagement_code_public"), "engagement", type_="unique")
    op.drop_column("engagement", "empreinte")
    op.drop_column("engagement", "preuve_privee")
    op.drop_column("engagement", "preuve")
    op.drop_column("engagement", "precedente")
    op.drop_column("engagement", "rang")
    op.drop_column("engagement", "code_public")
    op.drop_column("engagement", "code_demande_at")
    op.drop_column("engagement", "consenti_at")
    op.drop_column("engagement", "demande_id")
    op.drop_column("engagement", "requete_id")
    op.drop_column("engagement", "pouvoir_sha256")
    op.drop_column("engagement", "pouvoir_nom")
    op.drop_column("engagement", "pouvoir_id")
    op.drop_column("engagement", "capacite")


def _chain(connexion: sa.Connection) -> None:
    precedente = ORIGINE
    anciennes = connexion.execute(sa.text("SELECT * FROM engagement ORDER BY id")).mappings().all()
    table = sa.Table("engagement", sa.MetaData(), autoload_with=connexion)
    for rang, ligne in enumerate(anciennes, start=1):
        ajouts = _ajouts(ligne) | {"rang": rang, "precedente": precedente}
        dits = {**ligne, **ajouts} | dict.fromkeys(INSTANTS, _instant(ligne["signed_at"]))
        sel, prive = secrets.token_hex(16), _json({nom: dits[nom] for nom in PRIVES})
        ajouts["preuve_privee"] = _json({"sel": sel, "texte": prive})
        scelle = hmac.new(bytes.fromhex(sel), prive.encode(), hashlib.sha256).hexdigest()
        publics = {nom: dits[nom] for nom in ("rang", "precedente", *PUBLICS)}
        ajouts["preuve"] = _json({"format": FORMAT, "prive": scelle, **publics})
        precedente = ajouts["empreinte"] = hashlib.sha256(ajouts["preuve"].encode()).hexdigest()
        connexion.execute(sa.update(table).where(table.c.id == ligne["id"]).values(**ajouts))


def _ajouts(ligne: sa.RowMapping) -> dict[str, Any]:
    """What the new columns of an old signature hold."""
    return {
        "capacite": "verifiee" if ligne["mandat_etat"] == "prouve" else "declaree",
        "pouvoir_nom": "",
        "pouvoir_sha256": "",
        "requete_id": "",
        "pouvoir_id": None,
        "demande_id": None,
        "consenti_at": ligne["signed_at"],
        "code_demande_at": ligne["signed_at"],
        "code_public": "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4)),
    }


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def _json(valeur: object) -> str:
    return json.dumps(valeur, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
