"""Django's settings, derived from the configuration (`site.config`)."""

from email.utils import formataddr
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from dragoman.delivery.patience import with_patience
from dragoman.delivery.postgres import EmbeddedPostgres
from dragoman.site.config import load_or_exit, secret_key_or_exit

CONFIG = load_or_exit()
PACKAGE = Path(__file__).resolve().parent.parent
VAR = CONFIG.var.resolve()

DEBUG = CONFIG.debug
SECRET_KEY = secret_key_or_exit(CONFIG)
_OWN_HOST = urlsplit(CONFIG.publication.base_url).hostname or "localhost"
ALLOWED_HOSTS = [_OWN_HOST, "localhost", "127.0.0.1", "[::1]", *CONFIG.allowed_hosts]
ROOT_URLCONF = "dragoman.site.urls"
WSGI_APPLICATION = "dragoman.site.wsgi.application"
AUTH_USER_MODEL = "people.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "dragoman.languages",
    "dragoman.people",
    "dragoman.translation",
    "dragoman.discussion",
    "dragoman.newsroom",
    "dragoman.delivery",
    "dragoman.exchange",
    "dragoman.site",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "procrastinate.contrib.django",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "dragoman.site.middleware.SecurityHeadersMiddleware",
    "dragoman.delivery.dependencies.DependenciesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "dragoman.languages.middleware.AddressLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "dragoman.people.middleware.SameOriginCsrfMiddleware",
    "dragoman.people.middleware.PersonMiddleware",
    "dragoman.people.middleware.SeenAddressMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "dragoman.site.middleware.DatabaseAwayMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dragoman.site.context.publication",
            ],
            "builtins": ["dragoman.languages.templatetags.languages"],
        },
    }
]

# Database: the embedded PostgreSQL under var/, or any by DATABASE_URL.
EMBEDDED_DATABASE = not CONFIG.database_url
POSTGRES_DIRECTORY = VAR / "postgres"


IDLE_CONNECTION_SECONDS = 10.0
"""A connection that nobody needed for so long is closed: each takes 4 MB of PostgreSQL's."""
PREPARED_AFTER = 5
"""How often a statement is seen before a library prepares it by itself; ours say so (`dragoman.database`)."""


def _database() -> dict[str, object]:
    common = {
        "ENGINE": "dragoman.database",
        "CONN_HEALTH_CHECKS": True,  # the pool's connections do not survive a killed PostgreSQL
    }
    if EMBEDDED_DATABASE:
        conninfo = EmbeddedPostgres(POSTGRES_DIRECTORY).url
    else:
        conninfo = CONFIG.database_url
    parts = psycopg.conninfo.conninfo_to_dict(with_patience(conninfo))
    own = {name: parts.pop(name, None) for name in ("dbname", "user", "password", "host", "port")}
    return common | {
        "NAME": own["dbname"] or "dragoman",
        "USER": own["user"] or "",
        "PASSWORD": own["password"] or "",
        "HOST": own["host"] or "",
        "PORT": own["port"] or "",
        # What else the address says (sslmode, …) is libpq's.
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": 8, "timeout": 5, "max_idle": IDLE_CONNECTION_SECONDS},
            "prepare_threshold": PREPARED_AFTER if CONFIG.database_prepared else None,
            **parts,
        },
    }


DATABASES = {"default": _database()}
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"
PROCRASTINATE_ON_APP_READY = "dragoman.site.jobs.on_app_ready"

# Languages and times
PUBLICATION = CONFIG.publication
PUBLICATION_NAME = CONFIG.publication.name
PUBLICATION_BASE_URL = CONFIG.publication.base_url
PUBLICATION_TIME_ZONE = CONFIG.publication.time_zone
PUBLICATION_LANGUAGES = [(each.code, each.ahead, each.numbering) for each in CONFIG.publication.languages]
UNTRANSLATED_IN_LISTS = CONFIG.publication.untranslated_in_lists
USE_I18N = True
USE_TZ = True
TIME_ZONE = CONFIG.publication.time_zone
LANGUAGE_CODE = CONFIG.publication.languages[0].code
LANGUAGES = [(each.code, each.code) for each in CONFIG.publication.languages]
LOCALE_PATHS = [PACKAGE / "site" / "locale"]

