"""Threads, comments, votes, quotations, reports, decisions."""
