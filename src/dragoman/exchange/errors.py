"""What can be wrong with what is imported: a stable code and one sentence that says what and where."""


class ImportRefused(Exception):
    """Nothing was changed. Codes: `unreadable`, `too_large`, `not_utf8`, `empty`, `not_such_a_page`,
    `not_such_a_thread`, `unknown_language`."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
