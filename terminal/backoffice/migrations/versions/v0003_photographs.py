"""Photographs; when the bank's application became active, the chip's account, the branch that the account is at."""

import sqlalchemy as sa
from alembic import op

from terminal.backoffice.tables import Instant

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add a table and three columns; what is on record knows neither."""
    op.add_column("social_cards", sa.Column("bank_activated_at", Instant()))
    op.add_column("social_cards", sa.Column("chip_account", sa.String(40)))
    op.add_column("card_orders", sa.Column("bank_branch", sa.String(12)))
    op.create_table(
        "photographs",
        sa.Column("id_number", sa.String(18), nullable=False),
        sa.Column("image", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id_number", name="pk_photographs"),
        sa.ForeignKeyConstraint(["id_number"], ["persons.id_number"], name="fk_photographs_id_number"),
    )
