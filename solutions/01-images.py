# %% [markdown] lang="es"
# # 01 · ¿Qué hace falta saber para inventar un rostro?
#
# *105 min, 45 de ellos para ejercicios y preguntas · dificultad 1 de 3*
#
# Un modelo generativo aprende de miles de imágenes y después inventa otras. Este curso construye uno, el autoencoder
# variacional (VAE), pieza por pieza. Antes de la primera red hace falta saber con qué trabaja: qué es una imagen para
# una computadora, de dónde salen los rostros del curso y qué significa sortear una imagen.
#
# **Objetivos.** Preparar imágenes para una red con cuatro funciones propias, que sirven a todas las lecciones que
# siguen; comparar tres máquinas que intentan inventar rostros, ninguna de ellas una red; y medir cuánto sabe cada una.

# %% [markdown] lang="en"
# # 01 · What must one know to invent a face?
#
# *105 min, 45 of them for exercises and questions · difficulty 1 of 3*
#
# A generative model learns from thousands of pictures and then makes up others. This course builds one, the variational
# autoencoder (VAE), piece by piece. Before the first network we need to know what it works with: what a picture is to a
# computer, where the faces of this course come from, and what it means to sample a picture.
#
# **Aims.** Prepare pictures for a network with four functions of your own, which serve every lesson to come; compare
# three machines that try to make up faces, none of them a network; and measure how much each of them knows.

# %% tags=["setup"]
import math

import torch

# %% tags=["prepare"]
from vae_course import data, figures, pretrained
from vae_course.figures import images as drawings
from vae_course.text import Both

faces = pictures("faces", 2000)
held_back = pictures("faces", 400, "validation")

# %% [markdown] lang="es"
# La celda anterior cargó 2000 imágenes para aprender y 400 *reservadas*, que solo sirven para medir. Las líneas
# impresas dicen de dónde salen: fotos de CelebA si están en esta máquina; si no, caras que dibuja el curso. Todo lo que
# sigue funciona con ambas. Los números que el texto cita valen para las fotos; los que calculan las celdas, para las
# imágenes presentes.

# %% [markdown] lang="en"
# The cell above loaded 2,000 pictures to learn from and 400 *held back*, used only to measure. The lines it printed say
# where they come from: photographs of CelebA if they are on this machine, otherwise faces that the course draws.
# Everything below works with either. Numbers quoted in the text hold for the photographs; those that cells compute, for
# the pictures present.

# %% tags=["experiment"]
drawings.stored(faces.images[:24], columns=8)

# %% [markdown] lang="es"
# ## CelebA
#
# CelebA (Liu y otros, 2015) reúne 202 599 fotos de 10 177 personas famosas, tomadas de la web. El archivo
# `img_align_celeba.zip` las trae alineadas: giradas y escaladas para que los ojos caigan siempre en el mismo lugar, en
# 178 x 218 píxeles (ancho por alto). Que estén alineadas es una ayuda enorme, como se verá en un momento.
#
# Junto a las fotos viene una tabla, `list_attr_celeba.txt`: una fila por foto y 40 atributos de sí o no (1 o -1), desde
# `Smiling` hasta `Wearing_Hat`. Para entrenar un VAE no hacen falta. Servirán en la lección 09, para hacer sonreír a un
# rostro.
#
# **Predicción.** De cada cien rostros, ¿cuántos llevan la etiqueta `Young`? ¿Cuántos llevan anteojos? ¿Y cuántos, pelo
# gris? (Con las caras dibujadas la tabla dice otras cosas.)
#
# Las respuestas se escriben en la celda que sigue, en lugar de los puntos suspensivos (por ejemplo, `predict("young",
# 50)`), y esa celda se ejecuta antes que la de abajo. Donde el texto da opciones se escribe una letra entre comillas,
# `"b"`. Equivocarse no quita nada: no lleva nota, y lo que se deja en blanco no detiene el cuaderno. Lo predicho se
# guarda en `predictions.jsonl`, junto a las carpetas de las lecciones; la lección 10 lo reúne y muestra qué tan cerca
# quedó.

# %% [markdown] lang="en"
# ## CelebA
#
# CelebA (Liu et al., 2015) gathers 202,599 photographs of 10,177 celebrities, taken from the web. The file
# `img_align_celeba.zip` has them aligned: turned and scaled so that the eyes always fall on the same spot, at 178 x 218
# pixels (width by height). Alignment is an enormous help, as we shall see in a moment.
#
# Beside the photographs comes a table, `list_attr_celeba.txt`: one row per photograph and 40 attributes of yes or no (1
# or -1), from `Smiling` to `Wearing_Hat`. Training a VAE needs none of them. They will be of use in lesson 09, to make
# a face smile.
#
# **Prediction.** Out of a hundred faces, how many carry the label `Young`? How many wear glasses? And how many have
# grey hair? (For drawn faces the table says other things.)
#
# Write the answers in the next cell in place of the dots (for instance `predict("young", 50)`), and run that cell
# before the one below it. Where the text gives options, write a letter in quotes, `"b"`. Being wrong costs nothing:
# there is no mark for it, and what is left blank does not stop the notebook. What was predicted is kept in
# `predictions.jsonl`, beside the lessons' folders; lesson 10 gathers it and shows how close it came.

# %% tags=["predict"]
predict("young", ...)
predict("glasses", ...)
predict("grey-hair", ...)

# %% tags=["experiment"]
WANTED = ["Young", "Attractive", "Smiling", "Male", "Eyeglasses", "Wearing_Hat", "Gray_Hair", "Pale_Skin"]

known = [name for name in WANTED if name in faces.attributes] or ["smile", "glasses", "beard", "blush"]
shares = torch.stack([(faces.attributes[name].float() > 0.5).float().mean() for name in known])
for name, label in (("young", "Young"), ("glasses", "Eyeglasses"), ("glasses", "glasses"), ("grey-hair", "Gray_Hair")):
    if label in known:
        reveal(name, 100 * shares[known.index(label)])
drawings.bars(shares, known, percent=True, title=Both(es="Lo que dice la tabla", en="What the table says"))

# %% [markdown] lang="es"
# **Quiénes están, y quiénes no.** CelebA no es una muestra de la humanidad: son celebridades, en su mayoría jóvenes, a
# menudo maquilladas, bien iluminadas, posando y, según quienes auditaron conjuntos como este, sobre todo de piel clara.
# No eligieron estar aquí. Las etiquetas las puso una empresa de anotación: `Attractive` es una opinión y `Male` reduce
# a sí o no lo que se vio en una foto. Un modelo aprende todo eso junto con lo demás; la lección 09 vuelve
# sobre el asunto con medidas. Las condiciones de uso son estrictas: solo investigación no comercial, y sin redistribuir
# las fotos. Por eso el repositorio del curso no contiene ninguna.
#
# <details><summary>Cómo conseguir CelebA completa</summary>
#
# Nada de esto hace falta para el curso. Los conjuntos se buscan en la carpeta que indica la variable `VAE_COURSE_DATA`
# (si no está definida, `data` en el repositorio), dentro de `celeba/`. Hay tres caminos:
#
# 1. **El curso**, con torchvision por debajo: `python -m vae_course train faces --download` descarga y luego entrena.
#    Con todas las fotos lleva su tiempo: Ctrl-C lo detiene, `--resume` lo retoma.
# 2. **torchvision**: `torchvision.datasets.CelebA(root, split="train", target_type="attr", download=True)`, con el
#    paquete `gdown` instalado. Baja de Google Drive, que a veces responde que se agotó la cuota; al día siguiente suele
#    funcionar.
# 3. **Kaggle**, conjunto `jessicali9530/celeba-dataset`: descomprimir en `celeba/` tal como viene. Allí la tabla es un
#    `.csv`; el curso lee ambas.
#
# Son 1.3 GB. También sirve una parte: el curso usa las fotos que encuentra y las filas de la tabla que les tocan.
#
# </details>

