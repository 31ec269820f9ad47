"""The tab Train: a recorded run to replay, and trainings of one's own that go on while one looks."""

import json
from html import escape
from pathlib import Path

import gradio as gr

from ..text import Both, pick
from . import address, events, limits, models, parts, pictures, recording, store, train_sets, trainings, uploads
from .asked import ASKED
from .questions import NAME as QUESTIONS

from .train_texts import (  # isort: skip
    ALTS, BUTTONS, CHAPTERS, CHARTS, COLLAPSED, CURES, DIVERGED, HINT, KNOBS, OPTIONS, PROBLEMS, RECORDED, SAVE,
    SENTENCES, SETTINGS, STATUS, UPLOADED, UPLOADING, ZIP,
)  # fmt: skip
from .trainings import Plan

NAME = Both(es="Entrenar", en="Train")
LEAD = Both(
    es="Primero se aprende el promedio, después las diferencias: cada cuadro sale siempre del mismo z, y solo el "
    "decoder cambia.",
    en="First the average is learnt, then the differences: each picture comes from the same z all the time, and only "
    "the decoder changes.",
)
SCRIPT = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
FEED_SCRIPT = """
const shared = window.vaeTrain ??= {};
shared.poll = detail => pick(detail, 'poll');
const tell = () => {
  const found = element.querySelector('[data-feed]');
  if (found) { shared.latest = JSON.parse(found.dataset.feed); shared.receive?.(); }
};
watch('value', tell);
requestAnimationFrame(tell);
"""
BELL_SCRIPT = "(window.vaeTrain ??= {}).ring = () => pick({}, 'ring');"
PROBLEMS_SCRIPT = """
element.addEventListener('click', event => {
  const chip = event.target.closest('.train-chip');
  if (!chip) return;
  const {problem, of, cure} = chip.dataset;
  pick(of ? {problem: of, cure: Number(cure)} : {problem});
});
"""
NEXT_SCRIPT = """
const shared = window.vaeTrain ??= {};
const tell = () => { shared.next = element.querySelector('[data-plan]').dataset.plan; shared.planned?.(); };
watch('value', tell);
requestAnimationFrame(tell);
"""
FIELDS = ("data", "network", "latent", "beta", "rate", "batch")
COLLAPSE_KL, COLLAPSE_NEAR, COLLAPSE_STEPS = 0.5, 0.05, 60
_bells: dict[str, gr.HTML] = {}  # language -> what says that a model was trained


# What the page gets


def feed(lang: str, bench: trainings.Bench, have: dict) -> str:
    """The state of the visitor's training as hidden HTML; have: run, points and frames that the page holds."""
    run = bench.run
    if run is None:
        return _hidden({"status": "none"})
    known = have.get("run") == run.id
    points, frames = (_count(have.get(key)) if known else 0 for key in ("points", "frames"))
    place, at_work = trainings.QUEUE.place(run)
    words = STATUS["waiting" if place else run.status].format(
        place=place, at_work=at_work, step=run.steps, seconds=round(run.seconds), most=round(run.limit)
    )
    return _hidden(
        run.shown(points, frames)
        | {
            "status": "waiting" if place else run.status,
            "kept": run.kept,
            "side": 28 if run.plan.data == "fashion" else train_sets.SIDE,
        }
        | {"words": pick(words, lang), "title": settings(run.plan, lang), "trouble": trouble(run, lang)}
    )


def _count(value) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0


def _hidden(values: dict) -> str:
    """JSON for the script; the number makes Gradio see that it is new."""
    global _version
    _version += 1
    text = json.dumps(values | {"version": _version}, separators=(",", ":"))
    return f'<span hidden data-feed="{escape(text)}"></span>'


_version = 0


def settings(plan: Plan, lang: str) -> str:
    """The plan in one line."""
    names = {key: pick(OPTIONS[key][getattr(plan, key)], lang) for key in ("data", "network")}
    names["network"] = names["network"].lower()
    return pick(SETTINGS, lang).format(
        **names, latent=plan.latent, beta=f"{plan.beta:g}", rate=f"{plan.rate:g}", batch=plan.batch
    )


def trouble(run: trainings.Run, lang: str) -> str:
    """What went wrong, and what to try; empty while nothing did."""
    if run.status == "diverged":
        return pick(DIVERGED, lang).format(step=run.steps, rate=f"{run.plan.rate:g}")
    if run.problem is not None:
        return pick(run.problem, lang)
    return pick(COLLAPSED, lang).format(beta=f"{run.plan.beta:g}") if collapsed(run) else ""


