"""Shapes that many endpoints share: what a body may hold, and what an answer looks like."""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypeVar, dataclass_transform

import msgspec
from msgspec import Meta

from wallet_api.errors import FieldProblem, Invalid
from wallet_api.money import MAX_AMOUNT, Money, is_currency
from wallet_api.storage.pages import Page, PageRequest

T = TypeVar("T")
V = TypeVar("V", bound="View")


class _Shape(msgspec.StructMeta):
    """Every shape's fields are given by name, in whatever order they read best; msgspec does not inherit that."""

    def __new__(mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **config: Any) -> Any:
        return super().__new__(mcls, name, bases, namespace, **{"kw_only": True, **config})


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(msgspec.field,))
class Body(msgspec.Struct, metaclass=_Shape, forbid_unknown_fields=True, frozen=True):
    """A request's body. A field that it does not list is refused: a typo must not become a different payment."""


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(msgspec.field,))
class View(msgspec.Struct, metaclass=_Shape, frozen=True):
    """An answer's body."""


Amount = Annotated[
    int, Meta(gt=0, le=MAX_AMOUNT, description="Minor units (ISO 4217 exponent): 1250 is 12.50 CNY.", examples=[1250])
]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}$", description="ISO 4217 code.", examples=["CNY"])]
Line = Annotated[str, Meta(min_length=1, max_length=140, pattern=r"^[^\n\r\t]+$")]
Code = Annotated[str, Meta(pattern=r"^[0-9]{6}$", description="Six ASCII digits, as text.", examples=["123456"])]
Pin = Annotated[
    str, Meta(pattern=r"^[0-9]{6}$", description="The payment PIN: six ASCII digits, as text.", examples=["428617"])
]
Limit = Annotated[int, Meta(ge=1, le=100)]
Cursor = Annotated[str, Meta(min_length=1, max_length=400, pattern=r"^[A-Za-z0-9_-]+$")]


class MoneyIn(Body):
    """An amount that a caller asks for."""

    amount: Amount
    currency: Currency

    def money(self, pointer: str = "/amount") -> Money:
        """The amount. Raises Invalid when the currency is none of ISO 4217."""
        if not is_currency(self.currency):
            raise Invalid(FieldProblem(f"{pointer}/currency", "unknown_value", (("allowed", "ISO 4217"),)))
        return Money(self.amount, self.currency)


class MoneyView(View):
    """An amount in an answer: whole minor units."""

    amount: int
    currency: str

    @staticmethod
    def of(money: Money) -> MoneyView:
        """The wire form."""
        return MoneyView(amount=money.amount, currency=money.currency)


class PageQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, frozen=True):
    """The parameters of every list."""

    limit: Limit = 20
    cursor: Cursor | None = None

    def page(self) -> PageRequest:
        """As storage reads it."""
        return PageRequest(self.limit, self.cursor)


class ListView(View, Generic[T]):
    """A page of a list; `next_cursor` is null at the end."""

    object: Literal["list"] = "list"
    data: list[T]
    next_cursor: str | None = None

    @staticmethod
    def of(page: Page[T]) -> ListView[T]:
        """The wire form of a page of views."""
        return ListView(data=list(page.rows), next_cursor=page.next_cursor)


class NothingView(View):
    """An answer that says only that it is done."""

    object: str
    id: str
    deleted: bool = True
