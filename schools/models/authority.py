"""Districts (Kreise and kreisfreie Städte) and school authorities (Schulträger)."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from database.base import CODE_LENGTH, Base


class District(Base):
    """One of the 53 Kreise and kreisfreie Städte of NRW, or another area a centre serves."""

    __tablename__ = "district"

    id: Mapped[int] = mapped_column(primary_key=True)
    ags: Mapped[str] = mapped_column(String(5), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(CODE_LENGTH))
    government: Mapped[str] = mapped_column(String(40), default="")
    association: Mapped[str] = mapped_column(String(10), default="")


class Authority(Base):
    """Whoever pays for a school's building, media and equipment; `number` has five digits."""

    __tablename__ = "authority"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(10), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
