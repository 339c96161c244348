"""The publication's languages: names, direction, fallback, formats (CLDR), addresses and the reader's view."""
