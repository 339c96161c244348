"""What happened to an account, for those above."""

from dragoman.languages.facts import Fact

person_read = Fact("person_id")  # a render depended on this person's name and standing
account_closed = Fact("person")  # nobody sees or tells this person any more; their words are withdrawn
account_reopened = Fact("person")  # within the cooling-off time: as it was
account_erased = Fact("person_id")  # for good
person_changed = Fact("person")  # the name, or whether the person may write
