"""Whether a request is Moota's: the signature over its body, and the address it came from."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from ..errors import ConfigError, SignatureError

_SECRET_NAME = "MOOTA_WEBHOOK_SECRET"  # noqa: S105 - the variable's name
_MAPPED_PREFIX = 96  # ::ffff:0:0/96 holds the IPv4 addresses inside IPv6


def verify_signature(body: bytes, header: str | None, secrets: Sequence[str]) -> None:
    """Check that `header` is the lower-case hex HMAC-SHA256 of the raw body under one of the secrets.

    Several secrets let an owner change the secret without losing what is under way. Every one is tried, in constant
    time, so that the answer's timing tells nothing. Raises SignatureError, or ConfigError when a secret is missing or
    empty: anybody could sign with that one.
    """
    if not secrets or not all(secrets):
        raise ConfigError("is not set, so no webhook can be trusted; copy the secret from Moota", name=_SECRET_NAME)
    if not header:
        raise SignatureError("The request carries no Signature header.")
    seen = header.encode(errors="replace")
    if not any([hmac.compare_digest(_sign(body, secret), seen) for secret in secrets]):  # noqa: C419 - try all, always
        raise SignatureError("The Signature header does not fit the body.")


@dataclass(frozen=True, slots=True)
class AllowedSources:
    """The addresses a webhook may come from."""

    anywhere: bool
    networks: tuple[IPv4Network | IPv6Network, ...]

    def allows(self, address: str) -> bool:
        """Tell whether a request from this address is welcome; what is no address is welcome only with `*`."""
        if self.anywhere:
            return True
        try:
            source = _unmapped(ip_address(address))
        except ValueError:
            return False
        return any(source in network for network in self.networks)


def is_private(address: str) -> bool:
    """Tell whether an address is of a network of one's own: then a proxy stands between, and not Moota."""
    try:
        return not _unmapped(ip_address(address)).is_global
    except ValueError:
        return False


def parse_allowed(text: str) -> AllowedSources:
    """Read addresses and CIDRs separated by commas; `*` allows any. Raises ValueError naming a bad entry."""
    entries = [entry for part in text.split(",") if (entry := part.strip())]
    if not entries:
        raise ValueError("no address is allowed; name some, or * for any")
    networks = tuple(_network(entry) for entry in entries if entry != "*")
    return AllowedSources(anywhere="*" in entries, networks=networks)


def _sign(body: bytes, secret: str) -> bytes:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode()


def _network(entry: str) -> IPv4Network | IPv6Network:
    try:
        network = ip_network(entry)
    except ValueError as error:
        raise ValueError(f"{entry!r} is neither an address nor a network: {error}") from error
    mapped = network.network_address.ipv4_mapped if isinstance(network, IPv6Network) else None
    return network if mapped is None else IPv4Network((mapped, network.prefixlen - _MAPPED_PREFIX))


def _unmapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
