"""one row of terms everywhere"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up one version."""
    with op.batch_alter_table('terms', schema=None) as batch_op:
        batch_op.create_index('ix_terms_everywhere', ['customer_class', 'media_category'], unique=True, sqlite_where=sa.text('centre_id IS NULL'), postgresql_where=sa.text('centre_id IS NULL'))



def downgrade() -> None:
    """Go back one version."""
    with op.batch_alter_table('terms', schema=None) as batch_op:
        batch_op.drop_index('ix_terms_everywhere', sqlite_where=sa.text('centre_id IS NULL'), postgresql_where=sa.text('centre_id IS NULL'))

