"""Terms honoured between the engine and the reader: replaced, put into the question, or doubted."""

from collections.abc import Mapping

from dragoman.engines.protocol import Answer, Pair, Request
from dragoman.fidelity.findings import Verdict
from dragoman.text.blocks import Range
from dragoman.text.terms import Term
from dragoman.translation.asking import Asked, Told, ask

PAIR = Pair("ru", "fr")
FORMAT = Term(1, ("нормандский формат",), ("format Normandie", "formats Normandie"))
SOURCE = "О встрече в нормандском формате пока речи нет."


class Script:
    """An engine that says what is written here, and counts what it was asked."""

    def __init__(self, says: Mapping[str, str]) -> None:
        self.says, self.asked = says, list[tuple[str, ...]]()
        self.told: list[tuple[Term, ...]] = []

    def __call__(self, request: Request) -> Answer:
        self.told.append(request.terms)
        self.asked.append(request.texts)
        return Answer(tuple(self.says.get(text, "?") for text in request.texts), "script", "m")


def ask_one(sentence: Asked, script: Script, pair: Pair = PAIR) -> Told:
    return ask([sentence], pair, script, 5.0)[0]


def test_the_model_pages_format_normand_becomes_format_normandie() -> None:
    script = Script(
        {
            SOURCE: "Il n'est pas encore question d'une réunion au format normand.",
            "нормандский формат": "Format normand",
            "нормандском формате": "format normand",
        }
    )
    told = ask_one(Asked(SOURCE, (), (FORMAT,)), script)
    assert told.text == "Il n’est pas encore question d’une réunion au format Normandie."
    assert (told.verdict, told.findings, told.retries) == (Verdict.PASS, (), 0)
    assert script.asked == [(SOURCE, "нормандский формат", "нормандском формате")]  # one request


def test_without_the_term_nothing_more_is_asked() -> None:
    script = Script({"Совсем другое.": "Tout autre chose."})
    ask_one(Asked("Совсем другое.", (), (FORMAT,)), script)
    assert script.asked == [("Совсем другое.",)]


def test_the_engine_is_told_of_the_terms_once_each() -> None:
    script = Script({})
    other = Term(2, ("встреча",), ("réunion",))
    asked = [Asked(SOURCE, (), (FORMAT, other)), Asked("Встреча.", (), (other,)), Asked("Нет.")]
    ask(asked, PAIR, script, 5.0)
    assert script.told[0] == (FORMAT, other)


def test_formatting_follows_the_replaced_words() -> None:
    begin = SOURCE.index("нормандском")
    bold = Range(begin, begin + len("нормандском формате"), "bold")
    script = Script(
        {
            SOURCE: "Il n'est pas encore question d'une réunion au format normand.",
            "нормандский формат": "format normand",
            "нормандском формате": "format normand",
        }
    )
    told = ask_one(Asked(SOURCE, (bold,), (FORMAT,)), script)
    assert told.fragments == {"нормандском формате": "format Normandie"}


def test_put_into_the_question_where_replacing_is_not_certain() -> None:
    injected = SOURCE.replace("нормандском формате", "format Normandie")
    script = Script(
        {
            SOURCE: "Il n'est pas encore question d'une réunion des quatre pays.",
            injected: "Il n'est pas encore question d'une réunion au format Normandie.",
            "нормандский формат": "format normand",
            "нормандском формате": "format normand",
        }
    )
    told = ask_one(Asked(SOURCE, (), (FORMAT,)), script)
    assert told.text == "Il n’est pas encore question d’une réunion au format Normandie."
    assert (told.verdict, told.retries, len(script.asked)) == (Verdict.PASS, 1, 2)


def test_doubted_where_nothing_helps() -> None:
    script = Script({SOURCE: "Il n'est pas encore question d'une réunion des quatre pays."})
    told = ask_one(Asked(SOURCE, (), (FORMAT,)), script)
    assert told.text == "Il n’est pas encore question d’une réunion des quatre pays."
    assert told.verdict is Verdict.DOUBTFUL
    assert [finding.code for finding in told.findings] == ["term_missing"]


def test_what_is_never_translated_is_asked_as_written_first() -> None:
    name = Term(2, ("Le Monde",), keep=True)
    text = "Le Monde rapporte que la trêve tient."
    script = Script(
        {
            text: "The World reports that the truce holds.",
            "XQZ1 rapporte que la trêve tient.": "XQZ1 reports that the truce holds.",
        }
    )
    told = ask_one(Asked(text, (), (name,)), script, Pair("fr", "en"))
    assert told.text == "Le Monde reports that the truce holds."
    assert told.verdict is Verdict.PASS
    assert script.asked == [(text,), ("XQZ1 rapporte que la trêve tient.",)]


def test_two_terms_and_an_address_are_kept_apart() -> None:
    name = Term(2, ("Известия",), keep=True)
    text = "Известия о нормандском формате: https://example.org/a и всё."
    asked = "XQZ1 о format Normandie: XQZ2 и всё."
    script = Script(
        {
            "Известия о нормандском формате: XQZ1 и всё.": "Des nouvelles du format : XQZ1 et voilà.",
            asked: "XQZ1 sur le format Normandie : XQZ2 et voilà.",
        }
    )
    told = ask_one(Asked(text, (), (name, FORMAT)), script)
    assert told.text == "Известия sur le format Normandie\u00a0: https://example.org/a et voilà."
    assert told.verdict is not Verdict.REFUSE


def test_an_engine_that_guesses_the_gender_wrongly_is_not_believed() -> None:
    team = Term(3, ("team",), ("equipa",))
    text = "We like our team."
    script = Script(
        {
            text: "Gostamos do nosso time.",
            "team": "time",
            "We like our equipa.": "Gostamos do nosso equipa.",
        }
    )
    told = ask_one(Asked(text, (), (team,)), script, Pair("en", "pt"))
    assert told.text == "Gostamos do nosso time."
    assert [finding.code for finding in told.findings] == ["term_missing"]


def test_a_term_put_at_the_beginning_has_its_capital() -> None:
    chief = Term(4, ("prime minister",), ("chefe de governo",))
    text = "Prime Minister Ana has said so."
    script = Script(
        {
            text: "A ministra Ana disse isso.",
            "Chefe de governo Ana has said so.": "Chefe de governo Ana disse.",
        }
    )
    told = ask_one(Asked(text, (), (chief,)), script, Pair("en", "pt"))
    assert told.text == "Chefe de governo Ana disse."
