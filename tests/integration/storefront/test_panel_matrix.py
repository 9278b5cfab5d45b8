"""Every route of the panel with every role: one table says who may, and a route without an entry fails.

What the table cannot say, such as that an owner approves a refund only with a fresh password, has tests of its own.
"""

import re

import pytest
from shopfloor import make_shop, on_sqlite, stock_up

ROLES = ("owner", "staff", "bookkeeper")
# Ends what the others need; it comes last.
_LAST = "admin_door.logout POST"
# Whoever is let in there is sent to the door, too.
_LEAD_TO_THE_DOOR = {"/admin/logout", "/admin/login/code"}

# The door.
STRANGERS = {
    "admin_door.ask GET",
    "admin_door.ask POST",
    "admin_door.choose GET",
    "admin_door.choose POST",
    "admin_door.code GET",
    "admin_door.code POST",
    "admin_door.login GET",
    "admin_door.login POST",
}
# Looking, and one's own security.
EVERYBODY = {
    "admin.index GET",
    "admin.order GET",
    "admin.orders GET",
    "admin_alerts.index GET",
    "admin_alerts.index POST",
    "admin_categories.edit GET",
    "admin_categories.index GET",
    "admin_delivery.index GET",
    "admin_door.logout POST",
    "admin_exports.hand_out POST",
    "admin_exports.index GET",
    "admin_imports.goods_csv GET",
    "admin_imports.goods_xlsx GET",
    "admin_imports.index GET",
    "admin_imports.notes GET",
    "admin_imports.refused GET",
    "admin_imports.show GET",
    "admin_order_tools.export_csv GET",
    "admin_order_tools.export_xlsx GET",
    "admin_order_tools.papers GET",
    "admin_products.edit GET",
    "admin_products.index GET",
    "admin_refunds.show GET",
    "admin_security.end POST",
    "admin_security.end_others POST",
    "admin_security.index GET",
    "admin_security.password POST",
    "admin_security.renew_codes POST",
    "admin_security.set_up GET",
    "admin_security.set_up POST",
    "admin_security.turn_off POST",
    "admin_variants.edit GET",
    "admin_vouchers.edit GET",
    "admin_vouchers.index GET",
    "moota_panel.all_mutations GET",
    "moota_panel.all_refunds GET",
    "moota_panel.books GET",
    "moota_panel.books_days GET",
    "moota_panel.books_ledger GET",
    "moota_panel.charge GET",
    "moota_panel.charges GET",
    "moota_panel.codes GET",
    "moota_panel.delivery GET",
    "moota_panel.home GET",
    "moota_panel.inbox GET",
    "moota_panel.inbox_refused GET",
    "moota_panel.inbox_traffic GET",
    "moota_panel.mutation GET",
    "moota_panel.mutations GET",
    "moota_panel.refund GET",
    "moota_panel.refund_file GET",
    "moota_panel.refunds GET",
    "moota_panel.rules GET",
}
# The day's work.
OWNER_AND_STAFF = {
    "admin_categories.edit POST",
    "admin_categories.new GET",
    "admin_categories.new POST",
    "admin_categories.place POST",
    "admin_contact.change POST",
    "admin_contact.edit GET",
    "admin_customers.index GET",
    "admin_customers.member POST",
    "admin_customers.note POST",
    "admin_customers.show GET",
    "admin_delivery.edit_method GET",
    "admin_delivery.edit_method POST",
    "admin_delivery.edit_zone GET",
    "admin_delivery.edit_zone POST",
    "admin_delivery.new_method GET",
    "admin_delivery.new_method POST",
    "admin_delivery.new_zone GET",
    "admin_delivery.new_zone POST",
    "admin_delivery.remove_method POST",
    "admin_delivery.remove_zone POST",
    "admin_feedback.answer POST",
    "admin_feedback.index GET",
    "admin_feedback.move POST",
    "admin_feedback.show GET",
    "admin_imports.bring POST",
    "admin_imports.start POST",
    "admin_manual.new GET",
    "admin_manual.write POST",
    "admin_messages.finish POST",
    "admin_messages.index GET",
    "admin_order_tools.parcels GET",
    "admin_order_tools.send POST",
    "admin_order_tools.together POST",
    "admin_payments.extend POST",
    "admin_payments.refund POST",
    "admin_payments.reopen POST",
    "admin_people_imports.bring POST",
    "admin_people_imports.index GET",
    "admin_people_imports.notes GET",
    "admin_people_imports.refused GET",
    "admin_people_imports.show GET",
    "admin_people_imports.start POST",
    "admin_pictures.change POST",
    "admin_products.change_many POST",
    "admin_products.edit POST",
    "admin_products.new GET",
    "admin_products.new POST",
    "admin_refunds.restock POST",
    "admin_shipments.deliver POST",
    "admin_shipments.note POST",
    "admin_shipments.process POST",
    "admin_shipments.ship POST",
    "admin_shipments.tracking POST",
    "admin_variants.change_many POST",
    "admin_variants.edit POST",
    "admin_variants.new GET",
    "admin_variants.new POST",
    "admin_vouchers.edit POST",
    "admin_vouchers.new GET",
    "admin_vouchers.new POST",
    "moota_panel.charge_cancel POST",
    "moota_panel.charge_extend POST",
    "moota_panel.charge_proof GET",
    "moota_panel.charge_proofs POST",
    "moota_panel.charge_reopen POST",
    "moota_panel.charge_settle POST",
    "moota_panel.confirm GET",
    "moota_panel.delivery_replay POST",
    "moota_panel.inbox_retry POST",
    "moota_panel.mutation_acknowledge POST",
    "moota_panel.mutation_ignore POST",
    "moota_panel.mutation_match POST",
    "moota_panel.mutation_note POST",
    "moota_panel.mutation_rerun POST",
    "moota_panel.mutation_unmatch POST",
    "moota_panel.refund_complaint POST",
    "moota_panel.refund_papers POST",
    "moota_panel.rules_end POST",
}
# The shop itself, its people, and money that leaves.
OWNER = {
    "admin_accounts.add POST",
    "admin_accounts.edit GET",
    "admin_accounts.edit POST",
    "admin_accounts.index GET",
    "admin_accounts.place POST",
    "admin_accounts.sync POST",
    "admin_audit.export GET",
    "admin_audit.index GET",
    "admin_brand.index GET",
    "admin_brand.index POST",
    "admin_brand.logo POST",
    "admin_brand.opening GET",
    "admin_brand.opening POST",
    "admin_brand.preview POST",
    "admin_brand.preview_sheet GET",
    "admin_customers.erase GET",
    "admin_customers.erase POST",
    "admin_customers.export POST",
    "admin_feedback.settings POST",
    "admin_letters.edit GET",
    "admin_letters.edit POST",
    "admin_letters.index GET",
    "admin_pages.delete GET",
    "admin_pages.delete POST",
    "admin_pages.edit GET",
    "admin_pages.edit POST",
    "admin_pages.index GET",
    "admin_pages.move POST",
    "admin_pages.new GET",
    "admin_pages.new POST",
    "admin_pages.sample POST",
    "admin_payments.cancel_free POST",
    "admin_payments.release POST",
    "admin_settings.end_previous POST",
    "admin_settings.holiday_step POST",
    "admin_settings.holidays GET",
    "admin_settings.holidays POST",
    "admin_settings.index GET",
    "admin_settings.index POST",
    "admin_settings.register_webhook POST",
    "admin_settings.replace_secret POST",
    "admin_settings.shut_out POST",
    "admin_staff.active POST",
    "admin_staff.forget_factor POST",
    "admin_staff.index GET",
    "admin_staff.invite POST",
    "admin_staff.link POST",
    "admin_staff.role POST",
    "admin_staff.settings POST",
    "admin_staff.show GET",
    "admin_system.back_up POST",
    "admin_system.examine POST",
    "admin_system.index GET",
    "admin_webhooks.allow POST",
    "moota_panel.books_close POST",
    "moota_panel.books_reopen POST",
    "moota_panel.inbox_allow POST",
    "moota_panel.inbox_pause POST",
    "moota_panel.inbox_resume POST",
    "moota_panel.refund_account POST",
    "moota_panel.refund_step POST",
    "moota_panel.refunds_payouts POST",
}

