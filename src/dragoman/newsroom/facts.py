"""What the newsroom tells those above it."""

from dragoman.languages.facts import Fact

article_published = Fact("article")  # public, for the first time or again; or public with new words
article_unpublished = Fact("article")
article_moved = Fact("article")  # its address changed: another section, or another slug
section_changed = Fact("section")  # published, withdrawn, renamed
lists_read = Fact("lists")  # a render showed these: "home", "section.<id>"
