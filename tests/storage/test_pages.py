"""Pages: every row once, whatever the size of a page, and no cursor but our own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet_api.errors import Invalid
from wallet_api.storage.pages import PageRequest, cursor_at, page_of

PLACES = st.text("ABCabc019_./:#|-", min_size=1, max_size=200)


@given(PLACES)
def test_a_cursor_leads_back_to_its_place(place: str) -> None:
    assert PageRequest(cursor=cursor_at(place)).place() == place


@pytest.mark.parametrize(
    "cursor", ["", "a", "=", "ÿ", "YQ==", "YQ\n", "AAAA", "YWJj!", "x" * 400, cursor_at("a") + "A"]
)
def test_a_cursor_that_we_did_not_make_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid) as refused:
        PageRequest(cursor=cursor).place()
    assert [problem.code for problem in refused.value.problems] == ["cursor_not_ours"]


def test_a_cursor_of_another_list_is_refused() -> None:
    """Each list's cursors hold ids of its own kind; another's would begin anywhere."""
    place = "wdr_01KAMS3Q0V5T1C9D9SZ3GZ2WQY"
    assert PageRequest(20, cursor_at(place)).place_of("wdr") == place
    assert PageRequest().place_of("wdr") is None
    with pytest.raises(Invalid) as refused:
        PageRequest(20, cursor_at(place)).place_of("po")
    assert [problem.code for problem in refused.value.problems] == ["cursor_not_ours"]


def test_no_cursor_is_the_beginning() -> None:
    assert PageRequest().place() is None


@given(st.integers(0, 30), st.integers(1, 7), st.integers(1, 9))
def test_pages_in_a_row_show_every_kept_row_once(rows: int, limit: int, window: int) -> None:
    everything = list(range(rows))
    seen: list[int] = []
    start: str | None = None
    for _ in range(rows + 5):
        after = -1 if start is None else int(PageRequest(cursor=start).place() or 0)
        left = [row for row in everything if row > after]
        page = page_of(
            left[:window], PageRequest(limit), place=str, more=len(left) > window, keep=lambda row: row % 3 != 0
        )
        assert len(page.rows) <= limit
        seen += page.rows
        start = page.next_cursor
        if start is None:
            break
    assert seen == [row for row in everything if row % 3]
    assert start is None
