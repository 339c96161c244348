"""What a process keeps of what it has made, to make it once: found by everything it was made of, so that nothing has to
be thrown away when something changes. It is not asked for any more, and goes when room is needed."""

from collections.abc import Hashable
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Kept(Generic[Made]):
    """Two generations, each up to half of the room: what was not asked for while one filled goes with the other."""

    def __init__(self, characters_at_most: int) -> None:
        self._most = characters_at_most // 2
        self._young: dict[Hashable, tuple[Made, int]] = {}
        self._old: dict[Hashable, tuple[Made, int]] = {}
        self._characters = 0

    def get(self, key: Hashable) -> Made | None:
        """None where it must be made."""
        found = self._young.get(key)
        if found is None:
            found = self._old.get(key)
            if found is None:
                return None
            self.put(key, *found)
        return found[0]

    def put(self, key: Hashable, made: Made, characters: int) -> None:
        """`characters`: about how many it takes."""
        if self._characters > self._most:
            self._old, self._young, self._characters = self._young, {}, 0
        self._young[key] = made, characters
        self._characters += characters
