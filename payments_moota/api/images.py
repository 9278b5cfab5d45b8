"""Fetching the picture of a QR code from the provider, so that a shopper's browser never asks a stranger.

The address comes from an answer of Moota's and is not trusted: only https (or the very host of the API), only public
addresses, no redirects, little time and size; what comes is decoded and drawn anew.
"""

import io
import ipaddress
import socket
import warnings
from typing import Final
from urllib.parse import SplitResult, urlsplit

import urllib3
from PIL import Image, UnidentifiedImageError
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from ..errors import ApiError

_MOST_BYTES: Final = 512 * 1024
_MOST_PIXELS: Final = 4_000_000
_TIMEOUT: Final = urllib3.Timeout(connect=3, read=5, total=8)
_FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP")


def fetch_image(url: str, *, base_url: str) -> bytes:
    """Return the picture at `url` as a PNG. Raises ApiError when it cannot be had or is none."""
    parts, own = urlsplit(url), urlsplit(base_url)
    is_own = (parts.scheme, parts.netloc) == (own.scheme, own.netloc)
    if not parts.hostname or (parts.scheme != "https" and not is_own):
        raise _refused("its address is not https")
    address = _address_of(parts, may_be_private=is_own)
    return _drawn_anew(_get(parts, address))


def _address_of(parts: SplitResult, *, may_be_private: bool) -> str:
    """Look the host up once; the connection then goes to that address and no other."""
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 0, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:
        raise _refused("its host is not known") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not may_be_private and not all(ipaddress.ip_address(address).is_global for address in addresses):
        raise _refused("its host is not on the internet")
    return addresses[0]


def _get(parts: SplitResult, address: str) -> bytes:
    host = parts.hostname or ""
    target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    try:
        with (
            _pool(parts, address, host) as pool,
            pool.urlopen(
                "GET",
                target,
                headers={"Host": parts.netloc.rpartition("@")[2], "Accept": "image/*"},
                redirect=False,
                retries=False,
                preload_content=False,
            ) as answer,
        ):
            if answer.status != 200:  # noqa: PLR2004 - HTTP: found
                raise _refused(f"its host answered {answer.status}")
            content: bytes = answer.read(_MOST_BYTES + 1)
    except urllib3.exceptions.HTTPError as error:
        raise _refused(type(error).__name__) from error
    if len(content) > _MOST_BYTES:
        raise _refused("it is too large")
    return content


def _pool(parts: SplitResult, address: str, host: str) -> urllib3.HTTPConnectionPool:
    if parts.scheme == "http":
        return urllib3.HTTPConnectionPool(address, parts.port or 80, timeout=_TIMEOUT)
    return urllib3.HTTPSConnectionPool(
        address,
        parts.port or 443,
        timeout=_TIMEOUT,
        server_hostname=host,
        assert_hostname=host,
        cert_reqs="CERT_REQUIRED",
        ca_certs=DEFAULT_CA_BUNDLE_PATH,
    )


def _drawn_anew(content: bytes) -> bytes:
    try:
        with warnings.catch_warnings():
            # A picture of too many pixels is refused below, before it is decoded.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
                if picture.width * picture.height > _MOST_PIXELS:
                    raise _refused("it has too many pixels")
                flat = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _refused("it is no picture") from error
    white = Image.new("RGBA", flat.size, "white")
    drawn = io.BytesIO()
    Image.alpha_composite(white, flat).convert("L").save(drawn, "PNG", optimize=True)
    return drawn.getvalue()


def _refused(why: str) -> ApiError:
    return ApiError(f"The picture of the QR code cannot be had: {why}.")
