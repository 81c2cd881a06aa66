"""What prepares a signature of the CER, other proofs of a subscription, what frees from signing, and the trees of signatures.

Revision: 0019, after 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

AVANT = ("recu_engagement", "recepisse", "synthese", "file_dossiers")
APRES = (
    *AVANT,
    "recu_avec_preuve",
    "engagement_a_signer",
    "affiche_cer",
    "registre_cer",
    "bilan_cer",
    "retrait",
)


def upgrade() -> None:
    """Create the tables; documents have new kinds."""
    _genres(APRES)
    op.add_column("document", sa.Column("cachet", sa.String(length=64), nullable=True))
    op.create_index(
        "uq_document_recu_avec_preuve",
        "document",
        ["engagement_id"],
        unique=True,
        postgresql_where=sa.text("genre = 'recu_avec_preuve'"),
    )
    op.create_table(
        "arbre_cer",
        sa.Column("jour", sa.Date(), nullable=False),
        sa.Column("premier", sa.BigInteger(), nullable=True),
        sa.Column("dernier", sa.BigInteger(), nullable=True),
        sa.Column("taille", sa.BigInteger(), nullable=False),
        sa.Column("racine", sa.String(length=64), nullable=False),
        sa.Column("precedente", sa.String(length=64), nullable=False),
        sa.Column("chaine", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("jour", name=op.f("pk_arbre_cer")),
        sa.UniqueConstraint("chaine", name=op.f("uq_arbre_cer_chaine")),
    )
    op.create_table(
        "reconnaissance",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("association_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "agrement_25_1",
                "rup",
                "autre_agrement",
                name="typereconnaissance",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("autorite", sa.String(length=200), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("date_debut", sa.Date(), nullable=False),
        sa.Column("date_fin", sa.Date(), nullable=True),
        sa.Column("notee_par_id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("retiree_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retiree_par_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_reconnaissance_association_id_association")
        ),
        sa.ForeignKeyConstraint(["notee_par_id"], ["user.id"], name=op.f("fk_reconnaissance_notee_par_id_user")),
        sa.ForeignKeyConstraint(["retiree_par_id"], ["user.id"], name=op.f("fk_reconnaissance_retiree_par_id_user")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_reconnaissance_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconnaissance")),
    )
    op.create_index(op.f("ix_reconnaissance_association_id"), "reconnaissance", ["association_id"], unique=False)
    op.create_table(
        "demande_signature",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("association_id", sa.BigInteger(), nullable=False),
        sa.Column("texte_id", sa.BigInteger(), nullable=False),
        sa.Column("demandeur_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("prenom", sa.String(length=100), nullable=False),
        sa.Column("nom", sa.String(length=100), nullable=False),
        sa.Column("fonction", sa.String(length=100), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("sollicitee_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "etat",
            sa.Enum(
                "envoyee",
                "signee",
                "renvoyee",
                "annulee",
                name="etatdemandesignature",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("motif", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_demande_signature_association_id_association")
        ),
        sa.ForeignKeyConstraint(["demandeur_id"], ["user.id"], name=op.f("fk_demande_signature_demandeur_id_user")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_demande_signature_document_id_document")
        ),
        sa.ForeignKeyConstraint(["texte_id"], ["texte_cer.id"], name=op.f("fk_demande_signature_texte_id_texte_cer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demande_signature")),
        sa.UniqueConstraint("code", name=op.f("uq_demande_signature_code")),
    )
    op.create_index(op.f("ix_demande_signature_association_id"), "demande_signature", ["association_id"], unique=False)
    op.create_index(
        "uq_demande_signature_ouverte",
        "demande_signature",
        ["association_id", "texte_id", "email"],
        unique=True,
        postgresql_where=sa.text("etat = 'envoyee' AND email <> ''"),
    )
    op.create_table(
        "attestation_cer",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("association_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "origine",
            sa.Enum(
                "portail",
                "papier",
                "demande",
                "ds",
                "tableur",
                name="originecer",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("texte_id", sa.BigInteger(), nullable=True),
        sa.Column("demande_id", sa.BigInteger(), nullable=True),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("prenom", sa.String(length=100), nullable=False),
        sa.Column("nom", sa.String(length=100), nullable=False),
        sa.Column("fonction", sa.String(length=100), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("fichier_id", sa.BigInteger(), nullable=True),
        sa.Column("fichier_nom", sa.String(length=300), nullable=False),
        sa.Column("deposee_par_id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "etat",
            sa.Enum(
                "a_controler",
                "admise",
                "ecartee",
                name="etatattestation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("controlee_par_id", sa.BigInteger(), nullable=True),
        sa.Column("controlee_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("motif", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_attestation_cer_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["controlee_par_id"], ["user.id"], name=op.f("fk_attestation_cer_controlee_par_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["demande_id"], ["demande_signature.id"], name=op.f("fk_attestation_cer_demande_id_demande_signature")
        ),
        sa.ForeignKeyConstraint(["deposee_par_id"], ["user.id"], name=op.f("fk_attestation_cer_deposee_par_id_user")),
        sa.ForeignKeyConstraint(["fichier_id"], ["fichier.id"], name=op.f("fk_attestation_cer_fichier_id_fichier")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_attestation_cer_service_id_service")),
        sa.ForeignKeyConstraint(["texte_id"], ["texte_cer.id"], name=op.f("fk_attestation_cer_texte_id_texte_cer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attestation_cer")),
    )
    op.create_index(op.f("ix_attestation_cer_association_id"), "attestation_cer", ["association_id"], unique=False)
    op.create_index(op.f("ix_attestation_cer_demande_id"), "attestation_cer", ["demande_id"], unique=False)
    op.create_table(
        "signature_preparee",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("association_id", sa.BigInteger(), nullable=False),
        sa.Column("texte_id", sa.BigInteger(), nullable=False),
        sa.Column("demande_id", sa.BigInteger(), nullable=True),
        sa.Column("prenom", sa.String(length=100), nullable=False),
        sa.Column("nom", sa.String(length=100), nullable=False),
        sa.Column("fonction", sa.String(length=100), nullable=False),
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
            nullable=False,
        ),
        sa.Column("pouvoir_id", sa.BigInteger(), nullable=True),
        sa.Column("pouvoir_nom", sa.String(length=300), nullable=False),
        sa.Column("affiche", sa.String(length=64), nullable=False),
        sa.Column("consenti_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("code_demande_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code_envoye_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_expire_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("essais", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_signature_preparee_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["demande_id"], ["demande_signature.id"], name=op.f("fk_signature_preparee_demande_id_demande_signature")
        ),
        sa.ForeignKeyConstraint(["pouvoir_id"], ["fichier.id"], name=op.f("fk_signature_preparee_pouvoir_id_fichier")),
        sa.ForeignKeyConstraint(["texte_id"], ["texte_cer.id"], name=op.f("fk_signature_preparee_texte_id_texte_cer")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_signature_preparee_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature_preparee")),
        sa.UniqueConstraint(
            "user_id", "association_id", "texte_id", name=op.f("uq_signature_preparee_user_id_association_id_texte_id")
        ),
    )
    op.create_index(
        op.f("ix_signature_preparee_association_id"), "signature_preparee", ["association_id"], unique=False
    )
    op.add_column(
        "association", sa.Column("cer_deux_signatures", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.alter_column("association", "cer_deux_signatures", server_default=None)
    op.create_index("ix_association_denomination_id", "association", ["denomination", "id"], unique=False)


def downgrade() -> None:
    """Drop them. Documents of the new kinds would not fit any more: they go too."""
    op.drop_column("association", "cer_deux_signatures")
    op.drop_index("ix_association_denomination_id", table_name="association")
    op.drop_index(op.f("ix_signature_preparee_association_id"), table_name="signature_preparee")
    op.drop_table("signature_preparee")
    op.drop_index(op.f("ix_attestation_cer_demande_id"), table_name="attestation_cer")
    op.drop_index(op.f("ix_attestation_cer_association_id"), table_name="attestation_cer")
    op.drop_table("attestation_cer")
    op.drop_index("uq_demande_signature_ouverte", table_name="demande_signature")
    op.drop_index(op.f("ix_demande_signature_association_id"), table_name="demande_signature")
    op.drop_table("demande_signature")
    op.execute("DELETE FROM document WHERE genre NOT IN ('recu_engagement', 'recepisse', 'synthese', 'file_dossiers')")
    op.drop_index(op.f("ix_reconnaissance_association_id"), table_name="reconnaissance")
    op.drop_table("reconnaissance")
    op.drop_table("arbre_cer")
    op.drop_index(
        "uq_document_recu_avec_preuve",
        table_name="document",
        postgresql_where=sa.text("genre = 'recu_avec_preuve'"),
    )
    op.drop_column("document", "cachet")
    _genres(AVANT)


def _genres(valeurs: tuple[str, ...]) -> None:
    """The kinds of documents that the table accepts."""
    op.drop_constraint(op.f("ck_document_genredocument"), "document", type_="check")
    liste = ", ".join(f"'{une}'" for une in valeurs)
    op.create_check_constraint(op.f("ck_document_genredocument"), "document", f"genre IN ({liste})")
