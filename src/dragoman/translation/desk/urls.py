"""Addresses of the desk, under `/admin/desk/`."""

from django.urls import path

from dragoman.translation.desk import files, terms, views

urlpatterns = [
    path("", views.board, name="desk"),
    path("terms/", terms.terms, name="desk_terms"),
    path("terms/new/", terms.term, name="desk_term_new"),
    path("terms/import/", terms.bring, name="desk_terms_import"),
    path("terms/export.<str:kind>", terms.take, name="desk_terms_export"),
    path("terms/<int:term_id>/", terms.term, name="desk_term"),
    path("terms/<int:term_id>/remove/", terms.remove, name="desk_term_remove"),
    path("terms/proposed/<int:target_id>/", terms.decide, name="desk_term_decide"),
    path("reports/<int:report_id>/close/", views.close_report, name="desk_close_report"),
    path("<int:edition_id>/", views.edition, name="desk_edition"),
    path("<int:edition_id>/again/", views.ask_again, name="desk_ask_again"),
    path("<int:edition_id>/xliff/", files.take, name="desk_xliff"),
    path("<int:edition_id>/xliff/bring/", files.bring, name="desk_xliff_bring"),
    path("<int:edition_id>/<int:segment_id>/", views.segment, name="desk_segment"),
    path("<int:edition_id>/<int:segment_id>/correct/", views.correct, name="desk_correct"),
    path("<int:edition_id>/<int:segment_id>/<slug:act>/", views.act, name="desk_act"),
]
