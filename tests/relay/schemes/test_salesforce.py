"""Salesforce's Outbound Message: SOAP in, SOAP out."""

from collections.abc import Callable
from xml.etree.ElementTree import Element

import msgspec
import pytest
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped] # it has no types

from relay.errors import BadSignature, ConfigError
from relay.event import QUARANTINED, Delivery
from relay.peer import network
from relay.schemes.prepared import Prepared
from relay.source import Secret
from relay.verify import ack, judge

Prepare = Callable[..., Prepared]
Deliver = Callable[..., Delivery]

ORGANIZATION = "00D240000001aBcEAI"
NOTIFICATION = (
    '<Notification><Id>{id}</Id><sObject xsi:type="sf:{type}" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">'
    "<sf:Id>5003000000D8cuI</sf:Id><sf:Subject>Broken &amp; late</sf:Subject></sObject></Notification>"
)
MESSAGE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>'
    '<notifications xmlns="http://soap.sforce.com/2005/09/outbound">'
    "<OrganizationId>{organization}</OrganizationId><ActionId>04k240000008OIA</ActionId>"
    "<SessionId>secret-session</SessionId><EnterpriseUrl>https://example.my.salesforce.com</EnterpriseUrl>"
    "{notifications}</notifications></soapenv:Body></soapenv:Envelope>"
)
"""Shaped after the outbound messaging WSDL in Salesforce's SOAP API guide."""


def _message(*notifications: str, organization: str = ORGANIZATION) -> bytes:
    return MESSAGE.format(organization=organization, notifications="".join(notifications)).encode()


CASE = NOTIFICATION.format(id="04l0800002nrC5BAAU", type="Case")
LEAD = NOTIFICATION.format(id="04l0800002nrC5CAAU", type="Lead")


@pytest.fixture(name="source")
def _source(prepare: Prepare) -> Prepared:
    options = {"organization_id": ORGANIZATION}
    return prepare("salesforce", options=options, url_token=Secret("token"))


@pytest.mark.parametrize("notifications", [(CASE,), (CASE, LEAD)])
def test_message(source: Prepared, deliver: Deliver, notifications: tuple[str, ...]) -> None:
    """Each notification of a message is an event with the id by which it is known again."""
    events = judge(deliver(_message(*notifications), {"Content-Type": "text/xml"}), source, 0.0).events
    expected = [("04l0800002nrC5BAAU", "Case"), ("04l0800002nrC5CAAU", "Lead")]
    assert [(event.id, event.type) for event in events] == expected[: len(notifications)]


def test_data(source: Prepared, deliver: Deliver) -> None:
    """The record's fields are kept; the session's id, which opens the whole system, is not."""
    data = judge(deliver(_message(CASE), {}), source, 0.0).events[0].data
    assert msgspec.json.decode(data)["sObject"] == {"Id": "5003000000D8cuI", "Subject": "Broken & late"}
    assert b"secret-session" not in data


@pytest.mark.parametrize(
    ("sent", "configured", "good"),
    [
        (ORGANIZATION, ORGANIZATION, True),
        (ORGANIZATION, ORGANIZATION[:15], True),
        (ORGANIZATION[:15], ORGANIZATION[:15], True),
        (ORGANIZATION[:15], ORGANIZATION, False),
        (ORGANIZATION.lower(), ORGANIZATION, False),
        ("00D240000001aBdEAI", ORGANIZATION, False),
        ("", ORGANIZATION, False),
    ],
)
def test_organization(prepare: Prepare, deliver: Deliver, sent: str, configured: str, good: bool) -> None:
    """The organisation is compared by its short or its long id; case matters."""
    options = {"organization_id": configured}
    source = prepare("salesforce", options=options, allow_networks=(network("192.0.2.0/24"),))
    delivery = deliver(_message(CASE, organization=sent), {})
    if good:
        assert len(judge(delivery, source, 0.0).events) == 1
    else:
        with pytest.raises(BadSignature):
            judge(delivery, source, 0.0)


HOSTILE = {
    "empty": b"",
    "not XML": b"{}",
    "a document type": b"<!DOCTYPE x>" + _message(CASE)[38:],
    "entities": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
    "another envelope": _message(CASE).replace(b"schemas.xmlsoap.org", b"schemas.example.org"),
    "another namespace": _message(CASE).replace(b"2005/09/outbound", b"2005/09/inbound"),
    "no organisation": _message(CASE).replace(b"OrganizationId", b"Organization"),
    "two organisations": _message(f"<OrganizationId>{ORGANIZATION}</OrganizationId>"),
    "no envelope": b'<notifications xmlns="http://soap.sforce.com/2005/09/outbound"/>',
    "deep": b"<a>" * 100_000,
    "not UTF-8": b"<?xml version='1.0' encoding='nonsense'?><a/>",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile(source: Prepared, deliver: Deliver, case: str) -> None:
    """What is no message of our organisation is refused, whatever it is."""
    with pytest.raises(BadSignature):
        judge(deliver(HOSTILE[case], {}), source, 0.0)


def test_no_id(source: Prepared, deliver: Deliver) -> None:
    """A genuine notification without an id is kept in quarantine."""
    body = _message(CASE.replace("<Id>04l0800002nrC5BAAU</Id>", "", 1))
    assert [event.type for event in judge(deliver(body, {}), source, 0.0).events] == [QUARANTINED]


@pytest.mark.parametrize("outcome", ["stored", "duplicate", "quarantined"])
def test_ack(source: Prepared, outcome: str) -> None:
    """Salesforce is told in SOAP that it need not send again."""
    reply = ack(source, outcome)
    assert reply is not None
    assert (reply.status, reply.content_type) == (200, "text/xml; charset=utf-8")
    root: Element = fromstring(reply.body)
    found = root.find(".//{http://soap.sforce.com/2005/09/outbound}Ack")
    assert found is not None
    assert found.text == "true"


def test_unguarded(prepare: Prepare) -> None:
    """An organisation's id is no secret: without a token or a list of networks the source can't start."""
    with pytest.raises(ConfigError, match=r"url_token"):
        prepare("salesforce", options={"organization_id": ORGANIZATION})
