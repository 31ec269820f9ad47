"""The tab Questions: predict, experiment, compare; and the report that collects it."""

import base64
import time
from functools import lru_cache, partial
from html import escape
from pathlib import Path

import gradio as gr
from torch import Tensor

from ..sampling import reparameterize
from ..text import Both, pick
from . import address, events, experiments, gallery, limits, models, parts, pictures, pins, report, store
from .asked import ASKED, ASSIGNMENT, Option
from .limits import Refused

NAME = Both(es="Preguntas", en="Questions")
LEAD = Both(
    es="Primero predecir, después medir, después comparar. Lo predicho, lo visto y lo respondido queda en un informe.",
    en="First predict, then measure, then compare. What was predicted, seen and answered goes into a report.",
)
START = {"q": "blurry", "seed": 7}
LIMITS = {"why": 400, "answer": 3000, "name": 80, "notes": 3000, "caption": pins.CAPTION}
SEEDS, MOST_FIELDS = 10_000, 100
NAV = Both(es="Preguntas para elegir", en="Questions to choose from")
GROUPS = {
    True: Both(es="De la tarea", en="From the assignment"),
    False: Both(es="De las lecciones", en="From the lessons"),
}
DONE = {
    "predicted": Both(es="con predicción", en="predicted"),
    "ran": Both(es="comparada", en="compared"),
    "answered": Both(es="respondida", en="answered"),
}
PREDICTION = Both(es="La predicción", en="The prediction")
PICK = Both(es="¿Qué se espera ver?", en="What is to be expected?")
WHY = Both(es="Con palabras propias, o por qué", en="In one's own words, or why")
WHY_HINT = Both(es="Se espera que…", en="It is to be expected that…")
RUN = Both(es="Hacer el experimento", en="Run the experiment")
EXPERIMENT = Both(es="El experimento", en="The experiment")
AGAIN = Both(es="Con otra semilla", en="With another seed")
BACK = Both(es="Cambiar la predicción", en="Change the prediction")
EXPLANATION = Both(es="La explicación, para después de responder", en="The explanation, for after the answer")
MINE = Both(es="esto se predijo", en="this was predicted")
OWN_WORDS = Both(es="Con palabras propias: {text}", en="In own words: {text}")
ANSWER = Both(
    es="La respuesta, con tres frases y las figuras que la apoyan", en="The answer: three sentences, and figures"
)
ANSWER_HINT = Both(es="Se predijo… Se vio… Porque…", en="The prediction was… What was seen… Because…")
LEVELS = Both(es="Qué tan lejos llega una respuesta", en="How far an answer goes")
PREDICT_FIRST = Both(
    es="Primero la predicción: basta elegir una opción o escribir unas palabras.",
    en="The prediction comes first: pick an option or write a few words.",
)
UNKNOWN = Both(es="La pregunta", en="The question")
SEED = Both(es="La semilla", en="The seed")
CHOICE = Both(es="La opción", en="The option")
FIELD = Both(es="El campo", en="The field")
PIN_ALL = Both(es="Poner todo el experimento en el informe", en="Put the whole experiment into the report")
PIN_ALL_SHORT = Both(es="Al informe", en="Into the report")
REPORT = Both(es="El informe", en="The report")
REPORT_TEXT = Both(
    es="Solo contiene lo propio: predicciones, respuestas y figuras puestas con el alfiler de cualquier pestaña. El "
    "servidor lo borra a los 15 minutos sin uso: conviene descargarlo.",
    en="It holds one's own things only: predictions, answers and figures put in with the pin of any tab. The server "
    "deletes it after 15 minutes without use: download it in time.",
)
EMPTY = Both(
    es="Aquí se reúne lo que se predice y responde, y las figuras que se ponen con el alfiler de cada panel. "
    "Todavía no hay nada.",
    en="What is predicted and answered gathers here, with the figures put in with the pin of any panel. There is "
    "nothing yet.",
)
WHO = Both(es="Nombre", en="Name")
NOTES = Both(es="Notas para el informe", en="Notes for the report")
FIGURES = Both(es="Figuras", en="Figures")
BEGUN = Both(es="Preguntas empezadas", en="Questions begun")
CAPTION = Both(es="Leyenda de la figura {number}", en="Caption of figure {number}")
REMOVE = Both(es="Quitar la figura {number}", en="Remove figure {number}")
REMOVE_SHORT = Both(es="Quitar", en="Take out")
AS_HTML = Both(es="Descargar para imprimir (HTML)", en="Download to print (HTML)")
AS_ZIP = Both(es="Descargar Markdown y PNG (zip)", en="Download Markdown and PNG (zip)")
KINDS = {"html": "text/html", "zip": "application/zip"}
KIND = Both(es="El formato", en="The format")
LOOKS = {  # what is on the screen before anybody predicts: model, where its pictures come from, words
    "blurry": ("faces-beta-1", "prior", Both(es="Rostros que generó un VAE", en="Faces that a VAE generated")),
    "latent": ("fashion-latent-2", "prior", Both(es="Ropa generada con D = 2", en="Clothes generated with D = 2")),
    "beta": ("fashion-beta-1", "prior", Both(es="Ropa generada con β = 1", en="Clothes generated at β = 1")),
    "faces": ("faces", "gaussian", Both(es="Rostros que nadie fotografió", en="Faces that nobody photographed")),
    "collapse": ("fashion-beta-0", "prior", Both(es="Seis muestras con β = 0", en="Six samples at β = 0")),
    "pixels": ("drawn", "gallery", Both(es="Rostros dibujados, de 12 288 valores", en="Drawn faces, of 12,288 values")),
    "bottleneck": (
        "fashion-latent-8-beta-0", "rebuilt",
        Both(es="Ropa que reconstruyó un autoencoder", en="Clothes that an autoencoder reconstructed"),
    ),
    "redraws": ("faces-beta-1", "cloud", Both(es="Seis sorteos de una misma foto", en="Six draws of one photograph")),
    "sigma": ("faces", "gallery", Both(es="Rostros de la galería", en="Faces of the gallery")),
    "noise": ("faces", "gallery", Both(es="Rostros de la galería", en="Faces of the gallery")),
    "first": ("fashion-latent-8", "gallery", Both(es="Ropa de la galería", en="Clothes of the gallery")),
    "between": ("cats", "gallery", Both(es="Gatitos de la galería", en="Kittens of the gallery")),
    "glasses": ("faces", "gallery", Both(es="Rostros de la galería", en="Faces of the gallery")),
    "ends": ("fashion-beta-1", "prior", Both(es="Ropa generada con β = 1", en="Clothes generated at β = 1")),
}  # fmt: skip
SIX = 6


