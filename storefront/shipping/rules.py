"""What delivery costs: weight, volume, zones, rounding. Pure; rupiah, grams, centimetres."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from storefront.formats import fold

_GRAMS_PER_KILOGRAM = 1000
# How people begin the name of a city or a regency.
_CITY_KINDS = {"kota": "kota", "kabupaten": "kabupaten", "kab.": "kabupaten", "kab": "kabupaten"}


@dataclass(frozen=True, slots=True)
class Parcel:
    """All goods of an order as one parcel: their weight, and the volume of those whose sides are known."""

    weight_grams: int
    volume_cm3: int = 0


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a parcel goes, as far as its price depends on it."""

    province: str = ""
    city: str = ""
    district: str = ""
    postal_code: str = ""

    @property
    def is_known(self) -> bool:
        """Tell whether a zone can be told."""
        return bool(self.province and self.city)


@dataclass(frozen=True, slots=True)
class Zone:
    """Provinces as a whole, and single cities that count before any province."""

    id: int
    provinces: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rate:
    """The price of the first kilogram and of each further one."""

    first_kg: int
    next_kg: int


@dataclass(frozen=True, slots=True)
class Quote:
    """One way of delivery with its price.

    `fee` is None while it cannot be told or the way cannot be had, and `problem` says why. `full_fee` is the price
    before free delivery; `free_in` how much more the goods would have to cost for it, or None where nothing would help.
    """

    key: str
    name: str
    kind: str
    fee: int | None
    full_fee: int = 0
    estimate: str = ""
    courier_code: str | None = None
    problem: str | None = None
    free_in: int | None = None


def volume_of(length: int, width: int, height: int) -> int:
    """Return a volume in cubic centimetres; 0 where a side does not matter."""
    return length * width * height


def chargeable_grams(parcel: Parcel, divisor: int) -> int:
    """Return the weight that counts: the real one, or the volume's where that is more. Rounded up to a gram."""
    by_volume = -(-parcel.volume_cm3 * _GRAMS_PER_KILOGRAM // divisor)
    return max(parcel.weight_grams, by_volume)


def billed_kilograms(grams: int, tolerance_grams: int) -> int:
    """Return the full kilograms a courier asks for: at least one, and what is over is forgiven up to the tolerance."""
    full, rest = divmod(grams, _GRAMS_PER_KILOGRAM)
    return max(full + (rest > tolerance_grams), 1)


def zone_for(zones: Iterable[Zone], destination: Destination) -> Zone | None:
    """Return the zone of a destination: the one that names its city, else the one with its province, else None."""
    every = list(zones)
    by_city = (zone for zone in every if any(is_same_city(city, destination.city) for city in zone.cities))
    by_province = (zone for zone in every if fold(destination.province) in map(fold, zone.provinces))
    return next(by_city, None) or next(by_province, None)


def is_same_city(one: str, other: str) -> bool:
    """Tell whether two names mean the same city. `Bandung` is both Kota and Kabupaten Bandung, which differ."""
    (one_kind, one_name), (other_kind, other_name) = _split_city(one), _split_city(other)
    return one_name == other_name != "" and (not one_kind or not other_kind or one_kind == other_kind)


def rate_fee(rate: Rate, kilograms: int) -> int:
    """Return the price for these kilograms."""
    return rate.first_kg + rate.next_kg * (kilograms - 1)


def with_free_delivery(quote: Quote, goods: int, free_from: int | None) -> Quote:
    """Return a quote with its price waived where the goods are worth enough, else with what is missing for that."""
    if free_from is None or not quote.fee:
        return quote
    if goods >= free_from:
        return replace(quote, fee=0)
    return replace(quote, free_in=free_from - goods)


def chosen(quotes: Sequence[Quote], key: str | None) -> Quote | None:
    """Return the way that was chosen; without a choice that can be had, the shop's first that can."""
    possible = [quote for quote in quotes if quote.fee is not None]
    return next((quote for quote in possible if quote.key == key), possible[0] if possible else None)


def _split_city(name: str) -> tuple[str, str]:
    words = fold(name).split()
    kind = _CITY_KINDS.get(words[0], "") if len(words) > 1 else ""
    return kind, " ".join(words[1:] if kind else words)
