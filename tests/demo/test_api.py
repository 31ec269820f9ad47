"""The demo as scripts and as HTTP see it; what a browser sees is in tests/browser."""

import ast
import json
import re
import tempfile
from pathlib import Path

import httpx
import numpy as np
import pytest
import torch
from helpers.demo import ROOT, served
from PIL import Image

from vae_course import data, pretrained
from vae_course.evaluation import psnr
from vae_course.faces import draw_gaussian
from vae_course.images import to_unit_range
from vae_course.latent_space import lerp
from vae_course.loss import kl_divergence, reconstruction_loss

DEMO = ROOT / "vae_course" / "demo"
linux = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc, which Linux has")


@pytest.fixture(scope="session")
def client(server, tmp_path_factory):
    from gradio_client import Client

    folder = str(tmp_path_factory.mktemp("downloads"))
    # it makes a TLS context for each request and each file; without certificates to read that takes no time
    return Client(server.url, verbose=False, ssl_verify=False, download_files=folder)


@pytest.fixture(autouse=True)
def temporary(monkeypatch, tmp_path):
    """gradio_client leaves an empty folder behind for each file that it fetches."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def refusal(client, endpoint, **arguments) -> str:
    """The sentence that a script gets instead of an answer."""
    from gradio_client.exceptions import AppError

    with pytest.raises(AppError) as caught:
        client.predict(api_name=endpoint, **arguments)
    return str(caught.value)


def opened(path) -> torch.Tensor:
    """A PNG as (1, C, H, W) in [0, 1]."""
    with Image.open(path) as image:
        assert image.format == "PNG"
        return to_unit_range(torch.from_numpy(np.array(image)).unsqueeze(0))


def same(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Equal but for the rounding to bytes."""
    return a.shape == b.shape and bool((a - b).abs().max() <= 0.5 / 255 + 1e-4)


# the pages


@pytest.mark.parametrize(("path", "lang", "title"), [("/", "es", "Taller de VAE"), ("/en", "en", "VAE Workshop")])
def test_each_address_has_its_language_before_any_script_runs(server, path, lang, title):
    page = httpx.get(server.url + path, follow_redirects=True).text
    assert f'lang="{lang}"' in page[:60]
    assert page.count("<title>") == 1 and f"<title>{title}</title>" in page
    assert f'"title":"{title}"' in page
    assert page.rstrip().endswith("</html>")
    json.loads(page.partition("window.gradio_config = ")[2].partition(";</script>")[0])


def test_nothing_but_the_three_endpoints_is_offered(server):
    offered = httpx.get(server.url + "/gradio_api/info").json()
    assert set(offered["named_endpoints"]) == {"/generate", "/reconstruct", "/mix"}
    assert not offered["unnamed_endpoints"]


@linux
def test_starts_fast_and_loads_nothing_that_it_does_not_need(tmp_path):
    """A server of its own: Gradio itself imports matplotlib when it answers a queued call."""
    with served(tmp_path) as server:
        loaded = server.loaded()
    assert server.cpu_seconds < 15
    unwanted = ["sklearn", "matplotlib"]
    if not (data.data_root() / "FashionMNIST").is_dir():
        unwanted.append("torchvision")  # it reads that set
    assert not [name for name in unwanted if f"/{name}/" in loaded]


# generate


def test_generate_gives_as_many_png_as_asked_and_the_same_for_the_same_seed(client):
    one, again, other = (
        client.predict("fashion", seed, 3, 1.0, source, "en", api_name="/generate")
        for seed, source in ((5, "prior"), (5, "prior"), (6, "prior"))
    )
    assert len(one) == 3
    assert all(same(opened(a), opened(b)) for a, b in zip(one, again, strict=True))
    assert not any(same(opened(a), opened(b)) for a, b in zip(one, other, strict=True))


def test_generate_decodes_draws_of_the_prior_scaled_by_the_temperature(client):
    model = pretrained.load("fashion")
    z = torch.randn(2, model.latent_dim, generator=torch.Generator().manual_seed(3))
    answer = client.predict("fashion", 3, 2, 0.5, "prior", "en", api_name="/generate")
    with torch.inference_mode():
        assert same(torch.cat([opened(path) for path in answer]), model.decode(0.5 * z))


