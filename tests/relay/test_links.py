"""Links: what is filled in stays in its place, and the address leads only where it was meant to."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from relay.links import Target, allowed, check_patterns, check_template, escaping, written_host
from relay.templates import Templates, Unfilled

FIXED = "https://pay.example/i/{{ id }}"
OPEN = "{{ url }}"


@pytest.mark.parametrize(
    ("template", "data", "url"),
    [
        (
            "https://h.example/?q={{ q }}&r={{ r }}",
            {"q": "a b&c=d#e", "r": "ü"},
            "https://h.example/?q=a%20b%26c%3Dd%23e&r=%C3%BC",
        ),
        ("https://h.example/{{ q }}/x", {"q": "../../y?z"}, "https://h.example/..%2F..%2Fy%3Fz/x"),
        ("https://h.example/{{ q | urlencode }}", {"q": "a b"}, "https://h.example/a%20b"),
        ("https://h.example/{{ q | urlpath }}", {"q": "a b/c"}, "https://h.example/a%20b/c"),
        (
            "{{ q }}?from={{ r }}",
            {"q": "https://h.example/a?b", "r": "a b"},
            "https://h.example/a?b?from=a%20b",
        ),
        ("https://h.example/{{ q if q else 'none' }}", {"q": "}}"}, "https://h.example/%7D%7D"),
        ("https://h.example/{{ '}}' }}{{- q -}} ", {"q": "x"}, "https://h.example/%7D%7Dx"),
        ("https://h.example/{% if q %}{{ q }}{% endif %}", {"q": 7}, "https://h.example/7"),
    ],
)
def test_what_is_filled_in_is_escaped(template: str, data: dict[str, object], url: str) -> None:
    """Only the address's own beginning is taken as it is."""
    assert Templates("en", "UTC").render_text(escaping(template), data).strip() == url


@given(st.text(min_size=1, max_size=40))
def test_nothing_in_an_event_leaves_its_place(value: str) -> None:
    """Whatever a value holds, host and path before it stay what they are."""
    assume(value not in {".", ".."})
    url = Templates("en", "UTC").render_text(escaping(FIXED), {"id": value})

    assert url.startswith("https://pay.example/i/")
    assert not set("/?#@\\ ") & set(url.removeprefix("https://pay.example/i/"))
    Target(FIXED, (), ()).check(url)


@pytest.mark.parametrize("value", [".", "..", None, True, ["x"], {"a": 1}])
def test_what_has_no_place_in_an_address_is_refused(value: object) -> None:
    """Two dots would lead a folder up, and a list is no part of an address."""
    with pytest.raises(Unfilled):
        Templates("en", "UTC").render_text(escaping(FIXED), {"id": value})


