"""What a process keeps is bounded, and what is asked for all the time is not what goes."""

from dragoman.languages.kept import Kept


def test_what_is_kept_is_bounded() -> None:
    kept: Kept[str] = Kept(1000)
    for number in range(1000):
        kept.put(number, "x" * 10, 10)
        assert kept.get(0) is not None
    assert kept.get(999) is not None
    assert kept.get(500) is None
    assert sum(kept.get(number) is not None for number in range(1000)) <= 110