# ---- the question


def board(lang: str, key: str, seed: int) -> str:
    """The list of questions and the one that is open, as the current visitor left it."""
    question, found = ASKED[key], report.entry(key)
    seed = found["seed"] if found["ran"] else seed
    state = address.note({"q": key, "seed": seed}, START)
    title = f'<p class="where">{escape(pick(question.where, lang))}</p><h3>{escape(pick(question.title, lang))}</h3>'
    body = after(lang, key) if found["ran"] else before(lang, key)
    shown = f'<article class="asked" data-question="{key}" data-seed="{seed}"><header>{title}</header>{body}</article>'
    return f'<div class="questions" data-version="{time.monotonic_ns()}">{nav(lang, key)}{shown}{state}</div>'


def nav(lang: str, chosen: str) -> str:
    groups = "".join(
        f"<h4>{escape(pick(title, lang))}</h4><ul>{''.join(_nav_item(lang, key, chosen) for key in keys)}</ul>"
        for title, keys in ((title, _keys(of_assignment)) for of_assignment, title in GROUPS.items())
    )
    return f'<nav aria-label="{escape(pick(NAV, lang))}">{groups}</nav>'


def _keys(of_assignment: bool) -> list[str]:
    return [key for key, question in ASKED.items() if (question.where == ASSIGNMENT) == of_assignment]


def _nav_item(lang: str, key: str, chosen: str) -> str:
    found = report.entry(key)
    state = next(iter(k for k, there in _progress(found).items() if there), "")
    mark = f'<span class="mark {state}">{escape(pick(DONE[state], lang))}</span>' if state else ""
    current = ' aria-current="true"' if key == chosen else ""
    title = escape(pick(ASKED[key].title, lang))
    return f'<li><button type="button" data-open-question="{key}"{current}><span>{title}</span>{mark}</button></li>'


