"""Messages that every service which knows the association reads.

Revision: 0038, after 0037
"""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

AVANT = ("association", "services_saisis", "service")


def upgrade() -> None:
    """A message may be shared on the sheet of the association."""
    _accepter(("association", "services_saisis", "partage", "service"))


def downgrade() -> None:
    """Those that were shared are kept for the services that read the dossier."""
    op.execute("UPDATE message SET audience = 'services_saisis' WHERE audience = 'partage'")
    _accepter(AVANT)


def _accepter(audiences: tuple[str, ...]) -> None:
    nom = op.f("ck_message_audiencemessage")
    op.drop_constraint(nom, "message", type_="check")
    liste = ", ".join(f"'{audience}'" for audience in audiences)
    op.create_check_constraint(nom, "message", f"audience IN ({liste})")
