"""Documents, revisions, editions, memory, ledger, jobs and the desk."""
