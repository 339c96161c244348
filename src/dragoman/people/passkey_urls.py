"""Addresses of passkeys, below the language's. Their names are those that allauth reverses."""

from allauth.mfa.webauthn import views
from django.urls import path

from dragoman.people.passkeys import AddPasskey

urlpatterns = [
    path("", views.list_webauthn, name="mfa_list_webauthn"),
    path("", views.list_webauthn, name="mfa_index"),  # where allauth sends who may not add one
    path("add/", AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("sign-in/", views.login_webauthn, name="mfa_login_webauthn"),
    path("<int:pk>/remove/", views.remove_webauthn, name="mfa_remove_webauthn"),
    path("<int:pk>/edit/", views.edit_webauthn, name="mfa_edit_webauthn"),
]
