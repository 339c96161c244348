"""Wagtail pages and blocks: home, section, article; pictures, sources, credits."""
