"""What the built-in playbooks have to cope with; a row for each that is added."""

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
    "new ticket": ["ticket-opened"],
    "important customer": ["vip-order"],
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
]
# What providers leave out or send as null, and what must not be said then.
LEFT_OUT = [
    ("stripe/payment_failed", "data.object.customer_name data.object.account_name", "Maya"),
    ("stripe/payment_failed", "data.object.customer_name data.object.customer_email", "Maya"),
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
]