# %% [markdown] lang="en"
# **Who is in it, and who is not.** CelebA is no sample of humanity: these are celebrities, mostly young, often made up,
# well lit, posing and, according to those who audited sets like this one, mostly light-skinned. They did not choose to
# be here. The labels come from a labelling company: `Attractive` is an opinion, and `Male` cuts down to yes or no what
# was seen in a photograph. A model learns all of this along with the rest; lesson 09 comes back to it with
# measurements. The terms of use are strict: non-commercial research only, and no redistribution of the photographs.
# Hence there is none in the course's repository.
#
# <details><summary>How to get the whole of CelebA</summary>
#
# The course needs none of this. Image sets are looked for in the folder that the variable `VAE_COURSE_DATA` names
# (`data` in the repository if it is unset), inside `celeba/`. There are three ways:
#
# 1. **The course**, with torchvision underneath: `python -m vae_course train faces --download` fetches, then trains.
#    With all the photographs it takes its time: Ctrl-C stops it, `--resume` goes on.
# 2. **torchvision**: `torchvision.datasets.CelebA(root, split="train", target_type="attr", download=True)`, with the
#    package `gdown` installed. It fetches from Google Drive, which sometimes says that the quota is used up; the next
#    day it usually works.
# 3. **Kaggle**, set `jessicali9530/celeba-dataset`: unpack it into `celeba/` as it comes. Its table is a `.csv`; the
#    course reads either.
#
# It is 1.3 GB. A part of it will do too: the course uses the photographs it finds and the table's rows that go with
# them.
#
# </details>

# %% [markdown] lang="es"
# ## Una imagen es una tabla de bytes
#
# Guardada, cada imagen es un bloque de `64 x 64 x 3` bytes: alto, ancho y canal (rojo, verde, azul), con enteros de 0
# a 255. Son $D = 64 \cdot 64 \cdot 3 = 12\,288$ números. Aquí está un pedacito de una, canal por canal; la ventana se
# mueve con `TOP` y `LEFT`, de 0 a 58.

# %% [markdown] lang="en"
# ## A picture is a table of bytes
#
# As stored, each picture is a block of `64 x 64 x 3` bytes: height, width and channel (red, green, blue), whole
# numbers from 0 to 255. That makes $D = 64 \cdot 64 \cdot 3 = 12{,}288$ numbers. Here is a small window of one,
# channel by channel; `TOP` and `LEFT`, from 0 to 58, move it.

# %% tags=["experiment"]
PICTURE, TOP, LEFT = 3, 24, 18

drawings.pixels(faces.images[PICTURE], TOP, LEFT)

# %% [markdown] lang="es"
# Los vecinos se parecen, y los tres canales también. Es la observación más importante de la lección, y volverá con
# números.
#
# Una red de PyTorch pide otra cosa: números de punto flotante de 32 bits entre 0 y 1, con los canales adelante, `(N, C,
# H, W)`. Para obtenerlo hay que mover ejes y dividir.
#
# **Predicción.** Mover los ejes se hace con `permute`. Hay otra función que también produce la forma `(3, 64, 64)`:
# `reshape`. ¿Qué se vería en cada canal al usar `reshape` en su lugar? Ayuda hacer un dibujo en un papel.
#
# - **a)** La imagen entera, en gris, casi igual en los tres.
# - **b)** Ruido: ninguna parte de la imagen queda en su lugar.
# - **c)** Una franja de la imagen en cada uno, con cada fila partida en tres renglones.

# %% [markdown] lang="en"
# Neighbours are alike, and so are the three channels. It is the most important observation of this lesson, and it will
# be back with numbers.
#
# A PyTorch network asks for something else: 32-bit floating-point numbers between 0 and 1, channels first, `(N, C, H,
# W)`. That takes moving axes and a division.
#
# **Prediction.** Axes are moved by `permute`. Another function makes the shape `(3, 64, 64)` as well: `reshape`. What
# would each channel show with `reshape` in its place? Sketch it on paper.
#
# - **a)** The whole picture in grey, nearly the same in all three.
# - **b)** Noise: no part of the picture is left in its place.
# - **c)** A band of the picture in each, every row of it cut into three lines.

# %% tags=["predict"]
predict("reshape", ...)

# %% tags=["experiment"]
scrambled = faces.images[PICTURE].reshape(3, 1, 64, 64) / 255
reveal("reshape")
figures.samples(scrambled, title=Both(es="Los tres «canales» de reshape", en="The three 'channels' of reshape"))

# %% [markdown] lang="es"
# `reshape` no mueve nada: lee los bytes en el orden en que están y los corta cada 64. Como rojo, verde y azul vienen
# intercalados, cada «canal» es una franja de la imagen (arriba, centro, abajo), con cada fila partida en tres
# renglones. La forma es correcta; la imagen, no. Ningún mensaje de error avisa.
#
# ## Ejercicio: de bytes a números entre 0 y 1
#
# *10 min · dificultad 1 de 3*
#
# Escribir `to_unit_range(images)`: recibe un tensor `uint8` de forma `(N, H, W, C)` o, si es gris, `(N, H, W)`;
# devuelve `float32` de forma `(N, C, H, W)` en $[0, 1]$. Las grises reciben $C = 1$. El tensor recibido no cambia.
#
# <details><summary>Pista</summary>
#
# `images.ndim` dice cuántos ejes hay y `unsqueeze(-1)` agrega uno al final. Con eso, las grises son un caso más.
# Después, `permute` con el nuevo orden de los cuatro ejes, `.float()` y la división por el byte más alto.
#
# </details>
#
# **Error frecuente:** dividir por 256, o por el máximo del batch. Con lo primero el blanco no llega a 1; con lo segundo
# la misma imagen cambia según la compañía.

# %% [markdown] lang="en"
# `reshape` moves nothing: it reads the bytes in the order they lie in and cuts them into rows of 64. Since red, green
# and blue are interleaved, each "channel" is a band of the picture (top, middle, bottom) with every row broken into
# three lines. The shape is right; the picture is not. No error message will tell.
#
# ## Exercise: from bytes to numbers between 0 and 1
#
# *10 min · difficulty 1 of 3*
#
# Write `to_unit_range(images)`: it takes a `uint8` tensor of shape `(N, H, W, C)` or, if grey, `(N, H, W)`, and returns
# `float32` of shape `(N, C, H, W)` in $[0, 1]$. Grey pictures get $C = 1$. The tensor that came in stays as it is.
#
# <details><summary>Hint</summary>
#
# `images.ndim` says how many axes there are and `unsqueeze(-1)` adds one at the end. With it, grey pictures are no
# special case any more. Then `permute` with the new order of the four axes, `.float()`, and the division by the highest
# byte.
#
# </details>
#
# **Common mistake:** dividing by 256, or by the batch's maximum. With the former, white never reaches 1; with the
# latter, the same picture changes with the company it is in.


# %% tags=["answer"] exercise="to_unit_range"
def to_unit_range(images):
    """uint8 [0, 255] -> float32 [0, 1]

    images: (N, H, W, C) or (N, H, W) -> (N, C, H, W)
    """
    ### BEGIN SOLUTION
    if images.ndim == 3:
        images = images.unsqueeze(-1)  # (N, H, W) -> (N, H, W, 1)
    return images.permute(0, 3, 1, 2).float() / 255  # (N, H, W, C) -> (N, C, H, W)
    ### END SOLUTION


# %% [markdown] lang="es"
# Con la función lista, toda la colección pasa a ser lo que una red entiende. Un premio de paso: como las imágenes ya
# son números, se puede hacer aritmética con ellas. Este es el promedio de los 2000 rostros, junto a la desviación
# estándar de cada píxel (claro donde las imágenes difieren) y, al final, el promedio de 500 que antes se desplazaron
# al azar hasta 16 píxeles.

# %% [markdown] lang="en"
# With the function done, the whole collection becomes what a network understands. A reward along the way: now that
# pictures are numbers, one can do arithmetic with them. Here is the mean of the 2,000 faces, beside each pixel's
# standard deviation (bright where pictures differ) and, last, the mean of 500 that were first shifted at random by up
# to 16 pixels.

# %% tags=["reward"]
x = mine("to_unit_range")(faces.images)  # (N, C, H, W)
x_val = mine("to_unit_range")(held_back.images)
mean = x.mean(dim=0)  # (C, H, W)
deviation = x.std(dim=0).mean(dim=0).expand_as(mean)
SHIFT = 16
moves = torch.randint(-SHIFT, SHIFT + 1, (500, 2), generator=torch.Generator().manual_seed(0)).tolist()
unaligned = sum(one.roll(move, dims=(1, 2)) for one, move in zip(x, moves, strict=False)) / len(moves)

say(
    es=f"x: {tuple(x.shape)}, de {x.min():.0f} a {x.max():.0f}; media {x.mean():.2f}",
    en=f"x: {tuple(x.shape)}, from {x.min():.0f} to {x.max():.0f}; mean {x.mean():.2f}",
)
figures.samples(
    torch.stack([x[PICTURE], mean, deviation / deviation.max(), unaligned]),
    title=Both(
        es="Una imagen, la media, la desviación, la media sin alinear",
        en="One picture, the mean, the deviation, the mean unaligned",
    ),
)

