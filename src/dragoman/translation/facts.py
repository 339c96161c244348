"""What the translation core tells those above it."""

from dragoman.languages.facts import Fact

document_changed = Fact("document", "old_revision", "new_revision")  # models; old may be None
document_visibility_changed = Fact("document")  # shown, withdrawn, hidden, restored
edition_ready = Fact("document_id", "kind", "language")  # something new to read in this language
documents_read = Fact("document_ids", "view")  # a render depended on these
