"""Reads about people."""

from allauth.account.models import EmailAddress

from dragoman.people import facts
from dragoman.people.models import User


def person(person_id: int) -> User | None:
    """The person with an open account, if there is one."""
    facts.person_read.happened(person_id=person_id)
    return User.objects.filter(pk=person_id, is_active=True).first()


def staff_names(*, apart_from: int | None = None) -> list[str]:
    """The display names of those who run the place."""
    staff = User.objects.filter(is_staff=True, is_active=True)
    if apart_from is not None:
        staff = staff.exclude(pk=apart_from)
    return list(staff.values_list("display_name", flat=True))


def takes_mail(person: User) -> bool:
    """Whose account is open, not suspended, and whose address is theirs as far as we know."""
    if not person.is_active or person.is_suspended or not person.email:
        return False
    addresses = EmailAddress.objects.filter(user=person, email__iexact=person.email)
    return not addresses.filter(verified=False).exists()


def language_of(email: str) -> str | None:
    """The language in which whoever has this address gets mail; None when nobody has it."""
    found = User.objects.filter(emailaddress__email__iexact=email).values_list("language", flat=True).first()
    return found or User.objects.filter(email__iexact=email).values_list("language", flat=True).first()