# %% [markdown] lang="es"
# La media conserva ojos y boca en su lugar, aunque no sea la de ninguna persona: es lo que se gana con fotos alineadas.
# Sin alinear queda una mancha.
#
# <details><summary>¿Y si fuera [-1, 1]?</summary>
#
# Muchos programas usan $x' = 2x - 1 \in [-1, 1]$, con una `tanh` al final del decoder en vez de una sigmoide. También
# funciona; hay que cambiar cuatro cosas a la vez, no una:
#
# - la salida: `tanh`, que vive en $(-1, 1)$;
# - la pérdida: la BCE exige valores en $[0, 1]$, y la de PyTorch se detiene con un error si no lo son; sirven MSE o L1;
# - el peso: los errores salen el doble de grandes y su cuadrado, 4 veces mayor; así, con MSE, el mismo beta pesa la
#   cuarta parte;
# - la vuelta: antes de mostrar, $(x' + 1) / 2$. Quien lo olvida ve imágenes oscuras y saturadas.
#
# En este curso es siempre $[0, 1]$ y sigmoide. El decoder llega en la lección 02, la BCE en la 04 y beta en la 07.
#
# </details>
#
# ## Solo el centro
#
# Las fotos de CelebA no son cuadradas, y traen cuello, fondo y a veces parte de otras personas. Lo usual es quedarse
# con el cuadrado central, de 148 de los 178 píxeles de ancho, y reducirlo a 64 x 64. Si las fotos vienen a otra escala,
# vale la misma proporción: $148/178$ del ancho. Con 89 x 109 son 74 píxeles.

# %% [markdown] lang="en"
# The mean keeps eyes and mouth in their places, though it is no person's: that is what aligned photographs buy. Without
# alignment only a smudge is left.
#
# <details><summary>What if it were [-1, 1]?</summary>
#
# Many programs use $x' = 2x - 1 \in [-1, 1]$, with a `tanh` at the decoder's end instead of a sigmoid. That works too;
# four things have to change together, not one:
#
# - the output: `tanh`, which lives in $(-1, 1)$;
# - the loss: BCE demands values in $[0, 1]$, and PyTorch's stops with an error at others; MSE or L1 will do;
# - the weight: errors come out twice as large and their square 4 times, so with MSE the same beta weighs a quarter of
#   what it did;
# - the way back: $(x' + 1) / 2$ before showing. Whoever forgets it sees dark, oversaturated pictures.
#
# In this course it is always $[0, 1]$ and a sigmoid. The decoder comes in lesson 02, BCE in 04 and beta in 07.
#
# </details>
#
# ## Only the centre
#
# CelebA's photographs are not square, and bring along necks, backgrounds and at times part of other people. The usual
# choice is the central square, 148 of the 178 pixels of width, scaled down to 64 x 64. If photographs come at another
# scale, the same share holds: $148/178$ of the width. At 89 x 109 it is 74 pixels.

# %% tags=["prepare"]
about = pretrained.preset("faces").data.model_copy(
    update={"input_size": (109, 89), "count": 8, "validation_split": 0.0, "test_split": 0.0}
)
try:
    frames = data.load(about.model_copy(update={"source": "folder", "path": "celeba"})).images
except data.DataError:
    frames = data.load(about.model_copy(update={"source": "drawn"})).images
frames = mine("to_unit_range")(frames)  # (8, 3, 109, 89)
SIDE = round(148 / 178 * frames.shape[3])

# %% tags=["experiment"]
drawings.framed(
    frames, SIDE, title=Both(es="Lo que se queda: 148/178 del ancho", en="What stays: 148/178 of the width")
)

# %% [markdown] lang="es"
# ## Ejercicio: recortar el centro
#
# *5 min · dificultad 1 de 3*
#
# Escribir `center_crop(images, size)`: de `(N, C, H, W)` a `(N, C, size, size)`. El cuadrado empieza en la fila
# $\lfloor (H - \text{size}) / 2 \rfloor$ y la columna $\lfloor (W - \text{size}) / 2 \rfloor$. Si `size` es mayor que
# $H$ o que $W$, se lanza un `ValueError`.
#
# <details><summary>Pista</summary>
#
# La división entera es `//`. Con `top` y `left` calculados, el recorte es una sola indexación: dos ejes completos y dos
# tramos `inicio : inicio + size`.
#
# </details>
#
# **Error frecuente:** `images[:, :, top:-top, left:-left]`. Cuando no sobra nada, `-0` es 0 y el recorte queda vacío;
# cuando sobra un número impar, queda un píxel de más.

# %% [markdown] lang="en"
# ## Exercise: crop the centre
#
# *5 min · difficulty 1 of 3*
#
# Write `center_crop(images, size)`: from `(N, C, H, W)` to `(N, C, size, size)`. The square starts at row
# $\lfloor (H - \text{size}) / 2 \rfloor$ and column $\lfloor (W - \text{size}) / 2 \rfloor$. If `size` is larger than
# $H$ or $W$, raise a `ValueError`.
#
# <details><summary>Hint</summary>
#
# Integer division is `//`. With `top` and `left` at hand the crop is a single indexing: two whole axes and two
# stretches `start : start + size`.
#
# </details>
#
# **Common mistake:** `images[:, :, top:-top, left:-left]`. Where nothing is left over, `-0` is 0 and the crop comes out
# empty; where an odd number is left over, one pixel too many stays.


# %% tags=["answer"] exercise="center_crop"
def center_crop(images, size):
    """top = (H - size) // 2, left = (W - size) // 2; size > H or size > W: ValueError

    images: (N, C, H, W) -> (N, C, size, size)
    """
    ### BEGIN SOLUTION
    height, width = images.shape[-2:]
    if size > min(height, width):
        raise ValueError(f"{size} > {height} x {width}")
    top, left = (height - size) // 2, (width - size) // 2
    return images[:, :, top : top + size, left : left + size]
    ### END SOLUTION


# %% [markdown] lang="es"
# Recortadas, y después llevadas a 64 x 64. Al reducir, `antialias=True` promedia los píxeles que se juntan; sin eso los
# bordes salen dentados. Así las verá la red:

# %% [markdown] lang="en"
# Cropped, then scaled to 64 x 64. While scaling down, `antialias=True` averages the pixels that merge; without it edges
# come out jagged. This is what the network will see:

# %% tags=["reward"]
squares = mine("center_crop")(frames, SIDE)  # (8, 3, 74, 74)
small = torch.nn.functional.interpolate(squares, size=64, mode="bicubic", antialias=True).clamp(0, 1)
say(
    es=f"{tuple(frames.shape)} -> {tuple(squares.shape)} -> {tuple(small.shape)}",
    en=f"{tuple(frames.shape)} -> {tuple(squares.shape)} -> {tuple(small.shape)}",
)
figures.samples(small, title=Both(es="Listas para la red", en="Ready for the network"))

# %% [markdown] lang="es"
# Todo lo que viene después de este paso hereda la decisión: lo que quedó fuera del recorte no existe para el modelo, y
# los detalles más finos que un píxel de la imagen de 64 x 64, tampoco.
#
# ## Todas las imágenes posibles
#
# Cada byte admite 256 valores, así que hay $256^{12\,288} \approx 10^{29\,592}$ imágenes distintas de este tamaño.
# Todas las fotos de todas las personas que hubo y habrá están ahí. Se puede pensar en una **distribución** $p(x)$ que
# da a cada una la probabilidad de que salga justo ella al tomar al azar un rostro como los de CelebA. Generar es
# sortear de $p(x)$; aprender es acercarse a $p(x)$ con solo unos miles de ejemplos.
#
# La primera idea es no aprender nada: sortear cada píxel al azar, con los 256 valores igual de probables. Es el
# sorteo parejo.
#
# **Predicción.** Si cada átomo del universo observable ($10^{80}$) hubiera sorteado una imagen por segundo desde el Big
# Bang ($4 \cdot 10^{17}$ segundos), ¿cuántas tendrían algo parecido a un rostro: **a)** muchas, **b)** unas pocas o
# **c)** casi con seguridad ninguna? ¿Cómo se verán las ocho que siguen?

# %% [markdown] lang="en"
# Everything after this step inherits the decision: what fell outside the crop does not exist for the model, nor do
# details finer than one pixel of the 64 x 64 picture.
#
# ## All possible pictures
#
# Each byte takes 256 values, so there are $256^{12{,}288} \approx 10^{29{,}592}$ different pictures of this size. Every
# photograph of everyone who ever lived and will live is among them. Think of a **distribution** $p(x)$ that gives each
# the probability of being the very one that comes up when a face like CelebA's is picked at random. Generating is
# sampling from $p(x)$; learning is coming close to $p(x)$ from a few thousand examples only.
#
# The first idea is to learn nothing: draw each pixel at random, all 256 values equally likely. That is the uniform
# sampler.
#
# **Prediction.** Had each atom in the observable universe ($10^{80}$) sampled one picture a second since the Big Bang
# ($4 \cdot 10^{17}$ seconds), how many would show something like a face: **a)** many, **b)** a few, or **c)** almost
# surely none? What will the eight below look like?

