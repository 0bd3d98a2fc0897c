"""Facts of this file: which register it is, who works in it, and with which server it exchanges."""

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from inspector_app.models.base import Base


class Fact(Base):
    """A named fact of this register; the names stand in `models.register` and `models.exchange`."""

    __tablename__ = "fact"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[str] = mapped_column(Text)
