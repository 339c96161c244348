"""Addresses of notifications, below the language's."""

from django.urls import path

from dragoman.discussion.notifications import views

urlpatterns = [
    path("notifications/", views.notifications, name="notifications"),
    path("notifications/read/", views.read, name="notifications_read"),
    path("notifications/<int:notification_id>/", views.notification, name="notification"),
    path("notifications/unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("threads/<int:thread_id>/follow/", views.follow, name="follow"),
    path("threads/<int:thread_id>/seen/", views.seen, name="seen"),
    path("people/<int:person_id>/ignore/", views.ignore, name="ignore"),
    path("account/notifications/", views.settings_page, name="notification_settings"),
]
