"""Comments at the desk of translations: featured ones come before others."""

from dragoman.discussion.actions.choosing import feature, unfeature
from dragoman.discussion.models import Thread
from dragoman.people.models import User
from dragoman.translation.desk.queries import Wanted, documents, rows
from tests.discussion.conftest import Say, make_moderator


def test_featured_ones_first_and_marked(say: Say, thread: Thread, ana: User) -> None:
    early, late = say("The bridge will open again."), say("Nobody was hurt, they say.")
    moderator = make_moderator("Mona")
    assert [each.pk for each in documents(Wanted(kind="comment"), 1)][:2] == [
        late.document_id,
        early.document_id,
    ]
    feature(early, moderator=moderator)
    first, second = rows(documents(Wanted(kind="comment"), 1), ["pt"])[:2]
    assert (first.document.pk, first.is_featured) == (early.document_id, True)
    assert (second.document.pk, second.is_featured) == (late.document_id, False)
    unfeature(early, moderator=moderator)
    assert documents(Wanted(kind="comment"), 1)[0].pk == late.document_id
