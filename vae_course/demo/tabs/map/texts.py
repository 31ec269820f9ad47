"""What the tab Map says."""

from ....text import Both

NAME = Both(es="Mapa", en="Map")
LEAD = Both(
    es="Cada punto es el código de una imagen. Lo parecido quedó junto, aunque nadie dijo qué es cada cosa.",
    en="Each point is a picture's code. What is alike came to lie together, though nobody said what anything is.",
)
METHOD = Both(es="Plano", en="Plane")
METHODS = {
    "z": Both(es="z tal cual", en="z as it is"),
    "pca": Both(es="PCA", en="PCA"),
    "tsne": Both(es="t-SNE", en="t-SNE"),
}
METHOD_TEXTS = {
    "z": Both(
        es="Este modelo tiene solo dos números, y el plano es su espacio entero.",
        en="This model has two numbers only, and the plane is its whole space.",
    ),
    "pca": Both(
        es="Las dos direcciones en que los códigos más varían. Una recta sigue siendo recta; lo demás queda oculto.",
        en="The two directions in which codes vary most. A straight line stays straight; all else is hidden.",
    ),
    "tsne": Both(
        es="Conserva quién es vecino de quién. El tamaño de los grupos y lo que hay entre ellos no significan nada.",
        en="Keeps who is whose neighbour. The size of groups and what lies between them mean nothing.",
    ),
}
BEHIND = Both(es="Detrás: lo que decodifica cada lugar.", en="Behind: what each place decodes to.")
HELD_BACK = Both(es="{count} imágenes que el modelo nunca vio", en="{count} pictures that the model never saw")
TRAINED_ON = Both(es="{count} imágenes de las que el modelo aprendió", en="{count} pictures that the model learnt from")
CAPTION = Both(es="{model}, {method}: {title}", en="{model}, {method}: {title}")
LOOK = Both(es="Cada punto", en="Each point")
LOOKS = {"dots": Both(es="Color", en="Colour"), "pictures": Both(es="Imagen", en="Picture")}
COLOUR = Both(es="Color según", en="Colour by")
NONE = Both(es="Nada: así lo ve el modelo", en="Nothing: as the model sees it")
CLASS = Both(es="Clase", en="Class")
OUTLINES = Both(es="Clases: un clic dibuja su contorno", en="Classes: a click draws the outline of one")
ALONG = Both(es="{name}, según el código", en="{name}, says the code")
HOW = Both(
    es="Clic: su imagen. Otro clic: el camino entre dos. Flechas: al vecino.",
    en="Click: its picture. Another: the path between two. Arrow keys: next point.",
)
MAP = Both(
    es="Mapa. Flechas: al punto vecino; Re Pág y Av Pág: todos, uno por uno; Enter lo elige.",
    en="Map. Arrow keys: the next point; Page Up and Page Down: all, one by one; Enter picks it.",
)
FIRST, SECOND = Both(es="Imagen A", en="Picture A"), Both(es="Imagen B", en="Picture B")
ANOTHER = Both(es="Otro clic elige la imagen B.", en="Another click picks picture B.")
BETWEEN = Both(es="De A a B", en="From A to B")
BETWEEN_CAPTION = Both(es="{model}: {between}", en="{model}: {between}")
STEP = Both(es="Paso {number} de {steps}", en="Step {number} of {steps}")
SAVE = Both(es="Descargar la tira", en="Download the strip")
FILE = Both(es="camino-{name}-{a}-{b}.png", en="path-{name}-{a}-{b}.png")
METHOD_ASKED = Both(es="El plano", en="The plane")  # in the sentences that refuse another one
LOOK_ASKED = Both(es="El aspecto de los puntos", en="The look of the points")
COLOUR_ASKED = Both(es="El color", en="The colour")
