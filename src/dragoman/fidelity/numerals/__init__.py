"""Numbers in texts, as values: written in digits of any script, in words, or in Roman numerals.

`figures` reads what is written in digits, `words` what is spelled out; the check compares the two.
"""
