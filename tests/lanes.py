"""How the tests are shared out where they run in several processes at once (`./run test`, pytest-xdist).

Every process is a lane with a PostgreSQL of its own. A module's tests stay together, for what they share. Tests that
start the whole publication are kept in one lane, one after the other: they promise that something happens within
seconds, which two publications on one machine would take from each other, and those of the browser share one.
"""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

TOGETHER = (
    "tests/browser/",
    "tests/ground/test_faults.py",
    "tests/ground/test_real_site.py",
    "tests/ground/test_two_hosts.py",
)
WHOLE = "the whole publication"


class Lanes(LoadScopeScheduling):
    """Gives a lane that is idle the next module. The long unit is given first; then modules as they were collected:
    pytest-django puts those first that need a database, and the short ones, which even out the end, last."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return WHOLE if nodeid.startswith(TOGETHER) else nodeid.partition("::")[0]

    def _assign_work_unit(self, node: WorkerController) -> None:
        if WHOLE in self.workqueue:
            self.workqueue.move_to_end(WHOLE, last=False)
        super()._assign_work_unit(node)
