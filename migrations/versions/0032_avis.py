"""Avis: asked of several parties at once, of agents, of experts or about an association; sealed, closed, copied, valid.

Revision: 0032, after 0031
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

# As 0031 wrote it, but for what makes an avis awaited.
COPIER = """
CREATE OR REPLACE FUNCTION acces_dossier_copier() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    SELECT d.date_depot, d.etat, d.source, d.demarche_id, d.exercice, d.instructeur_id,
        coalesce(d.montant_demande, -1), d.avis_echeance,
        ((d.date_depot AT TIME ZONE 'Europe/Paris')::date + interval '2 months')::date + d.jours_suspendus::int,
        left(translate(lower(d.demandeur_nom), 'àâäçéèêëîïôöùûüÿœæ’', 'aaaceeeeiioouuuyoa '), 60),
        CASE
            WHEN d.etat IN ('accepte', 'refuse', 'sans_suite', 'retire') THEN 'traite'
            WHEN NEW.motif <> 'proprietaire' AND EXISTS (
                SELECT FROM demande_avis q WHERE q.dossier_id = d.id AND q.service_id = NEW.service_id
                AND ATTENDUE
            ) THEN 'avis_a_donner'
            WHEN NEW.motif <> 'proprietaire' THEN 'avis_donne'
            WHEN d.complement_demande THEN 'complement'
            WHEN d.etat = 'en_construction' THEN 'a_prendre'
            WHEN EXISTS (
                SELECT FROM decision x
                WHERE x.dossier_id = d.id AND x.notified_at IS NULL
                AND (x.delegation_id IS NOT NULL OR x.notification_demandee_at IS NOT NULL)
            ) THEN 'a_notifier'
            WHEN EXISTS (SELECT FROM proposition x WHERE x.dossier_id = d.id) THEN 'a_decider'
            WHEN d.avis_demandes > d.avis_rendus THEN 'avis'
            ELSE 'a_decider'
        END,
        array_to_tsvector(
            ARRAY(SELECT NEW.service_id || '_' || mot FROM unnest(string_to_array(d.mots, ' ')) AS mot)
            || ARRAY(SELECT NEW.service_id || '=' || facette FROM unnest(ARRAY[
                'etat:' || d.etat,
                'demarche:' || d.demarche_id,
                'exercice:' || coalesce(d.exercice, 0),
                'instructeur:' || coalesce(d.instructeur_id, 0),
                'territoire:' || d.departement,
                'source:' || d.origine,
                'cer:' || CASE WHEN d.association_id IS NULL THEN 'sans_objet' ELSE d.cer END,
                'avis:' || CASE
                    WHEN d.avis_demandes = 0 THEN 'aucun' WHEN d.avis_demandes > d.avis_rendus THEN 'attendus' ELSE 'rendus'
                END
            ]) AS facette)
            || ARRAY(
                SELECT NEW.service_id || '=etiquette:' || e.id FROM etiquette_dossier l JOIN etiquette e ON e.id = l.etiquette_id
                WHERE l.dossier_id = d.id AND e.service_id = NEW.service_id
            )
        )
    INTO NEW.date_depot, NEW.etat, NEW.source, NEW.demarche_id, NEW.exercice, NEW.instructeur_id,
        NEW.montant, NEW.avis_echeance, NEW.echeance, NEW.demandeur, NEW.etape, NEW.recherche
    FROM dossier d WHERE d.id = NEW.dossier_id;
    NEW.recherche := NEW.recherche || array_to_tsvector(ARRAY[NEW.service_id || '=etape:' || NEW.etape]);
    RETURN NEW;
