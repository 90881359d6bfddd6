"""Files people gave us: covers and photos, re-encoded, under random names."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base


class Attachment(Base):
    """An image in the uploads folder; `stored_name` is random, never the sender's.

    `centre_id` and `institution_id` say who may see it; both None is public (a cover).
    """

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    stored_name: Mapped[str] = mapped_column(String(60), unique=True)
    media_type: Mapped[str] = mapped_column(String(60))
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    centre_id: Mapped[int | None]
    institution_id: Mapped[int | None]
    created_at: Mapped[datetime]
