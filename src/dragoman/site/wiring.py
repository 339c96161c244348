"""The one place where packages meet: facts to receivers, registries filled."""

from importlib import import_module

REGISTERING = ("people", "translation", "discussion", "newsroom", "delivery")


def connect() -> None:
    """Let every package register what lower ones ask for, and hear what they tell."""
    for package in REGISTERING:
        import_module(f"dragoman.{package}.registration").register()