# People, translation and discussion: read by the packages through django.conf.settings
TRANSLATION_EMBEDDED_PROCESSES = CONFIG.translation.embedded_processes
TRANSLATION_DEADLINE_SECONDS = CONFIG.translation.deadline_seconds
TRANSLATION_DEBOUNCE_SECONDS = CONFIG.translation.debounce_seconds
TRANSLATION_UPDATING_MINUTES = CONFIG.translation.updating_minutes
TRANSLATION_ON_VIEW_PER_DAY = CONFIG.translation.on_view_per_day
TRANSLATION_FAKE_ENGINE = CONFIG.translation.fake_engine
TRANSLATION_ENGINES = CONFIG.translation.engines
TRANSLATION_MODELS_URL = CONFIG.translation.models_url
TRANSLATION_EMBEDDED_MEMORY = CONFIG.translation.embedded_memory_mb << 20
TRANSLATION_WEIGHTS_DIRECTORY = VAR / "engines"
PEOPLE_ADDRESS_DAYS = CONFIG.people.address_days
PEOPLE_EXPORT_DAYS = CONFIG.people.export_days
PEOPLE_EXPORT_EVERY_HOURS = CONFIG.people.export_every_hours
DISCUSSION_EDIT_MINUTES = CONFIG.discussion.edit_minutes
DISCUSSION_VOTES_PER_MINUTE = CONFIG.discussion.votes_per_minute
DISCUSSION_REPORTS_PER_HOUR = CONFIG.discussion.reports_per_hour
DISCUSSION_MAILS_PER_HOUR = CONFIG.discussion.mails_per_hour
# The rules of the house, which the admin may change (`discussion.moderation.rules`).
DISCUSSION_PREMODERATE = CONFIG.discussion.premoderate
DISCUSSION_HOLD_FIRST_COMMENTS = CONFIG.discussion.hold_first_comments
DISCUSSION_REPORTS_TO_HOLD = CONFIG.discussion.reports_to_hold
DISCUSSION_APPEAL_DAYS = CONFIG.discussion.appeal_days
DISCUSSION_COMMENTS_PER_MINUTE = CONFIG.discussion.comments_per_minute
DISCUSSION_COMMENTS_PER_HOUR = CONFIG.discussion.comments_per_hour
DISCUSSION_DUPLICATE_HOURS = CONFIG.discussion.duplicate_hours
DISCUSSION_NEWCOMER_COMMENTS = CONFIG.discussion.newcomer_comments
DISCUSSION_NEWCOMER_COMMENTS_PER_HOUR = CONFIG.discussion.newcomer_comments_per_hour
DISCUSSION_NEWCOMER_LINKS = CONFIG.discussion.newcomer_links
DISCUSSION_LINKS = CONFIG.discussion.links
DISCUSSION_SLOW_SECONDS = CONFIG.discussion.slow_seconds
DISCUSSION_CLOSE_DAYS = CONFIG.discussion.close_days
DISCUSSION_BLOCKED_HOSTS = CONFIG.discussion.blocked_hosts
DISCUSSION_HOLD_UNTIL_CLASSIFIED = CONFIG.discussion.hold_until_classified
DISCUSSION_CLASSIFIER = CONFIG.discussion.classifier

# Files
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "dragoman.delivery.statics.CompressedStaticFilesStorage"},
}

# Wagtail
WAGTAIL_SITE_NAME = CONFIG.publication.name
WAGTAIL_I18N_ENABLED = False
WAGTAILADMIN_BASE_URL = CONFIG.publication.base_url
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_WORKFLOW_ENABLED = False
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAIL_USER_EDIT_FORM = "wagtail.users.forms.UserEditForm"
WAGTAILADMIN_LOGIN_URL = "/account/login/"
TAGGIT_CASE_INSENSITIVE = True

# Accounts
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "dragoman.people.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_SIGNUP_FORM_CLASS = "dragoman.people.forms.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_UNIQUE_EMAIL = True
MFA_ADAPTER = "dragoman.people.passkeys.PasskeyAdapter"
MFA_SUPPORTED_TYPES = ["webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_ENGINE = "dragoman.people.sessions"  # knows whose each is
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CONFIG.publication.base_url.startswith("https://")
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
USE_X_FORWARDED_HOST = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

# Mail
EMAIL_BACKEND = {
    "console": "django.core.mail.backends.console.EmailBackend",
    "smtp": "django.core.mail.backends.smtp.EmailBackend",
    "memory": "django.core.mail.backends.locmem.EmailBackend",
}[CONFIG.mail.transport]
DEFAULT_FROM_EMAIL = CONFIG.mail.sender or formataddr((CONFIG.publication.name, f"news@{_OWN_HOST}"))
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_HOST = CONFIG.mail.host
EMAIL_PORT = CONFIG.mail.port
EMAIL_HOST_USER = CONFIG.mail.user
EMAIL_HOST_PASSWORD = CONFIG.mail.password
EMAIL_USE_TLS = CONFIG.mail.tls
EMAIL_TIMEOUT = 10

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
SILENCED_SYSTEM_CHECKS = ["wagtailadmin.W003"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        name: {"level": "WARNING"}
        for name in ("procrastinate", "httpx", "wagtail", "django_tasks", "modelsearch")
    }
    # Strangers knocking with any Host would fill the log with tracebacks.
    | {"django.security.DisallowedHost": {"level": "CRITICAL"}},
}
