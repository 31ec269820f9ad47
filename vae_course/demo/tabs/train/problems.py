"""The usual problems: a plan in which each shows, what tells it, and its cures."""

from ....text import Both

PROBLEMS: dict[str, dict] = {
    "noisy": {
        "name": Both(es="Ruidoso", en="Noisy"),
        "sign": Both(
            es="La curva salta, y la lámina entera cambia de tono de un cuadro a otro. Cada paso mira solo 2 imágenes "
            "y avanza demasiado: persigue lo casual. ¿Qué lo delata primero, la curva o la lámina?",
            en="The curve jumps, and the whole sheet changes its tint from one frame to the next. Each step looks at "
            "only 2 pictures and goes too far: it chases what is chance. What gives it away first, the curve or the "
            "sheet?",
        ),
        "plan": {"batch": 2, "rate": 0.01},
        "cures": (
            (Both(es="32 imágenes por paso", en="32 pictures a step"), {"batch": 32}),
            (Both(es="Tasa 0.0005", en="Rate 0.0005"), {"rate": 0.0005}),
            (Both(es="Las dos cosas", en="Both"), {"batch": 32, "rate": 0.0005}),
        ),
    },
    "blurry": {
        "name": Both(es="Borroso", en="Blurry"),
        "sign": Both(
            es="La curva es mansa, pero se queda lejos del piso: con 2 dimensiones y β = 4 se compran pocos nats, y lo "
            "que no se compra sale promediado.",
            en="The curve is tame but stays far from the floor: with 2 dimensions and β = 4 few nats are bought, and "
            "what is not bought comes out averaged.",
        ),
        "plan": {"latent": 2, "beta": 4.0},
        "cures": (
            (Both(es="16 dimensiones", en="16 dimensions"), {"latent": 16}),
            (Both(es="β = 0.5", en="β = 0.5"), {"beta": 0.5}),
            (Both(es="Las dos cosas", en="Both"), {"latent": 16, "beta": 0.5}),
        ),
    },
    "diverging": {
        "name": Both(es="Divergente", en="Diverging"),
        "sign": Both(
            es="En un paso la pérdida sube tanto que ya no es un número, y la curva se escapa por arriba, donde queda "
            "la flecha: la tasa es demasiado alta.",
            en="In one step the loss rises so far that it is no number any more, and the curve leaves at the top, "
            "where the arrow is: the rate is too high.",
        ),
        "plan": {"network": "dense", "rate": 0.1},
        "cures": (
            (Both(es="Tasa 0.001", en="Rate 0.001"), {"rate": 0.001}),
            (Both(es="Tasa 0.005", en="Rate 0.005"), {"rate": 0.005}),
            (
                Both(es="Red convolucional, tasa 0.01", en="Convolutional network, rate 0.01"),
                {"network": "conv", "rate": 0.01},
            ),
        ),
    },
    "collapsed": {
        "name": Both(es="Colapsado", en="Collapsed"),
        "sign": Both(
            es="La KL se queda en casi 0 y parece un éxito, pero todos los z dan casi la misma imagen: con β = 64 "
            "hasta lo más visible cuesta más de lo que vale, y el decoder ignora z.",
            en="The KL stays near 0 and looks like success, but all z give nearly the same picture: at β = 64 "
            "even what shows most costs more than it is worth, and the decoder ignores z.",
        ),
        "plan": {"beta": 64.0},
        "cures": (
            (Both(es="β = 1", en="β = 1"), {"beta": 1.0}),
            (Both(es="β = 16", en="β = 16"), {"beta": 16.0}),
            (Both(es="β = 0, y subirla sobre la marcha", en="β = 0, and raise it on the way"), {"beta": 0.0}),
        ),
    },
}  # fmt: skip
