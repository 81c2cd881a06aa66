"""How people come in and act for an association: the code of a letter, one's own device, invitations, claims, reports.

Revision: 0023, after 0022
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

ROLES = ("lecteur", "redacteur", "signataire")
IDENTIFIANTS = ("siren", "rna")


def upgrade() -> None:
    """Create and widen the tables."""
    op.create_table(
        "changement_adresse",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("ancienne", sa.String(length=254), nullable=False),
        sa.Column("nouvelle", sa.String(length=254), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=True),
        sa.Column("annulation_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("annule_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_changement_adresse_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changement_adresse")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_changement_adresse_secret_hash")),
        sa.UniqueConstraint("annulation_hash", name=op.f("uq_changement_adresse_annulation_hash")),
    )
    op.create_index(op.f("ix_changement_adresse_user_id"), "changement_adresse", ["user_id"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("association_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "lecteur",
                "redacteur",
                "signataire",
                "aidant",
                name="rolemandat",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("fonction", sa.String(length=100), nullable=False),
        sa.Column("structure", sa.String(length=200), nullable=False),
        sa.Column("fin_le", sa.Date(), nullable=True),
        sa.Column("ecrit_id", sa.BigInteger(), nullable=True),
        sa.Column("ecrit_nom", sa.String(length=300), nullable=False),
        sa.Column("invite_par_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("close_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acceptee", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_invitation_association_id_association")
        ),
        sa.ForeignKeyConstraint(["ecrit_id"], ["fichier.id"], name=op.f("fk_invitation_ecrit_id_fichier")),
        sa.ForeignKeyConstraint(["invite_par_id"], ["user.id"], name=op.f("fk_invitation_invite_par_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
    )
    op.create_index(op.f("ix_invitation_ecrit_id"), "invitation", ["ecrit_id"], unique=False)
    op.create_index("ix_invitation_email", "invitation", ["email"], unique=False)
    op.create_index(
        "uq_invitation_ouverte",
        "invitation",
        ["association_id", "email"],
        unique=True,
        postgresql_where=sa.text("close_at IS NULL"),
    )
    op.create_table(
        "signalement",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("association_id", sa.BigInteger(), nullable=False),
        sa.Column("champ", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("valeur_vue", sa.Text(), nullable=False),
        sa.Column("correction", sa.Text(), nullable=False),
        sa.Column("auteur_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("traite_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("traite_par_id", sa.BigInteger(), nullable=True),
        sa.Column("reponse", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_signalement_association_id_association")
        ),
        sa.ForeignKeyConstraint(["auteur_id"], ["user.id"], name=op.f("fk_signalement_auteur_id_user")),
        sa.ForeignKeyConstraint(["traite_par_id"], ["user.id"], name=op.f("fk_signalement_traite_par_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signalement")),
    )
    op.create_index(op.f("ix_signalement_association_id"), "signalement", ["association_id"], unique=False)
    op.create_table(
        "contestation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("association_id", sa.BigInteger(), nullable=False),
        sa.Column("mandat_id", sa.BigInteger(), nullable=False),
        sa.Column("auteur_id", sa.BigInteger(), nullable=False),
        sa.Column("motif", sa.Text(), nullable=False),
        sa.Column("piece_id", sa.BigInteger(), nullable=True),
        sa.Column("piece_nom", sa.String(length=300), nullable=False),
        sa.Column(
            "etat",
            sa.Enum(
                "ouverte",
                "fondee",
                "rejetee",
                name="etatcontestation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("tranchee_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tranchee_par_id", sa.BigInteger(), nullable=True),
        sa.Column("piece_vue", sa.String(length=200), nullable=False),
        sa.Column("reponse", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_contestation_association_id_association")
        ),
        sa.ForeignKeyConstraint(["auteur_id"], ["user.id"], name=op.f("fk_contestation_auteur_id_user")),
        sa.ForeignKeyConstraint(["mandat_id"], ["mandat.id"], name=op.f("fk_contestation_mandat_id_mandat")),
        sa.ForeignKeyConstraint(["piece_id"], ["fichier.id"], name=op.f("fk_contestation_piece_id_fichier")),
        sa.ForeignKeyConstraint(["tranchee_par_id"], ["user.id"], name=op.f("fk_contestation_tranchee_par_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contestation")),
    )
    op.create_index(op.f("ix_contestation_association_id"), "contestation", ["association_id"], unique=False)
    op.create_index(op.f("ix_contestation_piece_id"), "contestation", ["piece_id"], unique=False)
    op.create_index(
        "uq_contestation_ouverte",
        "contestation",
        ["mandat_id"],
        unique=True,
        postgresql_where=sa.text("etat = 'ouverte'"),
    )
    op.add_column("association", sa.Column("completion_essayee_at", sa.DateTime(timezone=True), nullable=True))
    op.alter_column(
        "association_identifiant",
        "valeur",
        existing_type=sa.VARCHAR(length=20),
        type_=sa.String(length=200),
        existing_nullable=False,
    )
    op.add_column(
        "consultation_annuaire", sa.Column("candidats", postgresql.JSONB(astext_type=sa.Text()), nullable=True)
    )
    op.alter_column(
        "consultation_annuaire",
        "valeur",
        existing_type=sa.VARCHAR(length=20),
        type_=sa.String(length=200),
        existing_nullable=False,
    )
    op.add_column("lien_connexion", sa.Column("page_hash", sa.String(length=64), nullable=True))
    op.add_column("lien_connexion", sa.Column("code_hash", sa.String(length=64), nullable=True))
    op.add_column("lien_connexion", sa.Column("essais", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.alter_column("lien_connexion", "essais", server_default=None)
    op.create_index(op.f("ix_lien_connexion_page_hash"), "lien_connexion", ["page_hash"], unique=False)
    op.add_column("lien_connexion", sa.Column("session_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_lien_connexion_session_id"), "lien_connexion", ["session_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_lien_connexion_session_id_session_connexion"),
        "lien_connexion",
        "session_connexion",
        ["session_id"],
        ["id"],
    )
    op.add_column("mandat", sa.Column("structure", sa.String(length=200), nullable=False, server_default=sa.text("''")))
    op.alter_column("mandat", "structure", server_default=None)
    op.add_column("mandat", sa.Column("ecrit_id", sa.BigInteger(), nullable=True))
    op.add_column("mandat", sa.Column("ecrit_nom", sa.String(length=300), nullable=False, server_default=sa.text("''")))
    op.alter_column("mandat", "ecrit_nom", server_default=None)
    op.add_column("mandat", sa.Column("fin_le", sa.Date(), nullable=True))
    op.add_column("mandat", sa.Column("invite_par_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_mandat_invite_par_id_user"), "mandat", "user", ["invite_par_id"], ["id"])
    op.add_column("mandat", sa.Column("rappele_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("demande", sa.Column("confiee_a_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_demande_confiee_a_id"), "demande", ["confiee_a_id"], unique=False)
    op.create_foreign_key(op.f("fk_demande_confiee_a_id_user"), "demande", "user", ["confiee_a_id"], ["id"])
    op.create_index(op.f("ix_mandat_ecrit_id"), "mandat", ["ecrit_id"], unique=False)
    op.create_foreign_key(op.f("fk_mandat_ecrit_id_fichier"), "mandat", "fichier", ["ecrit_id"], ["id"])
    op.add_column(
        "session_connexion", sa.Column("durable", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    op.alter_column("session_connexion", "durable", server_default=None)
    op.add_column(
        "session_connexion", sa.Column("appareil", sa.String(length=200), nullable=False, server_default=sa.text("''"))
    )
    op.alter_column("session_connexion", "appareil", server_default=None)
    op.add_column(
        "session_connexion",
        sa.Column("prouvee_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )
    _accepter("mandat", "role", "rolemandat", (*ROLES, "aidant"))
    _accepter(
        "association_identifiant", "type", "typeidentifiant", (*IDENTIFIANTS, "ridet", "tahiti", "registre_local")
    )


def downgrade() -> None:
    """Take it all back."""
    op.execute("DELETE FROM mandat WHERE role = 'aidant'")
    op.execute("DELETE FROM association_identifiant WHERE type NOT IN ('siren', 'rna') OR length(valeur) > 20")
    op.execute("DELETE FROM consultation_annuaire WHERE length(valeur) > 20")
    _accepter("mandat", "role", "rolemandat", ROLES)
    _accepter("association_identifiant", "type", "typeidentifiant", IDENTIFIANTS)
    op.drop_column("session_connexion", "prouvee_at")
    op.drop_column("session_connexion", "appareil")
    op.drop_column("session_connexion", "durable")
    op.drop_constraint(op.f("fk_mandat_ecrit_id_fichier"), "mandat", type_="foreignkey")
    op.drop_index(op.f("ix_mandat_ecrit_id"), table_name="mandat")
    op.drop_constraint(op.f("fk_demande_confiee_a_id_user"), "demande", type_="foreignkey")
    op.drop_index(op.f("ix_demande_confiee_a_id"), table_name="demande")
    op.drop_column("demande", "confiee_a_id")
    op.drop_column("mandat", "rappele_at")
    op.drop_constraint(op.f("fk_mandat_invite_par_id_user"), "mandat", type_="foreignkey")
    op.drop_column("mandat", "invite_par_id")
    op.drop_column("mandat", "fin_le")
    op.drop_column("mandat", "ecrit_nom")
    op.drop_column("mandat", "ecrit_id")
    op.drop_column("mandat", "structure")
    op.drop_constraint(op.f("fk_lien_connexion_session_id_session_connexion"), "lien_connexion", type_="foreignkey")
    op.drop_index(op.f("ix_lien_connexion_session_id"), table_name="lien_connexion")
    op.drop_column("lien_connexion", "session_id")
    op.drop_index(op.f("ix_lien_connexion_page_hash"), table_name="lien_connexion")
    op.drop_column("lien_connexion", "essais")
    op.drop_column("lien_connexion", "code_hash")
    op.drop_column("lien_connexion", "page_hash")
    op.alter_column(
        "consultation_annuaire",
        "valeur",
        existing_type=sa.String(length=200),
        type_=sa.VARCHAR(length=20),
        existing_nullable=False,
    )
    op.drop_column("consultation_annuaire", "candidats")
    op.alter_column(
        "association_identifiant",
        "valeur",
        existing_type=sa.String(length=200),
        type_=sa.VARCHAR(length=20),
        existing_nullable=False,
    )
    op.drop_column("association", "completion_essayee_at")
    op.drop_index("uq_contestation_ouverte", table_name="contestation", postgresql_where=sa.text("etat = 'ouverte'"))
    op.drop_index(op.f("ix_contestation_piece_id"), table_name="contestation")
    op.drop_index(op.f("ix_contestation_association_id"), table_name="contestation")
    op.drop_table("contestation")
    op.drop_index(op.f("ix_signalement_association_id"), table_name="signalement")
    op.drop_table("signalement")
    op.drop_index("uq_invitation_ouverte", table_name="invitation", postgresql_where=sa.text("close_at IS NULL"))
    op.drop_index("ix_invitation_email", table_name="invitation")
    op.drop_index(op.f("ix_invitation_ecrit_id"), table_name="invitation")
    op.drop_table("invitation")
    op.drop_index(op.f("ix_changement_adresse_user_id"), table_name="changement_adresse")
    op.drop_table("changement_adresse")


def _accepter(table: str, colonne: str, enum: str, valeurs: tuple[str, ...]) -> None:
    """The values that a column of words takes."""
    op.drop_constraint(op.f(f"ck_{table}_{enum}"), table, type_="check")
    liste = ", ".join(f"'{une}'" for une in valeurs)
    op.create_check_constraint(op.f(f"ck_{table}_{enum}"), table, f"{colonne} IN ({liste})")
