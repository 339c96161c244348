"""Exchange formats of translation memory."""
