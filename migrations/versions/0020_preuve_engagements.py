"""Each signature of the CER bears its proof and its place in the one chain of all signatures (docs/adr/0018).

Revision: 0020, after 0019
"""

import hashlib
import json
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# A signature older than the chain: what it held is chained as it stands.
FORMAT = "preuve-cer/0"
ORIGINE = "0" * 64
PUBLICS = (
    "code",
    "association_id",
    "texte_id",
    "texte_sha256",
    "phrase_consentement",
    "prenom",
    "nom",
    "fonction",
    "mandat_etat",
    "signed_at",
)
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
    for rang, ligne in enumerate(anciennes, start=1):
        dits = {nom: ligne[nom].isoformat() if nom == "signed_at" else ligne[nom] for nom in PUBLICS}
        preuve = _json({"format": FORMAT, "rang": rang, "precedente": precedente, **dits})
        valeurs = {
            "id": ligne["id"],
            "capacite": "verifiee" if ligne["mandat_etat"] == "prouve" else "declaree",
            "signed_at": ligne["signed_at"],
            "code_public": "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4)),
            "rang": rang,
            "precedente": precedente,
            "preuve": preuve,
            "empreinte": hashlib.sha256(preuve.encode()).hexdigest(),
        }
        connexion.execute(
            sa.text(
                "UPDATE engagement SET capacite = :capacite, pouvoir_nom = '', pouvoir_sha256 = '', requete_id = '', "
                "consenti_at = :signed_at, code_demande_at = :signed_at, code_public = :code_public, rang = :rang, "
                "precedente = :precedente, preuve = :preuve, preuve_privee = '{}', empreinte = :empreinte WHERE id = :id"
            ),
            valeurs,
        )
        precedente = valeurs["empreinte"]


def _json(valeur: object) -> str:
    return json.dumps(valeur, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
