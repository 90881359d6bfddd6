"""Codes by which classes open online media and lists (Lending 3.6)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.models.title import Title
from catalogue.models.title_list import TitleList
from database.base import Base
from schools.models.account import Account


class ClassCode(Base):
    """Whoever has the code opens one title or one list, up to and including `ends_on`.

    Nothing is known or kept of who used it. `ended_at` is when its maker took it back.
    """

    __tablename__ = "class_code"
    __table_args__ = (
        CheckConstraint("(title_id IS NULL) <> (list_id IS NULL)", name="one_thing"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id), index=True)
    title_id: Mapped[int | None] = mapped_column(
        ForeignKey(Title.id, ondelete="CASCADE"), index=True
    )
    list_id: Mapped[int | None] = mapped_column(
        ForeignKey(TitleList.id, ondelete="CASCADE"), index=True
    )
    made_at: Mapped[datetime]
    ends_on: Mapped[date]
    ended_at: Mapped[datetime | None]

    title: Mapped[Title | None] = relationship()
    title_list: Mapped[TitleList | None] = relationship()