# %% tags=["predict"]
predict("uniform-faces", ...)

# %% tags=["experiment"]
generator = torch.Generator().manual_seed(1)
first = torch.randint(0, 256, (8, *mean.shape), generator=generator) / 255
reveal("uniform-faces")
figures.samples(first, title=Both(es="Sorteo 1: píxeles parejos", en="Sampler 1: uniform pixels"))

# %% [markdown] lang="es"
# Nieve, siempre. Ni con $4 \cdot 10^{97}$ sorteos: haría falta que al menos una imagen de cada $10^{97}$ tuviera algo
# de rostro, y son muchísimas menos. Los rostros son una parte tan chica de todas las imágenes que el sorteo parejo no
# da nunca con uno.
#
# Segunda idea: aprender algo de cada píxel. En las 2000 imágenes, el píxel de la frente suele ser claro y el de la
# pupila, oscuro. Cada píxel tiene su histograma; se sortea cada uno del suyo, sin mirar a los demás:
#
# $$p_2(x) = \prod_{d=1}^{D} p_d(x_d)$$
#
# **Predicción.** Ahora cada píxel toma solo valores que tuvo en un rostro de verdad, y con la misma frecuencia. ¿Basta?
#
# - **a)** Sí: saldrán rostros, cada vez otro.
# - **b)** A medias: siempre el mismo rostro borroso, detrás de nieve.
# - **c)** No: solo nieve, como antes.

# %% [markdown] lang="en"
# Snow, always. Even $4 \cdot 10^{97}$ draws do not help: at least one picture in $10^{97}$ would have to look like a
# face, and far fewer do. Faces are so small a part of all pictures that the uniform sampler never hits upon one.
#
# Second idea: learn something about each pixel. In the 2,000 pictures, the forehead's pixel tends to be bright and the
# pupil's dark. Each pixel has its histogram; draw each from its own, without looking at the others:
#
# $$p_2(x) = \prod_{d=1}^{D} p_d(x_d)$$
#
# **Prediction.** Now each pixel takes only values that it had in a real face, and just as often. Is that enough?
#
# - **a)** Yes: faces will come out, another one each time.
# - **b)** In part: always the same blurred face, behind snow.
# - **c)** No: snow and nothing else, as before.

# %% tags=["predict"]
predict("histograms", ...)

# %% tags=["experiment"]
flat = x.flatten(1)  # (N, D)
chosen = torch.randint(len(flat), (8, flat.shape[1]), generator=generator)
second = flat.gather(0, chosen).view(8, *mean.shape)
reveal("histograms")
figures.samples(
    second, title=Both(es="Sorteo 2: cada píxel, de su histograma", en="Sampler 2: each pixel from its histogram")
)

# %% [markdown] lang="es"
# Un fantasma detrás de la nieve, y siempre el mismo. Lo que se adivina es el promedio; la nieve aparece porque la
# mejilla izquierda no sabe qué sorteó la derecha, ni un píxel qué sorteó su vecino.
#
# Lo que falta se puede medir. Esta es la correlación entre un píxel y su vecino de la derecha, una vez restada la
# media:

# %% [markdown] lang="en"
# A ghost behind snow, and always the same one. What shows through is the average; the snow is there because the left
# cheek does not know what the right one got, nor a pixel what its neighbour got.
#
# What is missing can be measured. This is the correlation between a pixel and its neighbour on the right, once the mean
# is taken away:


# %% tags=["experiment"]
def neighbours_agree(images, centre):
    away = images - centre  # (N, C, H, W)
    return torch.corrcoef(torch.stack([away[..., :-1].flatten(), away[..., 1:].flatten()]))[0, 1].item()


for name, images, centre in (
    (Both(es="rostros", en="faces"), x[:200], mean),
    (Both(es="sorteo 1", en="sampler 1"), first, 0.5),
    (Both(es="sorteo 2", en="sampler 2"), second, mean),
):
    value = neighbours_agree(images, centre)
    print(f"{name}: {value:.2f}")

# %% [markdown] lang="es"
# ## Pocos números bastan
#
# Si los píxeles dependen unos de otros, no hacen falta 12 288 decisiones para hacer un rostro. ¿Cuántas, entonces? El
# análisis de componentes principales (PCA) da una primera respuesta. Busca las direcciones $v_1, v_2, \dots$ en las que
# las imágenes más varían y escribe cada una como la media más unas pocas de ellas:
#
# $$x \approx \bar{x} + \sum_{k=1}^{K} z_k\, v_k, \qquad z_k = v_k \cdot (x - \bar{x})$$
#
# Los $K$ números $z$ describen la imagen: son un **código**. Ir de $x$ a $z$ es codificar; volver, decodificar. Con
# esto se reconocían rostros en 1991, bajo el nombre de *eigenfaces*. Es el más simple de los autoencoders: el lineal.
#
# La fidelidad se mide en decibeles, $-10 \log_{10} \text{MSE}$ (PSNR): a 10 dB el error típico es 0.32 de la escala; a
# 20 dB, 0.10; a 30 dB, 0.03. Tres decibeles más equivalen a dividir por dos el error cuadrático.

# %% [markdown] lang="en"
# ## A few numbers will do
#
# If pixels depend on each other, it cannot take 12,288 decisions to make a face. How many, then? Principal component
# analysis (PCA) gives a first answer. It looks for the directions $v_1, v_2, \dots$ along which pictures vary most and
# writes each picture as the mean plus a few of them:
#
# $$x \approx \bar{x} + \sum_{k=1}^{K} z_k\, v_k, \qquad z_k = v_k \cdot (x - \bar{x})$$
#
# The $K$ numbers $z$ describe the picture: they are a **code**. Going from $x$ to $z$ is encoding; coming back,
# decoding. In 1991 faces were recognised with this, under the name of *eigenfaces*. It is the simplest of autoencoders:
# the linear one.
#
# Fidelity is measured in decibels, $-10 \log_{10} \text{MSE}$ (PSNR): at 10 dB the typical error is 0.32 of the scale,
# at 20 dB 0.10, at 30 dB 0.03. Three more decibels mean half the squared error.

# %% tags=["prepare"]
torch.manual_seed(0)
centre = mean.flatten()  # (D,)
_, scale, components = torch.pca_lowrank(flat - centre, q=128, center=False)  # (128,), (D, 128)
spread = scale / math.sqrt(len(flat) - 1)  # (128,)


def decibels(error):
    return -10 * math.log10((error**2).mean().item())


def approximate(pictures, count):
    away = pictures.flatten(1) - centre
    z = away @ components[:, :count]  # (N, K)
    return (centre + z @ components[:, :count].T).view(pictures.shape)


# %% [markdown] lang="es"
# **Predicción.** Se van a reconstruir cuatro imágenes que la PCA no vio, con cada vez más componentes. ¿Con cuántos
# habrá **un** rostro? ¿Y con cuántos se reconocerá **ese** rostro? Para ambas preguntas: **a)** ya con cero; **b)** con
# 1 o 4; **c)** con 16 o 32; **d)** con 64 o 128.

# %% [markdown] lang="en"
# **Prediction.** Four pictures that the PCA has not seen are about to be rebuilt, with more and more components. With
# how many will there be **a** face? And with how many will it be **that** face? For both questions: **a)** with zero
# already; **b)** with 1 or 4; **c)** with 16 or 32; **d)** with 64 or 128.

# %% tags=["predict"]
predict("a-face", ...)
predict("that-face", ...)

# %% tags=["experiment"]
COUNTS = (0, 1, 4, 16, 32, 64, 128)
SHOWN = x_val[4:8]

steps = torch.stack([*(approximate(SHOWN, count) for count in COUNTS), SHOWN], dim=1)  # (R, T, C, H, W)
by_count = [decibels(approximate(x_val, count) - x_val) for count in COUNTS]
top = [*map(str, COUNTS), Both(es="original", en="original")]
for count, value in zip(COUNTS, by_count, strict=True):
    print(f"K = {count:3}   {value:5.2f} dB")
reveal("a-face")
reveal("that-face")
figures.rows(steps, [""] * 4, top=top, xlabel=Both(es="componentes K", en="components K"))

