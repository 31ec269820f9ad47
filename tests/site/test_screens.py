"""The site in a browser, from `python -m http.server` below a folder: what it shows is what PyTorch decodes."""

import io
import re
from contextlib import contextmanager

import pytest
import torch
from helpers.browser import SOON, in_a_browser, serious
from helpers.engine import file_server
from PIL import Image

from vae_course import pretrained
from vae_course.demo.tabs.map import compute as maps
from vae_course.demo.ui.pictures import to_bytes
from vae_course.site import space
from vae_course.site.screens import SCREENS, data
from vae_course.site.write import home
from vae_course.text import LANGUAGES

pytestmark = in_a_browser
FIRST_PICTURE = 500_000  # bytes that may come before it
PIXELS = "(canvas) => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]"
ENDS = {"es": "", "en": "en/"}
FRAME = """
<link rel="icon" href="data:,">
<iframe src="{}" sandbox="allow-scripts allow-same-origin allow-forms allow-popups" width="900" height="800"></iframe>
"""
FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
WIDTHS = (390, 799, 800, 900, 1024, 1100, 1280)  # of a phone, on both sides of where two columns begin, of a projector
# cameras that come once they are allowed, each red on its left and blue on its right
CAMERAS = """() => {
  const given = window.given = [], waiting = [];
  window.allow = () => waiting.splice(0).forEach((come) => come());
  navigator.mediaDevices.getUserMedia = async () => {
    await new Promise((come) => waiting.push(come));
    const canvas = Object.assign(document.createElement('canvas'), {width: 320, height: 240});
    const paper = canvas.getContext('2d');
    setInterval(() => {
      for (const [x, colour] of [[0, '#e61414'], [160, '#1414e6']]) {
        paper.fillStyle = colour;
        paper.fillRect(x, 0, 160, 240);
      }
    }, 30);
    given.push(canvas.captureStream(30));
    return given.at(-1);
  };
}"""
ON = "window.given.flatMap((stream) => stream.getTracks()).filter((track) => track.readyState === 'live').length"


class Visit:
    """A page of the site, what it asked for and what the browser complained of."""

    def __init__(self, view, address):
        self.view, self.address = view, address
        self.asked: list[str] = []
        self.known: set[str] = set()
        self.errors: list[str] = []
        view.on("request", lambda request: self.asked.append(f"{request.method} {request.url}"))
        view.on("pageerror", lambda error: self.errors.append(str(error)))
        view.on("console", lambda message: message.type in ("error", "warning") and self.errors.append(message.text))

    def open(self, name, lang="es"):
        self.view.goto(f"{self.address}/{ENDS[lang]}#{name}")
        return self.shown(name)

    def shown(self, name):
        self.view.wait_for_function(f"document.documentElement.dataset.shown === '{name}'", timeout=SOON)
        decoded = "[data-decoded]" if name != "hold" else ".plane[data-decoded]"
        self.view.locator(f"#{name} {decoded}").first.wait_for(state="attached", timeout=SOON)
        return self.view.locator(f"#{name}")

    def go(self, name):
        self.view.locator(f"nav a[href='#{name}']").click()
        return self.shown(name)

    def know(self):
        """From now on `further` counts."""
        self.known = set(self.asked)

    def further(self):
        """What came anew since; a second thread takes what is known from the browser's cache, whenever it is ready."""
        return [asked for asked in self.asked if asked not in self.known and not asked.startswith("GET blob:")]

    def pixels(self, selector):
        return torch.tensor(self.view.locator(selector).evaluate(PIXELS)).view(-1, 4)[:, :3]

    def changes(self, selector, action):
        """The action changes a canvas."""
        before = self.view.locator(selector).evaluate("(canvas) => canvas.toDataURL()")
        action()
        script = "([selector, before]) => document.querySelector(selector).toDataURL() !== before"
        self.view.wait_for_function(script, arg=[selector, before], timeout=SOON)


@pytest.fixture(scope="session")
def address(site):
    with file_server(site.parents[1]) as served:
        yield f"{served}/a%20class/explorer"


