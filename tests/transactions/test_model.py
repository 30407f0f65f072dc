"""How two lists become one history, and what a search looks at."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from wallet_api.ids import new_id
from wallet_api.ledger import chart
from wallet_api.ledger.lines import Line
from wallet_api.ledger.statements import place_of
from wallet_api.money import Money
from wallet_api.storage.pages import PageRequest, page_of
from wallet_api.top_ups.model import TopUp
from wallet_api.transactions.model import Row, Wanted, merged, of_line, of_top_up, of_unmoved

NOW = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)


def cny(amount: int) -> Money:
    return Money(amount, "CNY")


def line(minute: int, amount: int = -100, kind: str = "payment", subject: str = "pay_1") -> Line:
    at = NOW + timedelta(minutes=minute)
    return Line(chart.customer("usr_a"), new_id("ent", at), kind, subject, at, cny(amount), None, "place")


def top_up(minute: int, status: Any = "failed") -> TopUp:
    at = NOW + timedelta(minutes=minute)
    return TopUp(
        id=new_id("top", at),
        person_id="usr_a",
        card_id="crd_1",
        card_brand="visa",
        card_last4="4242",
        token="t",
        amount=cny(500),
        fee=cny(3),
        schedule_version=1,
        quote_id=None,
        status=status,
        operation={},
        created_at=at,
        settled_at=at + timedelta(seconds=2) if status in ("failed", "succeeded") else None,
    )


def shown(rows: list[Row]) -> list[str]:
    told = [(row.line, row.top_up) for row in rows if not row.hidden]
    return [line.entry_id if line else top_up.id if top_up else "" for line, top_up in told]


def test_two_lists_become_one_in_the_order_of_time() -> None:
    lines, top_ups = [line(9), line(5)], [top_up(7), top_up(3)]

    rows, more = merged(lines, top_ups, 10, None)

    assert shown(rows) == [lines[0].entry_id, top_ups[0].id, lines[1].entry_id, top_ups[1].id]
    assert not more


def test_what_stands_below_the_end_of_either_list_waits_for_the_next_page() -> None:
    lines, top_ups = [line(9), line(8), line(7)], [top_up(10), top_up(1)]

    rows, more = merged(lines, top_ups, 2, None)

    assert shown(rows) == [top_ups[0].id, lines[0].entry_id, lines[1].entry_id]
    assert more


def test_a_top_up_that_moved_money_stands_there_once_by_its_line() -> None:
    done, lagging = top_up(5, "succeeded"), top_up(3, "processing")
    lines = [line(6, 500, "top_up", done.id), line(4, 500, "top_up", lagging.id)]

    rows, _ = merged(lines, [done, lagging], 10, None)

    assert shown(rows) == [each.entry_id for each in lines]


def test_a_stretch_of_time_bounds_both_lists() -> None:
    rows, more = merged([], [top_up(5), top_up(1)], 1, NOW + timedelta(minutes=3))

    assert len(rows) == 1
    assert not more


def test_an_unknown_kind_is_told_by_its_line_alone() -> None:
    told = of_line(line(1, 250, kind="compensation"))

    assert (told.direction, told.amount, told.balance_change, told.counterparty) == ("in", cny(250), cny(250), None)


def test_a_card_is_charged_the_fee_and_the_balance_does_not_feel_it() -> None:
    told = of_top_up(of_line(line(1, 500, "top_up")), top_up(1, "succeeded"))

    assert (told.amount, told.fee, told.total, told.balance_change) == (cny(500), cny(3), cny(503), cny(500))
    assert [step.what for step in told.timeline] == ["top_up.created", "top_up.succeeded"]


def test_what_failed_has_moved_nothing() -> None:
    told = of_unmoved(top_up(1))

    assert (told.status, told.balance_change) == ("failed", cny(0))
    assert [step.what for step in told.timeline] == ["top_up.created", "top_up.failed"]


def test_a_search_does_not_mind_case_or_width() -> None:
    told = of_top_up(of_line(line(1, 500, "top_up")), top_up(1))

    assert Wanted(text="ＶＩＳＡ").matches(told)
    assert Wanted(text="4242").matches(told)
    assert not Wanted(text="amex").matches(told)


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.sampled_from(["line", "failed", "processing", "succeeded"])), max_size=40
    ),
    st.integers(1, 7),
    st.integers(1, 9),
)
@settings(max_examples=150, deadline=None)
def test_page_after_page_shows_every_row_once_in_the_order_of_time(
    drawn: list[tuple[int, str]], limit: int, window: int
) -> None:
    lines = [line(minute) for minute, what in drawn if what == "line"]
    top_ups = [top_up(minute, what) for minute, what in drawn if what != "line"]
    top_ups.sort(key=lambda each: each.id, reverse=True)
    # A succeeded top-up has a line, so that the statement is at least as dense as it.
    lines += [line(0, 500, "top_up", each.id) for each in top_ups if each.status == "succeeded"]
    lines.sort(key=place_of, reverse=True)
    window = max(window, limit)

    seen: list[str] = []
    request = PageRequest(limit)
    for _ in range(len(drawn) * 2 + 5):
        before = request.place()
        mine = [each for each in lines if before is None or place_of(each) < before][: window + 1]
        bound = None if before is None else "top_" + before.partition("/")[0]
        theirs = [each for each in top_ups if bound is None or each.id < bound][: window + 1]
        rows, more = merged(mine, theirs, window, None)
        page = page_of(rows, request, place=lambda row: row.place, more=more, keep=lambda row: not row.hidden)
        seen += [row.place for row in page.rows]
        if page.next_cursor is None:
            break
        request = PageRequest(limit, page.next_cursor)

    open_or_failed = [f"{each.id[4:]}/" for each in top_ups if each.status != "succeeded"]
    assert seen == sorted([*map(place_of, lines), *open_or_failed], reverse=True)
