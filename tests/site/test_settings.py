"""What follows from the configuration: whose mails these are, and whose host this is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client


def settings_of(tmp_path: Path, **environment: str) -> list[str]:
    """The sender of mails and the hosts answered for, under an environment."""
    code = (
        "from dragoman.site import settings\n"
        "print(settings.DEFAULT_FROM_EMAIL)\n"
        "print(' '.join(settings.ALLOWED_HOSTS))"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DRAGOMAN_")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**kept, "DRAGOMAN_VAR": str(tmp_path), **environment},
        cwd=Path(__file__).resolve().parent.parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_mails_and_hosts_are_the_publication_s_own(tmp_path: Path) -> None:
    sender, hosts = settings_of(
        tmp_path,
        DRAGOMAN_PUBLICATION__NAME="The Bay",
        DRAGOMAN_PUBLICATION__BASE_URL="https://bay.example",
    )
    assert sender == "The Bay <news@bay.example>"
    assert hosts == "bay.example localhost 127.0.0.1 [::1]"


@pytest.mark.django_db
def test_a_strange_host_is_refused() -> None:
    assert Client().get("/en/", headers={"Host": "evil.example"}).status_code == 400
    assert Client().get("/en/", headers={"Host": "localhost"}).status_code == 200