def test_generate_decodes_draws_of_the_gaussian_whose_deviations_the_temperature_scales(client):
    model, (mean, covariance) = pretrained.load("fashion"), pretrained.gaussian("fashion")
    z = draw_gaussian(mean, covariance, 2, torch.Generator().manual_seed(3))
    answer = client.predict("fashion", 3, 2, 0.5, "gaussian", "en", api_name="/generate")
    with torch.inference_mode():
        assert same(torch.cat([opened(path) for path in answer]), model.decode(mean + 0.5 * (z - mean)))


@pytest.mark.parametrize("source", ["prior", "gaussian"])
def test_generate_at_temperature_0_decodes_the_middle(client, source):
    model = pretrained.load("fashion")
    middle = torch.zeros(model.latent_dim) if source == "prior" else pretrained.gaussian("fashion")[0]
    answer = client.predict("fashion", 1, 2, 0.0, source, "en", api_name="/generate")
    with torch.inference_mode():
        assert same(torch.cat([opened(path) for path in answer]), model.decode(middle.expand(2, -1)))


@pytest.mark.parametrize("name", pretrained.names())
def test_every_shipped_model_generates_reconstructs_and_mixes(client, name):
    shape = pretrained.load(name).image_shape
    made = client.predict(name, count=1, source="gaussian", api_name="/generate")
    result = client.predict(name, api_name="/reconstruct")
    strip = client.predict(name, api_name="/mix")
    assert len(strip) == 11 and len(result["draws"]) == 8
    for path in (*made, result["reconstruction"], *result["draws"], *strip):
        assert opened(path).shape[1:] == shape
    assert np.isfinite([result[key] for key in ("loss", "reconstruction_loss", "kl", "psnr")]).all()


# reconstruct


def test_reconstruct_shows_the_picture_of_that_gallery_index_and_its_price(client):
    name = "drawn"
    gallery, preset = pretrained.gallery(name), pretrained.preset(name)
    result = client.predict(name, index=3, api_name="/reconstruct")
    x = to_unit_range(data.load(preset.data).images[gallery.indices[3:4]])
    assert result["source"] == "original"
    assert torch.equal(opened(result["input"]), x)
    model = pretrained.load(name)
    with torch.inference_mode():
        mu, logvar = model.encode(x)
        x_hat = model.decode(mu)
    assert same(opened(result["reconstruction"]), x_hat)
    assert result["kl"] == pytest.approx(kl_divergence(mu, logvar).item(), rel=1e-4)
    assert result["psnr"] == pytest.approx(psnr(x, x_hat), abs=0.01)
    assert result["loss"] == pytest.approx(result["reconstruction_loss"] + result["beta"] * result["kl"])


def test_reconstruct_measures_in_the_unit_of_the_models_own_loss(client):
    result = client.predict("fashion", index=0, api_name="/reconstruct")
    assert result["kind"] == pretrained.preset("fashion").training.loss == "l1_mean"
    x, x_hat = opened(result["input"]), opened(result["reconstruction"])
    expected = reconstruction_loss(x, x_hat, "l1_mean").item()
    assert result["reconstruction_loss"] == pytest.approx(expected, abs=1 / 255)
    assert result["beta"] == 1e-3
    assert result["loss"] == pytest.approx(result["reconstruction_loss"] + 1e-3 * result["kl"])
    assert result["source"] in ("code", "original")


@pytest.mark.images
@pytest.mark.parametrize("name", ["fashion", "faces", "cats", "emojis"])
def test_real_photographs_are_shown_where_they_are(client, name):
    about = pretrained.preset(name).data
    folder = {"fashion": "FashionMNIST", "celeba": "celeba"}.get(about.source, about.path)
    if not (data.data_root() / folder).exists():
        pytest.skip(f"no {folder} in VAE_COURSE_DATA")
    result = client.predict(name, index=5, api_name="/reconstruct")
    assert result["source"] == "original"
    if name == "fashion":
        index = pretrained.gallery(name).indices[5:6]
        assert torch.equal(opened(result["input"]), to_unit_range(data.load(about).images[index]))