END $$
"""
ATTENDUE_AVANT = "NOT EXISTS (SELECT FROM avis a WHERE a.dossier_id = d.id AND a.service_id = NEW.service_id)"
ATTENDUE = "q.repondue_at IS NULL AND q.close_at IS NULL"
# Each demande becomes a saisine of its own, under the same id.
REPRENDRE = (
    "ALTER TABLE demande_avis DISABLE TRIGGER USER",
    (
        "INSERT INTO saisine (id, cle, question, audience, scelle, sections, created_at) "
        "SELECT id, 'demande-' || id, question, 'partage', false, '[]', created_at FROM demande_avis"
    ),
    "SELECT setval(pg_get_serial_sequence('saisine', 'id'), (SELECT max(id) FROM saisine))",
    (
        "UPDATE demande_avis q SET saisine_id = q.id, repondue_at = "
        "(SELECT a.created_at FROM avis a WHERE a.dossier_id = q.dossier_id AND a.service_id = q.service_id)"
    ),
    "ALTER TABLE demande_avis ENABLE TRIGGER USER",
)
OUBLIER = (
    "DELETE FROM service_permis",
    "UPDATE avis SET repris_de_id = NULL, demande_avis_id = NULL",
    "DELETE FROM revision_avis WHERE avis_id IN (SELECT id FROM avis WHERE dossier_id IS NULL OR service_id IS NULL)",
    "DELETE FROM avis WHERE dossier_id IS NULL OR service_id IS NULL",
    "DELETE FROM demande_avis WHERE dossier_id IS NULL OR service_id IS NULL OR close_at IS NOT NULL",
    (
        "DELETE FROM demande_avis q USING demande_avis d WHERE d.id < q.id AND d.dossier_id = q.dossier_id "
        "AND d.service_id = q.service_id AND d.demandeur_service_id = q.demandeur_service_id"
    ),
)
DEFAIRE = (
    "ALTER TABLE demande_avis DISABLE TRIGGER USER",
    "UPDATE demande_avis q SET question = s.question FROM saisine s WHERE s.id = q.saisine_id",
    "ALTER TABLE demande_avis ENABLE TRIGGER USER",
)


def upgrade() -> None:
    """Who was asked alone is now one saisine each; whoever has answered is no longer awaited."""
    _create_tables()
    _extend_avis()
    _extend_demandes()
    op.add_column("demarche", sa.Column("avis_scelle", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("demarche", sa.Column("avis_liste_fermee", sa.Boolean(), server_default="false", nullable=False))


def _create_tables() -> None:
    op.create_table(
        "expert",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("nom", sa.String(length=200), nullable=False),
        sa.Column("organisme", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert")),
        sa.UniqueConstraint("email", name=op.f("uq_expert_email")),
    )
    op.create_table(
        "saisine",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("cle", sa.String(length=60), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column(
            "audience",
            sa.Enum(
                "service",
                "services_saisis",
                "partage",
                name="audience",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("scelle", sa.Boolean(), nullable=False),
        sa.Column("sections", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saisine")),
        sa.UniqueConstraint("cle", name=op.f("uq_saisine_cle")),
    )
    op.create_table(
        "lien_expert",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("expert_id", sa.BigInteger(), nullable=False),
        sa.Column("saisine_id", sa.BigInteger(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("code_expire_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("essais", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ouvert_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoque_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_lien_expert_expert_id_expert")),
        sa.ForeignKeyConstraint(["saisine_id"], ["saisine.id"], name=op.f("fk_lien_expert_saisine_id_saisine")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lien_expert")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_lien_expert_secret_hash")),
    )
    op.create_index(op.f("ix_lien_expert_expert_id"), "lien_expert", ["expert_id"], unique=False)
    op.create_index(op.f("ix_lien_expert_saisine_id"), "lien_expert", ["saisine_id"], unique=False)
    op.create_table(
        "consulte_demarche",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("demarche_id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=True),
        sa.Column("expert_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(service_id IS NULL) <> (expert_id IS NULL)", name=op.f("ck_consulte_demarche_un_consulte")
        ),
        sa.ForeignKeyConstraint(
            ["demarche_id"], ["demarche.id"], name=op.f("fk_consulte_demarche_demarche_id_demarche")
        ),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_consulte_demarche_expert_id_expert")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_consulte_demarche_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consulte_demarche")),
    )
    op.create_index(
        "uq_consulte_demarche",
        "consulte_demarche",
        ["demarche_id", "service_id", "expert_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "modele_question",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("demarche_id", sa.BigInteger(), nullable=False),
        sa.Column("libelle", sa.String(length=120), nullable=False),
        sa.Column("texte", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("retire_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["demarche_id"], ["demarche.id"], name=op.f("fk_modele_question_demarche_id_demarche")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_modele_question")),
    )
    op.create_index(op.f("ix_modele_question_demarche_id"), "modele_question", ["demarche_id"], unique=False)
    op.create_table(
        "session_expert",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("lien_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["lien_id"], ["lien_expert.id"], name=op.f("fk_session_expert_lien_id_lien_expert")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_expert")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_session_expert_secret_hash")),
    )
    op.create_index(op.f("ix_session_expert_lien_id"), "session_expert", ["lien_id"], unique=False)
    op.create_table(
        "brouillon_avis",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=True),
        sa.Column("association_id", sa.BigInteger(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("service_id", sa.BigInteger(), nullable=True),
        sa.Column("expert_id", sa.BigInteger(), nullable=True),
        sa.Column("champs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(dossier_id IS NULL) <> (association_id IS NULL)", name=op.f("ck_brouillon_avis_un_objet")),
        sa.CheckConstraint("(user_id IS NULL) <> (expert_id IS NULL)", name=op.f("ck_brouillon_avis_un_auteur")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_brouillon_avis_association_id_association")
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_brouillon_avis_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_brouillon_avis_expert_id_expert")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_brouillon_avis_service_id_service")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_brouillon_avis_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brouillon_avis")),
    )
    op.create_index(op.f("ix_brouillon_avis_expert_id"), "brouillon_avis", ["expert_id"], unique=False)
    op.create_index(op.f("ix_brouillon_avis_user_id"), "brouillon_avis", ["user_id"], unique=False)
    op.create_index(
        "uq_brouillon_avis",
        "brouillon_avis",
        ["dossier_id", "association_id", "user_id", "service_id", "expert_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "recusation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=True),
        sa.Column("association_id", sa.BigInteger(), nullable=True),
        sa.Column("motif", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(dossier_id IS NULL) <> (association_id IS NULL)", name=op.f("ck_recusation_un_objet")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_recusation_association_id_association")
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_recusation_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_recusation_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusation")),
    )
    op.create_index(op.f("ix_recusation_association_id"), "recusation", ["association_id"], unique=False)
    op.create_index(op.f("ix_recusation_dossier_id"), "recusation", ["dossier_id"], unique=False)
    op.create_index(
        "uq_recusation",
        "recusation",
        ["user_id", "dossier_id", "association_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "service_permis",
        sa.Column("avis_id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["avis_id"], ["avis.id"], name=op.f("fk_service_permis_avis_id_avis")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_service_permis_service_id_service")),
        sa.PrimaryKeyConstraint("avis_id", "service_id", name=op.f("pk_service_permis")),
    )
    op.create_index(op.f("ix_service_permis_service_id"), "service_permis", ["service_id"], unique=False)
    op.add_column(
        "demande_avis",
        sa.Column(
            "cloture",
            sa.Enum(
                "revoquee",
                "conflit",
                "pas_concerne",
                name="clotureavis",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
    )


def _extend_avis() -> None:
    op.add_column("avis", sa.Column("association_id", sa.BigInteger(), nullable=True))
    op.add_column("avis", sa.Column("expert_id", sa.BigInteger(), nullable=True))
    op.add_column("avis", sa.Column("fichier_id", sa.BigInteger(), nullable=True))
    op.add_column("avis", sa.Column("fichier_nom", sa.String(length=300), server_default="", nullable=False))
    op.add_column(
        "avis",
        sa.Column(
            "empreintes", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
    )
    op.add_column("avis", sa.Column("valable_jusqu_au", sa.Date(), nullable=True))
    op.add_column("avis", sa.Column("repris_de_id", sa.BigInteger(), nullable=True))
    op.alter_column("avis", "dossier_id", existing_type=sa.BIGINT(), nullable=True)
    op.alter_column("avis", "service_id", existing_type=sa.BIGINT(), nullable=True)
    op.alter_column("avis", "auteur_id", existing_type=sa.BIGINT(), nullable=True)
    op.drop_constraint(op.f("uq_avis_dossier_id_service_id"), "avis", type_="unique")
    op.create_index(op.f("ix_avis_association_id"), "avis", ["association_id"], unique=False)
    op.create_index(op.f("ix_avis_expert_id"), "avis", ["expert_id"], unique=False)
    op.create_index(op.f("ix_avis_fichier_id"), "avis", ["fichier_id"], unique=False)
    op.create_index(
        "uq_avis_objet_auteur",
        "avis",
        ["dossier_id", "association_id", "service_id", "expert_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_foreign_key(op.f("fk_avis_expert_id_expert"), "avis", "expert", ["expert_id"], ["id"])
    op.create_foreign_key(op.f("fk_avis_repris_de_id_avis"), "avis", "avis", ["repris_de_id"], ["id"])
    op.create_foreign_key(op.f("fk_avis_association_id_association"), "avis", "association", ["association_id"], ["id"])
    op.create_foreign_key(op.f("fk_avis_fichier_id_fichier"), "avis", "fichier", ["fichier_id"], ["id"])
    op.add_column("revision_avis", sa.Column("fichier_id", sa.BigInteger(), nullable=True))
    op.add_column("revision_avis", sa.Column("fichier_nom", sa.String(length=300), server_default="", nullable=False))
    op.add_column("revision_avis", sa.Column("valable_jusqu_au", sa.Date(), nullable=True))
    op.alter_column("revision_avis", "auteur_id", existing_type=sa.BIGINT(), nullable=True)
    op.create_index(op.f("ix_revision_avis_fichier_id"), "revision_avis", ["fichier_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_revision_avis_fichier_id_fichier"), "revision_avis", "fichier", ["fichier_id"], ["id"]
    )


def _extend_demandes() -> None:
    op.add_column("demande_avis", sa.Column("saisine_id", sa.BigInteger(), nullable=True))
    op.add_column("demande_avis", sa.Column("association_id", sa.BigInteger(), nullable=True))
    op.add_column("demande_avis", sa.Column("agent_id", sa.BigInteger(), nullable=True))
    op.add_column("demande_avis", sa.Column("expert_id", sa.BigInteger(), nullable=True))
    op.add_column("demande_avis", sa.Column("repondue_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("demande_avis", sa.Column("close_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("demande_avis", sa.Column("close_motif", sa.Text(), server_default="", nullable=False))
    op.add_column("demande_avis", sa.Column("levee_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("demande_avis", sa.Column("levee_par_id", sa.BigInteger(), nullable=True))
    op.add_column("demande_avis", sa.Column("levee_motif", sa.Text(), server_default="", nullable=False))
    op.add_column("demande_avis", sa.Column("rappels", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("demande_avis", sa.Column("rappelee_at", sa.DateTime(timezone=True), nullable=True))
    op.alter_column("demande_avis", "dossier_id", existing_type=sa.BIGINT(), nullable=True)
    op.alter_column("demande_avis", "service_id", existing_type=sa.BIGINT(), nullable=True)
    op.drop_constraint(
        op.f("uq_demande_avis_dossier_id_service_id_demandeur_service_id"), "demande_avis", type_="unique"
    )
    op.create_index(op.f("ix_demande_avis_association_id"), "demande_avis", ["association_id"], unique=False)
    op.create_index(
        "ix_demande_avis_echeance",
        "demande_avis",
        ["echeance"],
        unique=False,
        postgresql_where=sa.text("repondue_at IS NULL AND close_at IS NULL"),
    )
    op.create_index(op.f("ix_demande_avis_expert_id"), "demande_avis", ["expert_id"], unique=False)
    op.create_index(op.f("ix_demande_avis_saisine_id"), "demande_avis", ["saisine_id"], unique=False)
    op.create_index(
        "uq_demande_avis_attendue",
        "demande_avis",
        ["dossier_id", "association_id", "service_id", "expert_id", "demandeur_service_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("repondue_at IS NULL AND close_at IS NULL"),
    )
    op.create_foreign_key(op.f("fk_demande_avis_expert_id_expert"), "demande_avis", "expert", ["expert_id"], ["id"])
    op.create_foreign_key(op.f("fk_demande_avis_agent_id_user"), "demande_avis", "user", ["agent_id"], ["id"])
    op.create_foreign_key(
        op.f("fk_demande_avis_association_id_association"), "demande_avis", "association", ["association_id"], ["id"]
    )
    op.create_foreign_key(op.f("fk_demande_avis_saisine_id_saisine"), "demande_avis", "saisine", ["saisine_id"], ["id"])
    op.create_foreign_key(op.f("fk_demande_avis_levee_par_id_user"), "demande_avis", "user", ["levee_par_id"], ["id"])
    for ordre in REPRENDRE:
        op.execute(ordre)
    op.alter_column("demande_avis", "saisine_id", nullable=False)
    op.drop_column("demande_avis", "question")
    op.execute(COPIER.replace("ATTENDUE", ATTENDUE))


def downgrade() -> None:
    """Back to one question to one service about one dossier: what is about an association or from an expert goes."""
    for ordre in OUBLIER:
        op.execute(ordre)
    _shrink_demandes()
    _shrink_avis()
    _drop_tables()
    op.drop_column("demarche", "avis_liste_fermee")
    op.drop_column("demarche", "avis_scelle")


def _shrink_demandes() -> None:
    op.execute(COPIER.replace("ATTENDUE", ATTENDUE_AVANT))
    op.add_column("demande_avis", sa.Column("question", sa.Text(), nullable=True))
    for ordre in DEFAIRE:
        op.execute(ordre)
    op.alter_column("demande_avis", "question", nullable=False)
    op.drop_constraint(op.f("fk_demande_avis_levee_par_id_user"), "demande_avis", type_="foreignkey")
    op.drop_constraint(op.f("fk_demande_avis_saisine_id_saisine"), "demande_avis", type_="foreignkey")
    op.drop_constraint(op.f("fk_demande_avis_association_id_association"), "demande_avis", type_="foreignkey")
    op.drop_constraint(op.f("fk_demande_avis_agent_id_user"), "demande_avis", type_="foreignkey")
    op.drop_constraint(op.f("fk_demande_avis_expert_id_expert"), "demande_avis", type_="foreignkey")
    op.drop_index(
        "uq_demande_avis_attendue",
        table_name="demande_avis",
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("repondue_at IS NULL AND close_at IS NULL"),
    )
    op.drop_index(op.f("ix_demande_avis_saisine_id"), table_name="demande_avis")
    op.drop_index(op.f("ix_demande_avis_expert_id"), table_name="demande_avis")
    op.drop_index(
        "ix_demande_avis_echeance",
        table_name="demande_avis",
        postgresql_where=sa.text("repondue_at IS NULL AND close_at IS NULL"),
    )
    op.drop_index(op.f("ix_demande_avis_association_id"), table_name="demande_avis")
    op.create_unique_constraint(
        op.f("uq_demande_avis_dossier_id_service_id_demandeur_service_id"),
        "demande_avis",
        ["dossier_id", "service_id", "demandeur_service_id"],
        postgresql_nulls_not_distinct=False,
    )
    op.alter_column("demande_avis", "service_id", existing_type=sa.BIGINT(), nullable=False)
    op.alter_column("demande_avis", "dossier_id", existing_type=sa.BIGINT(), nullable=False)
    op.drop_column("demande_avis", "rappelee_at")
    op.drop_column("demande_avis", "rappels")
    op.drop_column("demande_avis", "levee_motif")
    op.drop_column("demande_avis", "levee_par_id")
    op.drop_column("demande_avis", "levee_at")
    op.drop_column("demande_avis", "close_motif")
    op.drop_column("demande_avis", "close_at")
    op.drop_column("demande_avis", "cloture")
    op.drop_column("demande_avis", "repondue_at")
    op.drop_column("demande_avis", "expert_id")
    op.drop_column("demande_avis", "agent_id")
    op.drop_column("demande_avis", "association_id")
    op.drop_column("demande_avis", "saisine_id")


def _shrink_avis() -> None:
    op.drop_constraint(op.f("fk_revision_avis_fichier_id_fichier"), "revision_avis", type_="foreignkey")
    op.drop_index(op.f("ix_revision_avis_fichier_id"), table_name="revision_avis")
    op.alter_column("revision_avis", "auteur_id", existing_type=sa.BIGINT(), nullable=False)
    op.drop_column("revision_avis", "valable_jusqu_au")
    op.drop_column("revision_avis", "fichier_nom")
    op.drop_column("revision_avis", "fichier_id")
    op.drop_constraint(op.f("fk_avis_fichier_id_fichier"), "avis", type_="foreignkey")
    op.drop_constraint(op.f("fk_avis_association_id_association"), "avis", type_="foreignkey")
    op.drop_constraint(op.f("fk_avis_repris_de_id_avis"), "avis", type_="foreignkey")
    op.drop_constraint(op.f("fk_avis_expert_id_expert"), "avis", type_="foreignkey")
    op.drop_index("uq_avis_objet_auteur", table_name="avis", postgresql_nulls_not_distinct=True)
    op.drop_index(op.f("ix_avis_fichier_id"), table_name="avis")
    op.drop_index(op.f("ix_avis_expert_id"), table_name="avis")
    op.drop_index(op.f("ix_avis_association_id"), table_name="avis")
    op.create_unique_constraint(
        op.f("uq_avis_dossier_id_service_id"), "avis", ["dossier_id", "service_id"], postgresql_nulls_not_distinct=False
    )
    op.alter_column("avis", "auteur_id", existing_type=sa.BIGINT(), nullable=False)
    op.alter_column("avis", "service_id", existing_type=sa.BIGINT(), nullable=False)
    op.alter_column("avis", "dossier_id", existing_type=sa.BIGINT(), nullable=False)
    op.drop_column("avis", "repris_de_id")
    op.drop_column("avis", "valable_jusqu_au")
    op.drop_column("avis", "empreintes")
    op.drop_column("avis", "fichier_nom")
    op.drop_column("avis", "fichier_id")
    op.drop_column("avis", "expert_id")
    op.drop_column("avis", "association_id")


def _drop_tables() -> None:
    op.drop_index(op.f("ix_service_permis_service_id"), table_name="service_permis")
    op.drop_table("service_permis")
    op.drop_index("uq_recusation", table_name="recusation", postgresql_nulls_not_distinct=True)
    op.drop_index(op.f("ix_recusation_dossier_id"), table_name="recusation")
    op.drop_index(op.f("ix_recusation_association_id"), table_name="recusation")
    op.drop_table("recusation")
    op.drop_index("uq_brouillon_avis", table_name="brouillon_avis", postgresql_nulls_not_distinct=True)
    op.drop_index(op.f("ix_brouillon_avis_user_id"), table_name="brouillon_avis")
    op.drop_index(op.f("ix_brouillon_avis_expert_id"), table_name="brouillon_avis")
    op.drop_table("brouillon_avis")
    op.drop_index(op.f("ix_session_expert_lien_id"), table_name="session_expert")
    op.drop_table("session_expert")
    op.drop_index(op.f("ix_modele_question_demarche_id"), table_name="modele_question")
    op.drop_table("modele_question")
    op.drop_index("uq_consulte_demarche", table_name="consulte_demarche", postgresql_nulls_not_distinct=True)
    op.drop_table("consulte_demarche")
    op.drop_index(op.f("ix_lien_expert_saisine_id"), table_name="lien_expert")
    op.drop_index(op.f("ix_lien_expert_expert_id"), table_name="lien_expert")
    op.drop_table("lien_expert")
    op.drop_table("saisine")
    op.drop_table("expert")