@pytest.fixture
def visiting(chromium, address):
    """visiting(options of a browser context) -> Visit; nothing may have come from elsewhere, or be complained of."""

    @contextmanager
    def visit(**options):
        options = {"reduced_motion": "reduce", "viewport": {"width": 1280, "height": 860}} | options
        context = chromium.new_context(**options)
        one = Visit(context.new_page(), address)
        yield one
        context.close()
        assert one.errors == []
        assert [
            asked for asked in one.asked if not asked.startswith((f"GET {address}", "GET blob:", "GET data:"))
        ] == []

    return visit


def decoded(name, z):
    with torch.no_grad():
        (picture,) = pretrained.load(name).decode(torch.tensor([z]))
    return torch.from_numpy(to_bytes(picture)).long().view(picture[0].numel(), -1).expand(-1, 3)


def test_the_first_picture_comes_soon_and_is_what_pytorch_decodes(visiting, site):
    with visiting() as visit:
        visit.open("hold")
        wanted = [
            asked.partition("?")[0].removeprefix(f"GET {visit.address}").partition("#")[0] for asked in visit.asked
        ]
        # a second thread takes its files from the browser's cache
        files = {site / (place.lstrip("/") or "index.html") for place in wanted if "blob:" not in place}
        assert sum(file.stat().st_size for file in files) < FIRST_PICTURE, files
        z = [float(number) for number in visit.view.locator(".plane").get_attribute("data-decoded").split()]
        for canvas in (".plane .lens", "#hold .big"):
            assert (visit.pixels(canvas) - decoded("fashion-2d", z)).abs().max() <= 1


def test_the_plane_follows_finger_and_keys_without_a_request(visiting):
    """Under reduced motion nothing moves by itself."""
    with visiting(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True) as visit:
        visit.open("hold", "en")
        visit.view.locator(".tiles[data-whole]").wait_for(state="attached", timeout=SOON)
        visit.know()
        box = visit.view.locator(".plane").bounding_box()
        at = lambda x, y: (box["x"] + x * box["width"], box["y"] + y * box["height"])  # noqa: E731
        visit.changes(".lens", lambda: visit.view.touchscreen.tap(*at(0.6, 0.75)))
        low, high = maps.extent(pretrained.gallery("fashion-2d").mu)
        place = visit.view.locator(".plane").get_attribute("data-decoded").split()
        touched = low + torch.tensor([0.6, 0.25]) * (high - low)  # y upwards
        assert (torch.tensor([float(number) for number in place]) - touched).abs().max() < 0.03  # a pixel or two
        visit.view.mouse.move(*at(0.6, 0.75))
        visit.view.mouse.down()
        for step in range(30):
            visit.view.mouse.move(*at(0.6 - step / 90, 0.75 - step / 90))
        visit.view.mouse.up()
        z = visit.view.locator("#hold .z").inner_text()
        visit.view.locator(".plane").focus()
        visit.changes(".lens", lambda: visit.view.keyboard.press("Shift+ArrowLeft"))
        assert visit.view.locator("#hold .z").inner_text() != z
        place = visit.view.locator(".plane").get_attribute("data-decoded").split()
        assert (visit.pixels(".lens") - decoded("fashion-2d", [float(number) for number in place])).abs().max() <= 1
        assert visit.further() == []
        assert visit.view.evaluate("document.documentElement.scrollWidth") == 390


def test_a_flick_goes_on_and_a_draw_flies_where_motion_is_welcome(visiting):
    with visiting(reduced_motion="no-preference") as visit:
        visit.open("hold")
        box = visit.view.locator(".plane").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        z = "document.querySelector('#hold .z').textContent"
        visit.view.evaluate(f"void addEventListener('pointerup', () => {{ window.released = {z}; }})")
        for _ in range(20):  # on a busy machine a finger may be too slow for a flick
            visit.view.mouse.move(x, y)
            visit.view.mouse.down()
            visit.view.evaluate(FRAMES)
            for step in range(6):
                visit.view.mouse.move(x - 20 * step, y)
            visit.view.mouse.up()
            visit.view.wait_for_timeout(500)
            if went_on := visit.view.evaluate(f"{z} !== window.released"):
                break
        assert went_on
        visit.changes(".lens", lambda: visit.view.locator(".throw").click())


