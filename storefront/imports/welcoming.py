"""People from a file made customers: new ones added, known ones added to where something was missing.

What a customer already has is never replaced; each row says what was kept. Nobody is known to want offers unless the
file says so and somebody said where they agreed; who ever withdrew stays out. Flushes, the caller commits.
"""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storefront.customers import addresses, service
from storefront.customers.models import Customer
from storefront.formats import show_phone
from storefront.texts import _

from .people import has_address
from .people_columns import FIELDS
from .rows import Group, Item, Result

_LABELS = {field.name: field.label for field in FIELDS}


def welcome(session: Session, group: Group, *, consent: str) -> list[tuple[Item, Result]]:
    """Bring the rows of one person in. `consent` is where those whose row says so agreed to offers; empty: nowhere."""
    try:
        with session.begin_nested():
            return [(item, _bring(session, item, consent)) for item in group.items]
    except IntegrityError:
        for item in group.items:
            item.problem = item.problem or _("Orang ini baru saja menjadi pelanggan. Coba lagi.")
        return [(item, "refused") for item in group.items]


def _bring(session: Session, item: Item, consent: str) -> Result:
    if item.problem:
        return "refused"
    customer = _known(session, item)
    if item.problem:
        return "refused"
    if customer is None:
        _tell(item, [], _add(session, item, consent))
        return "created"
    filled, kept = _fill(session, customer, item, consent)
    _tell(item, filled, kept)
    return "updated" if filled else "unchanged"


def _known(session: Session, item: Item) -> Customer | None:
    """Return the customer a row is about, locked, or None for somebody new; a row about neither says why."""
    email, phone = item.values.get("email"), item.values.get("phone")
    found = service.find_customer(session, email) if email else None
    if found is None and phone:
        others = session.scalars(select(Customer).where(Customer.phone == phone, Customer.erased_at.is_(None)).limit(2))
        same = others.all()
        if same and (email or len(same) > 1):
            item.problem = _(
                "Nomor HP ini milik pelanggan lain, %(name)s. Periksa dulu siapa orangnya.",
                name=", ".join(each.name or each.email for each in same),
            )
            return None
        found = same[0] if same else None
    if found is None and not email:
        item.problem = _("Tanpa e-mail, orang baru tidak dapat ditambahkan.")
    return service.lock_customer(session, found.id) if found else None


def _add(session: Session, item: Item, consent: str) -> list[str]:
    """Add a customer; return what of the row was left out."""
    values = item.values
    name, phone = values.get("name", ""), values.get("phone", "")
    customer = Customer(
        email=values["email"],
        name=name,
        phone=phone,
        is_member=values.get("member", False),
        note=values.get("note", ""),
    )
    session.add(customer)
    session.flush()
    _filled, kept = _fill(session, customer, item, consent)
    return kept


def _fill(session: Session, customer: Customer, item: Item, consent: str) -> tuple[list[str], list[str]]:
    """Add to a customer what is missing; return the labels of what was filled in, and of what stays as it is."""
    filled, kept = [], []
    for name in ("name", "phone", "note"):
        told, known = item.values.get(name), getattr(customer, name)
        if told and not known:
            setattr(customer, name, told)
            filled.append(name)
        elif told and told != known:
            kept.append(name)
    if item.values.get("member") and not customer.is_member:
        customer.is_member = True
        filled.append("member")
    if has_address(item):
        _keep_address(session, customer, item, filled, kept)
    if item.values.get("offers") and customer.marketing_at is None:
        _keep_consent(session, customer, consent, filled, kept)
    session.flush()
    return filled, kept


def _keep_address(session: Session, customer: Customer, item: Item, filled: list[str], kept: list[str]) -> None:
    typed = {name: item.values.get(name, "") for name in addresses.FIELDS}
    typed["name"] = typed["name"] or customer.name
    phone = item.values.get("phone") or customer.phone
    if any(each.address == typed["address"] and each.city == typed["city"] for each in customer.addresses):
        return
    if customer.addresses or not phone or not typed["name"]:
        kept.append("address")
        return
    addresses.keep_address(session, customer, None, {**typed, "phone": show_phone(phone)}, first=True)
    filled.append("address")


def _keep_consent(session: Session, customer: Customer, consent: str, filled: list[str], kept: list[str]) -> None:
    if consent and not service.consent_history(session, customer):
        service.change_consent(session, customer, given=True, source=consent)
        filled.append("offers")
    else:
        kept.append("offers")


def _tell(item: Item, filled: list[str], kept: list[str]) -> None:
    """Say what was filled in and what was not taken over."""
    told = [item.note]
    if filled:
        told.append(_("Diisi: %(fields)s.", fields=_labels(filled)))
    if kept:
        told.append(_("Tidak diubah: %(fields)s.", fields=_labels(kept)))
    item.note = " ".join(filter(None, told))


def _labels(names: list[str]) -> str:
    return ", ".join(str(_LABELS[name]) for name in names)
