"""any copy in a basket"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up one version."""
    with op.batch_alter_table('basket_line', schema=None) as batch_op:
        batch_op.add_column(sa.Column('any_copy', sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Go back one version."""
    with op.batch_alter_table('basket_line', schema=None) as batch_op:
        batch_op.drop_column('any_copy')