def test_two_points_make_a_film_and_the_prediction_is_answered(visiting):
    with visiting() as visit:
        section = visit.open("hold")
        film = visit.view.locator("#hold button.film")
        film.click()
        assert film.get_attribute("aria-pressed") == "true"
        visit.view.locator(".plane").click(position={"x": 400, "y": 500})
        section.locator(".strip:visible").wait_for(timeout=SOON)
        assert section.locator(".strip").evaluate("(canvas) => canvas.width") == 9 * 29 - 1
        section.locator(".guess button").nth(0).click()
        assert "espacio latente" in section.locator(".reply").inner_text()
        assert "other" in section.locator(".guess").get_attribute("class")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_keys_alone_make_a_film_as_its_button_says(visiting, lang):
    with visiting() as visit:
        section = visit.open("hold", lang)
        film, plane = section.locator("button.film"), section.locator(".plane")
        film.press("Enter")
        assert "Enter" in film.inner_text() and "Enter" in plane.get_attribute("aria-label")
        for key in ("Shift+ArrowRight", "Shift+ArrowUp", "Enter"):
            plane.press(key)
        section.locator(".strip:visible").wait_for(timeout=SOON)
        assert film.get_attribute("aria-pressed") == "false"


MAIN = {  # screen -> its picture and what changes that
    "face": ("#face .big", lambda view: view.locator("#face input[name=smile]").fill("3")),
    "mix": ("#mix .latent", lambda view: view.locator("#mix .share").fill("0.1")),
    "flow": ("#flow .samples", lambda view: view.locator("#flow .time").fill("0.7")),
    "own": ("#own .copy", lambda view: view.locator("#own .clear").click()),
    "price": ("#price .copy", lambda view: view.locator("#price .which").fill("4")),
    "inside": (
        "#inside [data-where='encoder 3'] canvas", lambda view: view.locator("#inside .gallery button").nth(2).click()
    ),
}  # fmt: skip


def test_each_screen_works_when_the_network_is_gone_once_it_has_come(visiting):
    """All screens are opened, then the network is cut, and the main control of each changes its picture."""
    assert [*MAIN] == [name for name in SCREENS if name != "hold"]
    with visiting() as visit:
        visit.open("hold")
        for name in MAIN:
            visit.go(name)
        visit.view.wait_for_load_state("networkidle")
        visit.view.context.set_offline(True)
        visit.know()
        for name, (canvas, control) in MAIN.items():
            visit.go(name)
            visit.changes(canvas, lambda control=control: control(visit.view))
        visit.go("hold")
        visit.changes(".lens", lambda: visit.view.locator(".throw").click())
        assert visit.further() == []


@torch.no_grad()
def test_sliders_move_the_code_along_the_models_directions(visiting):
    """As apply_attribute does, up to the digits that the page has of codes and directions."""
    model = pretrained.load("faces")
    with visiting() as visit:
        visit.open("face")
        data = visit.view.locator("#face script").evaluate("(script) => JSON.parse(script.textContent)")["models"][0]
        z = torch.tensor(data["codes"][0])
        gallery = pretrained.gallery("faces").mu
        assert (gallery - z).abs().amax(dim=1).min() < 1e-3
        visit.changes("#face .big", lambda: visit.view.locator("#face input[name=glasses]").fill("2"))
        moved = z + 2 * pretrained.directions("faces")["Eyeglasses"]
        picture = to_bytes(model.decode(moved[None])[0])
        assert (visit.pixels("#face .big") - torch.from_numpy(picture).long().view(-1, 3)).abs().max() <= 2
        first = visit.view.locator("#face .readings li").first
        assert first.get_attribute("class") == "asked" and "anteojos" in first.inner_text()
        assert visit.view.locator("#face .readings li").count() > 3


