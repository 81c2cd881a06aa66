"""The tables of the job queue, as the pinned procrastinate ships them, and the sequences of our references.

Revision: 0007, after 0006
"""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create procrastinate's schema. A later version of the library brings its own migration of ours."""
    schema = SchemaManager.get_schema()
    op.get_bind().exec_driver_sql(schema.replace("%", "%%"))
    op.execute("CREATE SEQUENCE reference_dossier")


def downgrade() -> None:
    """Drop everything that bears procrastinate's name."""
    op.execute("DROP SEQUENCE reference_dossier")
    op.execute(
        """
        DO $$ DECLARE objet record; BEGIN
            FOR objet IN SELECT tablename FROM pg_tables
                WHERE tablename LIKE 'procrastinate_%' AND schemaname = 'public' LOOP
                EXECUTE format('DROP TABLE %I CASCADE', objet.tablename);
            END LOOP;
            FOR objet IN SELECT p.oid::regprocedure::text AS signature FROM pg_proc p
                JOIN pg_namespace n ON n.oid = p.pronamespace
                WHERE p.proname LIKE 'procrastinate_%' AND n.nspname = 'public' LOOP
                EXECUTE 'DROP FUNCTION ' || objet.signature || ' CASCADE';
            END LOOP;
            FOR objet IN SELECT t.typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
                WHERE t.typname LIKE 'procrastinate_%' AND n.nspname = 'public' LOOP
                EXECUTE format('DROP TYPE IF EXISTS %I CASCADE', objet.typname);
            END LOOP;
        END $$
        """
    )
