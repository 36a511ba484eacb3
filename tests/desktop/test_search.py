"""A search becomes a question that an index can answer, whatever was typed."""

import os
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.search import MAX_WORDS, Period, Query, State, bounds, keys


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A computer in Berlin, where clocks are changed."""
    if not hasattr(time, "tzset"):
        pytest.skip("this system's time zone cannot be set")
    monkeypatch.setitem(os.environ, "TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_nothing_asked_is_everything() -> None:
    """Without any wish there is no condition; whose desktop it is leaves nothing out."""
    assert keys(Query(), indexed=True).sql == "SELECT row FROM entry ORDER BY row DESC"
    assert not Query(agent="mira@example.com").is_narrow
    assert Query(unread=True).is_narrow


def test_words_alone_ask_the_index_alone() -> None:
    """Every word is the beginning of one; quotes and signs of the index's own language mean nothing."""
    sql, values = keys(Query(text='Ana "OR ord-12*'), indexed=True)
    assert "entry_words MATCH ?" in sql
    assert " entry " not in sql
    assert values == ('"ana"* """or"* "ord-12*"*',)


@pytest.mark.parametrize("word", ["支払い", "สวัสดี", "%", "🙂", "𠮷野家"])
def test_what_has_no_beginnings_is_read_for(word: str) -> None:
    """Signs, and languages without blanks between words, are looked for anywhere in the text."""
    sql, values = keys(Query(text=f"ana {word}"), indexed=True)
    assert "instr(words, ?) > 0" in sql
    assert values == (word, '"ana"*')


def test_without_an_index_every_text_is_read() -> None:
    """A SQLite that has no index of words finds the same words, more slowly."""
    sql, values = keys(Query(text="ana ord"), indexed=False)
    assert sql.count("instr(words, ?) > 0") == 2
    assert values == ("ana", "ord")


def test_a_pasted_page_counts_by_its_first_words() -> None:
    """There is a limit to the words that are looked for."""
    found = [keys(Query(text=" ".join(["w"] * number)), indexed=False).values for number in (MAX_WORDS, 500)]
    assert [len(values) for values in found] == [MAX_WORDS, MAX_WORDS]


def test_filters_are_all_asked_together() -> None:
    """Each wish adds its condition and its value, in the same order."""
    query = Query(type="t", team="x", state=State.OTHERS, unread=True, since=1.0, until=2.0, agent=" Mira ")
    sql, values = keys(query, indexed=True, extra="row > ?", values=(7,))
    assert sql.count("?") == len(values)
    assert values == ("t", "x", 1.0, 2.0, "Mira", 7)


@given(text=st.text(), state=st.sampled_from(State), indexed=st.booleans())
def test_values_never_become_sql(text: str, state: State, indexed: bool) -> None:
    """Whatever is typed, there are as many places as values, and the text is in none of the SQL."""
    sql, values = keys(Query(text=text, state=state), indexed=indexed)
    assert sql.count("?") == len(values)
    assert all(isinstance(value, str) for value in values)


@pytest.mark.usefixtures("berlin")
def test_days_are_those_of_the_calendar() -> None:
    """Yesterday is from midnight to midnight, also when clocks were changed in the night."""
    noon = 1_774_778_400.0  # 2026-03-29 12:00 in Berlin; summer time began at two
    today = bounds(Period.TODAY, noon)[0]
    assert today is not None
    assert noon - today == 11 * 3600
    assert bounds(Period.YESTERDAY, noon) == (today - 24 * 3600, today)
    assert bounds(Period.YESTERDAY, noon + 24 * 3600) == (today, today + 23 * 3600)
    assert bounds(Period.WEEK, noon) == (today - 6 * 24 * 3600, None)
    assert bounds(Period.ANY, noon) == (None, None)