def test_points_are_carried_as_pytorch_carries_them_and_each_is_chosen_by_a_tap_or_a_key(visiting):
    """At the end of time the pictures are of draws of the learnt prior."""
    flow = pretrained.flow("fashion-2d")
    with visiting() as visit:
        visit.open("flow", "en")
        visit.changes(
            "#flow .samples", lambda: visit.view.locator("#flow .play").click()
        )  # at once, under reduced motion
        stage = visit.view.locator("#flow .stage[data-decoded^='1 1 ']")
        stage.wait_for(timeout=SOON)
        z = torch.tensor([float(number) for number in stage.get_attribute("data-decoded").split()[2:]]).view(12, 2)
        wanted = flow.carry(torch.randn(1200, generator=torch.Generator().manual_seed(1)).view(600, 2)[:12])
        assert (z - wanted).abs().max() < 1e-4
        first = visit.pixels("#flow .samples").view(2 * 28 + 1, 6 * 29 - 1, 3)[:28, :28].reshape(-1, 3)
        assert (first - decoded("fashion-2d", z[0].tolist())).abs().max() <= 1
        where = visit.view.locator("#flow .z")
        before = where.inner_text()
        visit.view.locator("#flow .plane").press("ArrowRight")
        x, y = (float(number.replace("−", "-")) for number in re.findall(r"[−\d.]+", where.inner_text())[1:])
        assert (torch.tensor([x, y]) - z[1]).abs().max() < 0.006 and where.inner_text() != before
        low, high = maps.extent(pretrained.gallery("fashion-2d").mu)
        share, box = (z[0] - low) / (high - low), visit.view.locator("#flow .plane").bounding_box()
        place = {"x": share[0].item() * box["width"], "y": (1 - share[1].item()) * box["height"]}
        visit.changes("#flow .strip", lambda: visit.view.locator("#flow .plane").click(position=place))
        assert where.inner_text() == before


def test_what_is_drawn_is_encoded_as_pytorch_does_and_a_search_finds_no_worse_a_code(visiting):
    with visiting() as visit:
        visit.open("own")
        x = visit.pixels("#own .input").view(28, 28, 3)[None, None, :, :, 0] / 255
        with torch.no_grad():
            mu, _ = pretrained.load("fashion-2d").encode(x)
        place = visit.view.locator("#own .stage").get_attribute("data-decoded").split()[1:]
        assert (torch.tensor([float(number) for number in place]) - mu[0]).abs().max() < 0.02  # pixels were rounded
        visit.view.locator("#own .search").click()
        visit.view.locator("#own .found:not(:empty)").wait_for(timeout=SOON)
        visit.view.locator("#own .search", has_text="Buscar un código mejor").wait_for(timeout=SOON)
        before, after = map(float, re.findall(r"[\d.]+", visit.view.locator("#own .found").inner_text()))
        assert after > before


def test_a_file_is_encoded_in_the_page_and_what_is_no_picture_is_told(visiting):
    file = io.BytesIO()
    Image.new("RGB", (90, 60), (64, 64, 64)).save(file, "png")
    with visiting() as visit:
        visit.open("own", "en")
        visit.view.wait_for_load_state("networkidle")
        visit.know()
        field = visit.view.locator("#own .file input")
        field.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"no picture"})
        visit.view.locator("#own .problem", has_text="not a picture").wait_for(timeout=SOON)
        changed = {"name": "a.png", "mimeType": "image/png", "buffer": file.getvalue()}
        visit.changes("#own .copy", lambda: field.set_input_files(changed))
        assert (visit.pixels("#own .input") - 64).abs().max() <= 1
        assert visit.view.locator("#own .problem").inner_text() == ""
        assert visit.further() == []


@contextmanager
def cameras(visiting):
    """The screen Own with cameras that come when window.allow() is called: (Visit, its camera button)."""
    with visiting() as visit:
        section = visit.open("own")
        visit.view.evaluate(CAMERAS)
        yield visit, section.locator(".camera")


