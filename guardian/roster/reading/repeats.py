"""Which keys occur more than once, without keeping them all."""


class Repeats:
    """Counts of keys seen at least twice. A bit stands for a key, so rarely one counts that was seen once only:
    whoever waits for its second row waits until the end of the file, and nothing else changes.
    """

    def __init__(self) -> None:
        self._bits = bytearray(1 << 24)
        self.counts: dict[int, int] = {}

    def add(self, key: int) -> bool:
        """Whether the key may have been seen before."""
        place = key & 0x7FFFFFF
        bits, bit = self._bits, 1 << (place & 7)
        place >>= 3
        if bits[place] & bit:
            self.counts[key] = self.counts.get(key, 1) + 1
            return True
        bits[place] |= bit
        return False

    def close(self) -> None:
        """No more keys will come: only the counts are kept."""
        self._bits = bytearray()

    def may_hold(self, key: int) -> bool:
        """False where the key was never added."""
        place = key & 0x7FFFFFF
        return bool(self._bits[place >> 3] & 1 << (place & 7))
