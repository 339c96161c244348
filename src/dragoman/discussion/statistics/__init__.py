"""How a discussion went, for the newsroom: figures and charts, of one thread and of the whole publication."""