def test_the_eight_draws_differ_and_follow_the_seed(client):
    one, again, other = (client.predict("fashion", seed=seed, api_name="/reconstruct")["draws"] for seed in (1, 1, 2))
    assert [same(opened(a), opened(b)) for a, b in zip(one, again, strict=True)] == [True] * 8
    assert not same(opened(one[0]), opened(other[0]))
    assert not same(opened(one[0]), opened(one[1]))


def test_an_upload_of_the_models_own_size_arrives_as_it_is(client, tmp_path):
    from gradio_client import handle_file

    pixels = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "own.png")
    result = client.predict("fashion", picture=handle_file(tmp_path / "own.png"), api_name="/reconstruct")
    assert result["source"] == "upload"
    assert np.array_equal((opened(result["input"])[0, 0] * 255).round().byte().numpy(), pixels)


def test_an_upload_is_cut_to_its_middle_square_and_turned_upright(client, tmp_path):
    from gradio_client import handle_file

    photo = Image.new("RGB", (400, 300), "white")
    photo.paste("black", (0, 0, 40, 300))  # outside the middle square
    photo.paste("black", (50, 0, 350, 100))  # its upper third
    exif = Image.Exif()
    exif[0x0112] = 3  # the camera was held upside down
    photo.save(tmp_path / "photo.jpg", exif=exif, quality=95)
    result = client.predict("fashion", picture=handle_file(tmp_path / "photo.jpg"), api_name="/reconstruct")
    x = opened(result["input"])[0, 0]
    assert x[20:].mean() < 0.05 and x[:17].mean() > 0.95


# mix


def test_mix_walks_from_one_code_to_the_other(client):
    strip = client.predict("fashion", 2, 9, api_name="/mix")
    back = client.predict("fashion", 9, 2, api_name="/mix")
    model = pretrained.load("fashion")
    ends = [opened(client.predict("fashion", index=k, api_name="/reconstruct")["input"]) for k in (2, 9)]
    with torch.inference_mode():
        codes = [model.encode(x)[0][0] for x in ends]
        expected = model.decode(lerp(*codes, torch.linspace(0, 1, 11)))
    for step, frame in enumerate(expected):
        assert (opened(strip[step])[0] - frame).abs().mean() < 0.01
        assert (opened(strip[step]) - opened(back[10 - step])).abs().max() < 1.5 / 255


def test_mix_along_the_arc_differs_between_the_ends_only(client):
    line, arc = (client.predict("fashion", 2, 9, path=path, api_name="/mix") for path in ("lerp", "slerp"))
    assert same(opened(line[0]), opened(arc[0])) and same(opened(line[10]), opened(arc[10]))
    assert not same(opened(line[5]), opened(arc[5]))


def test_mix_takes_uploads_at_both_ends(client, tmp_path):
    from gradio_client import handle_file

    files = [tmp_path / "black.png", tmp_path / "white.png"]
    for file, colour in zip(files, ("black", "white"), strict=True):
        Image.new("RGB", (50, 50), colour).save(file)
    own = client.predict("fashion", picture_a=handle_file(files[0]), picture_b=handle_file(files[1]), api_name="/mix")
    assert opened(own[10]).mean() > opened(own[0]).mean() + 0.1


# limits


