"""What the tab Start says."""

from ....text import Both

NAME = Both(es="Inicio", en="Start")
LEAD = Both(
    es="Un VAE no guarda una imagen como un punto, sino como una nube. De la misma nube salen imágenes parecidas, "
    "nunca iguales.",
    en="A VAE does not keep a picture as a point but as a cloud. The same cloud gives pictures that are alike, "
    "never the same.",
)
SIDES = {"a": Both(es="Otra imagen", en="Another picture")}
ZERO = Both(es="σ = 0: sin nube", en="σ = 0: no cloud")
ZERO_ASKED = Both(es="El interruptor σ = 0", en="The switch σ = 0")  # in the sentence that refuses another value
AGAIN = Both(es="Sortear de nuevo", en="Draw again")
TITLE = Both(es="De la foto a la nube y de vuelta", en="From photo to cloud and back")
WAY_CAPTION = Both(
    es="{title}: de la imagen al código y de vuelta, {cloud}",
    en="{title}: from the picture to the code and back, {cloud}",
)
DRAWS_CAPTION = Both(
    es="{title}: ocho sorteos del código de una misma imagen, {cloud}",
    en="{title}: eight draws from one picture's code, {cloud}",
)
CLOUD = Both(es="con σ\u00a0≈\u00a0{sigma}", en="with σ\u00a0≈\u00a0{sigma}")
NO_CLOUD = Both(es="con σ\u00a0=\u00a00", en="with σ\u00a0=\u00a00")
SAVE = Both(es="Descargar los ocho sorteos", en="Download the eight draws")
STAGES = (
    Both(es="Imagen x", en="Picture x"),
    Both(es="Nube: μ y σ", en="Cloud: μ and σ"),
    Both(es="Un punto z", en="One point z"),
    Both(es="Reconstrucción", en="Reconstruction"),
)
ARROWS = (
    Both(es="encoder", en="encoder"),
    Both(es="se sortea ε", en="draw ε"),
    Both(es="decoder", en="decoder"),
)
IN = Both(
    es="Entran {count} números: {height}\u00a0×\u00a0{width} píxeles, {colours}.",
    en="{count} numbers go in: {height}\u00a0×\u00a0{width} pixels, {colours}.",
)
COLOURS = {1: Both(es="en gris", en="grey"), 3: Both(es="3 colores", en="3 colours")}
CODE = Both(
    es="Quedan {latent} centros μ y anchos σ; aquí, los {rows} con más KL. En promedio σ\u00a0=\u00a0{sigma}.",
    en="What is left: {latent} centres μ and widths σ; these {rows} have most KL. On average σ\u00a0=\u00a0{sigma}.",
)
CODE_ZERO = Both(
    es="Quedan {latent} centros μ; aquí, los {rows} con más KL. Los anchos σ, {sigma} en promedio, se pusieron en 0.",
    en="What is left: {latent} centres μ; these {rows} have most KL. The widths σ, {sigma} on average, were set to 0.",
)
DRAWN = Both(
    es="z = μ + σ·ε, con ε al azar. Los puntos pálidos son los otros siete sorteos.",
    en="z = μ + σ·ε, with ε at random. The pale dots are the other seven draws.",
)
NOT_DRAWN = Both(
    es="Con σ = 0 el azar no cuenta: z es μ, las ocho veces.",
    en="With σ = 0 chance does not count: z is μ, all eight times.",
)
OUT = Both(
    es="El decoder solo ve z. Parecido con la imagen: {psnr}\u00a0dB.",
    en="The decoder sees z only. Likeness to the picture: {psnr}\u00a0dB.",
)
MANY = Both(es="Ocho sorteos de la misma nube", en="Eight draws from the same cloud")
MANY_TEXT = Both(
    es="Un código es una nube: cada z que cae en ella da otra imagen. Al elegir una se ve arriba de qué z salió.",
    en="A code is a cloud: each z that falls into it gives another picture. Choose one to see its z above.",
)
ONE = Both(es="Ocho veces el mismo punto", en="Eight times the same point")
ONE_TEXT = Both(
    es="Sin σ el código es un punto y las ocho imágenes son una sola. La variedad venía de la nube.",
    en="Without σ the code is a point and the eight pictures are one. The variety came from the cloud.",
)
QUESTIONS = Both(es="Preguntas", en="Questions")
WHY = Both(es="¿Por qué difieren? Escribirlo en Preguntas", en="Why do they differ? Write it down in Questions")
DRAW = Both(es="Sorteo {number} de 8", en="Draw {number} of 8")
RECONSTRUCTION_ALT = Both(es="Reconstrucción, decodificando el z sorteado", en="Reconstruction, decoding the drawn z")
CODE_ALT = Both(
    es="Barras de μ con su ancho σ en {rows} dimensiones. La primera, z{first}: μ = {mu}, σ = {sigma}.",
    en="Bars of μ with its width σ in {rows} dimensions. The first, z{first}: μ = {mu}, σ = {sigma}.",
)
Z_ALT = Both(
    es="Los ocho z sorteados en las mismas {rows} dimensiones, uno de ellos resaltado.",
    en="The eight drawn z in the same {rows} dimensions, one of them marked.",
)
AXIS = Both(es="valor, en desviaciones del prior", en="value, in deviations of the prior")
LINKS = (  # of each stage: tab, and its name with what is to be seen there
    (
        ("map", Both(es="Mapa: dónde queda cada imagen", en="Map: where each picture lies")),
        ("train", Both(es="Entrenar: cómo se aprende", en="Train: how it is learnt")),
    ),
    (("beta", Both(es="Beta: qué ancho conviene", en="Beta: how wide is worth it")),),
    (
        ("generate", Both(es="Generar: z sin imagen", en="Generate: z without a picture")),
        ("mix", Both(es="Mezclar: de un z a otro", en="Mix: from one z to another")),
        ("features", Both(es="Rasgos: mover z", en="Features: move z")),
    ),
    (("reconstruct", Both(es="Reconstruir: qué se pierde", en="Reconstruct: what is lost")),),
)
