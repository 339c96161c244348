"""What happened to an account, for those above."""

from dragoman.languages.facts import Fact

person_changed = Fact("person")  # the name, or whether the person may write
