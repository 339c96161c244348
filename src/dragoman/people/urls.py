"""Addresses of people, below the language's."""

from django.urls import path

from dragoman.people import views

app_name = "people"
urlpatterns = [
    path("people/<int:person_id>/", views.profile, name="profile"),
    path("account/", views.settings_page, name="settings"),
]