@pytest.mark.parametrize(
    ("endpoint", "arguments", "es", "en"),
    [
        (
            "/generate",
            {"model": "nonsense"},
            "No hay un modelo llamado «nonsense»",
            "There is no model called “nonsense”",
        ),
        ("/generate", {"model": ["fashion"]}, "No hay un modelo", "There is no model"),
        ("/generate", {"model": "../fashion"}, "No hay un modelo", "There is no model"),
        ("/generate", {"count": 10**9}, "La cantidad debe ser un número entero", "The count must be a whole number"),
        ("/generate", {"count": 0}, "La cantidad", "The count"),
        ("/generate", {"count": 2.5}, "La cantidad", "The count"),
        ("/generate", {"count": True}, "La cantidad", "The count"),
        ("/generate", {"seed": -1}, "La semilla", "The seed"),
        ("/generate", {"seed": 10**30}, "La semilla", "The seed"),
        ("/generate", {"seed": "seven"}, "La semilla", "The seed"),
        ("/generate", {"temperature": 1e9}, "La temperatura debe ser un número entre 0 y 2.", "from 0 to 2."),
        ("/generate", {"temperature": None}, "La temperatura", "The temperature"),
        ("/generate", {"model": "faces", "source": "flow"}, "no trae un prior aprendido", "has no learnt prior"),
        ("/generate", {"source": "elsewhere"}, "La fuente de z", "The source of z"),
        ("/reconstruct", {"index": -1}, "El índice de la galería", "The gallery index"),
        ("/reconstruct", {"index": 10**9}, "El índice de la galería", "The gallery index"),
        ("/reconstruct", {"index": {"a": 1}}, "El índice de la galería", "The gallery index"),
        ("/reconstruct", {"picture": "/etc/passwd"}, "La imagen no llegó", "The picture did not arrive"),
        ("/mix", {"index_b": -3}, "El índice de la galería", "The gallery index"),
        ("/mix", {"path": "detour"}, "El camino", "The path"),
    ],
)
def test_what_is_out_of_bounds_is_refused_with_a_sentence(client, endpoint, arguments, es, en):
    for lang, expected in (("es", es), ("en", en)):
        said = refusal(client, endpoint, **{"model": "fashion", "lang": lang} | arguments)
        assert expected in said and said.endswith(".")


def test_an_unknown_language_is_refused(client):
    assert "es, en" in refusal(client, "/generate", model="fashion", lang="fr")


def raw(server, endpoint: str, body: str) -> str:
    """What the server answers to a request as it stands, without a client that checks it first."""
    address = f"{server.url}/gradio_api/call/{endpoint}"
    start = httpx.post(address, content=body, headers={"Content-Type": "application/json"})
    return httpx.get(f"{address}/{start.json()['event_id']}").text


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_not_a_number_is_refused(server, value):
    said = raw(server, "generate", f'{{"data": ["fashion", 1, 1, {value}, "prior", "en"]}}')
    assert "event: error" in said and "The temperature must be a number" in said
    said = raw(server, "generate", f'{{"data": ["fashion", {value}, 1, 1, "prior", "en"]}}')
    assert "event: error" in said and "The seed must be a whole number" in said


@pytest.mark.parametrize("meta", [{}, {"meta": {"_type": "gradio.FileData"}}])
def test_no_picture_of_the_server_can_be_named_as_an_upload(server, tmp_path, meta):
    Image.new("L", (28, 28)).save(tmp_path / "private.png")
    picture = {"path": str(tmp_path / "private.png"), **meta}
    said = raw(server, "reconstruct", json.dumps({"data": ["fashion", 0, picture, 0, "en"]}))
    assert "event: error" in said and "event: complete" not in said
    assert "private" not in said and "Traceback" not in said


# uploads


@pytest.fixture(scope="session")
def bad_uploads(tmp_path_factory) -> dict[str, Path]:
    """Files that are no use, by what is wrong with them."""
    folder = tmp_path_factory.mktemp("bad")
    paths = {key: folder / f"{key}.png" for key in ("text", "truncated", "wide", "heavy", "vast", "empty")}
    paths["text"].write_text("not a picture at all\n" * 50)
    paths["empty"].touch()
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (300, 300, 3), np.uint8))
    noise.save(folder / "whole.jpg", quality=90)
    paths["truncated"] = folder / "truncated.jpg"
    paths["truncated"].write_bytes((folder / "whole.jpg").read_bytes()[:9000])
    Image.new("L", (20_000, 100)).save(paths["wide"])
    Image.new("RGB", (12_000, 12_000)).save(paths["vast"])
    noise.save(paths["heavy"])
    with open(paths["heavy"], "ab") as file:
        file.truncate(10 * 2**20)
    return paths