def collapsed(run: trainings.Run) -> bool:
    """The teaching notes' sign: hardly any KL, and no better than the mean image."""
    frame = run.frames[-1] if run.frames else None
    if not frame or frame["step"] < COLLAPSE_STEPS or frame["kl"] is None or frame["reconstruction"] is None:
        return False
    return frame["kl"] < COLLAPSE_KL and frame["reconstruction"] > (1 - COLLAPSE_NEAR) * run.lines["mean"]


# The page


def defaults() -> dict:
    return _values(Plan()) | {"problem": "none"}


def _values(plan: Plan) -> dict:
    return {key: getattr(plan, key) for key in FIELDS}


def build(lang: str) -> address.Kept:
    """The tab's controls and pictures, in the Blocks context that is open."""
    parts.lead(LEAD, lang)
    said = events.notice()
    with gr.Row(elem_classes="stage"):
        with gr.Column(elem_classes="what"):
            problems = parts.html(_problems(lang, "none"), "train-problems", script=PROBLEMS_SCRIPT)
        with gr.Column(elem_classes="result"):
            screen = parts.html(_screen(lang), "train-screen", script=SCRIPT)
        with gr.Column(elem_classes="how"):
            knobs = _knobs(lang)
            upload = parts.html(_upload(lang, ""), "train-upload", script=_upload_script())
            noted = parts.html(_note(lang, Plan()), script=NEXT_SCRIPT)
    feed_area = parts.html(_hidden({"status": "none"}), "train-feed", script=FEED_SCRIPT)
    _bells[lang] = parts.html("", "train-feed", script=BELL_SCRIPT)
    _wire(lang, knobs, (screen, problems, upload, noted, feed_area, said))

    def restore(values: dict[str, str]) -> tuple:
        plan = _from_address(values)
        problem = address.one_of(values.get("problem"), PROBLEMS, "none")
        return *_values(plan).values(), _problems(lang, problem), _note(lang, plan, problem)

    return address.Kept([*knobs, problems, noted], restore)


def connect_menus(lang: str, menus: list[gr.Dropdown]) -> None:
    """When a model was trained, all menus of models offer it."""
    if not menus:
        return
    said = events.notice()
    own = (pick(models.OWN_TITLE, lang), models.OWN)

    def offer(_event):
        mine = [own] if store.visitor().own is not None else []
        rest = [[tuple(choice) for choice in menu.choices if choice[1] != models.OWN] for menu in menus]
        return tuple(gr.Dropdown(choices=[*mine, *choices]) for choices in rest)

    events.connect_pick(_bells[lang], offer, [], menus, said, lang)


def _from_address(values: dict[str, str]) -> Plan:
    """The plan that stood there; what is no offer stays at its default."""
    first = Plan()
    return Plan(
        address.one_of(values.get("data"), [name for name in _sets() if name != "own"], first.data),
        address.one_of(values.get("network"), trainings.NETWORKS, first.network),
        *(
            _offered(values.get(key), offers, getattr(first, key))
            for key, offers in (
                ("latent", trainings.LATENTS),
                ("beta", trainings.BETAS),
                ("rate", trainings.RATES),
                ("batch", trainings.BATCHES),
            )
        ),
    )


def _offered(value: str | None, offers: tuple, otherwise):
    return next((offer for offer in offers if value == f"{offer:g}"), otherwise)


def _sets() -> list[str]:
    return [name for name in train_sets.SETS if name != "fashion" or train_sets.has_fashion()]


def _knobs(lang: str) -> list:
    first = Plan()
    words = {key: pick(KNOBS[key], lang) for key in FIELDS}
    sets = [(pick(OPTIONS["data"][name], lang), name) for name in _sets()]
    networks = [(pick(OPTIONS["network"][name], lang), name) for name in trainings.NETWORKS]
    data = gr.Radio(sets, value=first.data, label=words["data"])
    network = gr.Radio(networks, value=first.network, label=words["network"])
    menus = []
    for pair in (
        (("latent", trainings.LATENTS), ("batch", trainings.BATCHES)),
        (("beta", trainings.BETAS), ("rate", trainings.RATES)),
    ):
        with gr.Row(elem_classes="pair"):
            for key, offers in pair:
                choices = [(f"{offer:g}" if offer >= 1e-4 or not offer else "0.00001", offer) for offer in offers]
                menus.append(
                    gr.Dropdown(choices, value=getattr(first, key), label=words[key], filterable=False, min_width=100)
                )
    latent, batch, beta, rate = menus
    return [data, network, latent, beta, rate, batch]


