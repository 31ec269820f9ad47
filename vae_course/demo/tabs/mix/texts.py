"""What the tab Mix says."""

from ....text import Both

NAME = Both(es="Mezclar", en="Mix")
LEAD = Both(
    es="Entre dos códigos hay un camino, y cada punto es una imagen: una sola forma que cambia, no dos fantasmas.",
    en="Between two codes there is a path, and each point on it is a picture: one shape that changes, not two ghosts.",
)
PATHS = {
    "lerp": Both(es="Recta (lerp)", en="Straight line (lerp)"),
    "slerp": Both(es="Arco (slerp)", en="Arc (slerp)"),
}
PATH = Both(es="Camino", en="Path")
PATH_ASKED = Both(es="El camino", en="The path")  # in the sentence that refuses another one
SIDES = {"a": Both(es="Desde", en="From"), "b": Both(es="Hasta", en="To")}
FADE = Both(es="Fundido de píxeles", en="Pixel crossfade")
FADE_TEXT = Both(
    es="Cada píxel es el promedio de dos: a medio camino hay dos fantasmas.",
    en="Each pixel averages two: halfway there are two ghosts.",
)
FILM = Both(es="Película latente", en="Latent film")
FILM_TEXT = Both(
    es="Cada cuadro decodifica un z del camino: a medio camino hay una sola figura.",
    en="Each frame decodes one z of the path: halfway there is one figure.",
)
ALT = Both(es="{kind}: {share} % de la segunda imagen", en="{kind}: {share} % of the second picture")
SCREEN_ALT = Both(es="{kind}, en la posición del control", en="{kind}, where the slider stands")
SCRUB = Both(es="Posición entre las dos imágenes", en="Position between the two pictures")
PLAY = Both(es="Reproducir, ida y vuelta", en="Play, there and back")
SAVE = Both(es="Descargar las dos tiras en PNG", en="Download both strips as PNG")
GIF = Both(es="Descargar la película en GIF, ida y vuelta", en="Download the film as a GIF, there and back")
TITLE = Both(es="{title}: de una imagen a la otra", en="{title}: from one picture to the other")
CAPTION = Both(es="{title}: de una imagen a la otra ({path})", en="{title}: from one picture to the other ({path})")
FILE = Both(es="mezcla-{name}-{path}", en="mix-{name}-{path}")
