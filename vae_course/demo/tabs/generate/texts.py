"""What the tab Generate says."""

from ....text import Both

NAME = Both(es="Generar", en="Generate")
LEAD = Both(
    es="El decoder convierte cualquier punto z en una imagen. De dónde sale z importa tanto como el decoder.",
    en="The decoder turns any point z into a picture. Where z comes from matters as much as the decoder.",
)
TITLES = {
    "plain": Both(es="Autoencoder", en="Autoencoder"),
    "prior": Both(es="VAE, prior", en="VAE, prior"),
    "gaussian": Both(es="VAE, gaussiana ajustada", en="VAE, fitted Gaussian"),
}
EXPLANATIONS = {
    "plain": Both(
        es="z de N(0, I), pero entrenado sin KL: nadie le dijo dónde poner los códigos.",
        en="z from N(0, I), but trained without a KL: nobody told it where to put codes.",
    ),
    "prior": Both(
        es="z de N(0, I): donde la KL pide que estén los códigos.", en="z from N(0, I): where the KL asks codes to be."
    ),
    "gaussian": Both(
        es="z de donde los códigos de entrenamiento están de verdad.",
        en="z from where the training codes really are.",
    ),
}
COLUMNS = {  # what the menu of sources offers
    "all": Both(es="Todas, lado a lado", en="All, side by side"),
    "plain": Both(es="El autoencoder", en="The autoencoder"),
    "prior": Both(es="El prior N(0, I)", en="The prior N(0, I)"),
    "gaussian": Both(es="La gaussiana ajustada", en="The fitted Gaussian"),
}
NO_PLAIN = Both(
    es="Este modelo no tiene un hermano sin KL: la ropa y los rostros sí.",
    en="This model has no sibling without a KL: clothes and faces have.",
)
SOURCE = Both(es="De dónde sale z", en="Where z comes from")
SEED = Both(es="Semilla", en="Seed")
ANOTHER = Both(es="Otra semilla", en="Another seed")
COUNT = Both(es="Cantidad", en="How many")
TEMPERATURE = Both(es="Temperatura", en="Temperature")
TEMPERATURE_INFO = Both(
    es="Multiplica la distancia al centro: menos variedad abajo, más riesgo arriba.",
    en="Scales the distance from the centre: less variety below 1, more risk above.",
)
ASKED = {  # what a sentence calls them when they are out of bounds
    "count": Both(es="La cantidad", en="The count"),
    "temperature": Both(es="La temperatura", en="The temperature"),
    "source": Both(es="La fuente de z", en="The source of z"),
    "point": Both(es="La coordenada", en="The coordinate"),
}
SAVE = Both(es="Descargar la lámina", en="Download the sheet")
CAPTION = Both(es="{model}: {source}, semilla {seed}", en="{model}: {source}, seed {seed}")
ALT_OF_ONE = Both(es="Una imagen generada: {title}", en="One generated picture: {title}")
ALT = Both(es="{count} imágenes generadas: {title}", en="{count} generated pictures: {title}")
QUESTIONS = Both(es="Preguntas", en="Questions")
COLLAPSE = Both(
    es="¿Colapso de modos, o z sorteado en el lugar equivocado? Medirlo en Preguntas",
    en="Mode collapse, or z drawn in the wrong place? Measure it in Questions",
)
WITH_FACES = Both(es="Con rostros se nota más", en="With faces it shows more")

# the map of a model of two dimensions

PLANE = Both(es="Todo el espacio latente", en="The whole latent space")
PLANE_TEXT = Both(
    es="z tiene solo dos números: cada lugar del mapa es un z. Un clic, o las flechas del teclado, lo decodifican.",
    en="z has only two numbers: each place on the map is a z. A click, or the arrow keys, decode it.",
)
POINT = Both(es="z = ({x}; {y})", en="z = ({x}, {y})")
POINT_ALT = Both(es="Decodificación de {point}", en="Decoding of {point}")
LATTICE_ALT = Both(es="Mapa de imágenes decodificadas", en="Map of decoded pictures")

# neighbours in the training pictures

MEMORY = Both(es="¿Las aprendió de memoria?", en="Has it learnt them by heart?")
MEMORY_TEXT = {
    "train": Both(
        es="Debajo de cada muestra, la de código más cercano entre {n} imágenes de entrenamiento. La distancia {far}.",
        en="Below each sample the one with the nearest code among {n} training pictures. Their distance {far}.",
    ),
    "gallery": Both(
        es="Las imágenes de entrenamiento no están aquí: debajo, la más cercana de {n} en la galería. La distancia "
        "{far}.",
        en="The training pictures are not here: below, the nearest of the gallery's {n}. Their distance {far}.",
    ),
}
FAR = Both(
    es="mediana es {samples}; la de imágenes nunca vistas, {held}",
    en="is {samples} in the median; that of pictures never seen, {held}",
)
MEMORY_CAPTION = Both(es="{title}: {question}", en="{title}: {question}")
SAMPLE_ALT = Both(es="Muestra {number}", en="Sample {number}")
NEAREST_ALT = Both(es="Imagen más cercana a la muestra {number}", en="Nearest picture to sample {number}")
