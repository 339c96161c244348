"""Checks (source, target) → findings; the verdict. No Django."""
