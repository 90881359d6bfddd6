"""index hosts"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up one version."""
    with op.batch_alter_table('index_host', schema=None) as batch_op:
        batch_op.add_column(sa.Column('state', sa.String(length=40), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('fault', sa.String(length=300), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('documents', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('position', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('written', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('checked_at', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('rebuilt_at', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('tidied_on', sa.Date(), nullable=True))


def downgrade() -> None:
    """Go back one version."""
    with op.batch_alter_table('index_host', schema=None) as batch_op:
        batch_op.drop_column('tidied_on')
        batch_op.drop_column('rebuilt_at')
        batch_op.drop_column('checked_at')
        batch_op.drop_column('written')
        batch_op.drop_column('position')
        batch_op.drop_column('documents')
        batch_op.drop_column('fault')
        batch_op.drop_column('state')
