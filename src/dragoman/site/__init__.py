"""Settings, root URLs, wiring, command line, demo publication. Imported by nobody."""
