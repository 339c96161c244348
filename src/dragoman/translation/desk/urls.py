"""Addresses of the desk, under `/admin/desk/`."""

from django.urls import path

from dragoman.translation.desk import terms, views

urlpatterns = [
    path("", views.board, name="desk"),
    path("terms/", terms.terms, name="desk_terms"),
    path("terms/new/", terms.term, name="desk_term_new"),
    path("terms/import/", terms.bring, name="desk_terms_import"),
    path("terms/export.<str:kind>", terms.take, name="desk_terms_export"),
    path("terms/<int:term_id>/", terms.term, name="desk_term"),
    path("terms/<int:term_id>/remove/", terms.remove, name="desk_term_remove"),
    path("terms/proposed/<int:target_id>/", terms.decide, name="desk_term_decide"),
    path("<int:edition_id>/", views.edition, name="desk_edition"),
    path("<int:edition_id>/again/", views.ask_again, name="desk_ask_again"),
    path("<int:edition_id>/<int:segment_id>/", views.segment, name="desk_segment"),
    path("<int:edition_id>/<int:segment_id>/correct/", views.correct, name="desk_correct"),
]