def allowed(view, count):
    """The cameras that were asked for come, so many by now."""
    view.evaluate("window.allow()")
    view.wait_for_function("(count) => window.given.length === count", arg=count, timeout=SOON)
    view.evaluate(FRAMES)


def test_the_camera_takes_what_its_mirror_shows(visiting):
    with cameras(visiting) as (visit, camera):
        camera.click()
        allowed(visit.view, 1)
        visit.view.wait_for_function("document.querySelector('#own video').videoWidth === 320", timeout=SOON)
        visit.changes("#own .copy", lambda: visit.view.get_by_role("button", name="Tomar la foto").click())
        row = visit.pixels("#own canvas.pad").view(224, 224, 3)[112]
        assert row[28, 2] > 150 > row[28, 0] and row[196, 0] > 150 > row[196, 2]
        assert visit.view.evaluate(ON) == 0 and not visit.view.locator("#own video").is_visible()


def test_a_camera_is_on_only_while_it_is_wanted(visiting):
    """Asked for twice it is one; closed without a picture, or left behind while the browser still asks, it is none."""
    with cameras(visiting) as (visit, camera):
        before = visit.view.locator("#own canvas.pad").evaluate("(canvas) => canvas.toDataURL()")
        camera.click()
        camera.click()
        allowed(visit.view, 2)
        assert visit.view.evaluate(ON) == 1
        visit.view.get_by_role("button", name="Cerrar la cámara").click()
        assert visit.view.evaluate(ON) == 0 and camera.inner_text() == "Cámara"
        assert camera.evaluate("(button) => button === document.activeElement")
        assert visit.view.locator("#own canvas.pad").evaluate("(canvas) => canvas.toDataURL()") == before
        camera.click()
        visit.go("hold")
        allowed(visit.view, 3)
        assert visit.view.evaluate(ON) == 0
        visit.go("own")
        assert camera.inner_text() == "Cámara"


def test_the_code_is_drawn_on_and_each_number_has_a_slider_too(visiting):
    with visiting() as visit:
        visit.open("face")
        box = visit.view.locator("#face .code").bounding_box()
        at = (box["x"] + 0.5 * box["width"], box["y"] + 0.1 * box["height"])
        visit.changes("#face .big", lambda: visit.view.mouse.click(*at))
        assert visit.view.locator("#face .which").input_value() == "65"
        assert abs(float(visit.view.locator("#face .value").input_value()) - 3.2) < 0.1
        visit.view.locator("#face .value").focus()
        visit.changes("#face .big", lambda: visit.view.keyboard.press("Home"))
        assert "KL" in visit.view.locator("#face .which-one").inner_text()


@pytest.mark.parametrize(("lang", "width", "theme"), [("es", 390, "dark"), ("en", 1280, "light")])
def test_nothing_serious_is_in_the_way_of_anyone(visiting, lang, width, theme):
    with visiting(viewport={"width": width, "height": 844}, color_scheme=theme) as visit:
        found = {}
        for name in SCREENS:
            visit.open(name, lang) if name == "hold" else visit.go(name)
            visit.view.locator(f"#{name} .guess button").first.click()
            found[name] = serious(visit.view)
            assert visit.view.evaluate("document.documentElement.scrollWidth") <= width
        assert {name: complaints for name, complaints in found.items() if complaints} == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_screen_is_wider_than_its_window(visiting, lang):
    with visiting() as visit:
        found = {}
        for name in SCREENS:
            visit.open(name, lang) if name == "hold" else visit.go(name)
            visit.view.locator(f"#{name} .guess button").first.click()
            for width in WIDTHS:
                visit.view.set_viewport_size({"width": width, "height": 768})
                found[name, width] = visit.view.evaluate("document.documentElement.scrollWidth")
        assert {where: wide for where, wide in found.items() if wide > where[1]} == {}


