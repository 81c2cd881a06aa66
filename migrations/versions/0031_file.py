"""The queue: what each dossier waits for, every fact that filters it, labels, follows, views, visits.

Revision: 0031, after 0030
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


COPIER_AVANT = """
CREATE OR REPLACE FUNCTION acces_dossier_copier() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    SELECT d.date_depot, d.etat, d.source, d.demarche_id, d.exercice, d.instructeur_id,
        array_to_tsvector(ARRAY(SELECT NEW.service_id || '_' || mot FROM unnest(string_to_array(d.mots, ' ')) AS mot))
    INTO NEW.date_depot, NEW.etat, NEW.source, NEW.demarche_id, NEW.exercice, NEW.instructeur_id, NEW.recherche
    FROM dossier d WHERE d.id = NEW.dossier_id;
    RETURN NEW;
END $$
"""
# Implicit rejection: two months from date to date (CRPA L231-4), in Paris, later by the days of suspension.
# Of an étape, a service that is only asked for its avis learns nothing that the owner service keeps for itself.
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
                AND NOT EXISTS (SELECT FROM avis a WHERE a.dossier_id = d.id AND a.service_id = NEW.service_id)
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
# Whoever writes what a dossier waits for, or a label of it, has its accesses written again.
SUIVRE = """
CREATE FUNCTION dossier_suivre() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE acces_dossier SET dossier_id = dossier_id WHERE dossier_id = coalesce(NEW.dossier_id, OLD.dossier_id);
    RETURN NULL;
END $$
"""
SUIVIES_DE_PRES = ("decision", "proposition", "etiquette_dossier", "demande_avis", "avis")
INSTRUCTEUR = """
CREATE FUNCTION dossier_instructeur() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM suivi WHERE dossier_id = NEW.id AND user_id = OLD.instructeur_id;
    END IF;
    IF NEW.instructeur_id IS NOT NULL THEN
        INSERT INTO suivi (user_id, dossier_id) VALUES (NEW.instructeur_id, NEW.id) ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$
