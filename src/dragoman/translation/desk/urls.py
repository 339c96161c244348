"""Addresses of the desk, under `/admin/desk/`."""

from django.urls import path

from dragoman.translation.desk import views

urlpatterns = [
    path("", views.board, name="desk"),
    path("<int:edition_id>/", views.edition, name="desk_edition"),
    path("<int:edition_id>/again/", views.ask_again, name="desk_ask_again"),
    path("<int:edition_id>/<int:segment_id>/", views.segment, name="desk_segment"),
    path("<int:edition_id>/<int:segment_id>/correct/", views.correct, name="desk_correct"),
]
