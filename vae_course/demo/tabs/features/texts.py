"""What the tab Features says; words.py has what it calls attributes."""

from ....text import Both

NAME = Both(es="Rasgos", en="Features")
LEAD = Both(
    es="Una dirección en el espacio latente es un control: sonrisa, anteojos. Pero arrastra los prejuicios de los "
    "datos: lo que allí venía junto se mueve junto.",
    en="A direction in the latent space is a control: smile, glasses. But it carries the data's prejudices: what came "
    "together there moves together.",
)
SIDES = {"a": Both(es="Otra imagen", en="Another picture")}
CAPTION = Both(es="{model}: {panel}", en="{model}: {panel}")  # of a pinned panel

# the strips
FEATURE_STRIPS = Both(es="Una cara, dos direcciones", en="One face, two directions")
LATENT_STRIPS = Both(
    es="Una imagen, dos dimensiones: la de más KL y la de menos",
    en="One picture, two dimensions: that with most KL and that with least",
)
STRIP_ALT = Both(es="{title} {strength}", en="{title} {strength}")
MEASURED = {
    "celeba": Both(
        es="+1 lleva de la media de las fotos sin el rasgo a la media de las que lo tienen. Puntos: cuánto sube "
        "entonces la probabilidad que el propio código da a cada etiqueta (discriminante lineal), en promedio sobre "
        "las {n} caras de la galería. Las etiquetas son opiniones de quienes anotaron CelebA.",
        en="+1 goes from the mean of the photographs without the feature to the mean of those with it. Points: how "
        "much the probability that the code itself gives to each label then rises (linear discriminant), on average "
        "over the gallery's {n} faces. The labels are opinions of those who annotated CelebA.",
    ),
    "drawn": Both(
        es="+1 recorre todo el rango del rasgo. Puntos: por ciento del rango de cada rasgo que el código cambia "
        "(regresión lineal). Aquí cada rasgo se sorteó aparte, así que casi nada más se mueve: los prejuicios de los "
        "rostros reales vienen de los datos, no del método.",
        en="+1 is the feature's whole range. Points: per cent of each feature's range by which the code changes "
        "(linear regression). Here every feature was drawn on its own, so hardly anything else moves: the prejudices "
        "of the real faces come from the data, not from the method.",
    ),
    "latent": Both(
        es="KL media sobre las {n} imágenes de la galería. Una dimensión cuya media μ no varía de una a otra (varianza "
        "hasta 0.01) está colapsada: el decoder la ignora y nada cambia.",
        en="Mean KL over the gallery's {n} pictures. A dimension whose mean μ does not vary among them (variance up "
        "to 0.01) has collapsed: the decoder ignores it and nothing changes.",
    ),
}
ALSO = Both(es="Con +1 también se mueve", en="At +1 this moves too")
IN_DATA = Both(es="En 9500 fotos de CelebA: {facts}.", en="In 9,500 CelebA photographs: {facts}.")
FACT = Both(
    es="{name} {with_it} % con el rasgo, {without} % sin él",
    en="{name} {with_it} % with the feature, {without} % without",
)
LATENT_FACT = Both(
    es="{kl} nats. De un extremo al otro de la tira, cada píxel cambia {change} % en promedio.",
    en="{kl} nats. From one end of the strip to the other, each pixel changes by {change} % on average.",
)
COLLAPSED = Both(es="colapsada", en="collapsed")
SAVE_STRIPS = Both(es="Descargar las tiras", en="Download the strips")

# the sliders
FEATURES = Both(es="Rasgos", en="Features")
FEATURES_TEXTS = {
    "celeba": Both(
        es="1 = diferencia media entre con y sin el rasgo", en="1 = mean difference between with and without it"
    ),
    "drawn": Both(es="1 = todo el rango del rasgo", en="1 = the feature's whole range"),
}
LATENTS = Both(es="Números del código, por KL", en="The code's numbers, by KL")
LATENTS_TEXT = Both(
    es="{asleep} de {count} colapsados. 1 = una desviación estándar de los códigos; la barra es la KL en nats",
    en="{asleep} of {count} collapsed. 1 = one standard deviation of the codes; the bar is the KL in nats",
)
RESET = Both(es="Todo a cero", en="All to zero")
DIMENSION = Both(es="z {number}", en="z {number}")
DIMENSION_LABEL = Both(es="{title}, KL {kl} nats", en="{title}, KL {kl} nats")
KNOB = Both(es="El control {key}", en="The knob {key}")
NO_KNOB = Both(es="Este modelo no tiene ese control.", en="This model has no such knob.")

# before and after
STAGE = Both(es="Antes y después", en="Before and after")
BEFORE = Both(es="Antes", en="Before")
BEFORE_TEXT = Both(es="el código tal cual, decodificado", en="the code as it is, decoded")
AFTER = Both(es="Después", en="After")
AFTER_TEXT = Both(es="el código movido, decodificado", en="the moved code, decoded")
PHOTO = Both(es="Entrada del modelo", en="The model's input")
HOLD = Both(es="Mantener para comparar", en="Hold to compare")
HOLD_TEXT = Both(
    es="También sobre la imagen, o con la barra espaciadora.", en="On the picture too, or with the space bar."
)
SAVE = Both(es="Descargar antes y después", en="Download before and after")

# what else moved
ALSO_MOVED = Both(es="Qué más se movió", en="What else moved")
HOW_MUCH = Both(es="Cuánto cambió", en="How much changed")
STILL = Both(es="Todo está en cero: el después es el antes.", en="All is at zero: the after is the before.")
READINGS = {
    "celeba": Both(
        es="Lo que el código dice de este rostro, antes → después, por etiqueta:",
        en="What the code says of this face, before → after, by label:",
    ),
    "drawn": Both(
        es="Lo que el código dice de este rostro, en % del rango de cada rasgo, antes → después:",
        en="What the code says of this face, in % of each feature's range, before → after:",
    ),
}
CHANGE = Both(es="Cada píxel cambió {change} % en promedio.", en="Each pixel changed by {change} % on average.")
DRAGS = Both(
    es="{feature} {step} arrastra, en puntos y en promedio: {others}. Nadie lo pidió: así venían los datos.",
    en="{feature} {step} drags along, in points and on average: {others}. Nobody asked for that: it came with "
    "the data.",
)
DRAGGED = Both(es="{attribute} {points}", en="{attribute} {points}")
OWN = Both(es="movido a propósito", en="moved on purpose")
NOTHING = Both(
    es="Los controles movidos están colapsados, o casi: el decoder los ignora.",
    en="The moved knobs have collapsed, or nearly: the decoder ignores them.",
)