# %% [markdown] lang="es"
# La respuesta a la primera pregunta puede sorprender: con **cero** componentes ya hay un rostro, la media, a 11.6 dB en
# las fotos. Después llegan, en orden, la luz y el fondo, el pelo, la pose. La persona aparece tarde: solo con 64 o 128
# se la empieza a reconocer, y ni así llega, en las fotos, lo poco común, como unos anteojos. Con 128 números, el 1 % de
# los originales, se alcanzan unos 22 dB en fotos (28 dB en las caras dibujadas, que tienen menos detalle).
#
# Cada componente es también un control. Así cambia la imagen media al mover uno solo, de -2 a 2 desviaciones (en la
# figura, el primero es $z_0$):

# %% [markdown] lang="en"
# The answer to the first question may surprise: with **no** component there is a face already, the mean, at 11.6 dB on
# photographs. Then come, in this order, light and background, hair, pose. The person arrives late: only with 64 or 128
# does one begin to recognise them, and even then, on photographs, what is rare, such as glasses, is missing. With 128
# numbers, 1 % of the original ones, photographs reach some 22 dB (drawn faces, which have less detail, 28 dB).
#
# Each component is a control as well. This is how the mean picture changes as one alone moves, from -2 to 2 deviations
# (in the figure the first is $z_0$):

# %% tags=["experiment"]
DIMS = (0, 1, 2, 3)

values = torch.linspace(-2, 2, 5)
moved = centre + values[:, None] * (components * spread).T[list(DIMS), None]  # (R, T, D)
figures.latent_traversal(moved.view(len(DIMS), len(values), *mean.shape), DIMS, values)

# %% [markdown] lang="es"
# Ningún componente se llama «sonrisa»: son las direcciones de mayor varianza, y lo que más varía en una foto son el
# fondo y la luz. Aun así, con unos pocos controles ya se mueve un rostro. La lección 06 construye otros mejores.
#
# ## El tercer sorteo
#
# Con los códigos se puede probar lo mismo que con los píxeles: sortear cada número por separado. Los componentes no
# están correlacionados entre sí, y la desviación $\sigma_k$ de cada uno se conoce. Si además se supone que cada uno es
# gaussiano:
#
# $$z_k \sim \mathcal{N}(0, \sigma_k^2), \qquad x = \bar{x} + \sum_k z_k v_k$$
#
# **Predicción.** ¿Qué saldrá: **a)** ruido, **b)** otra vez el fantasma o **c)** casi un rostro, distinto cada vez? ¿Y
# qué cambia con `K = 8` en vez de 128, que es el máximo? (Después se cambia `K` y se ejecuta otra vez.)

# %% [markdown] lang="en"
# No component is called "smile": they are the directions of largest variance, and what varies most in a photograph is
# its background and its light. Still, a few controls already move a face. Lesson 06 builds better ones.
#
# ## The third sampler
#
# With codes one can try the same as with pixels: draw each number on its own. Components are uncorrelated with each
# other, and the deviation $\sigma_k$ of each is known. Supposing, too, that each is Gaussian:
#
# $$z_k \sim \mathcal{N}(0, \sigma_k^2), \qquad x = \bar{x} + \sum_k z_k v_k$$
#
# **Prediction.** What will come out: **a)** noise, **b)** the ghost again, or **c)** almost a face, another one each
# time? And what changes with `K = 8` instead of 128, the most there are? (Afterwards change `K` and run the cell
# again.)

# %% tags=["predict"]
predict("third-sampler", ...)

# %% tags=["experiment"]
K = 128

generator = torch.Generator().manual_seed(2)
z = torch.randn(8, K, generator=generator) * spread[:K]  # (8, K)
third = (centre + z @ components[:, :K].T).view(8, *mean.shape).clamp(0, 1)
agreement, true = neighbours_agree(third, mean), neighbours_agree(x[:200], mean)
say(
    es=f"Correlación entre vecinos: {agreement:.2f}; en los rostros, {true:.2f}.",
    en=f"Correlation between neighbours: {agreement:.2f}; in faces, {true:.2f}.",
)
reveal("third-sampler")
figures.rows(
    torch.stack([first, second, third, x[:8]]),
    [
        Both(es="1. parejo", en="1. uniform"),
        Both(es="2. histogramas", en="2. histograms"),
        Both(es=f"3. PCA, {K}", en=f"3. PCA, {K}"),
        Both(es="de verdad", en="real ones"),
    ],
)

# %% [markdown] lang="es"
# Casi un rostro, y cada vez otro; con `K = 8`, casi siempre el rostro medio, con otra luz y otro fondo. Hay ojos donde
# van los ojos, y las dos mejillas tienen el mismo color, porque un mismo número las mueve juntas. Los vecinos se
# parecen incluso de más, 0.98 en vez de 0.95: 128 componentes no llegan a los detalles. Pero no parecen fotos, por dos
# razones. Sumar componentes es superponer imágenes semitransparentes, y el resultado lo parece: falta un decoder que
# pueda **curvarse**, y eso hará una red en la lección 02. Además, cada $z_k$ se sorteó por su lado, y «sin correlación»
# es menos que «independientes y gaussianos»: falta elegir mejor **dónde** sortear, y ese hilo llega hasta la lección
# 09.
#
# ## Una sola medida para los tres
#
# Los tres sorteos son distribuciones, así que se les puede preguntar cuánta probabilidad dan a una imagen reservada.
# Como son números absurdamente chicos, se usa $-\log p(x)$ con logaritmo natural, en **nats**: menos es mejor. El
# sorteo parejo cuesta siempre $12\,288 \ln 256 = 68\,139$ nats. Al tercero se le suma un ruido gaussiano para todo lo
# que queda fuera de los 128 componentes (PCA probabilística, Tipping y Bishop, 1999), y su densidad se vuelve
# probabilidad al multiplicarla por $1/255$, el ancho de un byte, una vez por número. En el segundo, cada valor cuenta
# una vez de más, para que ninguno quede en cero.
#
# **Predicción.** De esos 68 139 nats, ¿cuántos rebaja el segundo? ¿Y el tercero?

# %% [markdown] lang="en"
# Almost a face, and another one each time; with `K = 8`, nearly always the mean face, in another light and before
# another background. There are eyes where eyes belong, and both cheeks have the same colour, because one number moves
# them together. Neighbours agree even too well, 0.98 instead of 0.95: 128 components do not reach the details. But they
# do not look like photographs, for two reasons. Adding components overlays see-through pictures, and it shows: what is
# missing is a decoder that can **bend**, and a network will do that in lesson 02. Also, each $z_k$ was drawn on its
# own, and "uncorrelated" is less than "independent and Gaussian": **where** to draw has to be chosen better, a thread
# that runs as far as lesson 09.
#
# ## One measure for all three
#
# All three samplers are distributions, so we can ask how much probability they give to a held-back picture. Those
# numbers are absurdly small, so we use $-\log p(x)$ with the natural logarithm, in **nats**: less is better. The
# uniform sampler always costs $12{,}288 \ln 256 = 68{,}139$ nats. The third gets Gaussian noise for all that lies
# outside its 128 components (probabilistic PCA, Tipping and Bishop, 1999), and its density becomes a probability when
# multiplied by $1/255$, the width of a byte, once per number. In the second, each value counts once extra, so that none
# stays at zero.
#
# **Prediction.** Of those 68,139 nats, how many does the second sampler take off? And the third?

# %% tags=["predict"]
predict("nats-histograms", ...)
predict("nats-pca", ...)

# %% tags=["experiment"]
D = flat.shape[1]
stored, stored_val = (flat * 255).round().long(), (x_val.flatten(1) * 255).round().long()
counts = torch.ones(D, 256).scatter_add_(1, stored.T, torch.ones(D, len(flat)))  # (D, 256)
p = counts / counts.sum(dim=1, keepdim=True)
histograms = -p.gather(1, stored_val.T).log().sum(dim=0).mean()

away = x_val.flatten(1) - centre
z_val = away @ components  # (M, 128)
rest = ((flat - centre).var(dim=0).sum() - (spread**2).sum()) / (D - 128)
squares_left = (away**2).sum(dim=1) - (z_val**2).sum(dim=1)
log_volume = 2 * spread.log().sum() + (D - 128) * rest.log() + D * math.log(2 * math.pi)
gaussian = 0.5 * ((z_val / spread) ** 2).sum(dim=1) + 0.5 * squares_left / rest + 0.5 * log_volume
nats = [D * math.log(256), histograms.item(), gaussian.mean().item() + D * math.log(255)]
reveal("nats-histograms", nats[0] - nats[1])
reveal("nats-pca", nats[0] - nats[2])
drawings.bars(
    nats,
    [Both(es="1. parejo", en="1. uniform"), Both(es="2. histogramas", en="2. histograms"), "3. PCA, 128"],
    unit=Both(es="−log p(x) por imagen reservada, en nats", en="−log p(x) per held-back picture, in nats"),
)

