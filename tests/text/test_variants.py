import pytest

from dragoman.text.variants import nearest, same, written_form


@pytest.mark.parametrize(
    ("tag", "form"),
    [
        ("pt-BR", "pt"),
        ("pt_PT", "pt"),
        ("zh-Hant-HK", "zh-hant"),
        ("zh_TW", "zh-hant"),
        ("zh-Hans-CN", "zh"),
        ("zh-CN", "zh"),
        ("sr-Cyrl-RS", "sr"),
        ("sr-Latn", "sr-latn"),
        ("sh", "sr-latn"),
        ("no", "nb"),
        ("nn-NO", "nn"),
        ("iw", "he"),
        ("en-GB", "en"),
        ("es-419", "es"),
    ],
)
def test_written_form(tag: str, form: str) -> None:
    assert written_form(tag) == form


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("pt-BR", "pt-PT", True),
        ("no", "nb-NO", True),
        ("zh-TW", "zh-Hant", True),
        ("zh-CN", "zh-TW", False),
        ("sr", "sr-Latn", False),
        ("nb", "nn", False),
    ],
)
def test_variants_of_one_script_serve_each_other(one: str, other: str, alike: bool) -> None:
    assert same(one, other) is alike


@pytest.mark.parametrize(
    ("wanted", "served", "best"),
    [
        ("pt-BR", ["pt-PT", "pt", "pt-BR"], "pt-BR"),
        ("pt-BR", ["pt-PT", "pt"], "pt"),
        ("pt-PT", ["pt-BR"], "pt-BR"),
        ("zh-HK", ["zh", "zh-Hant"], "zh-Hant"),
        ("zh-TW", ["zh"], None),
        ("sr-Latn", ["sr"], None),
        ("no", ["nn", "nb"], "nb"),
        ("nn", ["nb"], "nb"),
        ("nb", ["en"], None),
    ],
)
def test_the_nearest_served(wanted: str, served: list[str], best: str | None) -> None:
    assert nearest(wanted, served) == best
