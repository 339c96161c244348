"""Everything that can go wrong with an engine.

EngineError
├── RateLimited       asked too fast; come back after `retry_after` seconds   retryable
├── QuotaExceeded     what was paid for is used up
├── NotAuthorized     the engine does not accept the key it was given
├── Refused           the engine will not translate this text
├── UnsupportedPair   no model for these two languages
├── MalformedAnswer   the answer is not one translation per text
├── TimedOut          no answer within the request's deadline                 retryable
├── Crashed           the engine died on this text, twice
├── TooLong           a text is longer than the engine takes
├── Unavailable       the engine cannot be reached, or is closed              retryable
└── DamagedModel      a model's files cannot be read, or are not what they were
"""

from typing import ClassVar


class EngineError(Exception):
    """One clear English sentence in `str(error)`, never with the text that was to be translated in it."""

    code: ClassVar[str] = "engine_error"
    retryable: ClassVar[bool] = False
    of_engine: ClassVar[bool] = (
        False  # nothing is wrong with the texts: when the engine is well, it can have them
    )


class RateLimited(EngineError):
    code = "rate_limited"
    retryable = True
    of_engine = True

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after  # seconds; None when the engine did not say


class QuotaExceeded(EngineError):
    code = "quota_exceeded"
    of_engine = True


class NotAuthorized(EngineError):
    code = "not_authorized"
    of_engine = True


class Refused(EngineError):
    code = "refused"


class UnsupportedPair(EngineError):
    code = "unsupported_pair"
    of_engine = True


class MalformedAnswer(EngineError):
    code = "malformed_answer"


class TimedOut(EngineError):
    code = "timed_out"
    retryable = True


class Crashed(EngineError):
    code = "crashed"


class TooLong(EngineError):
    code = "too_long"


class Unavailable(EngineError):
    code = "unavailable"
    retryable = True
    of_engine = True


class DamagedModel(EngineError):
    code = "damaged_model"
