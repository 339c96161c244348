"""How the publication reaches its readers: the front, live events, and the processes."""
