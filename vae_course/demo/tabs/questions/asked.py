"""What the tab Questions asks: the assignment's questions and the lessons', with predictions to pick from.

Fields such as {kept} are numbers of the question's experiment (experiments.py), filled in when it has run.
"""

from dataclasses import dataclass

from ..text import Both


@dataclass(frozen=True)
class Option:
    """A prediction to pick, whether the experiment bears it out, and what there is to say about it then."""

    text: Both
    fits: bool
    said: Both

    @property
    def verdict(self) -> Both:
        return FITS if self.fits else FAILS


@dataclass(frozen=True)
class Question:
    """Predict, experiment, compare."""

    where: Both
    title: Both
    before: Both  # what the experiment will do
    options: tuple[Option, ...]
    seen: Both  # the experiment in one sentence, with its numbers
    why: Both  # the explanation; an empty line parts paragraphs
    levels: tuple[Both, Both, Both]  # how far a written answer goes


FITS, FAILS = Both(es="se cumple", en="borne out"), Both(es="no se cumple", en="not borne out")
ASSIGNMENT = Both(es="De la tarea", en="From the assignment")
LESSON = Both(es="Lección {number}", en="Lesson {number}")

ASKED = {
    "blurry": Question(
        ASSIGNMENT,
        Both(es="¿Por qué pueden salir borrosas las imágenes generadas?", en="Why can generated images be blurry?"),
        Both(
            es="El experimento promedia rostros parecidos y muestra una misma red, entrenada y muestreada de tres "
            "maneras.",
            en="What follows averages faces that are alike, then shows one network trained and sampled in three ways.",
        ),
        (
            Option(
                Both(es="A la red le faltan capas o filtros.", en="The network lacks layers or filters."),
                False,
                Both(
                    es="La red de las tres láminas es la misma: {parameters} parámetros. Lo que cambia es la pérdida "
                    "y z.",
                    en="The network of the three sheets is the same: {parameters} parameters. Loss and z differ.",
                ),
            ),
            Option(
                Both(es="Le faltan épocas de entrenamiento.", en="It was not trained for long enough."),
                False,
                Both(
                    es="Con las mismas {epoch} épocas, una pérdida da {db_soft} dB y la otra {db_sharp} dB.",
                    en="After the same {epoch} epochs one loss gives {db_soft} dB, the other {db_sharp} dB.",
                ),
            ),
            Option(
                Both(
                    es="Ante la duda, el modelo responde con el promedio de lo posible.",
                    en="Where it is unsure, the model answers with the average of what is possible.",
                ),
                True,
                Both(
                    es="Sí: la media de {count} rostros nítidos conserva {kept} de la nitidez.",
                    en="Yes: the mean of {count} sharp faces keeps {kept} of the sharpness.",
                ),
            ),
            Option(
                Both(
                    es="Los z sorteados caen donde no hay códigos de imágenes.",
                    en="The z that are drawn fall where no picture has its code.",
                ),
                True,
                Both(
                    es="Es una de las tres causas: con z de la gaussiana ajustada, la misma red genera mejor.",
                    en="It is one of three causes: with z from the fitted Gaussian the same network generates better.",
                ),
            ),
        ),
        Both(
            es="La media de {count} rostros nítidos conserva {kept} de la nitidez. La misma red compra {kl_soft} nats "
            "con σ = 0.71 supuesta y {kl_sharp} nats con σ = {sigma} medida.",
            en="The mean of {count} sharp faces keeps {kept} of the sharpness. The same network buys {kl_soft} nats "
            "when σ = 0.71 is assumed and {kl_sharp} nats when σ = {sigma} is measured.",
        ),
        Both(
            es="La media de muchas imágenes nítidas es una imagen borrosa. Un decoder que no sabe cuál de ellas es "
            "responde con la media, porque es lo que menos error cuadrático tiene.\n\n"
            "Por qué no lo sabe tiene tres causas. El ruido supuesto: sumar errores al cuadrado equivale a suponer "
            "σ = 0.71 por píxel, y con tanto ruido un detalle fino parece azar. La tasa perdida: entonces el "
            "detalle no vale su KL, y el código guarda {kl_soft} nats en vez de {kl_sharp}. Y z sorteado en el "
            "lugar equivocado: aun la red nítida da manchas si z sale de un prior donde no viven los códigos.",
            en="The mean of many sharp pictures is a blurred one. A decoder that can't tell which of them it is "
            "answers with the mean, because that has the least squared error.\n\n"
            "Why it can't tell has three causes. Assumed noise: adding squared errors amounts to assuming σ = 0.71 "
            "per pixel, and in so much noise fine detail looks like chance. Lost rate: detail is then not worth its "
            "KL, and the code keeps {kl_soft} nats instead of {kl_sharp}. And misplaced samples: even the sharp "
            "network gives smears when z comes from a prior where no codes live.",
        ),
        (
            Both(es="«Faltan capas».", en="“Too few layers.”"),
            Both(es="La media de imágenes plausibles.", en="The mean of plausible pictures."),
            Both(
                es="Separa ruido supuesto, tasa perdida y muestras mal ubicadas, cada una con una figura.",
                en="Separates assumed noise, lost rate and misplaced samples, each with a figure.",
            ),
        ),
    ),
    "latent": Question(
        ASSIGNMENT,
        Both(
            es="¿Cómo afecta la dimensión latente a la generación?",
            en="How does the latent dimension affect generation?",
        ),
        Both(
            es="Cuatro modelos de ropa que solo difieren en D: 2, 8, 32 y 128 dimensiones. Luego, los mismos sin KL.",
            en="Four models of clothes that differ in D only: 2, 8, 32 and 128 dimensions. Then the same without KL.",
        ),
        (
            Option(
                Both(
                    es="Más dimensiones, siempre mejores imágenes.", en="The more dimensions, the better the pictures."
                ),
                False,
                Both(
                    es="De 2 a 8 sí; después, no: PSNR de {psnr} dB.",
                    en="From 2 to 8, yes; after that, no: PSNR of {psnr} dB.",
                ),
            ),
            Option(
                Both(
                    es="Desde cierto número casi nada cambia: las que sobran quedan sin usar.",
                    en="Beyond some number hardly anything changes: those to spare stay unused.",
                ),
                True,
                Both(
                    es="Sí: de 2, 8, 32 y 128 ofrecidas, con β = 1 se usan {active}.",
                    en="Yes: of 2, 8, 32 and 128 offered, β = 1 uses {active}.",
                ),
            ),
            Option(
                Both(
                    es="Con muchas, el modelo copia las imágenes de memoria.",
                    en="With many, the model learns the pictures by heart.",
                ),
                False,
                Both(
                    es="Con 128 y β = 1 reconstruye como con 8: la KL no deja comprar más.",
                    en="With 128 and β = 1 it reconstructs as with 8: the KL stops it from buying more.",
                ),
            ),
        ),
        Both(
            es="Dimensiones activas con β = 1: {active}; con β = 0: {active_0}. PSNR con β = 1: {psnr} dB; con β = 0: "
            "{psnr_0} dB.",
            en="Active dimensions with β = 1: {active}; with β = 0: {active_0}. PSNR with β = 1: {psnr} dB; with "
            "β = 0: {psnr_0} dB.",
        ),
        Both(
            es="Dos números no alcanzan: la distorsión es alta. Con 8 alcanza, y más dimensiones no mejoran nada: "
            "cada dimensión activa cuesta KL, y el modelo solo paga mientras el detalle que compra valga más. Las "
            "demás se igualan al prior y el decoder las ignora.\n\n"
            "Sin KL nada cuesta: se usan las 128 y la reconstrucción mejora, pero z del prior cae lejos de los "
            "códigos y las muestras se pierden. La dimensión es un techo; quien decide cuánta información pasa es "
            "la KL.",
            en="Two numbers are too few: distortion is high. Eight are enough, and more dimensions improve nothing: "
            "each active dimension costs KL, and the model pays only while the detail that it buys is worth more. "
            "The others settle on the prior and the decoder ignores them.\n\n"
            "Without KL nothing has a price: all 128 are used and reconstruction improves, but z from the prior "
            "falls far from the codes and samples are lost. The dimension is a ceiling; the KL decides how much "
            "passes.",
        ),
        (
            Both(es="Solo la dirección: «más es mejor».", en="The direction only: “more is better”."),
            Both(es="Tasa y distorsión, ambas.", en="Rate and distortion, both."),
            Both(
                es="Por qué 128 dimensiones cambian poco aquí, mientras β = 0 las usa todas.",
                en="Why 128 dimensions change little here, while β = 0 uses them all.",
            ),
        ),
    ),
    "beta": Question(
        ASSIGNMENT,
        Both(es="¿Qué pasa cuando β crece?", en="What happens when β grows?"),
        Both(
            es="Cinco modelos que solo difieren en β, el precio de la KL: 0, 1, 4, 16 y 64. Mismas imágenes y semilla.",
            en="Five models that differ in β only, the KL's price: 0, 1, 4, 16 and 64. Same pictures, same seed.",
        ),
        (
            Option(
                Both(es="Todo mejora: β regulariza.", en="All improves: β regularises."),
                False,
                Both(
                    es="La reconstrucción empeora siempre: {psnr} dB de PSNR.",
                    en="Reconstruction gets worse at each step: {psnr} dB of PSNR.",
                ),
            ),
            Option(
                Both(
                    es="Se reconstruye peor; se genera mejor hasta cierto punto, y al final todo es igual.",
                    en="It reconstructs worse; it generates better up to a point, and in the end all is the same.",
                ),
                True,
                Both(
                    es="Sí: la mejor PSNR es la de β = 0, cuyas muestras llegan a {classes_0} de 10 clases; las de "
                    "β = 1, a {classes_1}; las de β = 64, a {classes_64}.",
                    en="Yes: the best PSNR is that of β = 0, whose samples reach {classes_0} of 10 classes; those of "
                    "β = 1 reach {classes_1}, those of β = 64 {classes_64}.",
                ),
            ),
            Option(
                Both(es="Las imágenes no cambian, solo el número.", en="The pictures stay, only the number changes."),
                False,
                Both(
                    es="Cambian: con β = 64 todas las salidas son la misma imagen.",
                    en="They change: at β = 64 every output is the same picture.",
                ),
            ),
        ),
        Both(
            es="Con β = 0, 1, 4, 16, 64 la KL vale {kl} nats y quedan {active} dimensiones activas; PSNR: {psnr} dB.",
            en="At β = 0, 1, 4, 16, 64 the KL is {kl} nats and {active} dimensions are active; PSNR: {psnr} dB.",
        ),
        Both(
            es="β es el precio de un nat. Al subir, el modelo compra menos información: se apagan dimensiones, sube "
            "la distorsión y los códigos se acercan al prior. Por eso, al pasar β de 0 a 1, las muestras del "
            "prior pasan de {classes_0} clases a {classes_1}.\n\n"
            "Si el precio pasa de lo que vale cualquier detalle, no se compra nada: colapso del posterior. El "
            "decoder ignora z y devuelve siempre la imagen media, con {distortion} nats de distorsión. Un β dado es "
            "un punto de la curva; ninguno es el mejor para todo, y las pérdidas con distinto β no se comparan "
            "entre sí.",
            en="β is the price of a nat. As it rises the model buys less information: dimensions go dark, "
            "distortion rises and the codes draw near to the prior. That is why prior samples go from {classes_0} "
            "classes to {classes_1} as β goes from 0 to 1.\n\n"
            "Once the price exceeds what any detail is worth, nothing is bought: posterior collapse. The decoder "
            "ignores z and always returns the mean picture, at {distortion} nats of distortion. A β is a point on "
            "the curve; none is best for all, and losses at different β can't be compared.",
        ),
        (
            Both(es="Solo la dirección.", en="The direction only."),
            Both(es="Tasa y distorsión, con números.", en="Rate and distortion, with numbers."),
            Both(
                es="Además, dónde empieza el colapso y cómo se reconoce.",
                en="Also where collapse begins, and its signs.",
            ),
        ),
    ),
    "faces": Question(
        ASSIGNMENT,
        Both(
            es="¿Son diversos y realistas los rostros generados?", en="Are the generated faces diverse and realistic?"
        ),
        Both(
            es="Se generan rostros de cuatro maneras y se mide cuánto difieren entre sí y qué tan nítidos son, "
            "frente a fotos reales.",
            en="Faces are generated in four ways; how much they differ and how sharp they are is measured against "
            "photographs.",
        ),
        (
            Option(
                Both(es="Diversos y realistas a la vez.", en="Diverse and realistic at once."),
                False,
                Both(
                    es="Lo más cercano es la gaussiana ajustada: {gaussian_spread} de la diversidad, "
                    "{gaussian_sharp} de la nitidez.",
                    en="The fitted Gaussian comes nearest: {gaussian_spread} of the diversity, {gaussian_sharp} of the "
                    "sharpness.",
                ),
            ),
            Option(
                Both(es="Realistas, pero todos parecidos.", en="Realistic, but all alike."),
                False,
                Both(
                    es="Solo lo segundo, con temperatura 0.5: {cool_spread} de la diversidad, pero {cool_sharp} de la "
                    "nitidez.",
                    en="Only the latter, at temperature 0.5: {cool_spread} of the diversity, but {cool_sharp} of the "
                    "sharpness.",
                ),
            ),
            Option(
                Both(es="Diversos, pero poco nítidos.", en="Diverse, but not very sharp."),
                True,
                Both(
                    es="Con la gaussiana ajustada, sí: {gaussian_spread} y {gaussian_sharp}.",
                    en="With the fitted Gaussian, yes: {gaussian_spread} and {gaussian_sharp}.",
                ),
            ),
            Option(
                Both(es="Depende de dónde salga z.", en="It depends on where z comes from."),
                True,
                Both(
                    es="Sí: el mismo decoder da {prior_spread} de diversidad con el prior y {gaussian_spread} con la "
                    "gaussiana.",
                    en="Yes: the same decoder gives {prior_spread} of the diversity with the prior, {gaussian_spread} "
                    "with the Gaussian.",
                ),
            ),
        ),
        Both(
            es="Diversidad y nitidez frente a fotos: prior {prior_spread} y {prior_sharp}; gaussiana ajustada "
            "{gaussian_spread} y {gaussian_sharp}; temperatura 0.5 {cool_spread} y {cool_sharp}; modelo borroso "
            "{soft_spread} y {soft_sharp}.",
            en="Diversity and sharpness against photos: prior {prior_spread} and {prior_sharp}; fitted Gaussian "
            "{gaussian_spread} and {gaussian_sharp}; temperature 0.5 {cool_spread} and {cool_sharp}; blurry model "
            "{soft_spread} and {soft_sharp}.",
        ),
        Both(
            es="Realismo y diversidad son dos preguntas, y un solo número no contesta ambas: bajar la temperatura da "
            "rostros más seguros y más iguales; subirla, más variedad y más errores. Estas medidas son sencillas: una "
            "mancha de colores también puede ser nítida y diversa, y por eso hacen falta los ojos.\n\n"
            "El fondo, el pelo largo y los accesorios fallan más que los ojos y la boca, que están siempre en el mismo "
            "sitio. Y la diversidad tiene un límite anterior al modelo: solo hay rostros como los que aprendió.",
            en="Realism and diversity are two questions, and one number does not answer both: a lower temperature "
            "gives safer faces that are more alike; a higher one more variety and more mistakes. These measures are "
            "simple: a smear of colours can be sharp and diverse too, so eyes are needed.\n\n"
            "Background, long hair and accessories fail more often than eyes and mouth, which are always in the "
            "same place. And diversity has a limit that comes before the model: there are only faces like those it "
            "learnt.",
        ),
        (
            Both(es="Una opinión: «se ven bien».", en="An opinion: “they look good”."),
            Both(es="Una lámina y un número.", en="A sheet and one number."),
            Both(
                es="Realismo y diversidad por separado, frente a imágenes reales, y qué falla.",
                en="Realism and diversity apart, against real pictures, and what fails.",
            ),
        ),
    ),
    "collapse": Question(
        ASSIGNMENT,
        Both(es="¿Hay colapso de modos?", en="Is there mode collapse?"),
        Both(
            es="Ropa generada con β = 0, 1 y 64. ¿Cuáles muestras quedan más cerca de imágenes reales, y cuáles son "
            "todas iguales?",
            en="Clothes generated at β = 0, 1 and 64. Which samples lie nearest to real pictures, and which are all "
            "alike?",
        ),
        (
            Option(
                Both(es="Sí: el modelo solo sabe unas pocas prendas.", en="Yes: the model knows only a few clothes."),
                False,
                Both(
                    es="Con β = 1 las muestras llegan a {one_classes} de 10 clases.",
                    en="At β = 1 the samples reach {one_classes} of 10 classes.",
                ),
            ),
            Option(
                Both(
                    es="No: si con β = 0 salen manchas, es porque z cae donde no hay códigos.",
                    en="No: where β = 0 gives smudges, z falls where there are no codes.",
                ),
                True,
                Both(
                    es="Sí: con z de otro lugar, el mismo decoder pasa de {free_classes} a {fitted_classes} clases.",
                    en="Yes: with z from elsewhere the same decoder goes from {free_classes} to {fitted_classes}.",
                ),
            ),
            Option(
                Both(
                    es="El mejor modelo es el de muestras más cercanas a imágenes reales.",
                    en="The best model is the one whose samples lie nearest to real pictures.",
                ),
                False,
                Both(
                    es="Las manchas de β = 0 quedan a {free_near} y la única imagen de β = 64, a {dead_near}: no "
                    "más lejos que una imagen de la galería, que queda a {real_near}.",
                    en="The smudges of β = 0 lie at {free_near} and the one picture of β = 64 at {dead_near}: no "
                    "farther than a picture of the gallery, which lies at {real_near}.",
                ),
            ),
        ),
        Both(
            es="Dos muestras difieren en promedio en {free_spread} con β = 0, y llegan a {free_classes} de 10 clases; "
            "con β = 1, en {one_spread} ({one_classes} de 10); con β = 64, en {dead_spread} ({dead_classes} de 10). "
            "Dos imágenes de la galería, en {real_spread}. Con z de la gaussiana ajustada, β = 0 pasa a "
            "{fitted_spread} y {fitted_classes} de 10.",
            en="Two samples differ on average by {free_spread} at β = 0, and reach {free_classes} of 10 classes; at "
            "β = 1 by {one_spread} ({one_classes} of 10); at β = 64 by {dead_spread} ({dead_classes} of 10). Two "
            "pictures of the gallery, by {real_spread}. With z from the fitted Gaussian β = 0 goes to {fitted_spread} "
            "and {fitted_classes} of 10.",
        ),
        Both(
            es="Aquí no. El colapso de modos, el de las GAN, es dejar sin generar parte de los datos aunque z "
            "varíe. A un VAE le cuesta olvidar una clase, porque paga el error de cada imagen; si la KL cuesta "
            "más, como con β = 64, las olvida todas a la vez.\n\n"
            "Hay tres cosas que se le parecen. z sorteado en el lugar equivocado: con β = 0 los códigos viven lejos "
            "del prior y z cae en un hueco; la gaussiana ajustada lo repara. Colapso del posterior: con β = 64 el "
            "decoder ignora z. Memorizar: muestras a distancia casi 0 de una imagen de entrenamiento. La distancia "
            "a lo real por sí sola premia lo oscuro y lo borroso; hace falta también la diversidad.",
            en="Not here. Mode collapse, that of GANs, is to leave part of the data ungenerated however z varies. To "
            "forget a class is dear to a VAE, which pays for the error of every picture; where the KL is dearer, as "
            "at β = 64, it forgets all of them at once.\n\n"
            "Three things look like it. z drawn in the wrong place: at β = 0 the codes live far from the prior and z "
            "falls into a hole; the fitted Gaussian repairs it. Posterior collapse: at β = 64 the decoder ignores z. "
            "Memorising: samples nearly at distance 0 from a training picture. Distance to real ones alone rewards "
            "what is dark or blurred; diversity is needed too.",
        ),
        (
            Both(es="Una opinión.", en="Just an opinion."),
            Both(es="Una lámina y un número.", en="A sheet and one number."),
            Both(
                es="Realismo con diversidad; separa colapso de modos, del posterior, z mal ubicado y memoria.",
                en="Realism with diversity; tells mode collapse from posterior collapse, misplaced z and memorising.",
            ),
        ),
    ),
    "pixels": Question(
        LESSON.format(number="1"),
        Both(
            es="¿Por qué una imagen al azar nunca parece un rostro?",
            en="Why does a random picture never look like a face?",
        ),
        Both(
            es="Tres sorteos: cada píxel al azar; cada píxel de su propio histograma; 64 números sobre componentes "
            "principales.",
            en="Three draws: each pixel at random; each pixel from its own histogram; 64 numbers over principal "
            "components.",
        ),
        (
            Option(
                Both(es="Ninguno dará un rostro.", en="None of them will give a face."),
                False,
                Both(es="El tercero casi lo logra.", en="The third nearly does."),
            ),
            Option(
                Both(es="Basta con el histograma de cada píxel.", en="Each pixel's histogram will do."),
                False,
                Both(
                    es="Da un fantasma con ruido: los píxeles no se ponen de acuerdo.",
                    en="It gives a noisy ghost: the pixels don't agree with each other.",
                ),
            ),
            Option(
                Both(es="Solo el tercero, el de pocos números.", en="Only the third, the one of few numbers."),
                True,
                Both(
                    es="Sí: 16 componentes explican ya {share} de lo que varía.",
                    en="Yes: 16 components explain {share} of what varies.",
                ),
            ),
        ),
        Both(
            es="De {values} valores por imagen, 16 componentes explican {share} de la variación.",
            en="Of {values} values a picture, 16 components explain {share} of the variation.",
        ),
        Both(
            es="Los píxeles dependen unos de otros. El segundo sorteo conoce cada píxel por separado y aun así "
            "falla; el tercero sabe cuáles cambian juntos.\n\n"
            "Pocas direcciones bastan: de ahí la idea de un vector latente, unos cuantos números de los que la "
            "imagen sale entera. Un VAE cambia los componentes rectos de PCA por caminos curvos.",
            en="Pixels depend on each other. The second draw knows each pixel by itself and fails all the same; the "
            "third knows which ones change together.\n\n"
            "Few directions are enough: hence the idea of a latent vector, some numbers from which the whole picture "
            "follows. A VAE replaces PCA's straight components by curved paths.",
        ),
        (
            Both(es="«Es más realista».", en="“It is more realistic.”"),
            Both(es="Los píxeles dependen unos de otros.", en="Pixels depend on each other."),
            Both(
                es="Pocas direcciones bastan, y de ahí un vector latente, con un número.",
                en="Few directions suffice, hence a latent vector, with a number.",
            ),
        ),
    ),
    "bottleneck": Question(
        LESSON.format(number="2"),
        Both(
            es="Un autoencoder reconstruye. ¿También genera?", en="An autoencoder reconstructs. Does it generate too?"
        ),
        Both(
            es="Autoencoders (β = 0) de 2, 8 y 32 números. ¿Más números ayudan a reconstruir? ¿Y a decodificar un "
            "código al azar?",
            en="Autoencoders (β = 0) of 2, 8 and 32 numbers. Do more numbers help reconstruction? Do they help to "
            "decode a random code?",
        ),
        (
            Option(
                Both(es="Ayudan a ambas cosas.", en="They help both."),
                False,
                Both(
                    es="Solo a reconstruir: {psnr_2}, {psnr_8}, {psnr_32} dB.",
                    en="Reconstruction only: {psnr_2}, {psnr_8}, {psnr_32} dB.",
                ),
            ),
            Option(
                Both(es="A reconstruir sí, a generar no.", en="Reconstruction yes, generation no."),
                True,
                Both(
                    es="Sí: los códigos viven {far_2}, {far_8} y {far_32} veces más lejos que el prior.",
                    en="Yes: the codes live {far_2}, {far_8} and {far_32} times as far out as the prior.",
                ),
            ),
            Option(
                Both(es="A ninguna: 2 números alcanzan.", en="Neither: 2 numbers are enough."),
                False,
                Both(
                    es="De 2 a 8 números se ganan varios dB: {psnr_2} y {psnr_8}.",
                    en="From 2 to 8 numbers some dB are won: {psnr_2} and {psnr_8}.",
                ),
            ),
        ),
        Both(
            es="PSNR con 2, 8 y 32 números: {psnr_2}, {psnr_8} y {psnr_32} dB. Los códigos viven {far_2}, {far_8} y "
            "{far_32} veces más lejos que los z del prior.",
            en="PSNR with 2, 8 and 32 numbers: {psnr_2}, {psnr_8} and {psnr_32} dB. The codes live {far_2}, {far_8} "
            "and {far_32} times as far out as the z of the prior.",
        ),
        Both(
            es="El decoder solo aprendió los puntos que el encoder le dio. Entre ellos y alrededor hay regiones que "
            "nunca vio, y cuantas más dimensiones, más hueco queda.\n\n"
            "Falta algo más: nada dice de dónde sortear z. Por eso el VAE le pide a cada código que sea una nube "
            "cercana a una distribución conocida.",
            en="The decoder learnt only the points that the encoder gave it. Between and around them lie regions "
            "that it never saw, and the more dimensions, the more emptiness.\n\n"
            "One more thing is missing: nothing says where to draw z from. That is why a VAE asks each code to be a "
            "cloud near a known distribution.",
        ),
        (
            Both(es="Culpa al tamaño.", en="Blames the size."),
            Both(es="Regiones que el decoder nunca vio.", en="Regions that the decoder never saw."),
            Both(
                es="Nada dice de dónde sortear: z necesita una distribución.",
                en="Nothing says where to draw from: z needs a distribution.",
            ),
        ),
    ),
    "redraws": Question(
        LESSON.format(number="3"),
        Both(es="¿Por qué difieren los sorteos de una misma imagen?", en="Why do draws of one picture differ?"),
        Both(
            es="Una foto pasa por el encoder una sola vez. Con su μ y su σ se sortean seis z y se decodifican: con σ "
            "en 0, con la del modelo y con el triple.",
            en="A photograph goes through the encoder once. With its μ and σ six z are drawn and decoded: with σ set "
            "to 0, with the model's and with three times that.",
        ),
        (
            Option(
                Both(es="El decoder agrega ruido al pintar.", en="The decoder adds noise when it paints."),
                False,
                Both(
                    es="Con el mismo z pinta siempre lo mismo: con σ = 0 los seis difieren en {none} %.",
                    en="From one z it always paints the same: with σ = 0 the six differ by {none} %.",
                ),
            ),
            Option(
                Both(es="Falta entrenamiento: luego serán iguales.", en="It is undertrained: later they will agree."),
                False,
                Both(
                    es="La KL no deja que σ llegue a 0, por más que se entrene. Aquí σ = {sigma} en promedio.",
                    en="The KL keeps σ from 0 however long one trains. Here σ = {sigma} on average.",
                ),
            ),
            Option(
                Both(
                    es="El código es una nube, y cada sorteo toma de ella otro z.",
                    en="The code is a cloud, and each draw takes another z from it.",
                ),
                True,
                Both(
                    es="Sí: más ancha la nube, más difieren: {none}, {usual} y {wide} %.",
                    en="Yes: the wider the cloud the more they differ: {none}, {usual} and {wide} %.",
                ),
            ),
        ),
        Both(
            es="Diferencia media por píxel entre dos sorteos: con σ en 0, {none} %; con la del modelo, {usual} %; "
            "con el triple, {wide} %.",
            en="Mean difference per pixel between two draws: with σ set to 0, {none} %; with the model's, {usual} %; "
            "with three times that, {wide} %.",
        ),
        Both(
            es="El encoder no da un punto sino μ y σ: una nube. De ella sale z = μ + σ·ε, y solo ε cambia de un "
            "sorteo a otro. El decoder no sortea nada.\n\n"
            "Por eso se parecen: el decoder aprendió a que toda la nube diga la misma foto. Lo que cambia es lo que "
            "el código no fija. Más allá de la nube, con el triple de σ, ya sale otra persona.",
            en="The encoder gives no point but μ and σ: a cloud. From it comes z = μ + σ·ε, and only ε changes from "
            "one draw to the next. The decoder draws nothing.\n\n"
            "That is why they are alike: the decoder learnt to let the whole cloud tell the same photograph. What "
            "changes is what the code leaves open. Beyond the cloud, at three times σ, another person appears.",
        ),
        (
            Both(es="«Hay azar».", en="“There is chance.”"),
            Both(es="El azar está en z, no en el decoder.", en="The chance is in z, not in the decoder."),
            Both(
                es="Y σ dice cuánto: sin nube no difieren, y la KL la mantiene abierta.",
                en="And σ says how much: without a cloud they do not differ, and the KL keeps it open.",
            ),
        ),
    ),
    "sigma": Question(
        LESSON.format(number="3"),
        Both(es="¿Quién mantiene abierta la nube?", en="What keeps the cloud open?"),
        Both(
            es="Se minimiza E[(z − 3)²] con z = μ + σ·ε, desde μ = 0 y σ = 1. ¿A dónde van μ y σ?",
            en="E[(z − 3)²] is minimised with z = μ + σ·ε, from μ = 0 and σ = 1. Where do μ and σ go?",
        ),
        (
            Option(
                Both(es="μ va a 3 y σ se queda en 1.", en="μ goes to 3 and σ stays at 1."),
                False,
                Both(
                    es="σ también baja, hasta {sigma_alone}: el ruido solo estorba.",
                    en="σ falls too, down to {sigma_alone}: noise is only in the way.",
                ),
            ),
            Option(
                Both(es="μ va a 3 y σ hacia 0.", en="μ goes to 3 and σ towards 0."),
                True,
                Both(
                    es="Sí: μ = {mu_alone}, σ = {sigma_alone}.", en="Yes: it ends at μ = {mu_alone}, σ = {sigma_alone}."
                ),
            ),
            Option(
                Both(es="Nada se mueve: el azar corta el gradiente.", en="Nothing moves: chance cuts the gradient."),
                False,
                Both(
                    es="Eso pasa con z.detach(). El truco vuelve al azar una entrada, y el gradiente llega a μ y σ.",
                    en="That happens with z.detach(). The trick makes chance an input, and the gradient reaches μ "
                    "and σ.",
                ),
            ),
        ),
        Both(
            es="Sin KL: μ = {mu_alone} y σ = {sigma_alone}. Con z.detach(): μ = {mu_cut}, σ = {sigma_cut}. Con KL: "
            "μ = {mu_kl}, σ = {sigma_kl}.",
            en="Without KL: μ = {mu_alone} and σ = {sigma_alone}. With z.detach(): μ = {mu_cut}, σ = {sigma_cut}. With "
            "KL: μ = {mu_kl}, σ = {sigma_kl}.",
        ),
        Both(
            es="μ + σ·ε deja pasar el gradiente porque el azar, ε, es una entrada más: z depende de μ y σ por una "
            "cuenta ordinaria.\n\n"
            "Como el error crece con el ruido, σ baja hacia 0 y la nube se vuelve punto. Algo debe sostenerla: con "
            "la KL el óptimo exacto es μ = 2 y σ = 1/√3 ≈ 0.58.",
            en="μ + σ·ε lets the gradient through because chance, ε, is one more input: z depends on μ and σ by "
            "ordinary arithmetic.\n\n"
            "As the error grows with the noise, σ falls towards 0 and the cloud becomes a point. Something has to "
            "hold it up: with the KL the exact optimum is μ = 2 and σ = 1/√3 ≈ 0.58.",
        ),
        (
            Both(es="Recita la fórmula.", en="Recites the formula."),
            Both(es="El azar se volvió una entrada.", en="Chance became an input."),
            Both(es="Y dice qué le pasa a σ sin KL.", en="And says what happens to σ without KL."),
        ),
    ),
    "noise": Question(
        LESSON.format(number="4"),
        Both(es="¿Qué ruido supone sumar errores al cuadrado?", en="Which noise does a sum of squared errors assume?"),
        Both(
            es="Sumar errores al cuadrado con β = 1 es suponer píxeles con ruido gaussiano. Se le pone ese ruido a un "
            "rostro.",
            en="Adding squared errors with β = 1 is to assume Gaussian pixel noise. A face is shown with that noise.",
        ),
        (
            Option(
                Both(es="Ninguno: es solo una medida de error.", en="None: it only measures error."),
                False,
                Both(
                    es="Todo error cuadrático es −log de una gaussiana, con alguna σ.",
                    en="Any squared error is −log of a Gaussian, with some σ.",
                ),
            ),
            Option(
                Both(es="Poco, σ ≈ 0.05, apenas visible.", en="Little, σ ≈ 0.05, hardly visible."),
                False,
                Both(
                    es="Eso es lo que el modelo logra de verdad: σ = {sigma}.",
                    en="That is what the model really achieves: σ = {sigma}.",
                ),
            ),
            Option(
                Both(es="Muchísimo, σ ≈ 0.7: tapa el rostro.", en="Very much, σ ≈ 0.7: it hides the face."),
                True,
                Both(es="Sí: 1/(2σ²) = 1 da σ = 0.71.", en="Yes: 1/(2σ²) = 1 gives σ = 0.71."),
            ),
        ),
        Both(
            es="σ supuesta 0.71, σ medida {sigma}. Con la supuesta el modelo compra {kl_soft} nats y logra "
            "{db_soft} dB; con la medida, {kl_sharp} nats y {db_sharp} dB.",
            en="σ assumed 0.71, σ measured {sigma}. With the assumed one the model buys {kl_soft} nats and reaches "
            "{db_soft} dB; with the measured one {kl_sharp} nats and {db_sharp} dB.",
        ),
        Both(
            es="El error cuadrático más β veces la KL es un decoder gaussiano de varianza β/2. Con β = 1, σ = 0.71 "
            "en una escala de 0 a 1: como si casi todo fuera ruido.\n\n"
            "Bajo ese supuesto el detalle no vale su KL y el modelo no lo compra. Promediar sobre los píxeles es "
            "todavía más: equivale a β = 12 288 sobre la suma.",
            en="Squared error plus β times the KL is a Gaussian decoder of variance β/2. At β = 1, σ = 0.71 on a "
            "scale from 0 to 1: as if nearly all were noise.\n\n"
            "Under that assumption detail is not worth its KL and the model does not buy it. Averaging over pixels "
            "goes further still: it amounts to β = 12,288 on the sum.",
        ),
        (
            Both(es="«El MSE emborrona».", en="“MSE blurs.”"),
            Both(es="Una gaussiana de σ fija.", en="A Gaussian of fixed σ."),
            Both(
                es="σ 0.71, mientras los dB medidos dicen menos de 0.08: el detalle no vale su KL.",
                en="σ 0.71, while the measured dB mean less than 0.08: detail is not worth its KL.",
            ),
        ),
    ),
    "first": Question(
        LESSON.format(number="5"),
        Both(es="¿Cuánto vale la pérdida antes de entrenar?", en="What is the loss before any training?"),
        Both(
            es="Una red recién creada mira ropa de 784 píxeles. Su BCE se compara con la de la imagen media y la de "
            "una red entrenada.",
            en="A new network looks at clothes of 784 pixels. Its BCE is compared with the mean picture's and a "
            "trained network's.",
        ),
        (
            Option(
                Both(es="Cualquier cosa: depende del azar.", en="Anything: it depends on chance."),
                False,
                Both(
                    es="Casi no depende: con otra semilla da lo mismo, unos {fresh} nats.",
                    en="Hardly: another seed gives the same, some {fresh} nats.",
                ),
            ),
            Option(
                Both(es="784 · ln 2 ≈ 543 nats.", en="It is 784 · ln 2 ≈ 543 nats."),
                True,
                Both(
                    es="Sí: sin saber nada, cada píxel sale 0.5 y cuesta ln 2.",
                    en="Yes: knowing nothing, each pixel is 0.5 and costs ln 2.",
                ),
            ),
            Option(
                Both(es="Unos 385, lo de la imagen media.", en="Some 385, as the mean picture."),
                False,
                Both(
                    es="Eso es lo primero que se aprende: la imagen media cuesta {average} nats.",
                    en="That is what is learnt first: the mean picture costs {average} nats.",
                ),
            ),
        ),
        Both(
            es="Sin entrenar {fresh} nats; imagen media {average}; entrenada {trained}; piso {floor}.",
            en="Untrained {fresh} nats; mean picture {average}; trained {trained}; floor {floor}.",
        ),
        Both(
            es="Tres rectas dan sentido a la curva: no saber nada, saber solo la media y el piso. Primero se "
            "aprende el promedio, después las diferencias.\n\n"
            "El piso no es 0: la BCE de un píxel gris cuesta aun cuando se acierta. Una curva que se detiene en la "
            "recta de la imagen media no converge: colapsó.",
            en="Three lines give the curve its meaning: knowing nothing, knowing the mean only, and the floor. The "
            "average is learnt first, then the differences.\n\n"
            "The floor is not 0: the BCE of a grey pixel has a cost even when it is right. A curve that stops at the "
            "line of the mean picture has not converged: it collapsed.",
        ),
        (
            Both(es="«Empieza alta».", en="“It starts high.”"),
            Both(es="784 · ln 2, y por qué.", en="784 · ln 2, and why."),
            Both(es="Y qué significan las otras dos rectas.", en="And what the other two lines mean."),
        ),
    ),
    "between": Question(
        LESSON.format(number="6"),
        Both(es="¿Qué hay entre dos códigos?", en="What lies between two codes?"),
        Both(
            es="Dos z del prior con D = 128 tienen norma 11.3. ¿Qué norma tiene su punto medio? Y dos gatitos, ¿qué "
            "hay a mitad de camino?",
            en="Two z of the prior with D = 128 have norm 11.3. What norm has their midpoint? And two kittens: what is "
            "halfway?",
        ),
        (
            Option(
                Both(es="La misma, 11.3.", en="The same norm, 11.3."),
                False,
                Both(es="Esa la conserva el arco: {arc}.", en="The arc nearly keeps it: {arc}."),
            ),
            Option(
                Both(es="Unos 8.", en="Some 8 or so."),
                True,
                Both(
                    es="Sí: {middle}. Al promediar dos sorteos, la varianza se divide por 2 y la norma por √2.",
                    en="Yes: {middle}. Averaging two draws halves the variance and divides the norm by √2.",
                ),
            ),
            Option(
                Both(es="Casi 0: es el centro.", en="Nearly 0: it is the centre."),
                False,
                Both(
                    es="Eso pasaría con dos z opuestos; al azar son casi perpendiculares.",
                    en="That would take two opposite z; at random they are nearly at right angles.",
                ),
            ),
        ),
        Both(
            es="Norma de los sorteos: {ends}; de los puntos medios: {middle}; a mitad del arco: {arc}.",
            en="Norm of the draws: {ends}; of the midpoints: {middle}; halfway along the arc: {arc}.",
        ),
        Both(
            es="En 128 dimensiones el prior vive en una cáscara delgada: casi ningún z está cerca del centro. El "
            "camino recto pasa por dentro, donde el decoder vio poco; el arco se queda en la cáscara.\n\n"
            "Con imágenes: el fundido de píxeles muestra dos fantasmas; el camino de códigos, una sola forma que "
            "cambia.",
            en="In 128 dimensions the prior lives in a thin shell: hardly any z is near the centre. The straight line "
            "passes inside, where the decoder saw little; the arc stays in the shell.\n\n"
            "With pictures: the crossfade of pixels shows two ghosts, the path of codes one shape that changes.",
        ),
        (
            Both(es="«Se mezclan».", en="“They mix.”"),
            Both(es="Se mezclan los códigos, no los píxeles.", en="Codes are mixed, not pixels."),
            Both(
                es="La cáscara, con su norma, y qué gana el arco.",
                en="The shell, with its norm, and what the arc gains.",
            ),
        ),
    ),
    "glasses": Question(
        LESSON.format(number="9"),
        Both(es="Al poner anteojos, ¿qué más cambia?", en="When glasses are put on, what else changes?"),
        Both(
            es="Un rostro se mueve por la dirección «anteojos». Se mide cuánto avanza a la vez hacia otros rasgos.",
            en="A face moves along the direction “glasses”. How far it goes towards other features is measured.",
        ),
        (
            Option(
                Both(es="Solo los anteojos.", en="Only the glasses."),
                False,
                Both(
                    es="También avanza hacia «hombre» ({male}) y se aleja de «joven» ({young}).",
                    en="It also goes towards “male” ({male}) and away from “young” ({young}).",
                ),
            ),
            Option(
                Both(es="La edad y el sexo también.", en="Age and sex too."),
                True,
                Both(es="Sí: joven {young}, hombre {male}.", en="Yes: young {young}, male {male}."),
            ),
            Option(
                Both(es="La sonrisa, sobre todo.", en="The smile, above all."),
                False,
                Both(es="Poco: {smiling}.", en="Little: it is {smiling}."),
            ),
        ),
        Both(
            es="Un paso entero hacia «anteojos» es también: hombre {male}, joven {young}, canas {gray_hair}, "
            "maquillaje {heavy_makeup}.",
            en="A whole step towards “glasses” is also: male {male}, young {young}, grey hair {gray_hair}, make-up "
            "{heavy_makeup}.",
        ),
        Both(
            es="La dirección es la diferencia entre dos medias: rostros con anteojos menos rostros sin ellos. Todo "
            "lo que difiere en los datos viaja con ella.\n\n"
            "En 9500 fotos de CelebA, 78 % de quienes llevan anteojos figuran como hombres, y 40 % de los demás; "
            "jóvenes, 44 % y 80 %. No es un hecho sobre los anteojos sino sobre quién fue fotografiado: el modelo "
            "hereda los prejuicios de sus datos.",
            en="The direction is the difference of two means: faces with glasses less faces without. All that "
            "differs in the data travels with it.\n\n"
            "Among 9,500 CelebA photographs 78 % of those who wear glasses are labelled male, and 40 % of the "
            "others; young, 44 % and 80 %. That is no fact about glasses but about who was photographed: the model "
            "inherits its data's prejudices.",
        ),
        (
            Both(es="Nombra el rasgo.", en="Names the feature."),
            Both(es="Dice qué más cambia, con un número.", en="Says what else changes, with a number."),
            Both(
                es="Lo explica con los datos, y qué haría falta.", en="Explains it by the data, and what it would take."
            ),
        ),
    ),
    "ends": Question(
        Both(es="Para cerrar", en="To close"),
        Both(
            es="¿Y si se quita la KL? ¿Y si solo queda ella?",
            en="What if the KL is removed, and what if only it remains?",
        ),
        Both(
            es="Tres modelos iguales salvo por β: 0, que quita la KL; 1; y 64, donde casi solo cuenta ella.",
            en="Three models alike but for β: 0, which removes the KL; 1; and 64, where hardly anything else counts.",
        ),
        (
            Option(
                Both(
                    es="Sin KL reconstruye y no genera; solo con KL, siempre la misma imagen.",
                    en="Without KL it reconstructs and does not generate; with KL alone, always the same picture.",
                ),
                True,
                Both(
                    es="Sí: con {kl_0} nats sabe todo de cada imagen; con {kl_64}, nada.",
                    en="Yes: at {kl_0} nats it knows all of each picture; at {kl_64}, nothing.",
                ),
            ),
            Option(
                Both(es="Sin KL todo mejora; solo con KL, ruido.", en="Without KL all improves; with KL alone, noise."),
                False,
                Both(
                    es="Sin KL las muestras del prior se pierden, y solo con KL no sale ruido sino la imagen media.",
                    en="Without KL prior samples are lost, and KL alone gives no noise but the mean picture.",
                ),
            ),
            Option(
                Both(es="Da casi lo mismo.", en="It hardly matters."),
                False,
                Both(
                    es="Son los dos extremos: {kl_0} y {kl_64} nats.", en="They are both ends: {kl_0} and {kl_64} nats."
                ),
            ),
        ),
        Both(
            es="KL con β = 0, 1 y 64: {kl_0}, {kl_1} y {kl_64} nats.",
            en="KL at β = 0, 1 and 64: {kl_0}, {kl_1} and {kl_64} nats.",
        ),
        Both(
            es="Sin KL queda un autoencoder: nubes casi puntuales, códigos donde sea, y ningún lugar de donde sortear. "
            "Solo con KL, cada nube es el prior: z no dice nada y el decoder responde con la media.\n\n"
            "Un VAE es el acuerdo entre ambas: contar la imagen, y contarla con códigos que se puedan sortear.",
            en="Without KL an autoencoder is left: clouds that are nearly points, codes anywhere, and no place to draw "
            "from. With KL alone each cloud is the prior: z says nothing and the decoder answers with the mean.\n\n"
            "A VAE is the bargain between both: to tell the picture, and to tell it in codes that can be drawn.",
        ),
        (
            Both(es="Un extremo solo.", en="One end only."),
            Both(es="Ambos extremos.", en="Both ends of it."),
            Both(es="Ambos, con lo que cada término aporta.", en="Both, with what each term contributes."),
        ),
    ),
}
