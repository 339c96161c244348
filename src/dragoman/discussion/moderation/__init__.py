"""Moderation: the rules of the house, what they notice, and what moderators see. Writes are in `discussion.actions`."""
