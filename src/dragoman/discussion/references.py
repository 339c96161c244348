"""References to sentences: `<document>.<revision>.<field>.<block>.<first>-<last>`, as Markdown carries them."""

import re
from dataclasses import dataclass
from typing import Self

_REFERENCE = re.compile(
    r"([1-9][0-9]{0,17})\.([1-9][0-9]{0,8})\.([a-z][a-z_]{0,29})\.(0|[1-9][0-9]{0,5})"
    r"\.(0|[1-9][0-9]{0,5})-(0|[1-9][0-9]{0,5})"
)


@dataclass(frozen=True, slots=True)
class Reference:
    """Sentences `first`–`last` (inclusive, from 0) of a block, in one revision (its number) of a document (its id)."""

    document: int
    revision: int
    field: str
    block: int
    first: int
    last: int

    def __str__(self) -> str:
        return f"{self.document}.{self.revision}.{self.field}.{self.block}.{self.first}-{self.last}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Inverse of `str`; None for what is no reference."""
        found = _REFERENCE.fullmatch(text)
        if found is None:
            return None
        document, revision, field, *place = found.groups()
        block, first, last = map(int, place)
        return cls(int(document), int(revision), field, block, first, last) if first <= last else None
