"""Lots, tasks, private notes, checklists, requests received by other doors, dossiers that change hands.

Revision: 0030, after 0029
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "lot",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("cle", sa.String(length=40), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "prendre_en_charge",
                "attribuer",
                "etiqueter",
                "demander_avis",
                "demander_complement",
                "decider",
                "notifier",
                name="actionlot",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("parametres", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "etat",
            sa.Enum(
                "attente",
                "en_cours",
                "termine",
                "annule",
                name="etatlot",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("pris_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("annule_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_lot_service_id_service")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_lot_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("cle", name=op.f("uq_lot_cle")),
    )
    op.create_index(op.f("ix_lot_user_id"), "lot", ["user_id"], unique=False)
    op.create_table(
        "point_controle",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("demarche_id", sa.BigInteger(), nullable=False),
        sa.Column("rang", sa.BigInteger(), nullable=False),
        sa.Column("libelle", sa.String(length=200), nullable=False),
        sa.Column("aide", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("retire_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["demarche_id"], ["demarche.id"], name=op.f("fk_point_controle_demarche_id_demarche")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_controle")),
    )
    op.create_index(op.f("ix_point_controle_demarche_id"), "point_controle", ["demarche_id"], unique=False)
    op.create_table(
        "ligne_lot",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("rang", sa.BigInteger(), nullable=False),
        sa.Column(
            "etat",
            sa.Enum(
                "attente",
                "fait",
                "refuse",
                "annule",
                name="etatlignelot",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("avant", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_ligne_lot_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_ligne_lot_lot_id_lot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ligne_lot")),
        sa.UniqueConstraint("lot_id", "dossier_id", name=op.f("uq_ligne_lot_lot_id_dossier_id")),
    )
    op.create_index(op.f("ix_ligne_lot_dossier_id"), "ligne_lot", ["dossier_id"], unique=False)
    op.create_index("ix_ligne_lot_lot_id_rang", "ligne_lot", ["lot_id", "rang"], unique=False)
    op.create_table(
        "note_personnelle",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("texte", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_note_personnelle_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_note_personnelle_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_personnelle")),
        sa.UniqueConstraint("user_id", "dossier_id", name=op.f("uq_note_personnelle_user_id_dossier_id")),
    )
    op.create_index(op.f("ix_note_personnelle_dossier_id"), "note_personnelle", ["dossier_id"], unique=False)
    op.create_table(
        "piece_reception",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("fichier_id", sa.BigInteger(), nullable=False),
        sa.Column("nom", sa.String(length=300), nullable=False),
        sa.Column("ajoutee_par_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("retiree_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ajoutee_par_id"], ["user.id"], name=op.f("fk_piece_reception_ajoutee_par_id_user")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_piece_reception_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["fichier_id"], ["fichier.id"], name=op.f("fk_piece_reception_fichier_id_fichier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_piece_reception")),
    )
    op.create_index(op.f("ix_piece_reception_dossier_id"), "piece_reception", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_piece_reception_fichier_id"), "piece_reception", ["fichier_id"], unique=False)
    op.create_table(
        "point_coche",
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("point_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "etat",
            sa.Enum(
                "conforme",
                "non_conforme",
                "sans_objet",
                name="etatpoint",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("commentaire", sa.Text(), nullable=False),
        sa.Column("par_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_point_coche_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["par_id"], ["user.id"], name=op.f("fk_point_coche_par_id_user")),
        sa.ForeignKeyConstraint(
            ["point_id"], ["point_controle.id"], name=op.f("fk_point_coche_point_id_point_controle")
        ),
        sa.PrimaryKeyConstraint("dossier_id", "point_id", name=op.f("pk_point_coche")),
    )
    op.create_table(
        "reception",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("cle", sa.String(length=40), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("envoyee_le", sa.Date(), nullable=True),
        sa.Column("recue_le", sa.Date(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("observations", sa.Text(), nullable=False),
        sa.Column("saisie_par_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_reception_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["saisie_par_id"], ["user.id"], name=op.f("fk_reception_saisie_par_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reception")),
        sa.UniqueConstraint("cle", name=op.f("uq_reception_cle")),
        sa.UniqueConstraint("dossier_id", name=op.f("uq_reception_dossier_id")),
    )
    op.create_table(
        "tache",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "genre",
            sa.Enum(
                "mention",
                "attribution",
                "complement_repondu",
                "message",
                "avis_demande",
                "avis_rendu",
                "proposition",
                "lettre_non_lue",
                "reorientation",
                "lot_termine",
                name="genretache",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("dossier_id", sa.BigInteger(), nullable=True),
        sa.Column("objet_id", sa.BigInteger(), nullable=True),
        sa.Column("par_id", sa.BigInteger(), nullable=True),
        sa.Column("cle", sa.String(length=80), nullable=False),
        sa.Column("a_faire", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("lue_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("faite_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("envoyee_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_tache_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["par_id"], ["user.id"], name=op.f("fk_tache_par_id_user")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_tache_service_id_service")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_tache_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tache")),
        sa.UniqueConstraint("user_id", "cle", name=op.f("uq_tache_user_id_cle")),
    )
    op.create_index(
        "ix_tache_a_envoyer", "tache", ["user_id", "id"], unique=False, postgresql_where=sa.text("envoyee_at IS NULL")
    )
    op.create_index(op.f("ix_tache_dossier_id"), "tache", ["dossier_id"], unique=False)
    op.create_index(
        "ix_tache_ouverte",
        "tache",
        ["user_id", "service_id", "id"],
        unique=False,
        postgresql_where=sa.text("faite_at IS NULL"),
    )
    op.create_table(
        "reorientation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("de_service_id", sa.BigInteger(), nullable=False),
        sa.Column("vers_service_id", sa.BigInteger(), nullable=False),
        sa.Column("de_demarche_id", sa.BigInteger(), nullable=False),
        sa.Column("vers_demarche_id", sa.BigInteger(), nullable=False),
        sa.Column("motif", sa.Text(), nullable=False),
        sa.Column("par_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["de_demarche_id"], ["demarche.id"], name=op.f("fk_reorientation_de_demarche_id_demarche")
        ),
        sa.ForeignKeyConstraint(["de_service_id"], ["service.id"], name=op.f("fk_reorientation_de_service_id_service")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_reorientation_document_id_document")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_reorientation_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["par_id"], ["user.id"], name=op.f("fk_reorientation_par_id_user")),
        sa.ForeignKeyConstraint(
            ["vers_demarche_id"], ["demarche.id"], name=op.f("fk_reorientation_vers_demarche_id_demarche")
        ),
        sa.ForeignKeyConstraint(
            ["vers_service_id"], ["service.id"], name=op.f("fk_reorientation_vers_service_id_service")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reorientation")),
    )
    op.create_index(op.f("ix_reorientation_de_service_id"), "reorientation", ["de_service_id"], unique=False)
    op.create_index(op.f("ix_reorientation_dossier_id"), "reorientation", ["dossier_id"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_reorientation_dossier_id"), table_name="reorientation")
    op.drop_index(op.f("ix_reorientation_de_service_id"), table_name="reorientation")
    op.drop_table("reorientation")
    op.drop_index("ix_tache_ouverte", table_name="tache", postgresql_where=sa.text("faite_at IS NULL"))
    op.drop_index(op.f("ix_tache_dossier_id"), table_name="tache")
    op.drop_index("ix_tache_a_envoyer", table_name="tache", postgresql_where=sa.text("envoyee_at IS NULL"))
    op.drop_table("tache")
    op.drop_table("reception")
    op.drop_table("point_coche")
    op.drop_index(op.f("ix_piece_reception_fichier_id"), table_name="piece_reception")
    op.drop_index(op.f("ix_piece_reception_dossier_id"), table_name="piece_reception")
    op.drop_table("piece_reception")
    op.drop_index(op.f("ix_note_personnelle_dossier_id"), table_name="note_personnelle")
    op.drop_table("note_personnelle")
    op.drop_index("ix_ligne_lot_lot_id_rang", table_name="ligne_lot")
    op.drop_index(op.f("ix_ligne_lot_dossier_id"), table_name="ligne_lot")
    op.drop_table("ligne_lot")
    op.drop_index(op.f("ix_point_controle_demarche_id"), table_name="point_controle")
    op.drop_table("point_controle")
    op.drop_index(op.f("ix_lot_user_id"), table_name="lot")
    op.drop_table("lot")