"""
AVANT = ("date_depot", "etat", "source", "demarche_id", "exercice", "instructeur_id", "mots")
APRES = (
    *AVANT, "complement_demande", "montant_demande", "jours_suspendus", "demandeur_nom", "departement", "origine",
    "association_id", "avis_demandes", "avis_rendus", "avis_echeance", "cer",
)  # fmt: skip


def _propager(suivies: tuple[str, ...]) -> None:
    avant, apres = (", ".join(f"{ligne}.{colonne}" for colonne in suivies) for ligne in ("OLD", "NEW"))
    op.execute("DROP TRIGGER dossier_propager ON dossier")
    op.execute(
        "CREATE TRIGGER dossier_propager AFTER UPDATE ON dossier "
        f"FOR EACH ROW WHEN (({avant}) IS DISTINCT FROM ({apres})) EXECUTE FUNCTION dossier_propager()"
    )


def upgrade() -> None:
    """An access copies what a queue shows, sorts or filters; whoever changes one of these facts has it written again."""
    op.create_table(
        "etiquette",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("nom", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("retiree_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_etiquette_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_etiquette")),
        sa.UniqueConstraint("service_id", "nom", name=op.f("uq_etiquette_service_id_nom")),
    )
    op.create_table(
        "preference_agent",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("colonnes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("raccourcis", sa.Boolean(), nullable=False),
        sa.Column("notifications", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_preference_agent_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_preference_agent")),
    )
    op.create_table(
        "vue_enregistree",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("nom", sa.String(length=80), nullable=False),
        sa.Column("arguments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("par_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["par_id"], ["user.id"], name=op.f("fk_vue_enregistree_par_id_user")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_vue_enregistree_service_id_service")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_vue_enregistree_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vue_enregistree")),
    )
    op.create_index(
        "uq_vue_enregistree_nom",
        "vue_enregistree",
        ["service_id", "user_id", "nom"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "etiquette_dossier",
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("etiquette_id", sa.BigInteger(), nullable=False),
        sa.Column("par_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_etiquette_dossier_dossier_id_dossier")),
        sa.ForeignKeyConstraint(
            ["etiquette_id"], ["etiquette.id"], name=op.f("fk_etiquette_dossier_etiquette_id_etiquette")
        ),
        sa.ForeignKeyConstraint(["par_id"], ["user.id"], name=op.f("fk_etiquette_dossier_par_id_user")),
        sa.PrimaryKeyConstraint("dossier_id", "etiquette_id", name=op.f("pk_etiquette_dossier")),
    )
    op.create_index(op.f("ix_etiquette_dossier_etiquette_id"), "etiquette_dossier", ["etiquette_id"], unique=False)
    op.create_table(
        "suivi",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_suivi_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_suivi_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", "dossier_id", name=op.f("pk_suivi")),
    )
    op.create_index(op.f("ix_suivi_dossier_id"), "suivi", ["dossier_id"], unique=False)
    op.create_table(
        "visite_dossier",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("vue_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contenu_version", sa.BigInteger(), nullable=False),
        sa.Column("precedente_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("precedente_version", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_visite_dossier_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_visite_dossier_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", "dossier_id", name=op.f("pk_visite_dossier")),
    )
    op.add_column("dossier", sa.Column("avis_echeance", sa.Date(), nullable=True))
    op.add_column(
        "dossier",
        sa.Column(
            "origine",
            sa.Enum(
                "portail",
                "ds",
                "courrier",
                "courriel",
                "guichet",
                name="originedossier",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="portail",
            nullable=False,
        ),
    )
    op.add_column("dossier", sa.Column("departement", sa.String(length=10), server_default="", nullable=False))
    op.add_column("dossier", sa.Column("jours_suspendus", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column(
        "dossier",
        sa.Column(
            "cer",
            sa.Enum(
                "signe",
                "dispense",
                "declare",
                "dispense_expiree",
                "manquant",
                name="etatcer",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="manquant",
            nullable=False,
        ),
    )
    op.add_column(
        "acces_dossier",
        sa.Column(
            "etape",
            sa.Enum(
                "a_prendre",
                "avis",
                "complement",
                "a_decider",
                "a_notifier",
                "traite",
                "avis_a_donner",
                "avis_donne",
                name="etapefile",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
    )
    op.add_column("acces_dossier", sa.Column("montant", sa.Numeric(precision=14, scale=2), nullable=True))
    op.add_column("acces_dossier", sa.Column("echeance", sa.Date(), nullable=True))
    op.add_column("acces_dossier", sa.Column("avis_echeance", sa.Date(), nullable=True))
    op.add_column("acces_dossier", sa.Column("demandeur", sa.String(length=60), nullable=True))
    op.create_table(
        "champ_modifie",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("contenu_version", sa.BigInteger(), nullable=False),
        sa.Column("libelle", sa.Text(), nullable=False),
        sa.Column("avant", sa.Text(), nullable=False),
        sa.Column("apres", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_champ_modifie_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_champ_modifie")),
    )
    op.create_index(op.f("ix_champ_modifie_dossier_id"), "champ_modifie", ["dossier_id"], unique=False)
    op.add_column("demande", sa.Column("lecture", sa.Text(), nullable=True))
    op.execute("UPDATE dossier SET origine = 'ds' WHERE source = 'ds'")
    op.execute(
        "INSERT INTO suivi (user_id, dossier_id) SELECT instructeur_id, id FROM dossier WHERE instructeur_id IS NOT NULL"
    )
    op.execute(COPIER)
    op.execute(SUIVRE)
    op.execute(INSTRUCTEUR)
    _propager(APRES)
    for table in SUIVIES_DE_PRES:
        op.execute(
            f"CREATE TRIGGER {table}_suivre AFTER INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION dossier_suivre()"
        )
    op.execute(
        "CREATE TRIGGER dossier_instructeur_nouveau AFTER INSERT ON dossier "
        "FOR EACH ROW WHEN (NEW.instructeur_id IS NOT NULL) EXECUTE FUNCTION dossier_instructeur()"
    )
    op.execute(
        "CREATE TRIGGER dossier_instructeur_autre AFTER UPDATE ON dossier "
        "FOR EACH ROW WHEN (OLD.instructeur_id IS DISTINCT FROM NEW.instructeur_id) EXECUTE FUNCTION dossier_instructeur()"
    )
    op.execute("UPDATE acces_dossier SET dossier_id = dossier_id")
    for colonne in ("etape", "montant", "echeance", "demandeur"):
        op.alter_column("acces_dossier", colonne, nullable=False)
    op.create_index(op.f("ix_dossier_service_id_departement"), "dossier", ["service_id", "departement"], unique=False)
    # A search reads the whole list of what waits to be indexed: nothing must wait there.
    op.execute("ALTER INDEX ix_acces_dossier_recherche SET (fastupdate = off)")
    op.create_index(
        "ix_acces_dossier_demandeur",
        "acces_dossier",
        ["service_id", "demandeur", "dossier_id"],
        unique=False,
        postgresql_include=["etape"],
    )
    op.create_index(
        "ix_acces_dossier_echeance",
        "acces_dossier",
        ["service_id", "echeance", "dossier_id"],
        unique=False,
        postgresql_include=["etape"],
    )
    op.create_index(
        "ix_acces_dossier_etape", "acces_dossier", ["service_id", "etape", "date_depot", "dossier_id"], unique=False
    )
    for nom, colonne in (("exercice", "exercice"), ("demarche", "demarche_id")):
        op.create_index(
            f"ix_acces_dossier_{nom}",
            "acces_dossier",
            ["service_id", colonne, "date_depot", "dossier_id"],
            unique=False,
        )
    op.create_index(
        "ix_acces_dossier_montant",
        "acces_dossier",
        ["service_id", "montant", "dossier_id"],
        unique=False,
        postgresql_include=["etape"],
    )


def downgrade() -> None:
    """Copy again what was copied before, and drop the rest."""
    op.execute("DROP TRIGGER dossier_instructeur_autre ON dossier")
    op.execute("DROP TRIGGER dossier_instructeur_nouveau ON dossier")
    for table in SUIVIES_DE_PRES:
        op.execute(f"DROP TRIGGER {table}_suivre ON {table}")
    _propager(AVANT)
    op.execute("DROP FUNCTION dossier_instructeur()")
    op.execute("DROP FUNCTION dossier_suivre()")
    op.execute(COPIER_AVANT)
    op.drop_column("demande", "lecture")
    op.drop_index(op.f("ix_champ_modifie_dossier_id"), table_name="champ_modifie")
    op.drop_table("champ_modifie")
    op.execute("ALTER INDEX ix_acces_dossier_recherche RESET (fastupdate)")
    op.drop_index(op.f("ix_dossier_service_id_departement"), table_name="dossier")
    op.drop_column("dossier", "cer")
    op.drop_column("dossier", "jours_suspendus")
    op.drop_column("dossier", "departement")
    op.drop_column("dossier", "origine")
    op.drop_column("dossier", "avis_echeance")
    op.drop_index("ix_acces_dossier_demarche", table_name="acces_dossier")
    op.drop_index("ix_acces_dossier_exercice", table_name="acces_dossier")
    op.drop_index("ix_acces_dossier_montant", table_name="acces_dossier", postgresql_include=["etape"])
    op.drop_index("ix_acces_dossier_etape", table_name="acces_dossier")
    op.drop_index("ix_acces_dossier_echeance", table_name="acces_dossier", postgresql_include=["etape"])
    op.drop_index("ix_acces_dossier_demandeur", table_name="acces_dossier", postgresql_include=["etape"])
    op.drop_column("acces_dossier", "demandeur")
    op.drop_column("acces_dossier", "avis_echeance")
    op.drop_column("acces_dossier", "echeance")
    op.drop_column("acces_dossier", "montant")
    op.drop_column("acces_dossier", "etape")
    op.drop_table("visite_dossier")
    op.drop_index(op.f("ix_suivi_dossier_id"), table_name="suivi")
    op.drop_table("suivi")
    op.drop_index(op.f("ix_etiquette_dossier_etiquette_id"), table_name="etiquette_dossier")
    op.drop_table("etiquette_dossier")
    op.drop_index("uq_vue_enregistree_nom", table_name="vue_enregistree", postgresql_nulls_not_distinct=True)
    op.drop_table("vue_enregistree")
    op.drop_table("preference_agent")
    op.drop_table("etiquette")
