"""Both languages, and which of them a reader gets."""

import pytest
from markupsafe import escape

from vae_course.text import LANGUAGES, Both, default_language, pick, texts_beside

HELLO = Both(es="Hola, {name}", en="Hello, {name}")


def test_pick_takes_the_readers_language_and_leaves_the_rest():
    assert (pick(HELLO, "es"), pick(HELLO, "en")) == ("Hola, {name}", "Hello, {name}")
    for plain in ("text", 3, None, ("a", "b")):
        assert pick(plain, "en") is plain
    assert LANGUAGES == ("es", "en")


@pytest.mark.parametrize("lang", ["fr", "", "ES", None, "index"])
def test_another_language_is_an_error(lang):
    with pytest.raises(ValueError, match="es, en"):
        pick(HELLO, lang)


@pytest.mark.parametrize("given", [{}, {"es": "a"}, {"en": "a"}])
def test_both_languages_are_needed(given):
    with pytest.raises(TypeError):
        Both(**given)


def test_format_fills_in_both():
    assert HELLO.format(name="Ada") == Both(es="Hola, Ada", en="Hello, Ada")
    assert HELLO.format(name=Both(es="mundo", en="world")) == Both(es="Hola, mundo", en="Hello, world")
    assert Both(es="{x:.2f}", en="{x:.1f}").format(x=0.25) == Both(es="0.25", en="0.2")
    assert HELLO.es == "Hola, {name}"
    with pytest.raises(KeyError):
        HELLO.format(nombre="Ada")


@pytest.mark.parametrize(("value", "lang"), [(None, "es"), ("", "es"), ("es", "es"), ("en", "en")])
def test_default_language(monkeypatch, value, lang):
    monkeypatch.delenv("VAE_COURSE_LANG", raising=False)
    if value is not None:
        monkeypatch.setenv("VAE_COURSE_LANG", value)
    assert default_language() == lang


def test_default_language_that_is_unknown(monkeypatch):
    monkeypatch.setenv("VAE_COURSE_LANG", "de")
    with pytest.raises(ValueError, match=r"VAE_COURSE_LANG='de'.*es, en"):
        default_language()


def test_texts_beside_a_module_are_read_from_its_toml(tmp_path):
    (tmp_path / "texts.toml").write_text(
        'NAME = {es = "Hola", en = "Hello"}\nDEEP.a.es = "uno"\nDEEP.a.en = "one"\nnumber = 6\n'
        'LIST = [{es = "a", en = "b"}]\n[[options]]\nfits = true\ntext = {es = "sí", en = "yes"}\n',
        encoding="utf-8",
    )
    texts = texts_beside(str(tmp_path / "tab.py"))
    assert Both(es="Hola", en="Hello") == texts.NAME and {"a": Both(es="uno", en="one")} == texts.DEEP
    assert (Both(es="a", en="b"),) == texts.LIST and texts.number == 6
    assert texts.options == ({"fits": True, "text": Both(es="sí", en="yes")},)
    assert texts_beside(str(tmp_path / "other.py")) == texts


@pytest.mark.parametrize(
    "content",
    ['A.b = "alone"', 'A.es = "solo"', 'A = {es = "a", en = ""}', 'A = {es = "a", en = "b", fr = "c"}', 'A = ["x"]'],
)
def test_a_text_in_one_language_alone_is_an_error_that_says_where(tmp_path, content):
    (tmp_path / "words.toml").write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"words\.toml: A"):
        texts_beside(str(tmp_path / "tab.py"), "words")


@pytest.mark.parametrize("write", ["{}".format, lambda text: f"{text}", escape])
def test_a_text_in_both_languages_is_not_written_where_one_is_wanted(write):
    with pytest.raises(TypeError, match="both languages"):
        write(Both(es="uno", en="one"))
