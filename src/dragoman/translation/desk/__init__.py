"""The desk: where editors see editions by segment, correct one, and see what is outdated."""
