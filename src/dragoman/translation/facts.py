"""What the translation core tells those above it."""

from dragoman.languages.facts import Fact

document_changed = Fact("document", "old_revision", "new_revision")  # models; old may be None
document_visibility_changed = Fact("document")  # shown, withdrawn, hidden, restored
edition_ready = Fact("document_id", "kind", "language")  # something new to read in this language
edition_given_up = Fact(
    "document_id", "kind", "language"
)  # for now nothing more will be made in this language
translation_report_closed = Fact(
    "document_id", "reporter_id"
)  # the desk has looked at what a reader reported
languages_read = Fact("document_id")  # a render depended on which of its editions are ready
documents_read = Fact(
    "kinds", "view", "until", "pending"
)  # a render depended on these: kind by id ("" for what is gone);
# `until`: when the earliest of them stops being readable as it is (None: no such moment); `pending`: whether any of
# them is shown as written because its translation is on its way