@pytest.mark.parametrize(
    ("wrong", "es", "en"),
    [
        ("text", "no es una imagen", "not a picture"),
        ("empty", "no es una imagen", "not a picture"),
        ("truncated", "dañada o incompleta", "damaged or incomplete"),
        ("wide", "demasiados píxeles", "too many pixels"),
        ("vast", "demasiados píxeles", "too many pixels"),
        ("heavy", "pesa demasiado", "too heavy"),
    ],
)
def test_a_bad_upload_gets_a_sentence_in_the_callers_language(client, bad_uploads, wrong, es, en):
    from gradio_client import handle_file

    picture = handle_file(bad_uploads[wrong])
    assert es in refusal(client, "/reconstruct", model="fashion", picture=picture, lang="es")
    assert en in refusal(client, "/mix", model="fashion", picture_b=picture, lang="en")


@linux
def test_memory_stays_level_whatever_is_uploaded(server, client, bad_uploads):
    from gradio_client import handle_file

    assert bad_uploads["vast"].stat().st_size < 500_000
    server.open_tabs()
    pictures = [handle_file(bad_uploads[wrong]) for wrong in ("vast", "wide", "truncated", "heavy")]
    for picture in pictures:
        refusal(client, "/reconstruct", model="fashion", picture=picture)
    before = server.resident()
    for picture in pictures * 2:
        refusal(client, "/reconstruct", model="fashion", picture=picture)
    peak = int((Path(f"/proc/{server.pid}/status").read_text().partition("VmHWM:")[2]).split()[0]) / 1024
    assert server.resident() < before + 30
    assert peak < before + 150  # the picture of 12,000 x 12,000 would take 432 MB alone


def test_more_than_the_server_takes_is_not_even_received(server, tmp_path):
    answer = httpx.post(server.url + "/gradio_api/upload", files={"files": ("a.png", b"\0" * (33 * 2**20))}, timeout=60)
    assert answer.status_code == 413


def test_files_made_for_visitors_are_deleted_after_a_while(event_loops):
    from gradio.route_utils import delete_files_created_by_app

    from vae_course.demo import api, page

    demo = page.build()
    frequency, age = demo.delete_cache
    assert frequency <= 60 and age <= 900
    made = Path(api.file(torch.zeros(3, 4, 4))["path"])
    demo.upload_file_set.add(str(made))
    delete_files_created_by_app(demo, age)
    assert made.exists()
    delete_files_created_by_app(demo, 0)
    assert not made.exists()


# both languages


def trees() -> list[tuple[str, ast.Module]]:
    """(where, code) of each of the demo's modules."""
    paths = sorted(DEMO.rglob("*.py"))
    return [(path.relative_to(DEMO).as_posix(), ast.parse(path.read_text(encoding="utf-8"))) for path in paths]


UNITS = {"dB", "GIF", "PNG"}  # the same in both languages


def readable(markup: str) -> set[str]:
    """The words of a template or a piece of HTML that readers would see or hear as they stand there."""
    markup = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}|{\w*}", "", markup, flags=re.DOTALL)
    heard = re.findall(r'\b(?:alt|aria-label|aria-valuetext|title|placeholder)="([^"]*)"', markup)
    markup = re.sub(r"<(script|style)\b.*?</\1>", "", markup, flags=re.DOTALL)
    seen = re.sub(r"<[^<>]*>?|&\w+;", " ", markup)
    return set(re.findall(r"[^\W\d_]{2,}", " ".join([seen, *heard]))) - UNITS


def strings(tree: ast.Module) -> list[ast.Constant]:
    """Those of a module that are no docstrings."""
    documented = [node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)]
    docstrings = {id(node.body[0].value) for node in documented if isinstance(node.body[0], ast.Expr)}
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [node for node in constants if id(node) not in docstrings]


def test_no_word_for_readers_stands_outside_the_bilingual_texts():
    templates = sorted(DEMO.rglob("*.html"))
    assert len(templates) > 25
    wordy = {path.name: words for path in templates if (words := readable(path.read_text(encoding="utf-8")))}
    assert wordy == {}
    tag = re.compile(r"(?<!\?P)</?[a-z][\w-]*(?=[\s>/]|$)")
    marked = [(where, node) for where, tree in trees() for node in strings(tree) if tag.search(node.value)]
    assert [f"{where}:{node.lineno}" for where, node in marked if where.startswith("tabs/")] == []  # in templates only
    assert [f"{where}:{node.lineno}" for where, node in marked if readable(node.value)] == []