# %% [markdown] lang="es"
# En las fotos, los histogramas rebajan apenas unos 1700 nats; la PCA, casi 13 000. Dicho de otro modo: para el tercer
# sorteo, un rostro típico es $e^{12\,800}$ veces más probable que para el primero. Saber que los píxeles **dependen
# unos de otros** vale mucho más que saber todo de cada uno por separado. De esta misma medida, en nats, saldrá la
# pérdida del VAE en la lección 04.
#
# ## ¿Aprender o memorizar?
#
# Los decibeles y los nats se midieron en imágenes que la PCA no había visto. ¿Era necesario tanto cuidado? Hagamos la
# prueba: una PCA que aprende de solo 200 rostros, medida en esos mismos 200 y en otros.
#
# **Predicción.** Con 199 componentes, ¿cuántos decibeles habrá en los 200 que vio: **a)** unos 20, **b)** unos 40 o
# **c)** tantos que ya no queda error? ¿Y en los que no vio? (Un número.)
#
# Para responder hace falta partir el conjunto en dos, sin que ninguna imagen quede en ambos lados.

# %% [markdown] lang="en"
# On photographs, histograms take off a mere 1,700 nats or so, PCA nearly 13,000. Put differently: to the third sampler
# a typical face is $e^{12{,}800}$ times more probable than to the first. Knowing that pixels **depend on each other**
# is worth far more than knowing everything about each on its own. The VAE's loss in lesson 04 will come from this
# same measure, in nats.
#
# ## Learning or memorising?
#
# Decibels and nats were measured on pictures that the PCA had not seen. Was so much care needed? Let us try: a PCA
# that learns from 200 faces only, measured on those same 200 and on others.
#
# **Prediction.** With 199 components, how many decibels will there be on the 200 it saw: **a)** some 20, **b)** some
# 40, or **c)** so many that no error is left? And on those it did not see? (A number.)
#
# To answer, the set has to be split in two, with no picture in both.

# %% tags=["predict"]
predict("fidelity-seen", ...)
predict("fidelity-unseen", ...)

# %% [markdown] lang="es"
# ## Ejercicio: entrenamiento y validación
#
# *10 min · dificultad 2 de 3*
#
# Escribir `split_indices(n, val_fraction, seed)`: devuelve dos tensores de índices, `(train, val)`, barajados y sin
# nada en común, que juntos tienen cada número de $0$ a $n - 1$ una sola vez. En `val` van `round(n * val_fraction)`. La
# misma semilla da siempre la misma partición, y el azar global de torch queda intacto.
#
# <details><summary>Pista</summary>
#
# Una sola permutación, `torch.randperm`, cortada en dos: así nada puede repetirse. El azar propio es
# `torch.Generator().manual_seed(seed)`, que se pasa como `generator=`.
#
# </details>
#
# **Error frecuente:** llamar a `torch.manual_seed(seed)`. La partición sale bien, pero todo lo que se sortee después,
# en cualquier parte del programa, cambia sin aviso.

# %% [markdown] lang="en"
# ## Exercise: training and validation
#
# *10 min · difficulty 2 of 3*
#
# Write `split_indices(n, val_fraction, seed)`: it returns two index tensors, `(train, val)`, shuffled and with nothing
# in common, which together hold each number from $0$ to $n - 1$ once. `round(n * val_fraction)` of them go to `val`.
# The same seed always gives the same split, and torch's global random state is left alone.
#
# <details><summary>Hint</summary>
#
# A single permutation, `torch.randperm`, cut in two: that way nothing can repeat. Randomness of one's own is
# `torch.Generator().manual_seed(seed)`, handed over as `generator=`.
#
# </details>
#
# **Common mistake:** calling `torch.manual_seed(seed)`. The split comes out right, but whatever is drawn afterwards,
# anywhere in the program, changes without warning.


# %% tags=["answer"] exercise="split_indices"
def split_indices(n, val_fraction, seed):
    """{0, ..., n - 1} = train + val, len(val) = round(n * val_fraction)

    n: int, val_fraction: [0, 1], seed: int -> train (n - n_val,), val (n_val,), int64
    """
    ### BEGIN SOLUTION
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    n_val = round(n * val_fraction)
    return order[n_val:], order[:n_val]
    ### END SOLUTION


# %% tags=["reward"]
FEW, LEAK = 200, 0.5

train, val = mine("split_indices")(len(x), 0.1, seed=0)
seen, unseen = flat[train[:FEW]], flat[val]
leaked = round(LEAK * len(unseen))
mixed = torch.cat([unseen[leaked:], seen[:leaked]])
middle = seen.mean(dim=0)
_, _, directions = torch.linalg.svd(seen - middle, full_matrices=False)


def left_over(pictures, count):
    away = pictures - middle
    return away - (away @ directions[:count].T) @ directions[:count]


sizes = [*(2**power for power in range(8) if 2**power < FEW - 10), FEW - 10]
curves = [[decibels(left_over(part, count)) for count in sizes] for part in (seen, mixed, unseen)]
names = [
    Both(es=f"las {FEW} que vio", en=f"the {FEW} it saw"),
    Both(es=f"mezcla, {100 * LEAK:.0f} % ya vistas", en=f"a mix, {100 * LEAK:.0f} % seen before"),
    Both(es="otras", en="others"),
]
last = decibels(left_over(seen, FEW - 1))
say(
    es=f"Con {FEW - 1} componentes: {last:.0f} dB en las vistas (error de redondeo).",
    en=f"With {FEW - 1} components: {last:.0f} dB on those seen (rounding error).",
)
reveal("fidelity-seen")
reveal("fidelity-unseen", decibels(left_over(unseen, FEW - 1)))
drawings.fidelity(sizes, list(zip(curves, names, strict=True)))

# %% [markdown] lang="es"
# En las 200 que vio, el error desaparece por completo: 199 direcciones bastan para llegar a 200 puntos. Eso no es
# saber de rostros, es haberlos guardado (la figura termina en 190; con 199, la curva se saldría). En las demás, cada
# componente nuevo ayuda menos, y con todos apenas se pasa de 20 dB (en fotos). La primera curva engaña; la última
# dice la verdad.
#
# La del medio muestra por qué **ninguna imagen puede estar en ambas partes**: con la mitad ya vista, el resultado sube
# unos 3 dB y nada en el número avisa. Las fugas rara vez son tan evidentes: un duplicado, la misma foto recortada, la
# misma persona. En CelebA hay unas 20 fotos por persona, y una partición al azar las reparte en ambos lados. La
# partición oficial (`list_eval_partition.txt`) separa personas; el curso la usa si encuentra el archivo. Y como elegir
# entre modelos mirando la validación también es aprender de ella, el curso guarda una tercera parte, de prueba
# (`test`), que se mira solo al final.
#
# ## En grupos chicos, y barajadas
#
# Una red no mira las 202 599 imágenes de una vez: como `float32` ocuparían casi 10 GB. Mira un **batch** de, digamos,
# 64, corrige un poco sus pesos, y pasa al siguiente. Una vuelta completa es una **época**. Así, cada batch hace de
# muestra del conjunto, y la muestra es honesta solo si es al azar. Si $\ell(x)$ es la pérdida en una
# imagen y los índices $i_b$ se sortean:
#
# $$\mathbb{E}\Big[\frac{1}{B}\sum_{b=1}^{B} \nabla \ell(x_{i_b})\Big] = \frac{1}{N}\sum_{i=1}^{N} \nabla \ell(x_i)$$
#
# Si las imágenes vienen ordenadas (por persona, por fecha, por claridad), cada batch mueve los pesos hacia lo
# particular de ese batch. Y si el orden se repite en cada época, también se repite el sesgo. Por eso se baraja, y cada
# vez de nuevo.

# %% [markdown] lang="en"
# On the 200 it saw, the error vanishes altogether: 199 directions are enough to reach 200 points. That is not knowing
# about faces, that is having stored them (the figure ends at 190; with 199 the curve would leave it). On the others
# each further component helps less, and all of them barely pass 20 dB (on photographs). The first curve flatters; the
# last one tells the truth.
#
# The one in between shows why **no picture may be in both parts**: with half of them seen before, the result rises by
# some 3 dB, and nothing in the number gives it away. Leaks are seldom as plain as this: a duplicate, the same
# photograph cropped differently, the same person. CelebA has some 20 photographs per person, and a random split deals
# them to both sides. The official split (`list_eval_partition.txt`) keeps persons apart; the course uses it where it
# finds the file. And since choosing between models by their validation is learning from it too, the course keeps a
# third part, for testing (`test`), that is looked at only in the end.
#
# ## A few at a time, and shuffled
#
# A network does not look at 202,599 pictures at once: as `float32` they would take nearly 10 GB. It looks at a
# **batch** of, say, 64, adjusts its weights a little, and goes on to the next. One full round is an **epoch**. Each
# batch thus serves as a sample of the set, and the sample is honest only if it is random. With $\ell(x)$ the loss on
# one picture and indices $i_b$ drawn at random:
#
# $$\mathbb{E}\Big[\frac{1}{B}\sum_{b=1}^{B} \nabla \ell(x_{i_b})\Big] = \frac{1}{N}\sum_{i=1}^{N} \nabla \ell(x_i)$$
#
# If pictures come in some order (by person, by date, by brightness), each batch moves the weights towards what is
# peculiar to it. And if the order repeats in each epoch, so does the bias. Hence the shuffling, anew each time.

