"""The site's settings as the tests run it: a PostgreSQL and a `var` of their own, mail in memory."""

import os
import tempfile
from pathlib import Path

# Of this lane alone (see `lanes`); what a test starts has it from its environment.
_name = f"DRAGOMAN_TEST_VAR_{os.environ.get('PYTEST_XDIST_WORKER', '')}"
if _name not in os.environ:
    os.environ[_name] = tempfile.mkdtemp(prefix="dragoman-test-")
VAR = Path(os.environ[_name])
os.environ["DRAGOMAN_VAR"] = str(VAR)
os.environ["DRAGOMAN_CONFIG"] = str(VAR / "none.toml")
os.environ["DRAGOMAN_MAIL__TRANSPORT"] = "memory"
os.environ["DRAGOMAN_TRANSLATION__DEBOUNCE_SECONDS"] = "0"
os.environ["DRAGOMAN_PUBLICATION__TIME_ZONE"] = "Europe/Lisbon"

from dragoman.site.settings import *  # noqa: E402, F403

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DISCUSSION_COMMENTS_PER_MINUTE = 1000
DISCUSSION_COMMENTS_PER_HOUR = DISCUSSION_NEWCOMER_COMMENTS_PER_HOUR = 10_000