@pytest.mark.parametrize("lang", ["es", "en"])
def test_a_failure_inside_is_told_without_details(lang, caplog):
    from vae_course.demo.core import events

    def broken():
        raise RuntimeError("secret /path")

    notice, *others = events.guarded(broken, [], [None, None], lang)(None)
    assert len(others) == 2 and 'role="alert"' in notice
    assert "secret" not in notice and "secret" in caplog.text


# one's own parts


def test_a_gallery_says_what_it_shows_in_the_readers_language():
    from vae_course.demo.core import choice, model
    from vae_course.demo.ui import gallery
    from vae_course.demo.ui import texts as ui_texts
    from vae_course.text import pick

    fashion, stored = model.take("fashion"), pretrained.gallery("fashion")
    assert pick(choice.words(fashion, 0), "es").startswith("Imagen 1: ")
    assert pick(choice.words(fashion, 0), "en") == f"Picture 1: {stored.classes[int(stored.labels[0])]}"
    grid = gallery.grid(fashion, "es", 4, titles={"a": ui_texts.GALLERY["upload"]})
    assert grid.count('aria-pressed="true"') == 1
    assert grid.count('<button type="button" class="tile"') == len(stored.mu)


def test_the_difference_is_white_where_nothing_differs_and_tells_bright_from_dark():
    from vae_course.demo.ui.pictures import difference

    x, x_hat = torch.full((1, 1, 3), 0.5), torch.tensor([[[0.5, 0.9, 0.1]]])
    same_, bright, dark = difference(x, x_hat).unbind(-1)
    assert torch.equal(same_.flatten(), torch.ones(3))
    assert bright[0] > bright[2] and dark[2] > dark[0]


def test_importing_the_demo_keeps_gradio_silent():
    """The package sets it before any of its modules can import gradio."""
    assert "prepare()" in (DEMO / "__init__.py").read_text(encoding="utf-8").partition("import gradio")[0]
    environment = (DEMO / "environment.py").read_text(encoding="utf-8")
    assert 'setdefault("GRADIO_ANALYTICS_ENABLED", "False")' in environment and "import gradio" not in environment


# last, after everything above was asked of it


def test_the_server_called_nobody_and_met_no_error(server, client):
    assert server.calls.read_text() == ""
    log = server.log.read_text()
    refused = log.count("InvalidPathError: Cannot move")  # told to the log only: a path that was no upload
    assert log.count("Traceback") == refused <= 1
    assert "Warning" not in log and "failed" not in log


@pytest.mark.parametrize("lang", ["es", "en"])
def test_the_page_on_the_demo_lists_what_a_program_can_do_and_its_example_runs(
    server, lang, capsys, tmp_path, monkeypatch
):
    page = (ROOT / "docs" / "demo.md").read_text(encoding="utf-8")
    example = re.findall(r"```python\n(.*?)```", page, re.DOTALL)[["es", "en"].index(lang)]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    exec(example.replace("http://localhost:7860", server.url), {})
    assert re.search(r"^4 [\d.]+ [\d.]+ 11$", capsys.readouterr().out, re.MULTILINE)


def test_the_page_on_the_demo_links_to_every_tab_in_both_languages():
    from vae_course.demo import page

    text = (ROOT / "docs" / "demo.md").read_text(encoding="utf-8")
    for name in page.TABS:
        for title in page.MODULES[name].texts.NAME:
            assert f"| {title} | `?tab={name}" in text


def test_the_lesson_of_50_minutes_links_to_what_exists():
    from vae_course.demo import page
    from vae_course.demo.tabs.questions.bank import QUESTIONS

    text = (ROOT / "docs" / "demo.md").read_text(encoding="utf-8")
    links = re.findall(r"`\?(tab=[^`]+)`", text)
    assert len(links) > 30
    for link in links:
        values = dict(part.split("=") for part in link.split("&"))
        assert values.pop("tab") in page.TABS
        assert values.pop("questions.q", "blurry") in QUESTIONS
        assert values.pop("train.covered", "1") == values.pop("beta.covered", "1") == "1"
        assert set(values) <= {"generate.model", "mix.model", "beta.series"}