def _progress(found: dict) -> dict[str, bool]:
    """How far a question got, the furthest first."""
    predicted = found["choice"] is not None or bool(found["why"])
    return {"answered": bool(found["answer"]), "ran": found["ran"], "predicted": predicted}


def before(lang: str, key: str) -> str:
    """What there is to see, and the prediction, open."""
    question, found = ASKED[key], report.entry(key)
    options = "".join(
        f'<label class="option"><input type="radio" name="choice" value="{k}"{" checked" * (found["choice"] == k)}>'
        f"<span>{escape(pick(option.text, lang))}</span></label>"
        for k, option in enumerate(question.options)
    )
    why = field(f"why:{key}", pick(WHY, lang), found["why"], LIMITS["why"], pick(WHY_HINT, lang), rows=2)
    return (
        f'<div class="ask"><div class="look">{look(lang, key)}<p>{escape(pick(question.before, lang))}</p></div>'
        f'<div class="predict"><h4>{escape(pick(PREDICTION, lang))}</h4>'
        f"<fieldset><legend>{escape(pick(PICK, lang))}</legend>{options}</fieldset>{why}"
        f'<button type="button" class="act" data-do="run">{escape(pick(RUN, lang))}</button></div></div>'
    )


def after(lang: str, key: str) -> str:
    """The prediction beside its explanation, the experiment, and room for an answer."""
    question, found = ASKED[key], report.entry(key)
    seen = experiments.run(key, lang, found["seed"])
    options = "".join(_verdict(lang, option, found["choice"] == k, seen) for k, option in enumerate(question.options))
    own = f"<p>{escape(pick(OWN_WORDS, lang).format(text=found['why']))}</p>" if found["why"] else ""
    why = "".join(f"<p>{said(text, lang, seen)}</p>" for text in pick(question.why, lang).split("\n\n"))
    pin = _pin_all(lang, pick(question.title, lang))
    return (
        f'<div class="compared"><div class="predict"><h4 tabindex="-1">{escape(pick(PREDICTION, lang))}</h4>'
        f'<ul class="verdicts">{options}</ul>{own}{_action("back", BACK, lang)}</div>'
        f'<details class="explained"><summary>{escape(pick(EXPLANATION, lang))}</summary>{why}</details></div>'
        f'<section class="experiment"><header><h4>{escape(pick(EXPERIMENT, lang))}</h4>'
        f'<span class="buttons">{pin}{_action("again", AGAIN, lang)}</span></header>'
        f'<p class="in-short">{said(question.seen, lang, seen)}</p>{seen.html}</section>'
        f"{_answer(lang, key)}"
    )


def said(text: Both | str, lang: str, seen: experiments.Seen) -> str:
    """A text with the experiment's numbers, as HTML; equations don't break at the end of a line."""
    return escape(pick(text, lang).format(**seen.facts).replace(" = ", "\u00a0=\u00a0"))


def _pin_all(lang: str, caption: str) -> str:
    button = pictures.pin_button(pick(PIN_ALL, lang), caption, within=".experiment", short=pick(PIN_ALL_SHORT, lang))
    return button.replace('class="pin"', 'class="pin worded"', 1)


def _answer(lang: str, key: str) -> str:
    question, found = ASKED[key], report.entry(key)
    levels = "".join(f"<li>{escape(pick(level, lang))}</li>" for level in question.levels)
    answer = field(f"answer:{key}", pick(ANSWER, lang), found["answer"], LIMITS["answer"], pick(ANSWER_HINT, lang), 4)
    return (
        f'<div class="answer">{answer}<details><summary>{escape(pick(LEVELS, lang))}</summary>'
        f'<ol class="levels">{levels}</ol></details></div>'
    )


def _verdict(lang: str, option: Option, mine: bool, seen: experiments.Seen) -> str:
    told = pick(option.verdict, lang)
    note = f" <em>{escape(pick(MINE, lang))}</em>" if mine else ""
    kind = f"{'fits' if option.fits else 'fails'}{' mine' if mine else ''}"
    return (
        f'<li class="{kind}"><b>{escape(told)}</b>{note}<span>{escape(pick(option.text, lang))}</span>'
        f"<p>{said(option.said, lang, seen)}</p></li>"
    )


def _action(what: str, words: Both, lang: str) -> str:
    return f'<button type="button" class="plain" data-do="{what}">{escape(pick(words, lang))}</button>'


