"""Salesforce's Outbound Message: SOAP without a signature; only the organisation's id says whose it is.

https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_om_outboundmessaging.htm
"""

from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

import msgspec

from relay.errors import BadSignature, ConfigError
from relay.event import Delivery
from relay.schemes.bodies import element_value, xml_tree
from relay.schemes.document import Unreadable
from relay.schemes.form import FunctionForm
from relay.schemes.mac import Equality
from relay.schemes.pipeline import Asked, Binds, Sign, Signed, Unit, Unsigned
from relay.schemes.provider import Ack, Reply, Wiring
from relay.schemes.shapes import wired
from relay.source import Source

_ENVELOPE = "{http://schemas.xmlsoap.org/soap/envelope/}"
_OUTBOUND = "{http://soap.sforce.com/2005/09/outbound}"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_RECORD = "urn:sobject.enterprise.soap.sforce.com"
_SHORT = 15
"""Characters of an id that tell upper from lower case; three more make it safe where that is lost."""

_MESSAGE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>'
    '<notifications xmlns="http://soap.sforce.com/2005/09/outbound">'
    "<OrganizationId>{organization}</OrganizationId>{notifications}"
    "</notifications></soapenv:Body></soapenv:Envelope>"
)

ACK = Ack.always(
    Reply(
        content_type="text/xml; charset=utf-8",
        body=(
            b'<?xml version="1.0" encoding="UTF-8"?>'
            b'<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
            b'<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound">'
            b"<Ack>true</Ack></notificationsResponse></soapenv:Body></soapenv:Envelope>"
        ),
    )
)
"""What stops Salesforce from sending the message again."""


def _notifications(delivery: Delivery) -> Element:
    root = xml_tree(delivery.body)
    found = root.findall(f"{_ENVELOPE}Body/{_OUTBOUND}notifications")
    if root.tag != f"{_ENVELOPE}Envelope" or len(found) != 1:
        raise Unreadable("not one outbound message in a SOAP envelope")
    return found[0]


def read_message(delivery: Delivery) -> list[dict[str, Any]]:
    """Return the notifications of a message: id, type and fields of each, but not the session's id.

    Raises:
        Unreadable: not an outbound message in SOAP 1.1.
    """
    return [_notification(one) for one in _notifications(delivery).findall(f"{_OUTBOUND}Notification")]


def _notification(element: Element) -> dict[str, Any]:
    value = element_value(element)
    fields = value if isinstance(value, dict) else {}
    record = element.find(f"{_OUTBOUND}sObject")
    kind = "" if record is None else record.get(_TYPE, "").rpartition(":")[2]
    return {"type": kind or None, **fields}


def build_salesforce(source: Source) -> Wiring:
    """Return the wiring for the organisation of the option ``organization_id``.

    Anyone may know that id: without a list of networks or a token in the URL it would prove nothing.

    Raises:
        ConfigError: neither is configured.
    """
    if not source.allow_networks and source.url_token is None:
        raise ConfigError(
            f"sources.{source.name}.url_token",
            "is missing: Salesforce signs nothing, and its organisation's id is no secret.",
            hint="Set url_token, or allow_networks to Salesforce's addresses.",
        )
    return _WIRING


def _read(asked: Asked) -> tuple[Unit]:
    try:
        elements = _notifications(asked.delivery).findall(f"{_OUTBOUND}OrganizationId")
    except Unreadable as error:
        raise BadSignature("malformed-body", str(error)) from None
    if len(elements) != 1 or not (elements[0].text or "").strip():
        raise BadSignature("missing-token", "not one OrganizationId")
    given = (elements[0].text or "").strip().encode()
    wanted = asked.option("organization_id").encode()
    return (Unit(signatures=(given, given[:_SHORT]), signed=(b"",), keys=(wanted,)),)


def _write(request: Unsigned, sign: Sign) -> Signed:  # noqa: ARG001 - nothing is signed
    """Return the message with the notifications of a JSON list: ``Id``, ``type`` and fields (``sObject``)."""
    items = msgspec.json.decode(request.body, type=list[dict[str, Any]])
    organization = escape(request.source.options["organization_id"])
    body = _MESSAGE.format(organization=organization, notifications="".join(map(_element, items)))
    return Signed(body=body.encode(), headers={"content-type": "text/xml; charset=utf-8"})


def _element(item: Mapping[str, Any]) -> str:
    kind, record = quoteattr(f"sf:{item['type']}"), item.get("sObject") or {}
    fields = "".join(f"<sf:{name}>{escape(value)}</sf:{name}>" for name, value in record.items())
    return (
        f'<Notification><Id>{escape(item["Id"])}</Id><sObject xsi:type={kind} xmlns:sf="{_RECORD}">'
        f"{fields}</sObject></Notification>"
    )


_WIRING = wired(
    FunctionForm(reader=_read, writer=_write, binds=Binds.SENDER),
    Equality(),
    key=None,
    id="item:Id",
    type="item:type|text:notification",
    items=".",
    reader=read_message,
)