# %% [markdown] lang="es"
# ## Ejercicio: batches
#
# *10 min · dificultad 2 de 3*
#
# Escribir `minibatches(images, batch_size, generator=None)`: algo que un `for` pueda recorrer y que entregue todas las
# imágenes, cada una exactamente una vez, en orden aleatorio, en grupos de `batch_size`. El último batch puede ser más
# chico. `images` tiene forma `(N, ...)`; cada batch, `(batch_size, ...)`. `images` no cambia. `generator` decide el
# orden; con `None`, el azar global de torch.
#
# <details><summary>Pista</summary>
#
# Se barajan los índices, no las imágenes: `torch.randperm(len(images), generator=generator)`. El método `split` de un
# tensor corta en tramos de ese largo y deja el resto al final. Con `yield`, cada batch se copia solo cuando hace falta.
#
# </details>
#
# **Error frecuente:** sortear índices con `torch.randint` en cada batch. Unas imágenes se repiten, otras no salen, y la
# palabra «época» pierde su sentido.

# %% [markdown] lang="en"
# ## Exercise: batches
#
# *10 min · difficulty 2 of 3*
#
# Write `minibatches(images, batch_size, generator=None)`: something that a `for` can walk through and that hands out
# all pictures, each exactly once, in random order, `batch_size` at a time. The last batch may be smaller. `images` has
# shape `(N, ...)`, each batch `(batch_size, ...)`. `images` itself stays as it is. `generator` decides the order; with
# `None`, torch's global random state.
#
# <details><summary>Hint</summary>
#
# Shuffle indices, not pictures: `torch.randperm(len(images), generator=generator)`. A tensor's method `split` cuts into
# so many at a time and leaves the rest for the end. With `yield`, each batch is copied only when it is needed.
#
# </details>
#
# **Common mistake:** drawing indices with `torch.randint` for each batch. Some pictures repeat, others never come, and
# the word "epoch" loses its meaning.


# %% tags=["answer"] exercise="minibatches"
def minibatches(images, batch_size, generator=None):
    """perm(0, ..., N - 1), batch_size at a time

    images: (N, ...) -> (batch_size, ...), (batch_size, ...), ..., (N % batch_size or batch_size, ...)
    """
    ### BEGIN SOLUTION
    order = torch.randperm(len(images), generator=generator)
    for positions in order.split(batch_size):
        yield images[positions]
    ### END SOLUTION


# %% [markdown] lang="es"
# **Predicción.** Se ordenan las imágenes de oscuras a claras y se arman batches de 64: primero con las imágenes en ese
# orden, después con las imágenes barajadas. De cada batch se muestra su imagen promedio. ¿Cómo será la fila de las
# barajadas? ¿Y con `BATCH = 4`? (Después se cambia `BATCH` y se ejecuta otra vez.)
#
# - **a)** Ocho rostros bien distintos.
# - **b)** Ocho veces casi el mismo rostro.
# - **c)** De oscuro a claro también, pero más suave.
#
# Aquí se barajan las imágenes **en bytes**, y cada batch se convierte al usarlo: así ocupan en memoria la cuarta parte.

# %% [markdown] lang="en"
# **Prediction.** The pictures are sorted from dark to bright and made into batches of 64: first with the pictures in
# that order, then with the pictures shuffled. Of each batch we show its mean picture. What will the row of the shuffled
# pictures look like? And with `BATCH = 4`? (Afterwards change `BATCH` and run the cell again.)
#
# - **a)** Eight quite different faces.
# - **b)** Eight times nearly the same face.
# - **c)** From dark to bright too, only more gently.
#
# Note that the pictures are shuffled **as bytes** and each batch is converted as it is used: in memory they take a
# quarter of the room.

# %% tags=["predict"]
predict("shuffled", ...)

# %% tags=["reward"]
BATCH = 64

by_brightness = faces.images[x.mean(dim=(1, 2, 3)).argsort()]  # uint8 (N, H, W, C)
generator = torch.Generator().manual_seed(3)
to_unit, in_batches = mine("to_unit_range"), mine("minibatches")
in_order = [to_unit(part) for part in by_brightness.split(BATCH)]
shuffled = [to_unit(part) for part in in_batches(by_brightness, BATCH, generator)]
some = torch.linspace(0, len(in_order) - 2, 8).round().long().tolist()
means = torch.stack([torch.stack([parts[k].mean(dim=0) for k in some]) for parts in (in_order, shuffled)])
reveal("shuffled")
figures.rows(means, [Both(es="en orden", en="in order"), Both(es="barajadas", en="shuffled")])

# %% [markdown] lang="es"
# Con las imágenes barajadas, todos los batches cuentan la misma historia, y es la del conjunto. Con `BATCH = 4` ya no:
# en cada promedio pesan sus cuatro personas. Queda por ver cuánto se aparta cada batch. La teoría dice que la media de
# $B$ imágenes se desvía como $\sigma / \sqrt{B}$: cuatro veces más imágenes, la mitad del ruido. Aquí la medida, al
# lado de la fórmula, para la claridad media de cada batch:

# %% [markdown] lang="en"
# With the pictures shuffled, all batches tell the same story, and it is the set's own. Not so with `BATCH = 4`: each
# mean bears the marks of its four people. It remains to see how far each batch strays. Theory says that the mean of $B$
# pictures deviates as $\sigma / \sqrt{B}$: four times the pictures, half the noise. Here is the measurement beside the
# formula, for the mean brightness of each batch:

# %% tags=["experiment"]
brightness = x.mean(dim=(1, 2, 3))
say(es="          medido   σ / √B", en="        measured   σ / √B")
for size in (1, 4, 16, 64):
    parts = [part for _ in range(8) for part in in_batches(brightness, size, generator) if len(part) == size]
    measured, formula = torch.stack([part.mean() for part in parts]).std(), brightness.std() / math.sqrt(size)
    print(f"B = {size:3}   {measured:.4f}   {formula:.4f}")

# %% [markdown] lang="es"
# Por eso un batch de 64 es un buen compromiso: ya promedia bastante y permite muchos pasos por época. Con un batch de 1
# cada paso es barato y ruidoso; con uno de 1024 es estable, pero se dan 16 veces menos pasos que con 64.

# %% [markdown] lang="en"
# That is why a batch of 64 is a good compromise: it averages a fair amount and still leaves many steps per epoch. With
# a batch of 1 each step is cheap and noisy; with 1,024 it is steady, but there are 16 times fewer steps than with 64.

# %% [markdown] question="dependence" points=3 lang="es"
# ## Para escribir
#
# *10 min · dificultad 1 de 3*
#
# ¿Qué sabe el tercer sorteo que el segundo no sabe, y qué dice eso de describir un rostro con un código corto?
# Responder en tres a seis frases, con al menos un número que haya salido en este cuaderno.
#
# ### BEGIN SOLUTION
# **Respuesta modelo**
#
# El segundo sorteo conoce cada píxel por separado, pero no cómo dependen unos de otros: por eso la correlación entre
# vecinos es 0 en sus imágenes y cercana a 1 en los rostros. El tercero sortea direcciones enteras, cada una de las
# cuales mueve muchos píxeles a la vez, de modo que las dos mejillas cambian juntas. Y sabe algo más: que bastan pocas
# direcciones. Con 128 números de 12 288 se llega a unos 22 dB en imágenes no vistas, y una imagen cuesta unos 55 000
# nats en lugar de 66 000. Un rostro se puede describir, entonces, con un vector corto, y sortear rostros es sortear ese
# vector: el vector latente $z$ del VAE.
#
# **Pauta**
#
# - 0: en blanco, o contradice la propia figura.
# - 1: dice que es «más realista» o «más parecido», sin explicar por qué.
# - 2: explica que los píxeles dependen unos de otros y que el segundo sorteo lo ignora.
# - 3: además, que unas pocas direcciones bastan, y que por eso tiene sentido un vector latente; con un número propio.
# ### END SOLUTION

