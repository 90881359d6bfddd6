"""Lending complete: what the desk, bookings, holds, the courier and letters keep."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

HOLD_OPEN = sa.text("state IN ('waiting', 'set_aside', 'in_transit')")


def upgrade() -> None:
    """Go up one version."""
    op.create_table('letter_choice',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('topic', sa.String(40), nullable=False),
    sa.Column('mode', sa.String(40), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_letter_choice_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', 'topic', name=op.f('pk_letter_choice'))
    )
    op.create_table('briefing',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('centre_id', sa.Integer(), nullable=False),
    sa.Column('media_category', sa.String(length=40), nullable=False),
    sa.Column('given_on', sa.Date(), nullable=False),
    sa.Column('given_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['centre_id'], ['media_centre.id'], name=op.f('fk_briefing_centre_id_media_centre')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_briefing_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_briefing')),
    sa.UniqueConstraint('person_id', 'centre_id', 'media_category', name=op.f('uq_briefing_person_id_centre_id_media_category'))
    )
    op.create_table('lending_settings',
    sa.Column('centre_id', sa.Integer(), nullable=False),
    sa.Column('pickup_days', sa.Integer(), nullable=False),
    sa.Column('pickup_in_open_days', sa.Boolean(), nullable=False),
    sa.Column('lapses_uncollected', sa.Boolean(), nullable=False),
    sa.Column('checks_returns', sa.Boolean(), nullable=False),
    sa.Column('overdue_policy', sa.String(40), nullable=False),
    sa.Column('renews_automatically', sa.Boolean(), nullable=False),
    sa.Column('mails_receipts', sa.Boolean(), nullable=False),
    sa.Column('person_days', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('person_days BETWEEN 0 AND 365', name=op.f('ck_lending_settings_person_days')),
    sa.CheckConstraint('pickup_days BETWEEN 1 AND 60', name=op.f('ck_lending_settings_pickup_days')),
    sa.ForeignKeyConstraint(['centre_id'], ['media_centre.id'], name=op.f('fk_lending_settings_centre_id_media_centre')),
    sa.PrimaryKeyConstraint('centre_id', name=op.f('pk_lending_settings'))
    )
    op.create_table('letter_text',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('centre_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(40), nullable=False),
    sa.Column('locale', sa.String(length=5), nullable=False),
    sa.Column('subject', sa.String(length=120), nullable=False),
    sa.Column('text', sa.String(length=4000), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['centre_id'], ['media_centre.id'], name=op.f('fk_letter_text_centre_id_media_centre')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter_text')),
    sa.UniqueConstraint('centre_id', 'kind', 'locale', name=op.f('uq_letter_text_centre_id_kind_locale'))
    )
    op.create_table('courier_route',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('centre_id', sa.Integer(), nullable=False),
    sa.Column('branch_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('weekdays', sa.JSON(), nullable=False),
    sa.Column('cut_off', sa.Time(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_courier_route_branch_id_branch')),
    sa.ForeignKeyConstraint(['centre_id'], ['media_centre.id'], name=op.f('fk_courier_route_centre_id_media_centre')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_courier_route')),
    sa.UniqueConstraint('centre_id', 'name', name=op.f('uq_courier_route_centre_id_name'))
    )
    op.create_table('collective_order',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('centre_id', sa.Integer(), nullable=False),
    sa.Column('institution_id', sa.Integer(), nullable=False),
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('first', sa.Date(), nullable=False),
    sa.Column('last', sa.Date(), nullable=False),
    sa.Column('state', sa.String(40), nullable=False),
    sa.Column('opened_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.CheckConstraint('last >= first', name=op.f('ck_collective_order_days_in_order')),
    sa.ForeignKeyConstraint(['centre_id'], ['media_centre.id'], name=op.f('fk_collective_order_centre_id_media_centre')),
    sa.ForeignKeyConstraint(['institution_id'], ['institution.id'], name=op.f('fk_collective_order_institution_id_institution')),
    sa.ForeignKeyConstraint(['place_id'], ['pickup_place.id'], name=op.f('fk_collective_order_place_id_pickup_place')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_collective_order')),
    sa.UniqueConstraint('number', name=op.f('uq_collective_order_number'))
    )
    with op.batch_alter_table('collective_order', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_collective_order_centre_id'), ['centre_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_collective_order_institution_id_state'), ['institution_id', 'state'], unique=False)

    op.create_table('feed',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(40), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('institution_id', sa.Integer(), nullable=True),
    sa.Column('branch_id', sa.Integer(), nullable=True),
    sa.Column('route_id', sa.Integer(), nullable=True),
    sa.Column('nonce', sa.String(length=32), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('last_read_on', sa.Date(), nullable=True),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_feed_account_id_account')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_feed_branch_id_branch')),
    sa.ForeignKeyConstraint(['institution_id'], ['institution.id'], name=op.f('fk_feed_institution_id_institution')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_feed_person_id_person')),
    sa.ForeignKeyConstraint(['route_id'], ['courier_route.id'], name=op.f('fk_feed_route_id_courier_route')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feed'))
    )
    with op.batch_alter_table('feed', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_feed_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_feed_institution_id'), ['institution_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_feed_person_id'), ['person_id'], unique=False)

    op.create_table('route_stop',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('route_id', sa.Integer(), nullable=False),
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['place_id'], ['pickup_place.id'], name=op.f('fk_route_stop_place_id_pickup_place')),
    sa.ForeignKeyConstraint(['route_id'], ['courier_route.id'], name=op.f('fk_route_stop_route_id_courier_route')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_route_stop')),
    sa.UniqueConstraint('place_id', name=op.f('uq_route_stop_place_id'))
    )
    with op.batch_alter_table('route_stop', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_route_stop_route_id'), ['route_id'], unique=False)

    op.create_table('tour',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('route_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('state', sa.String(40), nullable=False),
    sa.Column('handed_over_at', sa.DateTime(), nullable=True),
    sa.Column('handed_over_by', sa.Integer(), nullable=True),
    sa.Column('driver', sa.String(length=120), nullable=False),
    sa.Column('driver_nonce', sa.String(length=32), nullable=True),
    sa.ForeignKeyConstraint(['route_id'], ['courier_route.id'], name=op.f('fk_tour_route_id_courier_route')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tour')),
    sa.UniqueConstraint('route_id', 'day', name=op.f('uq_tour_route_id_day'))
    )
    with op.batch_alter_table('tour', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tour_day'), ['day'], unique=False)

    op.create_table('purchase_wish',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('centre_id', sa.Integer(), nullable=False),
    sa.Column('institution_id', sa.Integer(), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('title_id', sa.Integer(), nullable=True),
    sa.Column('what', sa.String(length=300), nullable=False),
    sa.Column('why', sa.String(length=1000), nullable=False),
    sa.Column('state', sa.String(40), nullable=False),
    sa.Column('answer', sa.String(length=1000), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['centre_id'], ['media_centre.id'], name=op.f('fk_purchase_wish_centre_id_media_centre')),
    sa.ForeignKeyConstraint(['institution_id'], ['institution.id'], name=op.f('fk_purchase_wish_institution_id_institution')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_purchase_wish_person_id_person')),
    sa.ForeignKeyConstraint(['title_id'], ['title.id'], name=op.f('fk_purchase_wish_title_id_title')),
    sa.ForeignKeyConstraint(['unit_id'], ['teaching_unit.id'], name=op.f('fk_purchase_wish_unit_id_teaching_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_purchase_wish'))
    )
    with op.batch_alter_table('purchase_wish', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_purchase_wish_centre_id_state'), ['centre_id', 'state'], unique=False)
        batch_op.create_index(batch_op.f('ix_purchase_wish_institution_id'), ['institution_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_purchase_wish_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_purchase_wish_title_id'), ['title_id'], unique=False)

    op.create_table('tour_stop',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('tour_id', sa.Integer(), nullable=False),
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('delivered_at', sa.DateTime(), nullable=True),
    sa.Column('collected_at', sa.DateTime(), nullable=True),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['place_id'], ['pickup_place.id'], name=op.f('fk_tour_stop_place_id_pickup_place')),
    sa.ForeignKeyConstraint(['tour_id'], ['tour.id'], name=op.f('fk_tour_stop_tour_id_tour')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tour_stop')),
    sa.UniqueConstraint('tour_id', 'place_id', name=op.f('uq_tour_stop_tour_id_place_id'))
    )
    with op.batch_alter_table('tour_stop', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tour_stop_place_id'), ['place_id'], unique=False)

    op.create_table('transit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('copy_id', sa.Integer(), nullable=False),
    sa.Column('from_branch_id', sa.Integer(), nullable=False),
    sa.Column('to_branch_id', sa.Integer(), nullable=False),
    sa.Column('sent_at', sa.DateTime(), nullable=False),
    sa.Column('sent_by', sa.Integer(), nullable=True),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.Column('arrived', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['copy_id'], ['copy.id'], name=op.f('fk_transit_copy_id_copy')),
    sa.ForeignKeyConstraint(['from_branch_id'], ['branch.id'], name=op.f('fk_transit_from_branch_id_branch')),
    sa.ForeignKeyConstraint(['to_branch_id'], ['branch.id'], name=op.f('fk_transit_to_branch_id_branch')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transit'))
    )
    with op.batch_alter_table('transit', schema=None) as batch_op:
        batch_op.create_index('ix_transit_open_to', ['to_branch_id', 'ended_at'], unique=False)
        batch_op.create_index('uq_transit_open_copy', ['copy_id'], unique=True, postgresql_where=sa.text('ended_at IS NULL'), sqlite_where=sa.text('ended_at IS NULL'))

    op.create_table('tour_box',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('stop_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.ForeignKeyConstraint(['stop_id'], ['tour_stop.id'], name=op.f('fk_tour_box_stop_id_tour_stop')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tour_box')),
    sa.UniqueConstraint('number', name=op.f('uq_tour_box_number'))
    )
    with op.batch_alter_table('tour_box', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tour_box_stop_id'), ['stop_id'], unique=False)

    op.create_table('booking_pick',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('line_id', sa.Integer(), nullable=False),
    sa.Column('copy_id', sa.Integer(), nullable=False),
    sa.Column('first', sa.Date(), nullable=False),
    sa.Column('picked_at', sa.DateTime(), nullable=False),
    sa.Column('picked_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['copy_id'], ['copy.id'], name=op.f('fk_booking_pick_copy_id_copy')),
    sa.ForeignKeyConstraint(['line_id'], ['booking_line.id'], name=op.f('fk_booking_pick_line_id_booking_line')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_booking_pick')),
    sa.UniqueConstraint('copy_id', name=op.f('uq_booking_pick_copy_id'))
    )
    with op.batch_alter_table('booking_pick', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_booking_pick_line_id'), ['line_id'], unique=False)

    op.create_table('loan_claim',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('loan_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(40), nullable=False),
    sa.Column('note', sa.String(length=1000), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('photo_id', sa.Integer(), nullable=True),
    sa.Column('billed_cents', sa.Integer(), nullable=True),
    sa.Column('settled_at', sa.DateTime(), nullable=True),
    sa.Column('settled_by', sa.Integer(), nullable=True),
    sa.Column('settled_note', sa.String(length=1000), nullable=False),
    sa.CheckConstraint('billed_cents IS NULL OR billed_cents >= 0', name=op.f('ck_loan_claim_billed_cents')),
    sa.ForeignKeyConstraint(['loan_id'], ['loan.id'], name=op.f('fk_loan_claim_loan_id_loan')),
    sa.ForeignKeyConstraint(['photo_id'], ['attachment.id'], name=op.f('fk_loan_claim_photo_id_attachment')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_loan_claim'))
    )
    with op.batch_alter_table('loan_claim', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_loan_claim_loan_id'), ['loan_id'], unique=False)

    op.create_table('tour_load',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('box_id', sa.Integer(), nullable=False),
    sa.Column('loan_id', sa.Integer(), nullable=False),
    sa.Column('packed_at', sa.DateTime(), nullable=False),
    sa.Column('packed_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['box_id'], ['tour_box.id'], name=op.f('fk_tour_load_box_id_tour_box')),
    sa.ForeignKeyConstraint(['loan_id'], ['loan.id'], name=op.f('fk_tour_load_loan_id_loan')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tour_load')),
    sa.UniqueConstraint('loan_id', name=op.f('uq_tour_load_loan_id'))
    )
    with op.batch_alter_table('tour_load', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tour_load_box_id'), ['box_id'], unique=False)

    _make_class_codes()
    for table, columns in _added().items():
        for column in columns:
            op.add_column(table, column)
    op.create_index('ix_holding_centre_id_lendable', 'holding', ['centre_id', 'lendable'])
    op.create_index('ix_booking_group_key', 'booking', ['group_key'])
    op.add_column(
        'booking',
        sa.Column('order_id', sa.Integer(), sa.ForeignKey('collective_order.id', name='fk_booking_order_id_collective_order')),
        inline_references=True,
    )
    op.create_index('ix_booking_order_id', 'booking', ['order_id'])
    op.create_index('uq_hold_open_person', 'hold', ['holding_id', 'person_id'], unique=True, postgresql_where=HOLD_OPEN, sqlite_where=HOLD_OPEN)
    _make_basket_anew()
    _make_reminders_anew()
    # Only demonstrations wrote any; letters about what is overdue have other facts from now on.
    op.execute("DELETE FROM owed_letter WHERE kind = 'reminder'")


def downgrade() -> None:
    """Go back one version."""
    op.drop_table('basket_line')
    _make_first_basket()
    op.drop_table('reminder')
    _make_first_reminders()
    op.drop_index('ix_holding_centre_id_lendable', 'holding')
    op.drop_index('uq_hold_open_person', 'hold')
    op.drop_index('ix_booking_order_id', 'booking')
    op.drop_index('ix_booking_group_key', 'booking')
    op.drop_column('booking', 'order_id')
    for table, columns in _added().items():
        for column in columns:
            op.drop_column(table, column.name)
    for table in (
        'tour_load', 'loan_claim', 'booking_pick', 'tour_box', 'transit', 'tour_stop', 'purchase_wish',
        'tour', 'route_stop', 'feed', 'collective_order', 'courier_route', 'letter_text',
        'lending_settings', 'briefing', 'letter_choice', 'class_code',
    ):
        op.drop_table(table)


def _make_class_codes() -> None:
    op.create_table(
        'class_code',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('code', sa.String(length=12), nullable=False),
        sa.Column('account_id', sa.Integer(), nullable=False),
        sa.Column('title_id', sa.Integer(), nullable=True),
        sa.Column('list_id', sa.Integer(), nullable=True),
        sa.Column('made_at', sa.DateTime(), nullable=False),
        sa.Column('ends_on', sa.Date(), nullable=False),
        sa.Column('ended_at', sa.DateTime(), nullable=True),
        sa.CheckConstraint('(title_id IS NULL) <> (list_id IS NULL)', name='ck_class_code_one_thing'),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name='fk_class_code_account_id_account'),
        sa.ForeignKeyConstraint(['title_id'], ['title.id'], name='fk_class_code_title_id_title', ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['list_id'], ['title_list.id'], name='fk_class_code_list_id_title_list', ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name='pk_class_code'),
        sa.UniqueConstraint('code', name='uq_class_code_code'),
    )
    for column in ('account_id', 'title_id', 'list_id'):
        op.create_index(f'ix_class_code_{column}', 'class_code', [column])


def _make_basket_anew() -> None:
    """Nothing is lost: its lines held stock for a quarter of an hour, and no page made any."""
    op.drop_table('basket_line')
    op.create_table(
        'basket_line',
        *_basket_columns(),
        sa.Column('institution_id', sa.Integer(), nullable=False),
        sa.Column('place_id', sa.Integer(), nullable=False),
        sa.Column('copy_id', sa.Integer(), nullable=True),
        sa.Column('unit_id', sa.Integer(), nullable=True),
        sa.Column('reason', sa.String(length=40), nullable=True),
        sa.Column('class_name', sa.String(length=40), nullable=False),
        sa.CheckConstraint('unit_id IS NULL OR reason IS NULL', name='ck_basket_line_one_purpose'),
        sa.ForeignKeyConstraint(['unit_id'], ['teaching_unit.id'], name='fk_basket_line_unit_id_teaching_unit'),
        sa.ForeignKeyConstraint(['institution_id'], ['institution.id'], name='fk_basket_line_institution_id_institution'),
        sa.ForeignKeyConstraint(['place_id'], ['pickup_place.id'], name='fk_basket_line_place_id_pickup_place'),
        sa.ForeignKeyConstraint(['copy_id'], ['copy.id'], name='fk_basket_line_copy_id_copy'),
        *_basket_constraints(),
    )
    _index_basket()
    op.create_index('ix_basket_line_institution_id', 'basket_line', ['institution_id'])


def _make_first_basket() -> None:
    op.create_table('basket_line', *_basket_columns(), *_basket_constraints())
    _index_basket()


def _basket_columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('holding_id', sa.Integer(), nullable=False),
        sa.Column('quantity', sa.Integer(), nullable=False),
        sa.Column('first', sa.Date(), nullable=False),
        sa.Column('last', sa.Date(), nullable=False),
        sa.Column('held_until', sa.DateTime(), nullable=False),
    )


def _basket_constraints() -> tuple[sa.Constraint, ...]:
    return (
        sa.CheckConstraint('last >= first', name='ck_basket_line_days_in_order'),
        sa.CheckConstraint('quantity >= 1', name='ck_basket_line_quantity'),
        sa.ForeignKeyConstraint(['holding_id'], ['holding.id'], name='fk_basket_line_holding_id_holding'),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name='fk_basket_line_person_id_person'),
        sa.PrimaryKeyConstraint('id', name='pk_basket_line'),
    )


def _index_basket() -> None:
    op.create_index('ix_basket_line_holding_id_held_until', 'basket_line', ['holding_id', 'held_until'])
    op.create_index('ix_basket_line_person_id', 'basket_line', ['person_id'])


def _make_reminders_anew() -> None:
    """Each reminder gets the due date it was written for, which is part of its key from now on."""
    op.execute(
        'CREATE TABLE reminder_kept AS SELECT reminder.loan_id, reminder.level, loan.due_on, '
        'reminder.written_on FROM reminder JOIN loan ON loan.id = reminder.loan_id '
        'WHERE loan.due_on IS NOT NULL'
    )
    op.drop_table('reminder')
    op.create_table(
        'reminder',
        sa.Column('loan_id', sa.Integer(), nullable=False),
        sa.Column('level', sa.Integer(), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('written_on', sa.Date(), nullable=False),
        sa.Column('printed_at', sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(['loan_id'], ['loan.id'], name='fk_reminder_loan_id_loan'),
        sa.PrimaryKeyConstraint('loan_id', 'level', 'due_on', name='pk_reminder'),
    )
    op.execute(
        'INSERT INTO reminder (loan_id, level, due_on, written_on) '
        'SELECT loan_id, level, due_on, written_on FROM reminder_kept'
    )
    op.execute('DROP TABLE reminder_kept')


def _make_first_reminders() -> None:
    op.create_table(
        'reminder',
        sa.Column('loan_id', sa.Integer(), nullable=False),
        sa.Column('level', sa.Integer(), nullable=False),
        sa.Column('written_on', sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(['loan_id'], ['loan.id'], name='fk_reminder_loan_id_loan'),
        sa.PrimaryKeyConstraint('loan_id', 'level', name='pk_reminder'),
    )


def _added() -> dict[str, tuple[sa.Column[Any], ...]]:
    """Return columns by table. Added plainly: a table made anew would lose its checks on SQLite."""
    return {
        'account': (sa.Column('shortcuts', sa.Boolean(), nullable=False, server_default=sa.true()),),
        'booking': (
            sa.Column('ready_at', sa.DateTime(), nullable=True),
            sa.Column('group_key', sa.String(length=32), nullable=True),
            sa.Column('overbooked_reason', sa.String(length=500), nullable=False, server_default=''),
        ),
        'branch': (
            sa.Column('processed_weekdays', sa.String(length=7), nullable=False, server_default=''),
        ),
        'desk_scan': (
            sa.Column('effects', sa.JSON(), nullable=False, server_default='{}'),
            sa.Column('scanned_at', sa.DateTime(), nullable=True),
        ),
        'desk_session': (sa.Column('dropped_on', sa.Date(), nullable=True),),
        'hold': (
            sa.Column('ready_on', sa.Date(), nullable=True),
            sa.Column('created_by', sa.Integer(), nullable=True),
            sa.Column('ended_at', sa.DateTime(), nullable=True),
            sa.Column('ended_why', sa.String(40), nullable=True),
        ),
        'loan': (
            sa.Column('reminded_for', sa.Date(), nullable=True),
            sa.Column('recalled_on', sa.Date(), nullable=True),
            sa.Column('snoozed_until', sa.Date(), nullable=True),
            sa.Column('snooze_reason', sa.String(length=300), nullable=False, server_default=''),
            sa.Column('received_on', sa.Date(), nullable=True),
            sa.Column('received_at', sa.DateTime(), nullable=True),
            sa.Column('received_by', sa.Integer(), nullable=True),
        ),
        'membership': (sa.Column('provisional', sa.Boolean(), nullable=False, server_default=sa.false()),),
    }
