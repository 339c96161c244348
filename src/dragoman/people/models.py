"""The one user model: editors, moderators and commenters alike."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

DISPLAY_NAME_LONGEST = 60


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A reader's account; without a password sign-in goes by e-mail code."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An account that may do everything."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """The account with this e-mail address, whatever its case."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account. The display name is never translated (rule of reading 11)."""

    email = models.EmailField(_("e-mail address"), unique=True)
    display_name = models.CharField(_("display name"), max_length=DISPLAY_NAME_LONGEST)
    # Wagtail's admin greets people by these two.
    first_name = models.CharField(max_length=60, blank=True)
    last_name = models.CharField(max_length=60, blank=True)
    language = models.CharField(_("language of e-mails"), max_length=12, default="en")
    recent_language = models.CharField(max_length=12, blank=True, editable=False)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    # Somebody of the staff has made sure that the name is the person's own.
    is_verified = models.BooleanField(default=False, editable=False)
    suspended_at = models.DateTimeField(null=True, blank=True, editable=False)
    suspended_until = models.DateTimeField(null=True, blank=True, editable=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        verbose_name = pgettext_lazy("one with an account", "person")
        verbose_name_plural = pgettext_lazy("those with an account", "people")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="people_user_email_any_case"),
        ]
        permissions = [("suspend_user", "Can suspend and reinstate accounts")]

    def __str__(self) -> str:
        return self.display_name or self.email

    def get_full_name(self) -> str:
        """What Wagtail's admin shows."""
        return self.display_name

    def get_short_name(self) -> str:
        """What Wagtail's admin greets with."""
        return self.display_name

    @property
    def is_suspended(self) -> bool:
        """Whether the person may not write now: suspended without an end, or until later than now."""
        if self.suspended_at is None:
            return False
        return self.suspended_until is None or self.suspended_until > timezone.now()


class Session(AbstractBaseSession):
    """A browser that is signed in, or has something to remember. It knows whose it is, so that it can end with the
    account. `account` is no foreign key: a session is written in requests that lock nothing else."""

    account = models.BigIntegerField(null=True, db_index=True)

    @classmethod
    def get_session_store_class(cls) -> type[Any]:
        """The engine of the settings."""
        from dragoman.people.sessions import SessionStore

        return SessionStore


class Closing(models.Model):
    """An account that its person closed. Until `erase_at` it can be had back; then everything goes."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="closing")
    closed_at = models.DateTimeField()
    erase_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"closing of account {self.person_id}"


class Export(models.Model):
    """A person's own data, asked for by them. The archive lies in the database: any host gives it out, and it is gone
    in the moment its row is."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="exports")
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True, db_index=True)
    archive = models.BinaryField(default=b"")  # a ZIP file

    class Meta:
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"export {self.pk} of account {self.person_id}"


class AddressSecret(models.Model):
    """The secret of a day, without which its hashes say nothing: it is thrown away with them."""

    day = models.DateField(primary_key=True)
    secret = models.BinaryField()

    def __str__(self) -> str:
        return f"secret of {self.day}"


class SeenAddress(models.Model):
    """A person wrote from a network address: `people.network.digest` of it, for some days."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="seen_addresses")
    day = models.DateField(db_index=True)
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest", "person"], name="people_seen_address_once"),
        ]

    def __str__(self) -> str:
        return f"an address of account {self.person_id} on {self.day}"
