"""What the built-in playbooks have to cope with; a row for each that is added."""

# Numbers that a provider or a system of one's own writes as text or leaves out, and the playbook that they lead to.
# What stands behind a sample's name is left out as well.
NUMBERS: list[tuple[str, str, object, str]] = [
    ("shopify/stock_low", "available", "0", "stock-low"),
    ("shopify/stock_low", "available", "3", "stock-low"),
    ("shopify/stock_low", "available", "4", "stock-back"),
    ("shopify/stock_low", "available", "50", "stock-back"),
    ("airline/flight_delayed", "data.flight.delay_minutes", "10", ""),
    ("airline/flight_delayed", "data.flight.delay_minutes", "195", "flight-delayed"),
    ("airline/flight_delayed", "data.flight.delay_minutes", None, ""),
    ("airline/flight_delayed", "data.booking.passengers", "2", "flight-delayed"),
    ("airline/flight_cancelled", "data.booking.passengers", "1", "flight-cancelled"),
    ("intercom/rated_low", "data.item.conversation_rating.rating", "2", "score-low"),
    ("intercom/rated_low", "data.item.conversation_rating.rating", "4", ""),
    ("intercom/rated_low", "data.item.conversation_rating.rating", None, ""),
    ("shopify/vip_order customer.tags", "total_price", "999.99", ""),
    ("shopify/vip_order customer.tags", "total_price", "1000.00", "vip-order"),
    ("shopify/vip_order customer.tags", "total_price", None, ""),
]
_ITEM = "data.object.items.data.0"
_EVERY = f"{_ITEM}.price.recurring"
# What a title has to say, and not to say, about what an event says in its own way.
TITLES: list[tuple[str, dict[str, object], str]] = [
    ("stripe/subscription_cancelling", {}, "Cancelling: Ingrid Solberg, Home Barista, €29.00 a month"),
    (
        "stripe/subscription_cancelling",
        {f"{_ITEM}.quantity": 3},
        "Cancelling: Ingrid Solberg, Home Barista, €87.00 a month",
    ),
    (
        "stripe/subscription_cancelling",
        {f"{_EVERY}.interval_count": 3},
        "Cancelling: Ingrid Solberg, Home Barista, €29.00 every 3 months",
    ),
    (
        "stripe/subscription_cancelling",
        {f"{_EVERY}.interval": "year"},
        "Cancelling: Ingrid Solberg, Home Barista, €29.00 a year",
    ),
    (
        "stripe/subscription_cancelling",
        {f"{_ITEM}.price.unit_amount": None},
        "Cancelling: Ingrid Solberg, Home Barista",
    ),
    (
        "stripe/subscription_cancelling",
        {f"{_EVERY}.usage_type": "metered", f"{_ITEM}.quantity": None},
        "Cancelling: Ingrid Solberg, Home Barista",
    ),
    (
        "stripe/subscription_cancelling",
        {"data.object.items.data": [{"price": {"unit_amount": 100, "currency": "eur"}}] * 2},
        "Cancelling: Ingrid Solberg, subscription",
    ),
    (
        "zendesk/sla_warning",
        {"sla.hours_left": "1"},
        "Due within 1 hour: #35436, Brewing group leaks after descaling",
    ),
    ("zendesk/sla_warning", {"sla.hours_left": 0}, "Due soon: #35436, Brewing group leaks after descaling"),
    ("zendesk/sla_warning", {"sla.hours_left": -1}, "Overdue: #35436, Brewing group leaks after descaling"),
    ("zendesk/sla_warning", {"ticket.subject": "<b>Hi</b>\nthere"}, "Due within 2 hours: #35436, Hi there"),
]
# Names of carriers as AfterShip has them, and as people write them.
CARRIERS = {
    "usps": "USPS",
    "ups": "UPS",
    "dhl": "DHL",
    "dhl-express": "DHL Express",
    "dpd": "DPD",
    "gls": "GLS",
    "tnt": "TNT",
    "fedex": "FedEx",
    "ems": "EMS",
    "postnl": "PostNL",
    "royal-mail": "Royal Mail",
}
# What is to be covered, by the playbooks that do.
SITUATIONS = {
    "payment failed": ["payment-failed"],
    "dispute opened": ["dispute-opened", "dispute-closed"],
    "refund requested": ["refund-requested", "refund-made", "shop-refund-made"],
    "subscription cancelled": ["subscription-cancelling", "subscription-cancelled"],
    "order shipped": ["order-shipped"],
    "out for delivery": ["parcel-out-for-delivery"],
    "delivered": ["parcel-arrived", "parcel-delivered"],
    "delivery exception": ["parcel-problem"],
    "flight delayed": ["flight-delayed", "flight-changed"],
    "flight cancelled": ["flight-cancelled", "flight-changed"],
    "new lead": ["lead-new"],
    "new ticket": ["ticket-opened", "ticket-new"],
    "ticket assigned": ["ticket-assigned"],
    "customer replied": ["customer-replied"],
    "answer due": ["sla-near"],
    "answer overdue": ["sla-breached"],
    "complaint": ["complaint-opened"],
    "important customer": ["vip-order", "complaint-opened"],
    "incoming call": ["call-incoming"],
    "low satisfaction score": ["score-low"],
    "brand mention": ["brand-mentioned"],
    "anything else": ["notice"],
    "stock shortage": ["stock-low"],
    "reminder": ["reminder"],
}
# What opens a case, and what takes it away again or takes its place.
CLOSED = [
    ("stripe/payment_failed", "stripe/payment_paid"),
    ("stripe/dispute_opened", "stripe/dispute_closed"),
    ("stripe/subscription_cancelling", "stripe/subscription_kept"),
    ("stripe/subscription_cancelling", "stripe/subscription_cancelled"),
    ("shopify/return_requested", "shopify/return_approved"),
    ("shopify/return_requested", "shopify/refund_created"),
    ("shopify/stock_low", "shopify/stock_back"),
    ("easypost/out_for_delivery", "easypost/delivered"),
    ("easypost/exception", "easypost/delivered"),
    ("aftership/out_for_delivery", "aftership/delivered"),
    ("aftership/exception", "aftership/delivered"),
    ("reminders/due", "reminders/done"),
    ("zendesk/ticket_created", "zendesk/agent_replied"),
    ("zendesk/ticket_created", "zendesk/ticket_assigned"),
    ("zendesk/ticket_assigned", "zendesk/ticket_solved"),
    ("zendesk/sla_warning", "zendesk/sla_breached"),
    ("zendesk/sla_breached", "zendesk/agent_replied"),
    ("freshdesk/ticket_created", "freshdesk/ticket_solved"),
    ("freshdesk/sla_breached", "freshdesk/ticket_solved"),
    ("intercom/customer_replied", "intercom/agent_replied"),
    ("aircall/call_ringing", "aircall/call_answered"),
    ("aircall/call_ringing", "aircall/call_ended"),
    ("twilio/call_ringing", "twilio/call_answered"),
    ("twilio/call_ringing", "twilio/call_missed"),
    ("inhouse/notice", "inhouse/notice_over"),
]
# The last message of a conversation at Intercom.
_REPLY = "data.item.conversation_parts.conversation_parts.0"
# What providers leave out or send as null, and what must not be said then.
LEFT_OUT = [
    ("stripe/payment_failed", "data.object.customer_name data.object.account_name", "Maya"),
    ("stripe/payment_failed", "data.object.customer_name data.object.customer_email", "Maya"),
    ("stripe/payment_failed", "data.object.number", "without"),
    ("stripe/payment_failed", "data.object.next_payment_attempt data.object.hosted_invoice_url", "same card"),
    ("stripe/dispute_opened", "data.object.evidence.customer_name data.object.reason", "Henrik"),
    ("stripe/dispute_closed", "data.object.evidence.customer_name", "Henrik"),
    ("stripe/charge_refunded", "data.object.billing_details.name data.object.payment_method_details", "Luca"),
    ("stripe/charge_refunded", "data.object.receipt_email data.object.description", "AC-"),
    ("stripe/subscription_cancelling", "data.object.metadata data.object.cancellation_details", "Ingrid"),
    ("stripe/subscription_cancelling", "data.object.items.data.0.price.nickname", "Barista"),
    ("stripe/subscription_cancelled", "data.object.metadata data.object.cancellation_details", "Ingrid"),
    (
        "shopify/return_requested",
        "return_line_items.0.customer_note return_line_items.0.return_reason",
        "lid",
    ),
    ("shopify/refund_created", "note", "Cracked"),
    ("shopify/order_shipped", "destination tracking_number tracking_url tracking_company", "UPS"),
    ("shopify/vip_order", "customer.first_name customer.last_name note", "Amara"),
    ("aftership/out_for_delivery", "msg.customers msg.order_number", "Sofia"),
    ("aftership/delivered", "msg.customers msg.signed_by", "Brandt"),
    ("aftership/exception", "msg.customers msg.checkpoints", "Sofia"),
    ("airline/flight_cancelled", "data.entitlement data.flight.reason", "hotel"),
    ("reminders/due", "data.customer data.note", "Elif"),
    ("parcel/delivered", "recipient.name sender", "Jonas"),
    ("hubspot/contact_created", "changeSource", "form"),
    ("salesforce/lead_created", "sObject.FirstName sObject.Company sObject.Description", "Paula"),
    (
        "salesforce/lead_created",
        "sObject.FirstName sObject.LastName sObject.OwnerId sObject.Phone",
        "Nakamura",
    ),
    ("salesforce/lead_created", "sObject.LeadSource", "Source"),
    ("zoho/lead_created", "affected_values", "Okafor"),
    ("zendesk/ticket_created", "detail.subject detail.description detail.tags", "Brewing"),
    ("zendesk/complaint_created", "detail.description", "subscriptions"),
    ("zendesk/ticket_assigned", "detail.subject detail.description", "Brewing"),
    ("zendesk/ticket_assigned", "detail.priority", "None"),
    ("zendesk/sla_warning", "customer.name agent.name sla", "Oliver"),
    ("zendesk/sla_warning", "ticket.subject", "„"),
    ("zendesk/sla_breached", "ticket.subject", "„"),
    ("zendesk/rated_bad", "ticket.subject", "“”"),
    ("zendesk/complaint_created", "detail.subject", "„"),
    ("zendesk/rated_bad", "customer.name rating.comment", "Ruth"),
    ("freshdesk/ticket_created", "customer ticket.text ticket.tags", "Helena"),
    ("freshdesk/sla_breached", "customer.name agent.name agent.email ticket.priority", "Wirth"),
    ("intercom/customer_replied", f"{_REPLY}.author.name {_REPLY}.body", "Noor"),
    ("intercom/customer_replied", f"{_REPLY}.author data.item.admin_assignee_id", "Noor"),
    ("intercom/rated_low", "data.item.conversation_rating.remark data.item.source.author.name", "Aled"),
    ("intercom/rated_low", "data.item.source.author data.item.source.subject", "Aled"),
    ("aircall/call_ringing", "data.contact", "Gwen"),
    ("aircall/call_ringing", "data.contact data.raw_digits data.number", "7946"),
    ("aircall/call_ringing", "data.contact.first_name data.contact.information", "Three"),
    ("twilio/call_ringing", "From ParentCallSid", "7946"),
    ("inhouse/notice", "data.text data.say data.customer", "Kartenterminal"),
]
# What providers say in a word of their own; each has its own sentence.
VARIANTS: list[tuple[str, str, object]] = [
    *(
        ("stripe/dispute_opened", "data.object.reason", word)
        for word in (
            "bank_cannot_process",
            "credit_not_processed",
            "duplicate",
            "fraudulent",
            "general",
            "product_not_received",
            "product_unacceptable",
            "subscription_canceled",
            "unrecognized",
        )
    ),
    ("stripe/dispute_opened", "data.object.status", "warning_needs_response"),
    *(("stripe/dispute_closed", "data.object.status", word) for word in ("lost", "warning_closed")),
    *(
        (f"stripe/subscription_{name}", "data.object.cancellation_details.feedback", word)
        for name in ("cancelling", "cancelled")
        for word in (
            "customer_service",
            "low_quality",
            "missing_features",
            "other",
            "switched_service",
            "too_complex",
            "unused",
        )
    ),
    *(
        ("stripe/subscription_cancelled", "data.object.cancellation_details.reason", word)
        for word in ("payment_failed", "payment_disputed")
    ),
    *(
        ("shopify/return_requested", "return_line_items.0.return_reason", word)
        for word in (
            "color",
            "not_as_described",
            "other",
            "size_too_large",
            "style",
            "unknown",
            "unwanted",
            "wrong_item",
        )
    ),
    ("shopify/return_requested", "return_line_items.0.quantity", 3),
    ("shopify/stock_low", "available", 0),
    ("shopify/stock_low", "available", 1),
    *(
        (sample, "detail.subject", "<b>Hi</b>\nthere")
        for sample in ("zendesk/ticket_created", "zendesk/ticket_assigned", "zendesk/complaint_created")
    ),
    ("zendesk/sla_breached", "ticket.subject", "<b>Hi</b>\nthere"),
    ("shopify/stock_low", "inventory_item_id", 4711),
    ("shopify/refund_created", "refund_line_items", []),
    *(
        ("easypost/exception", "result.status_detail", word)
        for word in ("damaged", "delivery_exception", "lost", "refused", "return")
    ),
    *(
        ("aftership/exception", "msg.subtag", word)
        for word in (
            "Exception_002",
            "Exception_003",
            "Exception_004",
            "Exception_011",
            "Exception_012",
            "Exception_013",
        )
    ),
    ("airline/flight_delayed", "data.rebooking.options", []),
    ("airline/flight_delayed", "data.booking.missed_connection", False),
    ("airline/flight_delayed", "data.flight.delay_minutes", 45),
    ("airline/flight_delayed", "data.flight.delay_minutes", 61),
    ("airline/flight_cancelled", "data.rebooking.options", []),
    ("airline/flight_cancelled", "data.booking.passengers", 1),
    ("airline/flight_cancelled", "data.booking.passengers", 4),
    ("parcel/delivered", "shipment.late", True),
    ("hubspot/contact_created", "changeSource", "CRM_UI"),
    ("zoho/lead_created", "resource_uri", "https://www.zohoapis.com.au/crm/v8/Leads"),
    ("zendesk/complaint_created", "detail.tags", ["vip"]),
    ("zendesk/sla_warning", "sla.hours_left", 3),
    ("freshdesk/ticket_created", "ticket.tags", "vip wholesale"),
    ("freshdesk/ticket_created", "ticket.text", "<div>Can it go to <b>Elm Lane 4</b>?</div>"),
    ("intercom/rated_low", "data.item.conversation_rating.rating", 2),
    ("intercom/rated_low", "data.item.source.subject", "<p>Where is the pump?</p>"),
    ("aircall/call_ringing", "data.raw_digits", "anonymous"),
    ("aircall/call_ringing", "data.user", {"id": 456, "name": "Mira Holt", "email": "mira@example.com"}),
    ("twilio/call_ringing", "From", "anonymous"),
    ("x/mention", "tweet_create_events.0.user.followers_count", 1),
    ("inhouse/notice", "data.say", {"en": "the card terminal is working again."}),
]