# %% [markdown] question="dependence" points=3 lang="en"
# ## To write
#
# *10 min · difficulty 1 of 3*
#
# What does the third sampler know that the second does not, and what does that say about describing a face by a short
# code? Answer in three to six sentences, with at least one number from your own run of this notebook.
#
# ### BEGIN SOLUTION
# **Model answer**
#
# The second sampler knows each pixel on its own but not how they depend on each other: hence the correlation between
# neighbours is 0 in its pictures and near 1 in faces. The third samples whole directions, each of which moves many
# pixels at once, so that both cheeks change together. And it knows one thing more: that a few directions are enough.
# With 128 numbers out of 12,288 it reaches some 22 dB on unseen pictures, and a picture costs about 55,000 nats instead
# of 66,000. So a face can be described by a short vector, and sampling faces is sampling that vector: the VAE's latent
# vector $z$.
#
# **Rubric**
#
# - 0: blank, or contradicted by the reader's own figure.
# - 1: says it is "more realistic" or "more alike", without saying why.
# - 2: explains that pixels depend on each other and that the second sampler ignores it.
# - 3: also that a few directions suffice, and that a latent vector makes sense for that reason; with a number of their
#   own.
# ### END SOLUTION

# %% [markdown] lang="es"
# ## Para seguir (sin nota)
#
# - **Sin alinear.** Desplazar los 2000 rostros al azar, como en la celda de la media, y repetir la PCA. ¿Cuántos
#   componentes hacen falta para los decibeles que antes daban 32?
# - **Un cuarto sorteo.** En lugar de una gaussiana, sortear cada $z_k$ del histograma de los códigos de los rostros,
#   como hizo el segundo sorteo con los píxeles. ¿Mejoran las imágenes? ¿Qué sigue faltando?
# - **Otras imágenes.** Repetir la curva de decibeles con `pictures("cats", 2000)` o `pictures("fashion", 2000)`. ¿Qué
#   conjunto se resume con menos números?

# %% [markdown] lang="en"
# ## Going further (not graded)
#
# - **Unaligned.** Shift the 2,000 faces at random, as in the cell of the mean, and repeat the PCA. How many components
#   does it take for the decibels that 32 gave before?
# - **A fourth sampler.** Instead of a Gaussian, draw each $z_k$ from the histogram of the faces' codes, as the second
#   sampler did with pixels. Do the pictures improve? What is still missing?
# - **Other pictures.** Repeat the curve of decibels with `pictures("cats", 2000)` or `pictures("fashion", 2000)`. Which
#   set is summed up in fewer numbers?

# %% [markdown] lang="es"
# ## En la demo
#
# - **Inicio**: un rostro, su código y ocho decodificaciones. Es el mismo viaje de la PCA, de $x$ a $z$ y de vuelta,
#   hecho por una red; que el código sea una nube y no un punto es el tema de la lección 03.
# - **Reconstruir**: elegir en la galería varias imágenes con el modelo `faces` y anotar sus decibeles. Aquí, 128
#   componentes de PCA; allá, 128 números de una red. ¿Qué se pierde en cada caso? (Donde no están las fotos, la galería
#   muestra lo que el modelo decodifica de códigos guardados; eso se reconstruye demasiado bien, y la demo lo dice.)
# - También en **Reconstruir**: subir una foto apaisada y mirar qué parte queda. Es `center_crop`, sobre el lado más
#   corto. Después, subir un rostro muy descentrado: el modelo solo vio rostros alineados, y se nota.
#
# El modelo `faces` del curso llega a 23.6 dB en sus 475 imágenes de prueba. Una PCA de 128 componentes que aprende de
# los mismos 9025 rostros, a 22.2 dB. En decibeles la diferencia es pequeña; se nota en lo que aparece al **sortear** un
# código.

# %% [markdown] lang="en"
# ## In the demo
#
# - **Start**: a face, its code, and eight decodings. It is the PCA's journey, from $x$ to $z$ and back, made by a
#   network; that the code is a cloud and not a point is the subject of lesson 03.
# - **Reconstruct**: pick several pictures of the gallery with the model `faces` and write down their decibels. Here,
#   128 components of PCA; there, 128 numbers of a network. What is lost in each case? (Without the photographs, the
#   gallery shows what the model decodes from stored codes; that is rebuilt too well, and the demo says so.)
# - **Reconstruct** again: upload a wide photograph and see which part stays. It is `center_crop`, on the shorter side.
#   Then upload a face far off centre: the model has seen aligned faces only, and it shows.
#
# The course's model `faces` reaches 23.6 dB on its 475 test pictures. A PCA of 128 components that learns from the same
# 9,025 faces reaches 22.2 dB. In decibels the difference is small; it shows in what appears when a code is **drawn at
# random**.

# %% [markdown] lang="es"
# <details><summary>En Keras</summary>
#
# | aquí (PyTorch) | en Keras |
# | --- | --- |
# | `(N, C, H, W)` | `(N, H, W, C)`, `channels_last` por defecto: no hace falta `permute` |
# | `to_unit_range` | `layers.Rescaling(1 / 255)`; para $[-1, 1]$: `Rescaling(1 / 127.5, offset=-1)` |
# | `center_crop` | `layers.CenterCrop(148, 148)` |
# | `interpolate(..., size=64)` | `layers.Resizing(64, 64)` |
# | `split_indices` | `image_dataset_from_directory(..., labels=None, validation_split=0.1, subset="both", seed=0)` |
# | `minibatches` | `dataset.shuffle(buffer_size).batch(64)`: solo baraja dentro del buffer |
#
# Cuidado con `model.fit(validation_split=0.1)`: aparta las **últimas** imágenes, sin barajar. En PyTorch, lo estándar
# es `random_split` y `DataLoader(shuffle=True)`; con imágenes chicas que caben en memoria, indexar como aquí es más
# rápido.
#
# </details>
#
# ## Referencias
#
# - Z. Liu, P. Luo, X. Wang, X. Tang (2015), [Deep Learning Face Attributes in the
#   Wild](https://arxiv.org/abs/1411.7766): CelebA.
# - M. Turk, A. Pentland (1991), [Eigenfaces for Recognition](https://doi.org/10.1162/jocn.1991.3.1.71): rostros con
#   pocos números.
# - M. Tipping, C. Bishop (1999), [Probabilistic Principal Component Analysis](https://doi.org/10.1111/1467-9868.00196):
#   la PCA como distribución; es el caso lineal del VAE.
# - K. Kärkkäinen, J. Joo (2019), [FairFace](https://arxiv.org/abs/1908.04913): a quiénes muestran los conjuntos de
#   rostros.
#
# Sigue la lección 02: una red que codifica, y los huecos que deja.

# %% [markdown] lang="en"
# <details><summary>In Keras</summary>
#
# | here (PyTorch) | in Keras |
# | --- | --- |
# | `(N, C, H, W)` | `(N, H, W, C)`, `channels_last` by default: no `permute` needed |
# | `to_unit_range` | `layers.Rescaling(1 / 255)`; for $[-1, 1]$: `Rescaling(1 / 127.5, offset=-1)` |
# | `center_crop` | `layers.CenterCrop(148, 148)` |
# | `interpolate(..., size=64)` | `layers.Resizing(64, 64)` |
# | `split_indices` | `image_dataset_from_directory(..., labels=None, validation_split=0.1, subset="both", seed=0)` |
# | `minibatches` | `dataset.shuffle(buffer_size).batch(64)`: it shuffles only within the buffer |
#
# Beware of `model.fit(validation_split=0.1)`: it sets aside the **last** pictures, unshuffled. In PyTorch the standard
# is `random_split` and `DataLoader(shuffle=True)`; with small pictures that fit in memory, indexing as done here is
# faster.
#
# </details>
#
# ## References
#
# - Z. Liu, P. Luo, X. Wang, X. Tang (2015), [Deep Learning Face Attributes in the
#   Wild](https://arxiv.org/abs/1411.7766): CelebA.
# - M. Turk, A. Pentland (1991), [Eigenfaces for Recognition](https://doi.org/10.1162/jocn.1991.3.1.71): faces from a
#   few numbers.
# - M. Tipping, C. Bishop (1999), [Probabilistic Principal Component Analysis](https://doi.org/10.1111/1467-9868.00196):
#   PCA as a distribution; it is the VAE's linear case.
# - K. Kärkkäinen, J. Joo (2019), [FairFace](https://arxiv.org/abs/1908.04913): whom face sets show.
#
# Next comes lesson 02: a network that encodes, and the holes it leaves.
