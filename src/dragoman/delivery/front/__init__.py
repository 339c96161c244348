"""The front: live events, static files and the way to Django. Imports no Django (a test holds it)."""
