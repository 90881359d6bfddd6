"""How often titles are lent, counted at night; search orders by it."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.models.title import Title
from database.base import Base


class TitleDemand(Base):
    """Loans of a title that began in the year before `counted_on`; no row means none."""

    __tablename__ = "title_demand"

    title_id: Mapped[int] = mapped_column(
        ForeignKey(Title.id, ondelete="CASCADE"), primary_key=True
    )
    loans: Mapped[int]
    counted_on: Mapped[date]
