"""Addresses of the newsroom under `/<lang>/`. Own routes stand before Wagtail's, which cost more."""

from django.urls import include, path, register_converter
from wagtail import urls as wagtail_urls

from dragoman.newsroom import counting, views
from dragoman.newsroom.converters import ArticleReferenceConverter

register_converter(ArticleReferenceConverter, "article")

urlpatterns = [
    path("", views.home, name="home"),
    path("<str:section>/", views.section, name="section"),
    path("<str:section>/<article:reference>/", views.article, name="article"),
    path("", include(wagtail_urls)),
]
root_patterns = [path("api/comment-counts", counting.counts, name="comment_counts")]
