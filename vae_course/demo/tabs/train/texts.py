"""What the tab Train says."""

from ....text import Both

NAME = Both(es="Entrenar", en="Train")
LEAD = Both(
    es="Primero se aprende el promedio, después las diferencias: cada cuadro sale siempre del mismo z, y solo el "
    "decoder cambia.",
    en="First the average is learnt, then the differences: each picture comes from the same z all the time, and only "
    "the decoder changes.",
)
QUESTIONS = Both(es="Preguntas", en="Questions")
FIRST_LOSS = Both(  # what Questions asks about it
    es="¿Cuánto vale la pérdida antes de entrenar?", en="What is the loss before any training?"
)

BUTTONS = {
    "group": Both(es="Entrenamiento", en="Training"),
    "start": Both(es="Entrenar en vivo", en="Train live"),
    "pause": Both(es="Pausa", en="Pause"),
    "go on": Both(es="Seguir", en="Go on"),
    "step": Both(es="Un paso", en="One step"),
    "stop": Both(es="Terminar", en="Stop"),
    "play": Both(es="Ver desde el comienzo", en="Watch from the start"),
}
KNOBS = {
    "data": Both(es="Datos", en="Data"),
    "network": Both(es="Red", en="Network"),
    "latent": Both(es="Dimensión latente", en="Latent dimension"),
    "beta": Both(es="β", en="β"),
    "rate": Both(es="Tasa de aprendizaje", en="Learning rate"),
    "batch": Both(es="Imágenes por paso", en="Pictures a step"),
}
OPTIONS = {
    "data": {
        "drawn": Both(es="Rostros dibujados", en="Drawn faces"),
        "fashion": Both(es="Ropa (Fashion-MNIST)", en="Clothes (Fashion-MNIST)"),
        "own": Both(es="Un zip propio", en="A zip of one's own"),
    },
    "network": {
        "conv": Both(es="Convolucional", en="Convolutional"),
        "dense": Both(es="Densa", en="Dense"),
    },
}
SETTINGS = Both(
    es="{data}, red {network}, {latent} dimensiones, β = {beta}, tasa {rate}, {batch} imágenes por paso",
    en="{data}, {network} network, {latent} dimensions, β = {beta}, rate {rate}, {batch} pictures a step",
)
RECORDED = Both(es="Corrida grabada: rostros dibujados", en="Recorded run: drawn faces")
STATUS = {
    "waiting": Both(
        es="En la cola: lugar {place}. Hay {at_work} entrenamientos en curso; cada uno cede su turno a los 30 s.",
        en="In the queue: place {place}. {at_work} trainings are at work; each gives way after 30 s.",
    ),
    "preparing": Both(es="Preparando las imágenes…", en="Preparing the pictures…"),
    "running": Both(
        es="Paso {step}, {seconds} s de cómputo de {most}. β y la tasa se pueden mover sobre la marcha.",
        en="Step {step}, {seconds} s of computing out of {most}. β and the rate can be moved on the way.",
    ),
    "keeping": Both(
        es="El modelo pasa a las otras pestañas: sus códigos, su mapa y sus cifras…",
        en="The model goes to the other tabs: its codes, its map and its figures…",
    ),
    "paused": Both(es="En pausa en el paso {step}.", en="Paused at step {step}."),
    "stopped": Both(es="Terminado en el paso {step}.", en="Stopped at step {step}."),
    "finished": Both(
        es="Terminado en el paso {step}, tras {seconds} s de cómputo.",
        en="Finished at step {step}, after {seconds} s of computing.",
    ),
    "diverged": Both(es="Divergió en el paso {step}.", en="Diverged at step {step}."),
    "failed": Both(es="No pudo seguir.", en="It could not go on."),
}
DIVERGED = Both(
    es="La pérdida se disparó en el paso {step} hasta dejar de servir: con una tasa de {rate} cada paso salta más allá "
    "del valle. Remedios: una tasa cien veces menor; la red convolucional soporta una algo mayor, porque su "
    "normalización frena los saltos.",
    en="The loss shot up at step {step} until it was of no use: at a rate of {rate} each step leaps beyond the valley. "
    "Cures: a rate a hundred times smaller; the convolutional network bears a somewhat greater one, as its "
    "normalisation curbs the leaps.",
)
COLLAPSED = Both(
    es="Colapsó: la KL es casi 0 y la reconstrucción apenas mejora la imagen media, así que el decoder casi ignora z. "
    "Remedios: una β menor que {beta}, o comenzar con β = 0 y subirla sobre la marcha.",
    en="It collapsed: the KL is nearly 0 and the reconstruction hardly better than the mean image, so the decoder "
    "nearly ignores z. Cures: a β smaller than {beta}, or beginning with β = 0 and raising it on the way.",
)
CHARTS = {
    "step": Both(es="Paso", en="Step"),
    "steps": Both(es="paso (escala logarítmica)", en="step (logarithmic scale)"),
    "reconstruction": Both(es="Reconstrucción, en nats por imagen", en="Reconstruction, in nats a picture"),
    "kl": Both(es="KL, en nats por imagen", en="KL, in nats a picture"),
    "train": Both(es="batch de entrenamiento", en="training batch"),
    "held_back": Both(es="imágenes apartadas", en="held-back pictures"),
    "before": Both(es="corrida anterior", en="previous run"),
    "cut": Both(es="La curva sale por arriba", en="The curve leaves at the top"),
    "losses": Both(
        es="Apartadas: reconstrucción {reconstruction}, KL {kl} nats",
        en="Held back: reconstruction {reconstruction}, KL {kl} nats",
    ),
    "about": Both(
        es="Piso: lo que cuesta acertar cada píxel. No es 0 porque un gris no es ni 0 ni 1: es su propia entropía.",
        en="Floor: what it costs to get each pixel right. It is not 0, as a grey is neither 0 nor 1: its own entropy.",
    ),
    "next": Both(es="Próxima corrida", en="Next run"),
    "nothing": Both(es="no sabe nada", en="knows nothing"),
    "mean": Both(es="imagen media", en="mean image"),
    "floor": Both(es="piso", en="floor"),
    "sheet": Both(es="Siempre los mismos 24 z, sorteados del prior", en="Always the same 24 z, drawn from the prior"),
    "held": Both(
        es="Arriba, imágenes apartadas; abajo, su reconstrucción",
        en="Above, held-back pictures; below, their reconstruction",
    ),
    "live": Both(es="En vivo", en="Live"),
    "open": Both(
        es="El modelo ya está en las otras pestañas, solo para este navegador:",
        en="The model is in the other tabs now, for this browser only:",
    ),
    "generate": Both(es="Generar", en="Generate"),
    "reconstruct": Both(es="Reconstruir", en="Reconstruct"),
    "mix": Both(es="Mezclar", en="Mix"),
    "start": BUTTONS["start"],
    "again": Both(es="Empezar de nuevo", en="Start over"),
    "pause": BUTTONS["pause"],
    "go on": BUTTONS["go on"],
}  # fmt: skip
CHAPTERS = {
    "first": Both(
        es="Todavía no sabe nada: cada píxel se apuesta cerca de 0.5.",
        en="It knows nothing yet: every pixel is bet at about 0.5.",
    ),
    "average": Both(
        es="Aprende el promedio: los 24 z dan casi la misma mancha.",
        en="It learns the average: all 24 z give nearly the same smudge.",
    ),
    "differences": Both(
        es="Por debajo de la imagen media se llega solo por z: la KL despierta y las imágenes se separan.",
        en="Below the mean image one gets only through z: the KL wakes up and the pictures part.",
    ),
    "details": Both(
        es="Hacia el piso: cada detalle cuesta KL, y los que no la valen quedan borrosos.",
        en="Towards the floor: each detail costs KL, and those not worth it stay blurred.",
    ),
    "lag": Both(
        es="La lámina y las imágenes apartadas van detrás del batch: usan los promedios de la normalización por "
        "batches, que tardan unos 30 pasos en ponerse al día.",
        en="The sheet and the held-back pictures are behind the batch: they use batch normalisation's averages, which "
        "take some 30 steps to catch up.",
    ),
    "worse": Both(
        es="Peor que no saber nada: los pasos son demasiado grandes.",
        en="Worse than knowing nothing: the steps are too large."
    ),
}  # fmt: skip
ALTS = {
    "samples": Both(es="24 muestras de los mismos z", en="24 samples of the same z"),
    "originals": Both(es="Ocho imágenes apartadas", en="Eight held-back pictures"),
    "rebuilt": Both(es="Sus ocho reconstrucciones", en="Their eight reconstructions"),
}
SAVE = Both(es="Descargar la lámina", en="Download the sheet")
ZIP = Both(es="Subir un zip de imágenes", en="Upload a zip of pictures")
UPLOADING = Both(es="Leyendo el zip…", en="Reading the zip…")
UPLOADED = Both(
    es="{n} imágenes listas, a 32 × 32; solo este navegador las usa.",
    en="{n} pictures ready, at 32 × 32; only this browser uses them.",
)
SENTENCES = {"problems": Both(es="Los problemas de siempre", en="The usual problems")}
HINT = Both(
    es="Cada uno arranca un entrenamiento que sale mal a propósito, y ofrece sus remedios.",
    en="Each starts a training that goes wrong on purpose, and offers its cures.",
)
CURES = Both(es="Remedios para probar", en="Cures to try")
