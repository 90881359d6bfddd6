"""What a centre has chosen about its lending beyond the terms: one row a centre."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base
from loans.rules.renewals import OverduePolicy


class LendingSettings(Base):
    """The choices of a centre; a centre without a row has the defaults below.

    `pickup_days` are open days where `pickup_in_open_days`, else calendar days, counted from the
    day a copy is ready (Lending 7.2). `checks_returns`: a return is received first and checked
    later (8.4). `person_days` cuts persons from loans so many days after their checked return,
    0 to 365 (12.1). `mails_receipts`: whoever has an address gets receipts by letter (8.7).
    """

    __tablename__ = "lending_settings"
    __table_args__ = (
        CheckConstraint("pickup_days BETWEEN 1 AND 60", name="pickup_days"),
        CheckConstraint("person_days BETWEEN 0 AND 365", name="person_days"),
    )

    centre_id: Mapped[int] = mapped_column(ForeignKey("media_centre.id"), primary_key=True)
    pickup_days: Mapped[int] = mapped_column(default=6)
    pickup_in_open_days: Mapped[bool] = mapped_column(default=True)
    lapses_uncollected: Mapped[bool] = mapped_column(default=True)
    checks_returns: Mapped[bool] = mapped_column(default=False)
    overdue_policy: Mapped[OverduePolicy] = mapped_column(default=OverduePolicy.ONLY_THAT)
    renews_automatically: Mapped[bool] = mapped_column(default=False)
    mails_receipts: Mapped[bool] = mapped_column(default=True)
    person_days: Mapped[int] = mapped_column(default=90)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy's own form
