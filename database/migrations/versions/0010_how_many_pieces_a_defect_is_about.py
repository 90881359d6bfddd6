"""how many pieces a defect is about"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up one version."""
    with op.batch_alter_table('defect', schema=None) as batch_op:
        batch_op.add_column(sa.Column('pieces', sa.Integer(), nullable=True))


def downgrade() -> None:
    """Go back one version."""
    with op.batch_alter_table('defect', schema=None) as batch_op:
        batch_op.drop_column('pieces')
