"""The one place where packages meet: facts to receivers, registries filled."""

from importlib import import_module

# Of those who hear the same, the first is told first: what delivery tells readers then goes with the rest (ADR 20).
REGISTERING = ("people", "translation", "delivery", "discussion", "newsroom")


def connect() -> None:
    """Let every package register what lower ones ask for, and hear what they tell."""
    for package in REGISTERING:
        import_module(f"dragoman.{package}.registration").register()
