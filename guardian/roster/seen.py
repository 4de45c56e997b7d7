"""Whether a key may have come before, in two megabytes, however many there are."""

_BITS = 1 << 24
_MASK = _BITS - 1


class Seen:
    """A Bloom filter with three hashes: never forgets a key, and of a million takes one in 250 for known."""

    def __init__(self) -> None:
        self._bits = bytearray(_BITS // 8)

    def add(self, key: str) -> bool:
        """Remember a key; answers whether it may have been there."""
        mixed = hash(key)
        bits = self._bits
        known = True
        for place in (mixed & _MASK, (mixed >> 20) & _MASK, (mixed >> 40) & _MASK):
            at, bit = place >> 3, 1 << (place & 7)
            if not bits[at] & bit:
                known = False
                bits[at] |= bit
        return known
