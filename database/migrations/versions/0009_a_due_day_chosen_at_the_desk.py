"""a due day chosen at the desk"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up one version."""
    with op.batch_alter_table('desk_session', schema=None) as batch_op:
        batch_op.add_column(sa.Column('due_on', sa.Date(), nullable=True))


def downgrade() -> None:
    """Go back one version."""
    with op.batch_alter_table('desk_session', schema=None) as batch_op:
        batch_op.drop_column('due_on')
