"""Protected is not hidden: numbers and names go to the engine as written, so that agreement and gender survive.

With the real engine, for a fake agrees with nobody.
"""

from collections.abc import Callable, Iterator

import pytest

from dragoman.engines.embedded import EmbeddedEngine
from dragoman.languages.view import View
from dragoman.text.blocks import plain
from dragoman.translation import actions, engines
from dragoman.translation.models import Scope, Target, TargetState
from dragoman.translation.queries import readings
from tests.engines.weights_at_hand import installed_model

RunJobs = Callable[[], int]


@pytest.fixture(scope="module")
def neural() -> Iterator[EmbeddedEngine]:
    engine = EmbeddedEngine([installed_model()], processes=1)
    yield engine
    engine.close()


@pytest.mark.parametrize(
    ("english", "portuguese"),
    [
        ("12 trees were planted.", "12 árvores foram plantadas."),
        ("Maria was elected mayor.", "Maria foi eleita prefeita."),
        ("The tower has 184 steps.", "A torre tem 184 degraus."),
    ],
)
def test_agreement_and_gender_survive_the_path(
    db: None, neural: EmbeddedEngine, run_jobs: RunJobs, english: str, portuguese: str
) -> None:
    with engines.use(neural):
        document = actions.create_document(
            kind="article", scope=Scope.NEWSROOM, language="en", fields={"body": (plain(english),)}
        )
        run_jobs()
    assert readings([document.pk], View("pt"))[document.pk].text("body") == portuguese
    target = Target.objects.get(edition__document=document, edition__language="pt")
    assert target.state == TargetState.PASSED
