"""Addresses of the figures, under `/admin/discussion/statistics/`."""

from django.urls import path

from dragoman.discussion.statistics import views

urlpatterns = [
    path("", views.publication, name="discussion_statistics"),
    path("days.csv", views.download, name="discussion_statistics_csv"),
    path("<int:thread_id>/", views.thread, name="discussion_statistics_of"),
]
