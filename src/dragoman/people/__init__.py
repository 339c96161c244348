"""The user, sign-in, preferences; later blocks, export and deletion of one's own data."""
