"""The banks a refund can go to: their code for interbank transfers, their name, and how long their account numbers are.

The codes are Bank Indonesia's (sandi bank), as used at ATMs and in bulk transfers. A length is given only where the
bank's ordinary accounts are known to have no other: refusing a right number is worse than letting a wrong one through,
which the bank itself will refuse.
"""

from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

# When codes, names and lengths were last compared with public lists. Banks merge and change their names.
CHECKED_ON = date(2026, 11, 24)

_ANY_LENGTH = frozenset(range(6, 20))


@dataclass(frozen=True, slots=True)
class Bank:
    """One bank: three-digit code, name on screen, the name people type, and the lengths of its account numbers."""

    code: str
    name: str
    alias: str = ""
    lengths: frozenset[int] = field(default=_ANY_LENGTH)

    @property
    def has_known_lengths(self) -> bool:
        """Tell whether the bank's account numbers have lengths of their own."""
        return self.lengths is not _ANY_LENGTH


def _digits(*lengths: int) -> frozenset[int]:
    return frozenset(lengths)


_BANKS = (
    Bank("014", "Bank Central Asia (BCA)", "bca", _digits(10)),
    Bank("008", "Bank Mandiri", "mandiri", _digits(13)),
    Bank("002", "Bank Rakyat Indonesia (BRI)", "bri", _digits(15)),
    Bank("009", "Bank Negara Indonesia (BNI)", "bni", _digits(9, 10)),
    Bank("451", "Bank Syariah Indonesia (BSI)", "bsi", _digits(10)),
    Bank("200", "Bank Tabungan Negara (BTN)", "btn", _digits(10, 16)),
    Bank("022", "CIMB Niaga", "cimb", _digits(12, 13, 14)),
    Bank("013", "Bank Permata", "permata", _digits(10, 16)),
    Bank("011", "Bank Danamon", "danamon", _digits(10, 12, 16)),
    Bank("016", "Maybank Indonesia", "maybank", _digits(10)),
    Bank("019", "Bank Panin", "panin"),
    Bank("028", "OCBC Indonesia", "ocbc", _digits(12)),
    Bank("426", "Bank Mega", "mega"),
    Bank("147", "Bank Muamalat", "muamalat", _digits(10)),
    Bank("542", "Bank Jago", "jago", _digits(12)),
    Bank("535", "SeaBank", "seabank"),
    Bank("501", "blu by BCA Digital", "blu", _digits(12)),
    Bank("213", "Bank SMBC Indonesia (Jenius)", "jenius"),
    Bank("490", "Bank Neo Commerce", "neo"),
    Bank("567", "Allo Bank", "allo"),
    Bank("562", "Superbank", "superbank"),
    Bank("484", "Bank KEB Hana (LINE Bank)", "hana"),
    Bank("472", "Bank Saqu", "saqu"),
    Bank("459", "Krom Bank", "krom"),
    Bank("494", "Bank Raya", "raya"),
    Bank("536", "BCA Syariah", "bcasyariah", _digits(10)),
    Bank("547", "BTPN Syariah", "btpnsyariah"),
    Bank("947", "Bank Aladin Syariah", "aladin"),
    Bank("441", "KB Bank (Bukopin)", "kbbank"),
    Bank("023", "UOB Indonesia", "uob"),
    Bank("046", "DBS Indonesia", "dbs"),
    Bank("087", "HSBC Indonesia", "hsbc"),
    Bank("153", "Bank Sinarmas", "sinarmas"),
    Bank("097", "Bank Mayapada"),
    Bank("110", "Bank BJB", "bjb"),
    Bank("425", "BJB Syariah"),
    Bank("111", "Bank Jakarta (DKI)", "bankdki"),
    Bank("112", "BPD DIY"),
    Bank("113", "Bank Jateng"),
    Bank("114", "Bank Jatim"),
    Bank("115", "Bank Jambi"),
    Bank("116", "Bank Aceh Syariah"),
    Bank("117", "Bank Sumut"),
    Bank("118", "Bank Nagari"),
    Bank("119", "BRK Syariah (Riau Kepri)"),
    Bank("120", "Bank Sumsel Babel"),
    Bank("121", "Bank Lampung"),
    Bank("122", "Bank Kalsel"),
    Bank("123", "Bank Kalbar"),
    Bank("124", "Bank Kaltimtara"),
    Bank("125", "Bank Kalteng"),
    Bank("126", "Bank Sulselbar"),
    Bank("127", "Bank SulutGo"),
    Bank("128", "Bank NTB Syariah"),
    Bank("129", "BPD Bali"),
    Bank("130", "Bank NTT"),
    Bank("131", "Bank Maluku Malut"),
    Bank("132", "Bank Papua"),
    Bank("133", "Bank Bengkulu"),
    Bank("134", "Bank Sulteng"),
    Bank("135", "Bank Sultra"),
    Bank("137", "Bank Banten"),
    Bank("031", "Citibank"),
    Bank("036", "CCB Indonesia"),
    Bank("037", "Bank Artha Graha"),
    Bank("042", "MUFG Bank"),
    Bank("050", "Standard Chartered"),
    Bank("054", "Bank Capital"),
    Bank("061", "ANZ Indonesia"),
    Bank("069", "Bank of China"),
    Bank("076", "Bank Bumi Arta"),
    Bank("095", "J Trust Bank"),
    Bank("146", "Bank of India Indonesia"),
    Bank("151", "Bank Mestika"),
    Bank("152", "Bank Shinhan Indonesia"),
    Bank("157", "Bank Maspion"),
    Bank("161", "Bank Ganesha"),
    Bank("164", "ICBC Indonesia"),
    Bank("167", "QNB Indonesia"),
    Bank("212", "Bank Woori Saudara"),
    Bank("405", "Bank Victoria Syariah"),
    Bank("485", "MNC Bank (MotionBank)"),
    Bank("498", "SBI Indonesia"),
    Bank("503", "Nobu Bank", "nobu"),
    Bank("506", "Bank Mega Syariah"),
    Bank("513", "Bank Ina Perdana"),
    Bank("517", "Panin Dubai Syariah"),
    Bank("521", "KB Bank Syariah"),
    Bank("523", "Bank Sahabat Sampoerna"),
    Bank("526", "OK Bank"),
    Bank("531", "Amar Bank"),
    Bank("548", "Bank Multiarta Sentosa"),
    Bank("553", "hibank"),
    Bank("555", "Bank Index"),
    Bank("564", "Bank Mandiri Taspen"),
    Bank("566", "Bank Victoria"),
    Bank("945", "IBK Indonesia"),
    Bank("949", "CTBC Indonesia"),
)

# By code, the banks most shoppers have first.
BANKS = MappingProxyType({bank.code: bank for bank in _BANKS})
_ALIASES = {bank.alias: bank for bank in _BANKS if bank.alias}


def find_bank(text: str) -> Bank | None:
    """Return the bank of a code (014) or of the name people type (bca, "Bank BCA"); None when there is no such bank."""
    wanted = "".join(text.lower().split())
    return BANKS.get(wanted) or _ALIASES.get(wanted) or _ALIASES.get(wanted.removeprefix("bank"))