def field(name: str, label: str, value: str, most: int, hint: str = "", rows: int = 0) -> str:
    """A text that questions.js sends while it is written; one line where rows is 0."""
    common = f'data-field="{name}" maxlength="{most}" placeholder="{escape(hint)}"'
    inside = f'<textarea {common} rows="{rows}">{escape(value)}</textarea>' if rows else (
        f'<input type="text" {common} value="{escape(value)}">'
    )  # fmt: skip
    return f'<label class="field"><span>{escape(label)}</span>{inside}</label>'


@lru_cache(maxsize=64)
def look(lang: str, key: str) -> str:
    """Six pictures that raise the question."""
    name, source, title = LOOKS[key]
    return (
        f"<figure>{experiments.sheet(_pictures(name, source), pick(title, lang), lang, 3)}"
        f"<figcaption>{escape(pick(title, lang))}</figcaption></figure>"
    )


def _pictures(name: str, source: str) -> Tensor:
    if source == "prior":
        return experiments.from_prior(name, SIX, START["seed"])
    if source == "gaussian":
        return experiments.from_gaussian(name, SIX, START["seed"])
    shown = gallery.shown("fashion-latent-8" if source == "rebuilt" else name)
    x = shown[gallery.typical(name)[:SIX]]
    if source == "rebuilt":
        return experiments.reconstructed(name, x)
    if source == "cloud":
        mu, logvar = models.encode(name, x[:1])
        chance = experiments.generator(START["seed"])
        return models.decode(name, reparameterize(mu.expand(SIX, -1), logvar.expand(SIX, -1), chance))
    return x


# ---- the report, to look through and to download


def collected(lang: str) -> str:
    """The report's own part of the tab: figures with captions, name, notes, downloads."""
    visitor, about = store.visitor(), report.about()
    begun = [key for key in ASKED if report.begun(key)]
    head = f'<header><h3 tabindex="-1">{escape(pick(REPORT, lang))}</h3></header>'
    open_, close = f'<section class="report" data-version="{time.monotonic_ns()}">', "</section>"
    if not (begun or visitor.pins):
        return f"{open_}{head}<p>{escape(pick(EMPTY, lang))}</p>{close}"
    questions = "".join(f"<li>{escape(pick(ASKED[key].title, lang))}{_marks(lang, key)}</li>" for key in begun)
    made = report.collect(lang)
    figures = "".join(_figure(lang, one, made.numbers[one["id"]]) for one in made.figures)
    downloads = "".join(
        f'<button type="button" class="{style}" data-download="{kind}">{escape(pick(words, lang))}</button>'
        for kind, words, style in (("html", AS_HTML, "act"), ("zip", AS_ZIP, "plain"))
    )
    return (
        f"{open_}{head}<p>{escape(pick(REPORT_TEXT, lang))}</p>"
        + (f"<h4>{escape(pick(BEGUN, lang))}</h4><ul>{questions}</ul>" if questions else "")
        + (f'<h4>{escape(pick(FIGURES, lang))}</h4><div class="pinned">{figures}</div>' if figures else "")
        + f'<div class="written">{field("name", pick(WHO, lang), about["name"], LIMITS["name"])}'
        f"{field('notes', pick(NOTES, lang), about['notes'], LIMITS['notes'], rows=3)}</div>"
        f'<p class="downloads">{downloads}</p>{close}'
    )


def _marks(lang: str, key: str) -> str:
    done = [state for state, there in _progress(report.entry(key)).items() if there][::-1]
    return "".join(f' <span class="mark {state}">{escape(pick(DONE[state], lang))}</span>' for state in done)


def _figure(lang: str, one: dict, number: int) -> str:
    source = pictures.data_uri(one["png"], "png")
    caption = field(f"caption:{one['id']}", pick(CAPTION, lang).format(number=number), one["caption"],
                    LIMITS["caption"], rows=2)  # fmt: skip
    words = escape(pick(REMOVE, lang).format(number=number))
    return (
        f'<figure><img src="{source}" alt="{escape(one["caption"])}">{caption}<button type="button" class="plain" '
        f'data-remove="{one["id"]}" aria-label="{words}" title="{words}">{escape(pick(REMOVE_SHORT, lang))}</button>'
        "</figure>"
    )


