"""The stack that the tests of this folder share; those that kill it start their own."""

from collections.abc import Iterator

import pytest

from tests.delivery.stack import Stack, running


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("stack")) as started:
        yield started
