"""Addresses of the discussion: below the language's, and the finder below the root."""

from django.urls import path

from dragoman.discussion.notifications.urls import urlpatterns as notification_patterns
from dragoman.discussion.views import (
    appeals,
    authors,
    moderation,
    one_comment,
    previewing,
    public,
    taking_part,
    writing,
)

app_name = "discussion"
urlpatterns = [  # tried in this order: what is asked for often comes first
    path("me.json", taking_part.me, name="me"),
    path("threads/<int:thread_id>/", public.find_thread, name="thread"),
    path("threads/<int:thread_id>/fragment/", public.thread_fragment, name="thread_fragment"),
    path("threads/<int:thread_id>/write/", writing.write, name="write"),
    path("comments/<int:comment_id>/", one_comment.at_hand, name="own_comment"),
    path("comments/<int:comment_id>/fragment/", public.comment_fragment, name="comment_fragment"),
    path("comments/<int:comment_id>/reply/", writing.reply, name="reply"),
    path("comments/<int:comment_id>/edit/", writing.edit, name="edit"),
    path("comments/<int:comment_id>/delete/", writing.delete, name="delete"),
    path("comments/<int:comment_id>/vote/", taking_part.vote, name="vote"),
    path("comments/<int:comment_id>/report/", taking_part.report, name="report"),
    path("comments/<int:comment_id>/language/", taking_part.language, name="language"),
    path("previews/<uuid:key>/", previewing.show, name="preview"),
    path("quote/", public.quote, name="quote"),
    path("people/<int:person_id>/comments/", public.written_by, name="written_by"),
    path("emoticons.json", public.emoticons, name="emoticons"),
    *notification_patterns,
    path("moderation/", moderation.waiting, name="moderation"),
    path("moderation/at-once/", moderation.at_once, name="decide_at_once"),
    path("moderation/decisions/", moderation.log, name="decisions"),
    path("decisions/", appeals.own_decisions, name="own_decisions"),
    path("decisions/<int:decision_id>/appeal/", appeals.appeal, name="appeal"),
    path("moderation/appeals/<int:appeal_id>/", appeals.decide, name="decide_appeal"),
    path("moderation/people/<int:person_id>/", authors.history, name="history"),
    path("moderation/people/<int:person_id>/notes/", authors.note, name="person_note"),
    path("moderation/notes/<int:note_id>/delete/", authors.delete_note, name="delete_note"),
    path("moderation/threads/<int:thread_id>/rules/", moderation.thread_rules, name="thread_rules"),
    path("moderation/comments/<int:comment_id>/<slug:act>/", moderation.on_comment, name="decide_comment"),
    path("moderation/threads/<int:thread_id>/<slug:act>/", moderation.on_thread, name="decide_thread"),
    path("moderation/people/<int:person_id>/<slug:act>/", moderation.on_person, name="decide_person"),
]
root_patterns = [path("c/<int:comment_id>", public.find_comment, name="find_comment")]
