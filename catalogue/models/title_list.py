"""Lists of titles that people keep (Merklisten), and searches they save."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.models.title import Title
from database.base import Base
from schools.models.account import Account


class TitleList(Base):
    """A list of titles; whoever has its link may read it while `share_nonce` is set.

    The link is signed over the nonce, so a new nonce revokes links given out before.
    """

    __tablename__ = "title_list"
    __table_args__ = (UniqueConstraint("account_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    name: Mapped[str] = mapped_column(String(120))
    remark: Mapped[str] = mapped_column(String(1000), default="")
    share_nonce: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    account: Mapped[Account] = relationship()
    entries: Mapped[list["ListEntry"]] = relationship(
        back_populates="title_list",
        cascade="all, delete-orphan",
        order_by="ListEntry.id",
    )


class ListEntry(Base):
    """A title on a list, once."""

    __tablename__ = "title_list_entry"
    __table_args__ = (UniqueConstraint("list_id", "title_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey(TitleList.id, ondelete="CASCADE"))
    title_id: Mapped[int] = mapped_column(ForeignKey(Title.id, ondelete="CASCADE"), index=True)
    remark: Mapped[str] = mapped_column(String(300), default="")
    added_at: Mapped[datetime]

    title_list: Mapped[TitleList] = relationship(back_populates="entries")
    title: Mapped[Title] = relationship()


class SavedSearch(Base):
    """A search to come back to; with `alert`, new findings are told by letter.

    `parameters` is the search page's query as pairs of names and values, without page. Titles
    added after `looked_at` are new.
    """

    __tablename__ = "saved_search"
    __table_args__ = (UniqueConstraint("account_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    name: Mapped[str] = mapped_column(String(120))
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    alert: Mapped[bool] = mapped_column(default=False, index=True)
    looked_at: Mapped[datetime]
    created_at: Mapped[datetime]

    account: Mapped[Account] = relationship()
