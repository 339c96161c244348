"""The only writes of the discussion. Permission is checked here, not in views."""

from dragoman.discussion.actions.appealing import appeal, decide_appeal, refuse_appeal
from dragoman.discussion.actions.authors import (
    ban,
    delete_note,
    reinstate_account,
    suspend_account,
    warn,
    write_note,
)
from dragoman.discussion.actions.choosing import feature, pin, unfeature, unpin
from dragoman.discussion.actions.classifying import apply_verdict, judge_again
from dragoman.discussion.actions.house import (
    add_words,
    remove_words,
    set_house_rules,
    set_thread_rules,
)
from dragoman.discussion.actions.importing import import_comment
from dragoman.discussion.actions.leaving import bring_words_back, erase_person, withdraw_words
from dragoman.discussion.actions.moderating import (
    approve,
    correct_language,
    dismiss,
    hide,
    lock,
    remove,
    restore,
    unlock,
)
from dragoman.discussion.actions.posting import edit, post, reply
from dragoman.discussion.actions.previewing import preview
from dragoman.discussion.actions.removing import delete, erase_thread
from dragoman.discussion.actions.reporting import report, settle_translation_report
from dragoman.discussion.actions.threads import credit, follow_revision, open_thread
from dragoman.discussion.actions.voting import vote

__all__ = [
    "add_words",
    "appeal",
    "apply_verdict",
    "approve",
    "ban",
    "bring_words_back",
    "correct_language",
    "credit",
    "decide_appeal",
    "delete",
    "delete_note",
    "dismiss",
    "edit",
    "erase_person",
    "erase_thread",
    "feature",
    "follow_revision",
    "hide",
    "import_comment",
    "judge_again",
    "lock",
    "open_thread",
    "pin",
    "post",
    "preview",
    "refuse_appeal",
    "reinstate_account",
    "remove",
    "remove_words",
    "reply",
    "report",
    "restore",
    "set_house_rules",
    "set_thread_rules",
    "settle_translation_report",
    "suspend_account",
    "unfeature",
    "unlock",
    "unpin",
    "vote",
    "warn",
    "withdraw_words",
    "write_note",
]
