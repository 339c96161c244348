"""What happened to an account, for those above."""

from dragoman.languages.facts import Fact

person_read = Fact("person_id")  # a render depended on this person's name and standing
person_changed = Fact("person")  # the name, or whether the person may write
