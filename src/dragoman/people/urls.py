"""Addresses of people, below the language's."""

from django.urls import path

from dragoman.people import own_data, views

app_name = "people"
urlpatterns = [
    path("people/<int:person_id>/", views.profile, name="profile"),
    path("people/<int:person_id>/verification/", views.verification, name="verification"),
    path("account/", views.settings_page, name="settings"),
    path("account/data/", own_data.data_page, name="own_data"),
    path("account/data/<str:token>/", own_data.fetch, name="own_data_file"),
    path("account/close/", own_data.close_page, name="close_account"),
    path("account/closed/", own_data.closed_page, name="closed"),
    path("account/reopen/<str:token>/", own_data.reopen_page, name="reopen"),
]
