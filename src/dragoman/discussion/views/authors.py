"""What moderators see of a person: what they wrote, what was decided, what others reported, and notes."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from dragoman.discussion import actions
from dragoman.discussion.errors import DiscussionError
from dragoman.discussion.forms import NoteForm
from dragoman.discussion.models import PersonNote
from dragoman.discussion.moderation.history import history_of
from dragoman.discussion.permissions import may_set_house_rules
from dragoman.discussion.views.answers import answer, moderators_only, refused, see_other, view_of
from dragoman.languages import addresses
from dragoman.people import queries as people
from dragoman.people.models import User


@moderators_only
@require_safe
def history(request: HttpRequest, user: User, person_id: int) -> HttpResponse:
    """A person's history."""
    return _history(request, user, _person(person_id), NoteForm())


def _history(request: HttpRequest, user: User, person: User, form: NoteForm) -> HttpResponse:
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
    context = {
        "history": history_of(person, view_of(request), before),
        "form": form,
        "may_delete_notes": may_set_house_rules(user),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return answer(request, "history", context, status=status)


def _person(person_id: int) -> User:
    person = people.person(person_id)
    if person is None:
        raise Http404
    return person


@moderators_only
@require_POST
def note(request: HttpRequest, user: User, person_id: int) -> HttpResponse:
    """Write a note on a person."""
    person = _person(person_id)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _history(request, user, person, form)
    actions.write_note(person, moderator=user, text=form.cleaned_data["text"])
    return see_other(request, _address(request, person.pk))


@moderators_only
@require_POST
def delete_note(request: HttpRequest, user: User, note_id: int) -> HttpResponse:
    """Take a note away."""
    found = PersonNote.objects.select_related("person").filter(pk=note_id).first()
    if found is None:
        raise Http404
    back = _address(request, found.person_id)
    try:
        actions.delete_note(found, moderator=user)
    except DiscussionError as refusal:
        return refused(request, refusal, back=back)
    return see_other(request, back)


def _address(request: HttpRequest, person: int) -> str:
    return addresses.address("history", language=view_of(request).language, person=person)