def _screen(lang: str) -> str:
    """What the script fills: control bar, sheet, scrubber, charts; it opens with the recorded run."""
    words = {key: pick(text, lang) for key, text in (CHARTS | CHAPTERS | ALTS).items()}
    words |= {"recorded": pick(RECORDED, lang), "settings": settings(Plan(), lang), "lang": lang}
    run = recording.recorded()
    last = run["frames"][-1]
    bar = "".join(_button(lang, act) for act in ("start", "pause", "step", "stop"))
    save = pictures.save_button(pick(SAVE, lang), "z.png", within="figure")
    hide = escape(words["cover"])
    cover = f'<button type="button" class="cover" aria-pressed="false" data-cover>{hide}</button>'
    header = parts.header(lang, words["recorded"], words["recorded"], cover).replace("<h3>", "<h3 data-title>")
    sheet = _image(last["samples"], words["samples"], 256, 96, "samples")
    held = _image(run["originals"], words["originals"], 256, 32, "originals")
    held += _image(last["again"], words["rebuilt"], 256, 32, "again")
    return (
        f'<section class="panel" data-words="{escape(json.dumps(words))}" data-recorded="{escape(json.dumps(run))}">'
        f"{header}"
        f'<div class="train-bar" role="group" aria-label="{escape(pick(BUTTONS["group"], lang))}">{bar}</div>'
        '<p class="train-status" data-status></p><p class="train-status" data-next hidden></p>'
        '<p class="notice" role="alert" data-trouble hidden></p>'
        '<div class="train-board"><div class="train-pictures">'
        f'<figure class="train-sheet">{sheet}<figcaption><span>{escape(words["sheet"])}</span>{save}</figcaption>'
        "</figure>"
        f'{_scrubber(lang)}<p class="train-losses" data-losses></p>'
        f'<p class="train-chapter" aria-live="polite" data-chapter></p>{_question(lang)}'
        f'<figure class="train-held">{held}<figcaption>{escape(words["held"])}</figcaption></figure></div>'
        '<div class="train-charts"><figure data-chart="reconstruction"></figure><figure data-chart="kl"></figure></div>'
        "</div></section>"
    )


def _question(lang: str) -> str:
    """The link to what Questions asks about the first loss, which page.js opens in the page."""
    link = parts.link("questions", pick(QUESTIONS, lang), pick(ASKED["first"].title, lang), "first")
    return f'<p class="onward" data-unpinned>{link}</p>'


def _image(source: str, alt: str, width: int, height: int, name: str) -> str:
    return f'<img src="{source}" alt="{escape(alt)}" width="{width}" height="{height}" data-image="{name}">'


def _button(lang: str, act: str) -> str:
    kind = "primary" if act == "start" else "secondary"
    disabled = "" if act in ("start", "step") else " disabled"
    words = escape(pick(BUTTONS[act], lang))
    return f'<button type="button" class="train-button {kind}" data-act="{act}"{disabled}>{words}</button>'


def _scrubber(lang: str) -> str:
    play, step = escape(pick(BUTTONS["play"], lang)), escape(pick(CHARTS["step"], lang))
    return (
        f'<div class="train-scrub"><button type="button" class="train-button secondary" data-play aria-label="{play}" '
        f'title="{play}">▶</button><input type="range" min="0" value="0" step="1" aria-label="{step}" data-scrub>'
        "<output data-step></output></div>"
    )


def _problems(lang: str, chosen: str) -> str:
    """The usual problems, and of the chosen one what tells it and its cures."""
    buttons = "".join(
        f'<button type="button" class="train-chip" data-problem="{name}" aria-pressed="{str(name == chosen).lower()}">'
        f"{escape(pick(problem['name'], lang))}</button>"
        for name, problem in PROBLEMS.items()
    )
    story = _story(lang, chosen) if chosen in PROBLEMS else f'<p class="fine">{escape(pick(HINT, lang))}</p>'
    title = escape(pick(SENTENCES["problems"], lang))
    return f'<h3>{title}</h3><div class="train-chips" role="group" aria-label="{title}">{buttons}</div>{story}'


def _story(lang: str, name: str) -> str:
    cures = "".join(
        f'<button type="button" class="train-chip cure" data-cure="{k}" data-of="{name}">{escape(pick(cure[0], lang))}'
        "</button>"
        for k, cure in enumerate(PROBLEMS[name]["cures"])
    )
    return (
        f'<p class="fine">{escape(pick(PROBLEMS[name]["sign"], lang))}</p><h4>{escape(pick(CURES, lang))}</h4>'
        f'<div class="train-chips" role="group" aria-label="{escape(pick(CURES, lang))}">{cures}</div>'
    )