def test_the_keyboard_skips_to_the_open_screen_which_alone_is_the_current_one(visiting):
    with visiting() as visit:
        for name in ("hold", "face"):
            visit.open(name) if name == "hold" else visit.go(name)
            assert visit.view.locator("nav [aria-current]").evaluate_all(
                "(links) => links.map((link) => [link.hash, link.getAttribute('aria-current')])"
            ) == [[f"#{name}", "page"]]
            visit.view.locator(".skip").press("Enter")
            visit.view.evaluate(FRAMES)
            assert visit.view.evaluate("document.activeElement.id") == name
            assert visit.view.locator("main > section:visible").evaluate_all("(all) => all.map(({id}) => id)") == [name]


def test_again_is_offered_where_the_layers_light_up_alone(visiting):
    for motion in ("reduce", "no-preference"):
        with visiting(reduced_motion=motion) as visit:
            again = visit.open("inside").locator(".again")
            assert again.is_visible() == (motion == "no-preference")


@torch.no_grad()
def test_the_opening_kittens_are_two_ghosts_by_pixels_and_one_by_codes():
    """Half of each picture is nothing that the model knows how to draw; the decoded middle of their codes is."""
    model = pretrained.load("cats")
    (codes,) = (torch.tensor(one["codes"][:2]) for one in data("mix")["models"] if one["name"] == "cats")
    halves = model.decode(codes).mean(0, keepdim=True), model.decode(codes.mean(0, keepdim=True))
    ghosts, figure = ((half - model.decode(model.encode(half)[0])).abs().mean() for half in halves)
    assert ghosts > 2 * figure


def test_a_link_to_a_screen_opens_it_in_either_language(visiting):
    with visiting() as visit:
        visit.open("mix")
        other = visit.view.locator(".other")
        assert other.get_attribute("href") == "en/#mix"
        other.click()
        visit.view.wait_for_url("**/en/#mix")
        assert visit.shown("mix").locator("h1").inner_text() == "Mix two pictures"
        assert "models/fashion-2d" not in "".join(visit.asked)  # another screen's


def test_a_model_that_can_not_come_is_told_and_comes_later(visiting):
    with visiting() as visit:
        visit.open("hold")
        visit.view.route("**/models/cats/**", lambda route: route.abort())
        visit.view.locator("nav a[href='#mix']").click()
        visit.view.locator("#mix .coming", has_text="No se pudo cargar").wait_for(timeout=SOON)
        visit.view.unroute("**/models/cats/**")
        visit.errors.clear()
        visit.go("hold")
        visit.go("mix")
        assert visit.view.locator("#mix .coming").count() == 0


def test_a_static_space_works_below_a_folder_in_a_frame_of_another_site(chromium, site, tmp_path, monkeypatch):
    """As the Hub shows it. The explorer's own files are those of `site`, so that they are computed once."""
    files = {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}
    monkeypatch.setattr(space, "contents", lambda *_: dict(files))
    space.write(tmp_path / "ana" / "explorer", "static", repository="https://lessons.example")
    with file_server(tmp_path) as served:
        other = served.replace("127.0.0.1", "localhost")
        (tmp_path / "hub.html").write_text(FRAME.format(f"{other}/ana/explorer/index.html"), encoding="utf-8")
        context = chromium.new_context(reduced_motion="reduce")
        visit = Visit(context.new_page(), other)
        visit.view.goto(f"{served}/hub.html")
        plane = visit.view.frame_locator("iframe").locator(".plane[data-decoded]")
        plane.wait_for(timeout=SOON)
        plane.press("Shift+ArrowLeft")
        plane.press("Shift+ArrowLeft")
        visit.view.frame_locator("iframe").locator(".tiles[data-whole]").wait_for(state="attached", timeout=SOON)
        z = [float(number) for number in plane.get_attribute("data-decoded").split()]
        shown = torch.tensor(plane.locator(".lens").evaluate(PIXELS)).view(-1, 4)[:, :3]
        assert (shown - decoded("fashion-2d", z)).abs().max() <= 1
        context.set_offline(True)
        with context.expect_page():  # lessons may not be shown in a frame
            visit.view.frame_locator("iframe").locator(f"a[href^='{home()}']").first.click()
        assert plane.is_visible() and visit.errors == []
        context.close()
