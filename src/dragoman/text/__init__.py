"""Markup, blocks, sentences and spans: everything about text that needs no Django."""