@pytest.mark.parametrize(
    ("template", "host"),
    [
        ("https://Pay.example/x/{{ id }}", "pay.example"),
        ("https://pay.example:8443/{{ id }}", "pay.example"),
        ("https://pay.example", "pay.example"),
        ("https://pay.example?{{ id }}", "pay.example"),
        ("https://pay.example{{ id }}", None),
        ("https://pay.example.{{ id }}/", None),
        ("https://{{ shop }}.example/", None),
        ("{{ url }}", None),
        ("{% if a %}https://pay.example/{% endif %}", None),
        ("https://user@pay.example/", "pay.example"),
        ("https://[::1/", None),
    ],
)
def test_a_host_is_written_only_if_nothing_can_follow_it(template: str, host: str | None) -> None:
    """What comes from the event must not become a part of the host."""
    assert written_host(template) == host


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)//pay.example",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://pay.example/",
        "//pay.example/",
        "/pay.example/",
        "https:pay.example",
        "https:///pay.example",
        "https://evil.example/",
        "https://pay.example.evil.example/",
        "https://evilpay.example/",
        "https://pay.example@evil.example/",
        "https://user:pass@pay.example/",
        "https://evil.example\\@pay.example/",
        "https://pay.example\\.evil.example/",
        "https://evil.example\\pay.example/",
        "https://pay.example%2eevil.example/",
        "https://pay%2eexample/",
        "https://p\u0430y.example/",  # a Cyrillic letter
        "https://pay。example/",
        "https://\uff50ay.example/",  # a letter of full width
        "https://pay.example\u200b/",
        "https://pay.example/\u202egpj.exe",
        "https://pay.example/a b",
        "https://pay.example/\n",
        "https://pay.example:99999/",
        "https://pay.example:x/",
        "https://[::1]/",
        "https://127.0.0.1/",
        "https://-pay.example/",
        "https://.pay.example/",
        "https://pay..example/",
        "https://",
        "",
        "https://pay.example/" + "x" * 2000,
    ],
)
def test_an_address_from_an_event_leads_only_to_the_hosts(url: str) -> None:
    """Other schemes, look-alikes, user names, backslashes and escapes are refused, in words without the address."""
    with pytest.raises(ValueError, match=r"^(?!.*example).+$"):
        Target(OPEN, ("pay.example", "*.pay.example"), ()).check(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://pay.example/i/1?a=b#c",
        "HTTPS://PAY.example/",
        "http://pay.example",
        "https://eu.pay.example:8443/x",
        "https://a.b.pay.example/",
        "https://pay.example./",
        "https://pay.example/%C3%BC/ü",
    ],
)
def test_an_address_of_the_hosts_is_let_through(url: str) -> None:
    """The hosts themselves and what is below a star are meant."""
    Target(OPEN, ("Pay.example", "*.pay.example"), ()).check(url)


def test_a_star_is_not_the_host_itself() -> None:
    """``*.pay.example`` stands for what is below it."""
    assert not allowed("pay.example", ["*.pay.example"])
    assert allowed("a.pay.example", ["*.pay.example"])
    assert not allowed("apay.example", ["*.pay.example"])


def test_the_relay_s_own_hosts_hold_for_every_link() -> None:
    """Where the configuration names hosts, no playbook leads anywhere else."""
    everywhere = ("*.corp.example",)
    check_template("https://desk.corp.example/{{ id }}", (), everywhere)
    Target(OPEN, (), everywhere).check("https://desk.corp.example/7")
    with pytest.raises(ValueError, match="link_hosts"):
        check_template("https://pay.example/{{ id }}", (), everywhere)
    with pytest.raises(ValueError, match="link_hosts"):
        Target(OPEN, ("pay.example",), everywhere).check("https://pay.example/7")


def test_a_link_to_anywhere_is_refused_when_it_is_read() -> None:
    """A host out of the event needs a list of those that are meant."""
    with pytest.raises(ValueError, match="say in 'hosts' where the link may lead"):
        check_template(OPEN, (), ())
    check_template(OPEN, ("pay.example",), ())


@pytest.mark.parametrize(
    ("template", "complaint"),
    [
        ("javascript:alert(1)", "begins with https"),
        ("file:///etc/passwd", "begins with https"),
        ("pay.example/{{ id }}", "begins with https"),
        ("https://good.example@evil.example/{{ id }}", "no user name"),
    ],
)
def test_an_address_nobody_should_open_is_refused_when_it_is_read(template: str, complaint: str) -> None:
    """Another scheme, or a host that looks like another, is a mistake of the file, not of an event."""
    with pytest.raises(ValueError, match=complaint):
        check_template(template, ("*.example",), ())


@pytest.mark.parametrize(
    "pattern",
    ["*", "*.", "", "https://pay.example", "pay.example/x", "pay example", "päy.example", "a.*.example"],
)
def test_a_pattern_that_is_none_is_refused(pattern: str) -> None:
    """A slip that would let everything or nothing through is found when the playbook is read."""
    with pytest.raises(ValueError, match="is no host"):
        check_patterns([pattern])
