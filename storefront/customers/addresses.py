"""The addresses a customer keeps: at most one is used first. Flushes, never commits."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from storefront.formats import normalise_phone

from .models import Customer, CustomerAddress

MOST = 20
FIELDS = ("label", "name", "address", "village", "district", "city", "province", "postal_code")


def find_address(customer: Customer, address_id: int) -> CustomerAddress | None:
    """Return one of the customer's own addresses, or None."""
    return next((address for address in customer.addresses if address.id == address_id), None)


def default_address(customer: Customer) -> CustomerAddress | None:
    """Return the address to fill in first, or None."""
    return next((address for address in customer.addresses if address.is_default), None)


def keep_address(
    session: Session, customer: Customer, address: CustomerAddress | None, typed: Mapping[str, str], *, first: bool
) -> CustomerAddress:
    """Add an address, or change `address`; `first` makes it the one that is used first, as the only one always is.

    `typed` holds `FIELDS` and a mobile number, already checked, as people write it.
    """
    if address is None:
        address = CustomerAddress()
        customer.addresses.append(address)
    for name in FIELDS:
        setattr(address, name, typed[name])
    address.phone = normalise_phone(typed["phone"])
    if first or len(customer.addresses) == 1:
        use_first(customer, address)
    session.flush()
    return address


def use_first(customer: Customer, address: CustomerAddress) -> None:
    """Make this the one address that is used first."""
    for each in customer.addresses:
        each.is_default = each is address


def remove_address(session: Session, customer: Customer, address: CustomerAddress) -> None:
    """Remove an address; when it was used first, the oldest of the others is from now on."""
    customer.addresses.remove(address)
    if address.is_default and customer.addresses:
        use_first(customer, min(customer.addresses, key=lambda other: other.id))
    session.flush()
