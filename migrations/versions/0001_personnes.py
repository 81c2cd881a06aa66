"""Services, accounts, magic links and login sessions.

Revision: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Services, accounts, magic links and login sessions."""
    op.create_table(
        "lien_connexion",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "genre",
            sa.Enum("usager", "agent", name="genreuser", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("suite", sa.String(length=300), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lien_connexion")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_lien_connexion_secret_hash")),
    )
    op.create_table(
        "service",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("nom", sa.String(length=200), nullable=False),
        sa.Column("sigle", sa.String(length=40), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "prefecture",
                "ddets",
                "drajes",
                "sdjes",
                "drac",
                "operateur",
                "collectivite",
                name="typeservice",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("territoire", sa.String(length=100), nullable=False),
        sa.Column("siret", sa.String(length=14), nullable=False),
        sa.Column("adresse", sa.String(length=300), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("telephone", sa.String(length=30), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("sigle", name=op.f("uq_service_sigle")),
    )
    op.create_table(
        "tentative",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("genre", sa.String(length=40), nullable=False),
        sa.Column("cle", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tentative")),
    )
    op.create_index("ix_tentative_genre_cle_at", "tentative", ["genre", "cle", "at"], unique=False)
    op.create_table(
        "user",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "genre",
            sa.Enum("usager", "agent", name="genreuser", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("prenom", sa.String(length=100), nullable=False),
        sa.Column("nom", sa.String(length=100), nullable=False),
        sa.Column("est_administrateur", sa.Boolean(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("genre", "email", name=op.f("uq_user_genre_email")),
    )
    op.create_table(
        "affectation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "lecteur",
                "instructeur",
                "responsable",
                name="roleaffectation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_affectation_service_id_service")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_affectation_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affectation")),
        sa.UniqueConstraint("user_id", "service_id", name=op.f("uq_affectation_user_id_service_id")),
    )
    op.create_index(op.f("ix_affectation_service_id"), "affectation", ["service_id"], unique=False)
    op.create_table(
        "saisie_parquee",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("chemin", sa.String(length=500), nullable=False),
        sa.Column("champs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_saisie_parquee_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saisie_parquee")),
    )
    op.create_index(op.f("ix_saisie_parquee_user_id"), "saisie_parquee", ["user_id"], unique=False)
    op.create_table(
        "session_connexion",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("affectation_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["affectation_id"], ["affectation.id"], name=op.f("fk_session_connexion_affectation_id_affectation")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_session_connexion_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_connexion")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_session_connexion_secret_hash")),
    )
    op.create_index(op.f("ix_session_connexion_user_id"), "session_connexion", ["user_id"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_session_connexion_user_id"), table_name="session_connexion")
    op.drop_table("session_connexion")
    op.drop_index(op.f("ix_saisie_parquee_user_id"), table_name="saisie_parquee")
    op.drop_table("saisie_parquee")
    op.drop_index(op.f("ix_affectation_service_id"), table_name="affectation")
    op.drop_table("affectation")
    op.drop_table("user")
    op.drop_index("ix_tentative_genre_cle_at", table_name="tentative")
    op.drop_table("tentative")
    op.drop_table("service")
    op.drop_table("lien_connexion")
