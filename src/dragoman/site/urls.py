"""Root addresses. Own routes stand before Wagtail's: two queries instead of seven."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib.staticfiles.urls import staticfiles_urlpatterns
from django.urls import include, path
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from dragoman.discussion.urls import root_patterns as discussion_root_patterns
from dragoman.newsroom.urls import root_patterns as newsroom_root_patterns
from dragoman.site import views

urlpatterns = [
    path("", views.choose_language, name="root"),
    path("readyz", views.ready, name="ready"),
    path("robots.txt", views.robots, name="robots"),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("account/login/", views.sign_in, name="sign_in"),
    *discussion_root_patterns,
    *newsroom_root_patterns,
    *i18n_patterns(
        path("", include("dragoman.discussion.urls")),  # first, as most of what comes is theirs
        path("preferences/", views.keep_preferences, name="preferences"),
        path("account/passkeys/", include("dragoman.people.passkey_urls")),
        path("privacy/", views.privacy, name="privacy"),
        path("account/", include("allauth.account.urls")),
        path("", include("dragoman.people.urls")),
        path("", include("dragoman.translation.urls")),
        path("", include("dragoman.newsroom.urls")),
        prefix_default_language=True,
    ),
]
if settings.DEBUG:
    urlpatterns += staticfiles_urlpatterns()

handler400 = "dragoman.site.views.bad_request"
handler403 = "dragoman.site.views.forbidden"
handler404 = "dragoman.site.views.not_found"
handler500 = "dragoman.site.views.broken"
