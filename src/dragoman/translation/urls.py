"""Addresses of the translation core for readers, below the language's. The desk is in the admin."""

from django.urls import path

from dragoman.translation import views

urlpatterns = [
    path("translation/<int:document_id>/report/", views.report, name="report_translation"),
]
