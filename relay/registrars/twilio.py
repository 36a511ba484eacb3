"""The webhook addresses of a Twilio phone number or messaging service.

Sources: https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource and
https://www.twilio.com/docs/messaging/api/service-resource. The credential is
``ACCOUNT_SID:AUTH_TOKEN``, or ``API_KEY_SID:SECRET`` of the account.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple, Self

import msgspec

from relay.errors import CallFailed, ConfigError
from relay.hookplace import same_address
from relay.registrars.base import Credential, Hook, Registrar, SecretFrom, Wish, bad_place
from relay.remote import Api, Sleep
from relay.source import Secret

_AT = re.compile(r"(AC[0-9a-f]{32})/(PN[0-9a-f]{32}|MG[0-9a-f]{32}|\+[1-9]\d{6,14})", re.ASCII)


class Slot(NamedTuple):
    """An address field: what a request calls it, what an answer calls it, and the field of its method."""

    form: str
    answer: str
    method: str


NUMBER_SLOTS: Mapping[str, Slot] = {
    "sms": Slot("SmsUrl", "sms_url", "SmsMethod"),
    "voice": Slot("VoiceUrl", "voice_url", "VoiceMethod"),
    "status": Slot("StatusCallback", "status_callback", "StatusCallbackMethod"),
}
"""Of a phone number; ``status`` is about calls."""

SERVICE_SLOTS: Mapping[str, Slot] = {
    "sms": Slot("InboundRequestUrl", "inbound_request_url", "InboundMethod"),
    "status": Slot("StatusCallback", "status_callback", ""),
}
"""Of a messaging service; ``status`` is about messages sent."""


class _Numbers(msgspec.Struct):
    incoming_phone_numbers: list[dict[str, Any]]


class Twilio(Registrar):
    """Twilio has an address in each of some fields, and signs with the account's auth token."""

    title = "Twilio"
    documentation = "https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource"
    secret_from = SecretFrom.ACCOUNT
    at_help = "ACCOUNT_SID/+15551234567, ACCOUNT_SID/PN… or, for a messaging service, ACCOUNT_SID/MG…"
    needs = "ACCOUNT_SID:AUTH_TOKEN, or API_KEY_SID:SECRET of a key of the account"
    events_help = "sms, voice or status"
    secret_note = "the account's auth token, on the first page of the Twilio Console"  # noqa: S105 - words
    additive = True

    def __init__(self, api: Api, account: str, thing: str) -> None:
        super().__init__(api, thing)
        self._service = thing.startswith("MG")
        self._account = account
        self._slots = SERVICE_SLOTS if self._service else NUMBER_SLOTS
        self._path = f"/v1/Services/{thing}" if self._service else ""

    @classmethod
    def connect(cls, credential: Credential, sleep: Sleep) -> Self:
        """Return a registrar for a number or a messaging service."""
        found = _AT.fullmatch(credential.at)
        if not found:
            raise bad_place(cls.title, cls.at_help)
        user, colon, password = credential.secret.reveal().partition(":")
        if not colon or not user or not password:
            raise ConfigError("--credential", f"for Twilio it has the form of {cls.needs}.")
        host = "messaging" if found[2].startswith("MG") else "api"
        api = Api(
            title=cls.title,
            base=credential.base or f"https://{host}.twilio.com",
            needs=cls.needs,
            auth=(user, password),
            hidden=[credential.secret, Secret(password)],
            sleep=sleep,
        )
        return cls(api, found[1], found[2])

    def event(self, name: str) -> str:
        """Return the name of a field.

        Raises:
            ConfigError: there is no such field here.
        """
        if name.lower() not in self._slots:
            raise ConfigError("--event", f"can't be {name!r} here; it is {' or '.join(self._slots)}.")
        return name.lower()

    async def hooks(self) -> list[Hook]:
        """Return each address that stands in a field, with its fields."""
        thing = await self._thing()
        fields: dict[str, list[str]] = {}
        for event, slot in self._slots.items():
            if url := str(thing.get(slot.answer) or ""):
                fields.setdefault(url, []).append(event)
        return [Hook(id=str(thing["sid"]), url=url, events=tuple(events)) for url, events in fields.items()]

    async def create(self, wish: Wish) -> Hook:
        """Put the address into the fields."""
        await self._set(wish.events, wish.url)
        return Hook(id=self.at, url=wish.url, events=wish.events)

    async def change(self, hook: Hook, wish: Wish) -> None:
        """Put the address into further fields; those that have it already keep it."""
        await self._set(tuple(event for event in wish.events if event not in hook.events), wish.url)

    async def remove(self, hook: Hook) -> None:
        """Empty the fields that hold the address."""
        await self._set(hook.events, "")

    def in_the_way(self, hook: Hook, wish: Wish) -> bool:
        """Each field holds one address."""
        return not same_address(hook.url, wish.url) and bool(set(hook.events) & set(wish.events))

    async def _thing(self) -> dict[str, Any]:
        """Return the number or service as Twilio has it, and find its path."""
        numbers = f"/2010-04-01/Accounts/{self._account}/IncomingPhoneNumbers"
        if self.at.startswith("+") and not self._path:
            query = {"PhoneNumber": self.at, "PageSize": "20"}
            answer = await self.api.call("GET", f"{numbers}.json", query=query, what=f"number {self.at}")
            found = answer.read(_Numbers).incoming_phone_numbers
            # The filter also finds numbers that only contain the digits.
            sid = next((str(item["sid"]) for item in found if item.get("phone_number") == self.at), "")
            if not sid:
                raise CallFailed(f"Twilio has no number {self.at} in this account.", status=404)
            self._path = f"{numbers}/{sid}.json"
        path = self._path = self._path or f"{numbers}/{self.at}.json"
        thing = (await self.api.call("GET", path, what=self.at)).read(dict[str, Any])
        self._check(thing)
        return thing

    def _check(self, thing: Mapping[str, Any]) -> None:
        """Refuse a number whose addresses Twilio would not look at."""
        if thing.get("use_inbound_webhook_on_number"):
            raise CallFailed(
                f"The service {self.at} leaves messages to its numbers' own addresses; register the numbers."
            )
        for field, event in (("sms_application_sid", "sms"), ("voice_application_sid", "voice")):
            if thing.get(field):
                raise CallFailed(
                    f"An application ({thing[field]}) handles {event} for {self.at}, so Twilio ignores the "
                    "number's own address. Take the application from the number first."
                )

    async def _set(self, events: tuple[str, ...], url: str) -> None:
        await self._thing()
        form: dict[str, str | list[str]] = {}
        for event in events:
            slot = self._slots[event]
            form[slot.form] = url
            if slot.method and url:
                form[slot.method] = "POST"
        if form:
            # Setting a field twice to the same does no harm.
            await self.api.call("POST", self._path, form=form, what=self.at, repeatable=True)