def _upload(lang: str, words: str) -> str:
    field = '<input type="file" accept=".zip,application/zip">'
    busy = escape(pick(UPLOADING, lang))
    return (
        f'<label class="upload" data-busy="{busy}">{field}<b>+</b><span>{escape(pick(ZIP, lang))}</span></label>'
        f'<p class="fine" role="status">{escape(words)}</p>'
    )


def _upload_script() -> str:
    return """
element.addEventListener('change', async event => {
  const field = event.target, file = field.files[0];
  if (!file) return;
  element.querySelector('p').textContent = element.querySelector('label').dataset.busy;
  if (file.size > MAX_BYTES) pick({problem: 'too_heavy'});
  else try { pick({path: (await upload(file)).path}); }
  catch (error) { pick({problem: 'failed'}); }
  field.value = '';
});
""".replace("MAX_BYTES", str(uploads.MAX_TRANSFER - 2**16))


def _note(lang: str, plan: Plan, problem: str = "none") -> str:
    """The knobs for the address, and in words for the script."""
    told = address.note(_values(plan) | {"problem": problem}, defaults())
    return f'{told}<span hidden data-plan="{escape(settings(plan, lang))}"></span>'


# What visitors do


def planned(values: tuple) -> Plan:
    """The knobs' values as sent, checked. Raises Refused."""
    return Plan.checked(*values)


def _wire(lang: str, knobs: list, others: tuple) -> None:
    screen, problems, upload, noted, feed_area, said = others

    def press(event, *values):
        return act(lang, event, planned(values))

    def choose(event, *values):
        new, problem = chosen_plan(event, planned(values))
        start(new, "run")
        shown = gr.skip() if "cure" in event else _problems(lang, problem)
        return feed(lang, trainings.bench(), {}), *_values(new).values(), shown, _note(lang, new, problem)

    def poll(event):
        bench = trainings.bench()
        if bench.run is not None:
            bench.run.polled = trainings.time.monotonic()
        return feed(lang, bench, event)

    def turn(*values):
        plan = planned(values)
        run = trainings.bench().run
        if run is not None and not run.over:
            run.tune(plan.beta, plan.rate)
        return _note(lang, plan)

    def take(event, _data, *rest):
        return *receive(lang, event), gr.Radio(value="own"), _note(lang, planned(("own", *rest)))

    events.connect_pick(screen, press, knobs, [feed_area], said, lang)
    events.connect_pick(problems, choose, knobs, [feed_area, *knobs, problems, noted], said, lang)
    events.connect_pick(feed_area, poll, [], [feed_area], said, lang)
    events.connect_pick(upload, take, knobs, [upload, knobs[0], noted], said, lang)
    events.connect([knob.input for knob in knobs], turn, knobs, [noted], said, lang)


def act(lang: str, event: dict, plan: Plan) -> str:
    """Start, go on, one step, pause, stop. Raises Refused."""
    what = limits.one_of(event.get("act"), ("start", "run", "step", "pause", "stop"), BUTTONS["group"])
    bench = trainings.bench()
    if what == "start" or (what in ("run", "step") and (bench.run is None or bench.run.over)):
        start(plan, "step" if what == "step" else "run")
    else:
        bench.ask(what)
    return feed(lang, bench, event)


def start(plan: Plan, asked: str) -> None:
    visitor = store.visitor()

    def keep(own: store.Own) -> None:
        visitor.own = own

    trainings.bench().start(plan, keep, asked)


def chosen_plan(event: dict, plan: Plan) -> tuple[Plan, str]:
    """The plan with a usual problem in it, or with one of its cures; and the problem. Raises Refused."""
    name = limits.one_of(event.get("problem"), tuple(PROBLEMS), SENTENCES["problems"])
    problem = PROBLEMS[name]
    changes = dict(problem["plan"])
    if "cure" in event:
        k = limits.whole(event["cure"], 0, len(problem["cures"]) - 1, CURES)
        changes |= problem["cures"][k][1]
    return Plan(**({"data": plan.data} | changes)), name


def receive(lang: str, event: dict) -> tuple:
    """An uploaded zip into the visitor's bench. Raises Refused."""
    if event.get("problem"):
        raise limits.Refused(train_sets.HEAVY if event["problem"] == "too_heavy" else uploads.FAILED)
    found = train_sets.read_zip(event.get("path"))
    trainings.bench().pictures = found
    return (_upload(lang, pick(UPLOADED, lang).format(n=len(found))),)