ALLOWED = {
    **dict.fromkeys(STRANGERS, frozenset({"stranger", *ROLES})),
    **dict.fromkeys(EVERYBODY, frozenset(ROLES)),
    **dict.fromkeys(OWNER_AND_STAFF, frozenset({"owner", "staff"})),
    **dict.fromkeys(OWNER, frozenset({"owner"})),
}
_VALUES = {"number": "INV-1001", "ticket": "RFD-2026-000001", "step": "approve", "token": "palsu", "day": "2026-01-01"}


def routes(app):
    """Return every route of the panel as `endpoint METHOD`, with an address that fits it."""
    found = {}
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/admin"):
            # Goods are there, so that a view that looks for them first gets as far as the role.
            path = re.sub(r"<int[^>]*:(product|variant)_id>", "1", rule.rule)
            path = re.sub(r"<int[^>]*>", "99", path)
            path = re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda match: _VALUES.get(match[1], "x"), path)
            found |= {f"{rule.endpoint} {method}": (method, path) for method in rule.methods & {"GET", "POST"}}
    return dict(sorted(found.items(), key=lambda pair: (pair[0] == _LAST, pair[0])))


def verdict(visitor, token, method, path):
    """Return whether a visitor is let in, refused, or sent to the door."""
    answer = visitor.client.open(path, method=method, data={"csrf_token": token} if method == "POST" else None)
    if answer.status_code == 302 and answer.location.startswith("/admin/login"):
        return "allowed" if path in _LEAD_TO_THE_DOOR else "door"
    return "refused" if answer.status_code == 403 else "allowed"


@pytest.fixture
def panel(shop_address, tmp_path):
    made = make_shop(tmp_path / "panel", shop_address)
    stock_up(made)
    yield made
    made.close()


@on_sqlite
def test_every_route_has_an_entry_and_every_entry_a_route(panel):
    known = set(routes(panel.app))

    assert known - set(ALLOWED) == set(), "Say in the table above who may use these."
    assert set(ALLOWED) - known == set(), "These are no routes any more."
    assert len(ALLOWED) == len(STRANGERS) + len(EVERYBODY) + len(OWNER_AND_STAFF) + len(OWNER)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_do_what_the_table_says_and_nothing_else(panel, role):
    panel.add_staff(f"{role}@toko.test", role)
    visitor = panel.visitor()
    assert visitor.sign_in(f"{role}@toko.test").status_code == 302
    token = visitor.token("/admin/security")

    seen = {name: verdict(visitor, token, *route) for name, route in routes(panel.app).items()}

    expected = {name: "allowed" if role in allowed else "refused" for name, allowed in ALLOWED.items()}
    assert seen == expected


@on_sqlite
def test_a_stranger_gets_no_further_than_the_door(panel):
    visitor = panel.visitor()
    token = visitor.token("/admin/login")

    seen = {name: verdict(visitor, token, *route) for name, route in routes(panel.app).items() if name != _LAST}

    expected = {name: "allowed" if "stranger" in allowed else "door" for name, allowed in ALLOWED.items()}
    assert {name: what for name, what in seen.items() if what != expected.get(name)} == {}