def parcel(lang: str, kind) -> str:
    """The report as a file, for questions.js to save."""
    kind = limits.one_of(kind, tuple(KINDS), KIND)
    made = report.collect(lang)
    content = report.as_html(made).encode() if kind == "html" else report.as_zip(made)
    return (
        f'<span hidden data-version="{time.monotonic_ns()}" data-file="{pick(report.FILE, lang)}.{kind}" '
        f'data-type="{KINDS[kind]}" data-content="{base64.b64encode(content).decode()}"></span>'
    )


# ---- what a visitor does


def keep(fields) -> None:
    """Keeps the texts that stand on the page: {"why:blurry": text, "caption:<figure>": text, ...}. Raises Refused."""
    if not isinstance(fields, dict) or len(fields) > MOST_FIELDS:
        raise Refused(limits.ONE_OF.format(what=FIELD, options=", ".join(LIMITS)))
    for name, value in fields.items():
        kind, _, which = str(name).partition(":")
        value = pins.text(value, LIMITS[limits.one_of(kind, tuple(LIMITS), FIELD)])
        if kind == "caption":
            _keep_caption(which, value)
        elif kind in report.about():
            note(report.META, kind, value)
        else:
            note(limits.one_of(which, tuple(ASKED), UNKNOWN), kind, value)


def _keep_caption(which: str, value: str) -> None:
    visitor = store.visitor()
    with visitor.lock:
        for one in visitor.pins:
            if one["id"] == which:
                one["caption"] = value


def note(key: str, what: str, value) -> None:
    """Writes one thing into the visitor's answers; an empty text is not worth an entry."""
    visitor = store.visitor()
    with visitor.lock:
        if value not in ("", None) or key in visitor.answers:
            visitor.answers.setdefault(key, {})[what] = value


def predict(key: str, choice) -> None:
    """Keeps the option that was picked, if any. Raises Refused when there is neither an option nor a word."""
    if choice is not None:
        note(key, "choice", limits.whole(choice, 0, len(ASKED[key].options) - 1, CHOICE))
    elif not report.entry(key)["why"] and report.entry(key)["choice"] is None:
        raise Refused(PREDICT_FIRST)


def act(event: dict, key: str, seed: int) -> tuple[str, int]:
    """Does what was clicked; which question and seed are shown then. Raises Refused."""
    what = event.get("do")
    if what == "open":
        key = limits.one_of(event.get("question"), tuple(ASKED), UNKNOWN)
        return key, report.entry(key)["seed"]
    if event.get("choice") is not None or what == "run":
        predict(key, event.get("choice"))
    if what in ("run", "again"):
        seed = seed if what == "run" else seed % SEEDS + 1
        note(key, "seed", seed)
        note(key, "ran", True)
    if what == "back":
        note(key, "ran", False)
    if what == "remove":
        pins.remove(event.get("figure"))
    return key, seed


def restore(lang: str, values: dict[str, str]) -> tuple[str, str, str]:
    """Question and seed of an address, with what the visitor did before."""
    key = address.one_of(values.get("q"), ASKED, START["q"])
    seed = address.whole(values.get("seed"), 0, SEEDS, report.entry(key)["seed"])
    return board(lang, key, seed), collected(lang), ""


def build(lang: str) -> address.Kept:
    """The questions, the report below them, and what carries files to the visitor."""
    script = (Path(__file__).with_suffix(".js")).read_text(encoding="utf-8")
    parts.lead(LEAD, lang)
    said = events.notice()
    asked = parts.html(board(lang, *START.values()), "board-area", script=script)
    gathered = parts.html(collected(lang), "report-area", script=script)
    sent = parts.html("", "parcel-area", script=script)
    shown = [asked, gathered, sent]

    def take(event):
        keep(event.get("fields", {}))
        key = limits.one_of(event.get("on"), tuple(ASKED), UNKNOWN)
        new, drawn = act(event, key, limits.whole(event.get("seed"), 0, SEEDS, SEED))
        what = event.get("do")
        return (
            gr.skip() if what in ("write", "note", "download", "remove") else board(lang, new, drawn),
            gr.skip() if what in ("note", "download", "open") else collected(lang),
            parcel(lang, event.get("kind")) if what == "download" else gr.skip(),
        )  # fmt: skip

    events.connect_pick(asked, take, [], shown, said, lang)
    return address.Kept(shown, partial(restore, lang))
