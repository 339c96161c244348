"""Words that checks know, by language. Our own lists; a language without one is passed over by its check."""
