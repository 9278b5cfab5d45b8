"""Days on which Indonesia's banks do not work: holidays and joint leave (cuti bersama), as known on 24 November 2026.

2026 is the government's joint decree (SKB tiga menteri). 2027 has the fixed days, and estimates for those that a
calendar of the moon or a later decree decides. The owner's own table adds days and overrules these.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day on which banks do not work; `is_estimate` while no decree has been compared with it."""

    day: date
    name: str
    is_estimate: bool = False


HOLIDAYS = (
    Holiday(date(2026, 1, 1), "Tahun Baru Masehi"),
    Holiday(date(2026, 1, 16), "Isra Mikraj Nabi Muhammad"),
    Holiday(date(2026, 2, 16), "Cuti bersama Tahun Baru Imlek"),
    Holiday(date(2026, 2, 17), "Tahun Baru Imlek 2577 Kongzili"),
    Holiday(date(2026, 3, 18), "Cuti bersama Hari Suci Nyepi"),
    Holiday(date(2026, 3, 19), "Hari Suci Nyepi, Tahun Baru Saka 1948"),
    Holiday(date(2026, 3, 20), "Cuti bersama Idulfitri"),
    Holiday(date(2026, 3, 21), "Idulfitri 1447 Hijriah"),
    Holiday(date(2026, 3, 22), "Idulfitri 1447 Hijriah, hari kedua"),
    Holiday(date(2026, 3, 23), "Cuti bersama Idulfitri"),
    Holiday(date(2026, 3, 24), "Cuti bersama Idulfitri"),
    Holiday(date(2026, 4, 3), "Wafat Yesus Kristus"),
    Holiday(date(2026, 4, 5), "Kebangkitan Yesus Kristus"),
    Holiday(date(2026, 5, 1), "Hari Buruh Internasional"),
    Holiday(date(2026, 5, 14), "Kenaikan Yesus Kristus"),
    Holiday(date(2026, 5, 15), "Cuti bersama Kenaikan Yesus Kristus"),
    Holiday(date(2026, 5, 27), "Iduladha 1447 Hijriah"),
    Holiday(date(2026, 5, 28), "Cuti bersama Iduladha"),
    Holiday(date(2026, 5, 31), "Hari Raya Waisak 2570"),
    Holiday(date(2026, 6, 1), "Hari Lahir Pancasila"),
    Holiday(date(2026, 6, 16), "Tahun Baru Islam 1448 Hijriah"),
    Holiday(date(2026, 8, 17), "Proklamasi Kemerdekaan"),
    Holiday(date(2026, 8, 25), "Maulid Nabi Muhammad"),
    Holiday(date(2026, 12, 24), "Cuti bersama Kelahiran Yesus Kristus"),
    Holiday(date(2026, 12, 25), "Kelahiran Yesus Kristus"),
    Holiday(date(2027, 1, 1), "Tahun Baru Masehi"),
    Holiday(date(2027, 1, 5), "Isra Mikraj Nabi Muhammad", is_estimate=True),
    Holiday(date(2027, 2, 5), "Cuti bersama Tahun Baru Imlek", is_estimate=True),
    Holiday(date(2027, 2, 6), "Tahun Baru Imlek 2578 Kongzili"),
    Holiday(date(2027, 3, 8), "Hari Suci Nyepi, Tahun Baru Saka 1949", is_estimate=True),
    Holiday(date(2027, 3, 9), "Cuti bersama Idulfitri", is_estimate=True),
    Holiday(date(2027, 3, 10), "Idulfitri 1448 Hijriah", is_estimate=True),
    Holiday(date(2027, 3, 11), "Idulfitri 1448 Hijriah, hari kedua", is_estimate=True),
    Holiday(date(2027, 3, 12), "Cuti bersama Idulfitri", is_estimate=True),
    Holiday(date(2027, 3, 15), "Cuti bersama Idulfitri", is_estimate=True),
    Holiday(date(2027, 3, 25), "Cuti bersama Wafat Yesus Kristus", is_estimate=True),
    Holiday(date(2027, 3, 26), "Wafat Yesus Kristus"),
    Holiday(date(2027, 3, 28), "Kebangkitan Yesus Kristus"),
    Holiday(date(2027, 5, 1), "Hari Buruh Internasional"),
    Holiday(date(2027, 5, 6), "Kenaikan Yesus Kristus"),
    Holiday(date(2027, 5, 17), "Iduladha 1448 Hijriah", is_estimate=True),
    Holiday(date(2027, 5, 18), "Cuti bersama Iduladha", is_estimate=True),
    Holiday(date(2027, 5, 19), "Cuti bersama Hari Raya Waisak", is_estimate=True),
    Holiday(date(2027, 5, 20), "Hari Raya Waisak 2571", is_estimate=True),
    Holiday(date(2027, 6, 1), "Hari Lahir Pancasila"),
    Holiday(date(2027, 6, 6), "Tahun Baru Islam 1449 Hijriah", is_estimate=True),
    Holiday(date(2027, 8, 15), "Maulid Nabi Muhammad", is_estimate=True),
    Holiday(date(2027, 8, 17), "Proklamasi Kemerdekaan"),
    Holiday(date(2027, 12, 24), "Cuti bersama Kelahiran Yesus Kristus", is_estimate=True),
    Holiday(date(2027, 12, 25), "Kelahiran Yesus Kristus"),
    Holiday(date(2027, 12, 26), "Isra Mikraj Nabi Muhammad", is_estimate=True),
)
