"""What providers write otherwise than their samples do, and what becomes of it in the built-in playbooks."""

import json
import re

import pytest

from tests.library_cases import CARRIERS, NUMBERS, TITLES
from tests.library_reading import PLAYBOOKS, decide, fallbacks, fresh, judge, left_out, put, with_toast


@pytest.mark.parametrize(("sample", "path", "value", "playbook"), NUMBERS)
def test_a_number_counts_however_it_is_written(sample: str, path: str, value: object, playbook: str) -> None:
    """Text is compared by the number in it, and one that isn't there is never taken for a small one."""
    name, *left_out = sample.split()
    data = json.loads(fresh(name))
    put(data, path, value)
    for other in left_out:
        put(data, other, None)
    result = decide(name, data)

    assert [draft.playbook for draft in result.drafts] == [playbook] * bool(playbook)
    if playbook and not result.drafts[0].silent:
        judge(name, result)


@pytest.mark.parametrize(("sample", "values", "title"), TITLES)
def test_a_title_says_what_the_event_says(sample: str, values: dict[str, object], title: str) -> None:
    """An amount, a time or a name that the provider writes in another way is not told wrong."""
    data = json.loads(fresh(sample))
    for path, value in values.items():
        put(data, path, value)
    result = decide(sample, data)

    assert [draft.title for draft in result.drafts] == [title]
    judge(sample, result)


@pytest.mark.parametrize("sample", with_toast())
def test_what_is_left_out_is_not_filled_up_in_english(sample: str) -> None:
    """Whatever a provider sends empty, no German script has an English word in its place."""
    data = json.loads(fresh(sample))
    known = {playbook.name: fallbacks(playbook) for playbook in PLAYBOOKS}
    for other in left_out(data):
        for draft in decide(sample, other).drafts:
            german = "\n".join(script.text for script in draft.scripts if script.language == "de")
            found = [
                word for word in known.get(draft.playbook, ()) if re.search(rf"\b{re.escape(word)}\b", german)
            ]
            assert not found, german


@pytest.mark.parametrize(("slug", "name"), CARRIERS.items())
@pytest.mark.parametrize(
    "sample", ["aftership/out_for_delivery", "aftership/delivered", "aftership/exception"]
)
def test_a_carrier_is_called_by_its_name(sample: str, slug: str, name: str) -> None:
    """AfterShip's words for carriers are small letters; nobody says "Usps"."""
    data = json.loads(fresh(sample))
    put(data, "msg.slug", slug)
    (draft,) = decide(sample, data).drafts

    assert re.search(rf"(^|\. ){name}(:| has| delivered)", draft.body)
