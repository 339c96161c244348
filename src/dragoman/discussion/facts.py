"""What the discussion tells those above it."""

from dragoman.languages.facts import Fact

comments_posted = Fact("comments")  # became visible for the first time, or again; all in one transaction
comment_stored = Fact("comment")  # told once more, in the request of the one who wrote it
comment_changed = Fact("comment")  # words, state or place in a list
comment_withdrawn = Fact("comment")  # hidden, deleted
score_changed = Fact("comment")
thread_changed = Fact("thread")  # count, locked
decision_made = Fact("decision")  # by a moderator or a rule; `decision.concerned` is to be told
person_wrote_read = Fact("person_id")  # a render depended on all that somebody wrote
counts_read = Fact("document_ids")  # a render depended on how many comments these stories have
read_until = Fact("moment")  # from then on a render is out of date: a thread closes by its age
thread_read = Fact("thread_id", "view")  # a render depended on who wrote here, and in what order
