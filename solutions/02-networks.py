# %% [markdown] lang="es"
# # 02 · ¿Cuántos números bastan para describir una imagen?
#
# *110 min, 65 de ellos para ejercicios y preguntas · dificultad 2 de 3*
#
# En la lección 01, 128 direcciones de PCA alcanzaban para empezar a reconocer un rostro de 12 288 números: había mucho
# menos por describir que píxeles. Pero la PCA solo sabe sumar y escalar. Ahora dos redes harán ese trabajo: una, el
# **encoder**, resume la imagen en unos pocos números; la otra, el **decoder**, la vuelve a dibujar a partir de ellos.
#
# **Objetivos.** Escribir un encoder y un decoder para imágenes de cualquier tamaño y entrenarlos juntos en unos
# segundos; medir cuántos números hacen falta para copiar una imagen; y ver por qué ese decoder sabe repetir, pero
# todavía no sabe inventar.

# %% [markdown] lang="en"
# # 02 · How few numbers can describe a picture?
#
# *110 min, 65 of them for exercises and questions · difficulty 2 of 3*
#
# In lesson 01, 128 PCA directions were enough to begin to recognise a face of 12,288 numbers: there was far less to
# describe than there were pixels. But PCA can only add and scale. Now two networks take over: one, the **encoder**,
# sums a picture up in a few numbers; the other, the **decoder**, draws it again from those.
#
# **Aims.** Write an encoder and a decoder for pictures of any size and train them together in seconds; measure how many
# numbers it takes to copy a picture; and see why this decoder can repeat, but cannot yet invent.

# %% tags=["setup"]
import math

import torch
import torch.nn.functional as F
from torch import nn

# %% tags=["prepare"]
import time

from vae_course import figures, networks, pretrained
from vae_course.figures.networks import contest, feature_maps, holes, hourglass, overlaps
from vae_course.images import to_unit_range
from vae_course.text import Both

train = pictures("fashion", 2000)
test = pictures("fashion", 1000, split="test")
x_train, x_test = to_unit_range(train.images), to_unit_range(test.images)  # (N, 1, 28, 28)
figures.samples(x_test[:16])


# %% [markdown] lang="es"
# Son prendas de Fashion-MNIST (Xiao y otros, 2017): 70 000 fotos en gris de $28 \times 28$ píxeles, en diez clases,
# desde camisetas hasta botines. Si el conjunto no está en esta máquina, las dibuja un modelo del curso, y la línea
# impresa lo dice.

# %% [markdown] lang="en"
# These are garments of Fashion-MNIST (Xiao et al., 2017): 70,000 grey photographs of $28 \times 28$ pixels in ten
# classes, from T-shirts to ankle boots. Where the set is not on this machine, one of the course's models draws them;
# the printed line says so.

# %% [markdown] lang="es"
# ## El reloj de arena
#
# Una imagen $x$ entra por un lado, se estrecha hasta un **código** $z$ y se ensancha hasta $\hat x$:
#
# $$z = f(x), \qquad \hat x = g(z), \qquad \min_{f,\,g}\ \sum_n \lVert x_n - g(f(x_n)) \rVert^2$$
#
# Eso es un **autoencoder**. Qué significa cada número de $z$ queda libre; la única exigencia es que $g$ pueda volver.
# Si $f$ y $g$ fueran lineales, lo mejor posible sería exactamente la PCA: el autoencoder es su versión no lineal.
#
# **Predicción.** Una prenda de Fashion-MNIST tiene $28 \times 28 = 784$ píxeles. En el dibujo que viene, el encoder
# tiene dos convoluciones: cada una deja la mitad del alto y del ancho, y producen 16 y 32 mapas (canales). Después de
# la primera, ¿cuántos números hay? ¿Más que píxeles, o menos?

# %% [markdown] lang="en"
# ## The hourglass
#
# A picture $x$ goes in at one side, is narrowed to a **code** $z$ and widened to $\hat x$:
#
# $$z = f(x), \qquad \hat x = g(z), \qquad \min_{f,\,g}\ \sum_n \lVert x_n - g(f(x_n)) \rVert^2$$
#
# That is an **autoencoder**. What each number of $z$ means is left open; the only demand is that $g$ finds the way
# back. Were $f$ and $g$ linear, the best they could do would be exactly PCA: the autoencoder is its non-linear version.
#
# **Prediction.** A garment of Fashion-MNIST has $28 \times 28 = 784$ pixels. In the drawing below the encoder has two
# convolutions: each halves height and width, and they produce 16 and 32 maps (channels). After the first, how many
# numbers are there? More than pixels, or fewer?

# %% tags=["predict"]
predict("first-convolution", ...)

# %% tags=["experiment"]
HIDDEN = (16, 32)
CODE = 2

with torch.no_grad():
    encoder = networks.ConvEncoder(1, 28, HIDDEN, CODE)
    shapes, h = [(1, 28, 28)], x_test[:1]
    for layer in encoder.features:
        h = layer(h)
        if isinstance(layer, nn.Conv2d):
            shapes.append(tuple(h.shape[1:]))
two = pretrained.load("fashion-latent-2-beta-0")
with torch.no_grad():
    x_hat = two.decode(two.encode(x_test[:1])[0])
reveal("first-convolution", math.prod(shapes[1]))
hourglass(shapes, CODE, image=x_test[0], reconstruction=x_hat[0])


# %% [markdown] lang="es"
# Más: la primera convolución pasa de 784 números a $16 \cdot 14 \cdot 14 = 3136$. El alto y el ancho se parten por
# dos, pero hay 16 mapas. El reloj de arena se estrecha de verdad solo en la cintura, donde una capa lineal exprime
# 1568 números hasta dejar 2. (La copia de la derecha la hizo otra red del curso, también con 2 números; pronto
# habrá una propia.) Las convoluciones no resumen: *preparan*, cambian «qué tan claro es este píxel» por «aquí hay un
# borde», «aquí hay una manga».
#
# Quien conoce Keras usaría `Conv2D` con `strides=2` para bajar y `Conv2DTranspose` para subir. En PyTorch son
# `nn.Conv2d` y `nn.ConvTranspose2d`.

# %% [markdown] lang="en"
# More: the first convolution turns 784 numbers into $16 \cdot 14 \cdot 14 = 3{,}136$. Height and width are halved, but
# there are 16 maps. The hourglass really narrows only at its waist, where a linear layer squeezes 1,568 numbers into
# two. (The copy at the right is by another of the course's networks, also with 2 numbers; ours will come soon.) The
# convolutions do not summarise: they *prepare*, trading "how bright is this pixel" for "there is an edge here", "there
# is a sleeve here".
#
# Those who know Keras would use `Conv2D` with `strides=2` on the way down and `Conv2DTranspose` on the way up. In
# PyTorch they are `nn.Conv2d` and `nn.ConvTranspose2d`.

# %% [markdown] lang="es"
# ## Ejercicio: el lado que queda
#
# *5 min · dificultad 1 de 3*
#
# Un núcleo de lado $k$ avanza de $s$ en $s$ píxeles (*stride*) sobre una imagen de lado $n$ a la que se le agregaron
# $p$ píxeles por cada borde (*padding*). ¿En cuántas posiciones cabe?
#
# Escribir `conv_output_size(size, kernel_size, stride, padding)`: el lado de la salida, un `int`. La función es corta,
# pero de ella depende que el decoder sepa adónde volver.
#
# <details><summary>Pista</summary>
#
# La primera posición siempre cabe. Después, lo que sobra ($n + 2p - k$ píxeles) se recorre en saltos de $s$, y un salto
# que no entra completo no se da.
#
# </details>
#
# **Error frecuente:** olvidar que el padding va a ambos lados, o devolver un `float`.

# %% [markdown] lang="en"
# ## Exercise: the side of the output
#
# *5 min · difficulty 1 of 3*
#
# A kernel of side $k$ moves in steps of $s$ pixels (*stride*) over a picture of side $n$ to which $p$ pixels were added
# at each border (*padding*). In how many positions does it fit?
#
# Write `conv_output_size(size, kernel_size, stride, padding)`: the side of the output, an `int`. It is short, but the
# decoder's way back depends on it.
#
# <details><summary>Hint</summary>
#
# The first position always fits. What remains ($n + 2p - k$ pixels) is walked in steps of $s$, and a step that does not
# fit completely is not taken.
#
# </details>
#
# **Common mistake:** forgetting that padding goes on both sides, or returning a `float`.


# %% tags=["answer"] exercise="conv_output_size"
def conv_output_size(size, kernel_size, stride, padding):
    """Conv2d: (N, C, size, size) -> (N, C', side, side)

    size, kernel_size, stride, padding: int -> int
    """
    ### BEGIN SOLUTION
    return (size + 2 * padding - kernel_size) // stride + 1
    ### END SOLUTION


# %% [markdown] lang="es"
# Con $k = 4$, $s = 2$, $p = 1$ la fórmula se reduce a la mitad entera, $\lfloor n/2 \rfloor$. Por eso es la
# combinación favorita de este curso. Hay una consecuencia incómoda: **dos lados distintos llegan al mismo**.

# %% [markdown] lang="en"
# With $k = 4$, $s = 2$, $p = 1$ the formula becomes half, rounded down: $\lfloor n/2 \rfloor$. That is why this
# combination is the favourite of this course. It has an awkward consequence: **two different sides end up the same**.

# %% tags=["reward"]
SIDES = (64, 28, 29, 33, 50, 100)
HIDDEN, CODE = (32, 64, 128, 256), 128

for side in SIDES:
    chain = [side]
    while chain[-1] >= 6:
        chain.append(mine("conv_output_size")(chain[-1], 4, 2, 1))
    print(" -> ".join(map(str, chain)))

face = to_unit_range(pictures("faces", 3).images)[2]
shapes = [(3, 64, 64)]
for width in HIDDEN:
    side = mine("conv_output_size")(shapes[-1][1], 4, 2, 1)
    shapes.append((width, side, side))
with torch.no_grad():
    model = pretrained.load("faces")
    x_hat = model.decode(model.encode(face[None])[0])[0]
hourglass(shapes, CODE, image=face, reconstruction=x_hat)


# %% [markdown] lang="es"
# El lado 28 y el 29 dan la misma cadena desde el segundo eslabón. Y el dibujo es un reloj de arena para rostros de
# $64 \times 64$ en color: de 12 288 números a 128. La copia es la que hace el modelo `faces` del curso
# (si no hay fotos y le toca una cara dibujada, se nota: solo ha visto fotos).

# %% [markdown] lang="en"
# Sides 28 and 29 give the same chain from the second link on. And the drawing is an hourglass for $64 \times 64$ faces
# in colour: from 12,288 numbers to 128. The copy is by the course's model `faces`, which has only ever seen
# photographs: where there are none and it is given a drawn face, it shows.

# %% [markdown] lang="es"
# ## Ejercicio: el encoder
#
# *20 min · dificultad 2 de 3*
#
# Escribir la clase `ConvEncoder(in_channels, image_size, hidden_channels, latent_dim)`. Su `forward(x)` recibe imágenes
# `(N, in_channels, image_size, image_size)` y devuelve dos tensores `(mu, logvar)`, cada uno `(N, latent_dim)`:
#
# - una convolución de stride 2 (sirven núcleo 4 y padding 1) por cada entrada de `hidden_channels`, con tantos canales
#   de salida como diga esa entrada, y una activación tras cada una;
# - aplanar;
# - **dos** capas lineales separadas, una da `mu` y la otra `logvar`.
#
# ¿Por qué dos, si un autoencoder necesita un solo código? En esta lección se usa solo `mu`. `logvar` espera su turno:
# en la lección 03 dirá cuánto puede temblar el código.
#
# <details><summary>Pista</summary>
#
# Un bucle que arma una lista de capas y `nn.Sequential(*layers)` al final. En cada vuelta hay que recordar dos cosas:
# de cuántos canales se viene y qué lado queda (con 4, 2 y 1, `side // 2`). `nn.Linear` necesita saber cuántos números
# salen al aplanar: `hidden_channels[-1] * side * side`.
#
# </details>
#
# **Error frecuente:** poner una ReLU también en las salidas: entonces `mu` nunca sería negativa. Las salidas mu y
# logvar van separadas y sin activación. Otro: escribir un número fijo de entradas para la capa lineal, que solo sirve
# para un tamaño de imagen.

# %% [markdown] lang="en"
# ## Exercise: the encoder
#
# *20 min · difficulty 2 of 3*
#
# Write the class `ConvEncoder(in_channels, image_size, hidden_channels, latent_dim)`. Its `forward(x)` takes pictures
# `(N, in_channels, image_size, image_size)` and returns two tensors `(mu, logvar)`, each `(N, latent_dim)`:
#
# - one stride-2 convolution (kernel 4 and padding 1 will do) for each entry of `hidden_channels`, with that many output
#   channels, each followed by an activation;
# - flatten;
# - **two** separate linear layers, one gives `mu`, the other `logvar`.
#
# Why two, if an autoencoder needs one code only? This lesson uses `mu` alone. `logvar` waits for its turn: in lesson 03
# it will say how much a code may tremble.
#
# <details><summary>Hint</summary>
#
# A loop that builds a list of layers, and `nn.Sequential(*layers)` at the end. Each round needs to remember two things:
# how many channels come in, and which side comes out (with 4, 2 and 1, `side // 2`). `nn.Linear` must be told how many
# numbers flattening gives: `hidden_channels[-1] * side * side`.
#
# </details>
#
# **Common mistake:** a ReLU on the heads as well: then `mu` could never be negative. The mu and logvar heads are
# separate, without activation. Another: a fixed number of inputs for the linear layer, which works for one picture
# size only.


# %% tags=["answer"] exercise="ConvEncoder"
class ConvEncoder(nn.Module):
    """x (N, in_channels, image_size, image_size) -> mu (N, latent_dim), logvar (N, latent_dim)"""

    def __init__(self, in_channels, image_size, hidden_channels, latent_dim):
        super().__init__()
        ### BEGIN SOLUTION
        layers, channels, side = [], in_channels, image_size
        for width in hidden_channels:
            layers += [nn.Conv2d(channels, width, kernel_size=4, stride=2, padding=1), nn.ReLU()]
            channels, side = width, side // 2
        self.features = nn.Sequential(*layers, nn.Flatten())
        self.mu = nn.Linear(channels * side * side, latent_dim)
        self.logvar = nn.Linear(channels * side * side, latent_dim)
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        h = self.features(x)  # (N, C' H' W')
        return self.mu(h), self.logvar(h)
        ### END SOLUTION


# %% [markdown] lang="es"
# Veamos por dentro ese encoder, recién creado y sin entrenar. Cada fila es una convolución de stride 2 (sus primeros
# siete mapas): los píxeles crecen porque los mapas se achican. **Predicción.** Con pesos al azar, ¿se reconocerá
# todavía la prenda en la última fila: **a)** sí o **b)** no?

# %% [markdown] lang="en"
# Let us look inside that encoder, just made and untrained. Each row is one stride-2 convolution (its first seven maps):
# the pixels grow because the maps shrink. **Prediction.** With random weights, can the garment still be recognised in
# the last row: **a)** yes or **b)** no?

# %% tags=["predict"]
predict("random-weights", ...)

# %% tags=["reward"]
PICTURE = 1

torch.manual_seed(0)
encoder = mine("ConvEncoder")(1, 28, [8, 16, 32], 8).eval()
stages = []
for part in encoder.modules():
    if isinstance(part, nn.Conv2d) and tuple(part.stride) == (2, 2):
        part.register_forward_hook(lambda part, x, y: stages.append(y[0].detach()))
mu, logvar = encoder(x_test[PICTURE : PICTURE + 1])
reveal("random-weights")
feature_maps(x_test[PICTURE], stages)


# %% [markdown] lang="es"
# En los mapas de $14 \times 14$, sí; en los de $3 \times 3$, ya no. Incluso una convolución al azar conserva bordes y
# lugares; lo que se pierde es resolución. Entrenar consiste en elegir *qué* conservar.
#
# ## El camino de vuelta
#
# Una convolución de núcleo 4 recoge $4 \times 4$ píxeles en cada posición. La **convolución transpuesta** hace lo
# contrario: cada número de la entrada estampa en la salida el núcleo multiplicado por su valor, y donde los sellos se
# superponen se suman. No invierte los valores (esos se aprenden), solo el cambio de tamaño:
#
# $$n' = (n - 1)\,s - 2p + k + \text{output\_padding}$$
#
# **Predicción.** Con $k = 4$, $s = 2$, $p = 1$ y `output_padding = 0`, ¿a qué lado se llega desde 14? (Un número.)

# %% [markdown] lang="en"
# In the $14 \times 14$ maps, yes; in the $3 \times 3$ ones, no longer. Even a random convolution keeps edges and
# places; what gets lost is resolution. Training is choosing *what* to keep.
#
# ## The way back
#
# A convolution of kernel 4 collects $4 \times 4$ pixels at each position. The **transposed convolution** does the
# reverse: every number of the input stamps the kernel, times its value, on the output, and where stamps overlap they
# add up. It does not invert the values (those are learnt), only the change of size:
#
# $$n' = (n - 1)\,s - 2p + k + \text{output\_padding}$$
#
# **Prediction.** With $k = 4$, $s = 2$, $p = 1$ and `output_padding = 0`, which side does 14 lead to? (A number.)

# %% tags=["predict"]
predict("way-back", ...)

# %% tags=["experiment"]
for side in (28, 29):
    down = mine("conv_output_size")(side, 4, 2, 1)
    sides = []
    for extra in (0, 1):
        up = nn.ConvTranspose2d(1, 1, kernel_size=4, stride=2, padding=1, output_padding=extra)
        sides.append(up(torch.zeros(1, 1, down, down)).shape[-1])
    say(
        es=f"{side} -> {down}, y de vuelta {sides[0]} (output_padding=0) o {sides[1]} (output_padding=1)",
        en=f"{side} -> {down}, and back {sides[0]} (output_padding=0) or {sides[1]} (output_padding=1)",
    )
reveal("way-back", sides[0])


# %% [markdown] lang="es"
# Al bajar, 28 y 29 se confundían en 14; `output_padding` dice cuál de los dos se quiere al subir. Si el lado al que
# se vuelve es impar hace falta 1, si es par 0. Hay otro camino igual de bueno: repetir píxeles con `F.interpolate`
# *hasta el tamaño pedido* y después una convolución corriente de stride 1.
#
# ## Ejercicio: el decoder, para cualquier tamaño
#
# *30 min · dificultad 3 de 3*
#
# Escribir `ConvDecoder(out_channels, image_size, hidden_channels, latent_dim)`: `forward(z)` lleva `(N, latent_dim)` a
# `(N, out_channels, image_size, image_size)`, con píxeles en $[0, 1]$. `hidden_channels` viene en el orden del encoder.
#
# Dos listas ya están escritas. Para `image_size = 50` y `hidden_channels = [16, 32, 64]`, `sizes` es `[6, 12, 25, 50]`
# y `widths` es `[64, 32, 16, out_channels]`: cada etapa va de `sizes[i]` a `sizes[i + 1]` y de `widths[i]` a
# `widths[i + 1]`. Falta:
#
# 1. una capa lineal de `latent_dim` a `widths[0] * sizes[0] ** 2`, y darle la forma
#    `(N, widths[0], sizes[0], sizes[0])`;
# 2. por cada etapa, una activación y una convolución que suba *exactamente* al lado siguiente;
# 3. una sigmoide al final, una sola vez.
#
# Lo más fácil es lograrlo primero para potencias de 2, como 64, y después para 50: hay puntos por cada parte.
#
# <details><summary>Pista: la etapa de 12 a 25</summary>
#
# `nn.ConvTranspose2d(a, b, 4, 2, 1)` duplica: de 12 daría 24. `output_padding=1` agrega la fila y la columna que
# faltan. En general, `output_padding=side % 2` con `side` el lado *al que se llega*.
#
# </details>
#
# <details><summary>Pista: recorrer las dos listas</summary>
#
# `for a, b, side in zip(widths, widths[1:], sizes[1:]): ...`
#
# </details>
#
# **Error frecuente:** activar también después de la última convolución (una ReLU y luego la sigmoide nunca bajan de
# 0.5), o llamar a la sigmoide en la red y otra vez en `forward`: los píxeles quedan todos en $[0.5, 0.731]$.

# %% [markdown] lang="en"
# On the way down 28 and 29 were both turned into 14; `output_padding` says which of the two is wanted on the way up.
# If the side to return to is odd it takes 1, if even 0. Another way is just as good: repeat pixels with
# `F.interpolate` *up to the size asked for*, then an ordinary stride-1 convolution.
#
# ## Exercise: the decoder, for any size
#
# *30 min · difficulty 3 of 3*
#
# Write `ConvDecoder(out_channels, image_size, hidden_channels, latent_dim)`: `forward(z)` takes `(N, latent_dim)` to
# `(N, out_channels, image_size, image_size)`, with pixels in $[0, 1]$. `hidden_channels` comes in the encoder's order.
#
# Two lists are written already. For `image_size = 50` and `hidden_channels = [16, 32, 64]`, `sizes` is `[6, 12, 25,
# 50]` and `widths` is `[64, 32, 16, out_channels]`: each stage goes from `sizes[i]` to `sizes[i + 1]` and from
# `widths[i]` to `widths[i + 1]`. What is missing:
#
# 1. a linear layer from `latent_dim` to `widths[0] * sizes[0] ** 2`, reshaped to
#    `(N, widths[0], sizes[0], sizes[0])`;
# 2. for each stage, an activation and a convolution that goes up to *exactly* the next side;
# 3. a sigmoid at the end, once.
#
# It is best to manage powers of 2 first, such as 64, and 50 afterwards: each part earns points.
#
# <details><summary>Hint: the stage from 12 to 25</summary>
#
# `nn.ConvTranspose2d(a, b, 4, 2, 1)` doubles: 12 would give 24. `output_padding=1` adds the missing row and column. In
# general, `output_padding=side % 2`, where `side` is the side *arrived at*.
#
# </details>
#
# <details><summary>Hint: walking both lists</summary>
#
# `for a, b, side in zip(widths, widths[1:], sizes[1:]): ...`
#
# </details>
#
# **Common mistake:** an activation after the last convolution too (a ReLU followed by the sigmoid never falls below
# 0.5), or a sigmoid in the network and again in `forward`: all pixels end up in $[0.5, 0.731]$.


# %% tags=["answer"] exercise="ConvDecoder"
class ConvDecoder(nn.Module):
    """z (N, latent_dim) -> x_hat (N, out_channels, image_size, image_size) in [0, 1]"""

    def __init__(self, out_channels, image_size, hidden_channels, latent_dim):
        super().__init__()
        sizes = [image_size]
        for _ in hidden_channels:
            sizes.insert(0, sizes[0] // 2)  # conv_output_size(sizes[0], 4, 2, 1)
        widths = [*reversed(hidden_channels), out_channels]
        ### BEGIN SOLUTION
        self.start = (widths[0], sizes[0], sizes[0])
        self.project = nn.Linear(latent_dim, math.prod(self.start))
        layers = []
        for a, b, side in zip(widths[:-1], widths[1:], sizes[1:], strict=True):
            layers += [nn.ReLU(), nn.ConvTranspose2d(a, b, 4, stride=2, padding=1, output_padding=side % 2)]
        self.layers = nn.Sequential(*layers, nn.Sigmoid())
        ### END SOLUTION

    def forward(self, z):
        ### BEGIN SOLUTION
        h = self.project(z).view(-1, *self.start)  # (N, D) -> (N, C', H', W')
        return self.layers(h)
        ### END SOLUTION


# %% [markdown] lang="es"
# ## Las dos mitades, juntas
#
# Encoder y decoder aprenden a la vez: se codifica, se decodifica, se mide la distancia al original y se corrigen ambos
# (cómo se elige esa distancia es la lección 04; cómo se entrena bien, la 05). Las prendas de abajo no se usaron para
# entrenar.
#
# **Predicción.** ¿Qué se verá antes: **a)** la silueta o **b)** el estampado? Después sirve probar con `KIND =
# "faces"`.

# %% [markdown] lang="en"
# ## Both halves together
#
# Encoder and decoder learn together: encode, decode, measure the distance to the original and correct both (how to
# choose that distance is lesson 04; how to train well, lesson 05). The garments below were not used for training.
#
# **Prediction.** Which will appear sooner: **a)** the outline or **b)** the print? Then try `KIND = "faces"`.

# %% tags=["predict"]
predict("seen-first", ...)

# %% tags=["reward"]
KIND = "fashion"
HIDDEN, CODE = [16, 32], 16
STEPS, SECONDS = 600, 12
SEEN = (1, 20, 100, STEPS)

x = x_train if KIND == "fashion" else to_unit_range(pictures(KIND, 2000).images)
x, x_new = x[8:], x[:8]
torch.manual_seed(0)
encoder = mine("ConvEncoder")(x.shape[1], x.shape[-1], HIDDEN, CODE)
decoder = mine("ConvDecoder")(x.shape[1], x.shape[-1], HIDDEN, CODE)
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=2e-3)
start, film, names = time.perf_counter(), [x_new], [Both(es="original", en="original")]
for step in range(1, STEPS + 1):
    late = time.perf_counter() - start > SECONDS
    batch = x[torch.randint(len(x), (64,))]
    error = (decoder(encoder(batch)[0]) - batch).square().flatten(1).sum(dim=1).mean()
    optimizer.zero_grad()
    error.backward()
    optimizer.step()
    if step in SEEN or late:
        with torch.no_grad():
            film.append(decoder(encoder(x_new)[0]))
        names.append(Both(es=f"paso {step}", en=f"step {step}"))
    if late:
        break
say(
    es=f"{math.prod(x.shape[1:])} píxeles -> {CODE} números -> {math.prod(x.shape[1:])} píxeles",
    en=f"{math.prod(x.shape[1:])} pixels -> {CODE} numbers -> {math.prod(x.shape[1:])} pixels",
)
reveal("seen-first")
figures.rows(torch.stack(film), names)


# %% [markdown] lang="es"
# Primero la mancha promedio, después la silueta, y los detalles finos quizá nunca: con 16 números hay que elegir.
#
# ## ¿Cuántos números?
#
# Una comparación seria pide entrenamientos más largos. El curso trae tres autoencoders ya entrenados con las 50 000
# imágenes de entrenamiento, iguales salvo por la cintura: 2, 8 y 32 números (redes densas 784-256-128-D, de las que se
# usa solo `mu`; aprendieron con la BCE de la lección 04 y aquí se mide su error cuadrático).
#
# **Predicción.** Son tres:
#
# 1. Si decir siempre «la prenda promedio» cuesta 68 (suma de cuadrados por imagen), ¿cuánto costará con 2 números?
# 2. ¿Y con 32?
# 3. ¿Cuántos componentes de PCA harían falta para igualar a 8 números de la red? (Un número: 8, 16, 32, 100...)

# %% [markdown] lang="en"
# First the average blob, then the outline, and fine detail perhaps never: with 16 numbers one has to choose.
#
# ## How many numbers?
#
# A serious comparison needs longer training. The course ships three autoencoders trained on the 50,000 training
# pictures, alike but for the waist: 2, 8 and 32 numbers (dense networks 784-256-128-D, of which only `mu` is used; they
# learnt with the BCE of lesson 04 and here their squared error is measured).
#
# **Prediction.** There are three:
#
# 1. If always answering "the average garment" costs 68 (sum of squares per picture), what will 2 numbers cost?
# 2. And 32?
# 3. How many PCA components does it take to equal the network's 8 numbers? (A number: 8, 16, 32, 100...)

# %% tags=["predict"]
predict("two-numbers", ...)
predict("thirty-two-numbers", ...)
predict("components", ...)

# %% tags=["prepare"]
WAISTS = (2, 8, 32)
models = {d: pretrained.load(f"fashion-latent-{d}-beta-0") for d in WAISTS}
with torch.no_grad():
    codes = {d: model.encode(x_test)[0] for d, model in models.items()}  # (N, d)


# %% tags=["experiment"]
def squares(x, x_hat):
    return (x - x_hat).square().flatten(1).sum(dim=1).mean().item()


mean = x_train.flatten(1).mean(dim=0)
components = torch.linalg.eigh(torch.cov(x_train.flatten(1).T)).eigenvectors.flip(1)  # (784, 784)
parts = ((x_test.flatten(1) - mean) @ components).square().mean(dim=0)  # (784,)
left = parts.flip(0).cumsum(0).flip(0)  # left[k]: PCA, k
told, errors = [x_test[:10]], {}
say(
    es=f"la prenda promedio: {squares(x_test.flatten(1), mean):.1f}",
    en=f"the average garment: {squares(x_test.flatten(1), mean):.1f}",
)
for d in WAISTS:
    basis = components[:, :d]
    linear = mean + (x_test.flatten(1) - mean) @ basis @ basis.T
    with torch.no_grad():
        x_hat = models[d].decode(codes[d])
    told.append(x_hat[:10])
    errors[d] = squares(x_test, x_hat)
    say(
        es=f"{d:2} números: PCA {squares(x_test.flatten(1), linear):.1f}, autoencoder {squares(x_test, x_hat):.1f}",
        en=f"{d:2} numbers: PCA {squares(x_test.flatten(1), linear):.1f}, autoencoder {squares(x_test, x_hat):.1f}",
    )
reveal("two-numbers", errors[2])
reveal("thirty-two-numbers", errors[32])
reveal("components", (left > errors[8]).sum())
figures.rows(torch.stack(told), ["original", *map(str, WAISTS)])


# %% [markdown] lang="es"
# Con las fotos reales de prueba, el error baja de 68 a 18.8 con dos números, a 9.9 con ocho y a 6.7 con treinta y dos.
# Más números, mejor copia: sin sorpresas. La red con 8 números supera a la PCA con 32, que necesitaría unos 48
# componentes para igualarla (ajustada aquí con 2000 imágenes; con más imágenes apenas mejora). Ser no lineal rinde más
# que tener más números.
#
# Entonces, ¿listo? Para *inventar* una prenda bastaría con dar números al azar al decoder. Pero ¿qué azar? El
# entrenamiento no lo dice. Probemos el más generoso: tomar cada número de un código verdadero, pero **cada uno de una
# imagen distinta**. Ningún valor es raro; solo su combinación es nueva.
#
# **Predicción.** ¿Con cuántos números se parecerán más a prendas las imágenes de códigos al azar: **a)** 2, **b)** 8 o
# **c)** 32?

# %% [markdown] lang="en"
# On the real test photographs, the error falls from 68 to 18.8 with two numbers, to 9.9 with eight and to 6.7 with
# thirty-two. More numbers, a better copy: no surprise. The network's 8 numbers beat 32 of PCA: it would take about 48
# components to equal them (fitted here to 2,000 pictures; more pictures hardly help). Being non-linear pays more than
# having more numbers.
#
# So, are we done? To *invent* a garment we would just hand random numbers to the decoder. But random how? Training does
# not say. Let us try the most generous way: take each number from a true code, but **each from a different picture**.
# No value is odd; only their combination is new.
#
# **Prediction.** With how many numbers will the pictures of random codes look most like garments: **a)** 2, **b)** 8 or
# **c)** 32?

# %% tags=["predict"]
predict("random-codes", ...)

# %% tags=["experiment"]
HOW = "shuffled"  # "shuffled", "box", "normal"
SEED = 0


def random_codes(mu, n, how, generator):
    d = mu.shape[1]
    if how == "normal":
        return torch.randn(n, d, generator=generator)
    if how == "box":
        low, high = mu.min(dim=0).values, mu.max(dim=0).values
        return low + (high - low) * torch.rand(n, d, generator=generator)
    return mu.gather(0, torch.randint(len(mu), (n, d), generator=generator))  # (n, d)


def to_nearest(images):
    return torch.cdist(images.flatten(1), x_train.flatten(1)).min(dim=1).values.mean().item()


invented = []
for d in WAISTS:
    z = random_codes(codes[d], 300, HOW, torch.Generator().manual_seed(SEED))
    with torch.no_grad():
        x_new, x_hat = models[d].decode(z), models[d].decode(codes[d][:300])
    invented.append(x_new[:10])
    far, copies = to_nearest(x_new), to_nearest(x_hat)
    say(
        es=f"{d:2} números: a la prenda real más cercana hay {far:.1f} (desde las copias, {copies:.1f})",
        en=f"{d:2} numbers: to the nearest real garment it is {far:.1f} (from the copies, {copies:.1f})",
    )
reveal("random-codes")
figures.rows(torch.stack(invented), list(map(str, WAISTS)))


# %% [markdown] lang="es"
# Al revés de lo que uno desearía: **más números reconstruyen mejor e inventan peor**. ¿Cuánto más lejos de la prenda
# real más cercana quedan las imágenes de códigos al azar que las copias (distancia euclidiana, ya no al cuadrado)? Con
# las fotos reales, 0.3, 2.1 y 2.7. Con `HOW = "normal"`, otra decepción: manchas oscuras, porque los códigos verdaderos
# llegan varias veces más lejos del origen que los de `torch.randn`. Y con `HOW = "box"`, cualquier valor entre el menor
# y el mayor de cada número, la distancia es todavía mayor. Ninguno de los tres azares es *el* correcto; el
# entrenamiento nunca mencionó ninguno.
#
# ## El mapa y sus huecos
#
# Con dos números el espacio de códigos se puede mirar entero. Cada punto es una imagen de prueba; las letras son
# lugares que se decodifican, algunos poblados y otros vacíos. **Predicción.** ¿Qué dibujará el decoder donde nunca hubo
# un código: **a)** siempre nada: todo negro; **b)** ruido; **c)** algo de todos modos, mezclado o exagerado?

# %% [markdown] lang="en"
# The opposite of what one would wish: **more numbers reconstruct better and invent worse**. How much farther from the
# nearest real garment do the pictures of random codes lie than the copies (Euclidean distance, no longer squared)? On
# the real photographs, 0.3, 2.1 and 2.7. `HOW = "normal"` disappoints in another way: dark smudges, because true codes
# reach several times as far from the origin as those of `torch.randn`. And with `HOW = "box"`, any value between the
# lowest and the highest of each number, the distance is greater still. None of the three is *the* right way to sample;
# training never mentioned any.
#
# ## The map and its holes
#
# With two numbers the space of codes can be seen whole. Each point is a test picture; the letters are places to decode,
# some inhabited and others empty. **Prediction.** What will the decoder draw where there never was a code: **a)**
# always nothing: all black; **b)** noise; **c)** something all the same, mixed or overdone?

# %% tags=["predict"]
predict("empty-places", ...)

# %% tags=["experiment"]
PLACES = [(-7, -1), (6, 6), (8, -3), (0, 0), (1.5, 5), (-6, -6), (-14, -12), (14, 12)]

with torch.no_grad():
    x_places = models[2].decode(torch.tensor(PLACES, dtype=torch.float32))
reveal("empty-places")
holes(codes[2], test.labels, classes=test.classes, places=PLACES, decoded=x_places)


# %% [markdown] lang="es"
# A, B y C caen sobre códigos: un botín, un pantalón, una camiseta. D, el origen, queda apenas fuera de las sandalias, y
# allí el decoder no dibuja casi nada. E y F quedan cada una en un hueco entre barrios: una mancha tenue y una mezcla de
# dos prendas. G y H están lejos de todo: un botín y un pantalón exagerados, con demasiado contraste. El decoder
# contesta siempre, también donde no aprendió nada, y pocas veces en negro; de ahí, antes, las mezclas borrosas con 32
# números.
#
# El mapa completo, vuelto imagen:

# %% [markdown] lang="en"
# A, B and C lie on codes: an ankle boot, trousers, a T-shirt. D, the origin, is just outside the sandals, and there the
# decoder draws almost nothing. E and F each lie in a hole between neighbourhoods: a faint smudge and a mixture of two
# garments. G and H are far from everything: a boot and trousers overdone, with too much contrast. The decoder always
# answers, also where it has learnt nothing, and seldom in black; hence the blurred mixtures before, with 32 numbers.
#
# The whole map, turned into pictures:

# %% tags=["experiment"]
STEPS, LIMIT = 13, 12

line = torch.linspace(-LIMIT, LIMIT, STEPS)
lattice = torch.stack([torch.stack([x, y]) for y in line.flip(0) for x in line])  # (STEPS * STEPS, 2)
with torch.no_grad():
    tiles = models[2].decode(lattice)
figures.latent_grid(tiles, STEPS, LIMIT)


# %% [markdown] lang="es"
# Los barrios son buenos; en las fronteras salen imágenes apagadas o mezcladas, como bolsos que son medio bota. Y los
# ejes de la figura anterior muestran algo más: los códigos pasan de $\pm 10$, aunque la pérdida no lo pide; otro
# entrenamiento elegiría otra escala y otro orden.

# %% [markdown] lang="en"
# The neighbourhoods are fine; at the borders come dim or mixed pictures, such as handbags that are half boot. And the
# axes of the figure before show one thing more: codes go beyond $\pm 10$, though the loss does not ask for it; another
# training would choose another scale and another order.

# %% [markdown] question="holes" points=3 lang="es"
# ## Pregunta: por qué copia y no inventa
#
# *10 min · dificultad 2 de 3*
#
# Explicar en cinco o seis frases por qué el autoencoder reconstruye bien imágenes que no había visto y, sin embargo,
# decodifica mal códigos elegidos al azar. Citar al menos una figura, o un número calculado en este cuaderno, y decir
# qué le falta a $z$ para que se pueda generar.
#
# ### BEGIN SOLUTION
# **Respuesta modelo**
#
# El entrenamiento solo pide $g(f(x)) \approx x$ en los códigos $f(x)$ de imágenes reales. Las imágenes de prueba se
# parecen a las de entrenamiento, así que sus códigos caen en los mismos barrios y la copia es buena (9.9 con 8
# números frente a 68 de la prenda promedio). Del resto del espacio la pérdida no dice nada: el decoder continúa como
# puede entre los barrios y más allá (lugares D a H del mapa). Con más dimensiones los códigos reales ocupan una parte
# cada vez menor del espacio, así que mezclar coordenadas cae casi siempre fuera (con 32 números, la distancia a la
# prenda real más cercana es 6.4 y la de sus copias 3.8). Además nada indica de dónde sortear $z$: ni centro, ni
# escala, ni forma. Falta una distribución $p(z)$ conocida, y un encoder obligado a llenarla sin huecos.
#
# **Pauta**: 0: en blanco, o contradicho por la propia figura. 1: culpa al tamaño de la red o a la falta de
# entrenamiento o de datos. 2: regiones que el decoder nunca vio, con una figura o un número. 3: además, nada dice de
# dónde sortear; $z$ necesita una distribución.
# ### END SOLUTION

# %% [markdown] question="holes" points=3 lang="en"
# ## Question: why it copies but does not invent
#
# *10 min · difficulty 2 of 3*
#
# Explain in five or six sentences why the autoencoder reconstructs pictures well that it had not seen, and yet decodes
# codes chosen at random badly. Cite at least one figure, or a number from your own run of this notebook, and say what
# $z$ still lacks before one can generate from it.
#
# ### BEGIN SOLUTION
# **Model answer**
#
# Training only asks for $g(f(x)) \approx x$ at the codes $f(x)$ of real pictures. Test pictures resemble the training
# ones, so their codes fall into the same neighbourhoods and the copy is good (9.9 with 8 numbers against 68 for the
# average garment). About the rest of the space the loss says nothing: the decoder carries on as it may between the
# neighbourhoods and beyond (places D to H of the map). With more dimensions the real codes fill an ever smaller part
# of the space, so mixing coordinates nearly always falls outside (with 32 numbers the distance to the nearest real
# garment is 6.4, for its copies 3.8). Nor does anything say where to draw $z$ from: no centre, no scale, no shape.
# What is missing is a known distribution $p(z)$, and an encoder made to fill it without holes.
#
# **Rubric**: 0: blank, or contradicted by one's own figure. 1: blames the network's size, or too little training or
# data. 2: regions that the decoder never saw, with a figure or a number. 3: also that nothing says where to draw
# from; $z$ needs a distribution.
# ### END SOLUTION

# %% [markdown] lang="es"
# ## Cuatro consejos habituales, como hipótesis
#
# Cuando las imágenes salen mal se suele aconsejar: **más filtros**, **Conv2DTranspose**, **capas residuales**,
# **inicialización de He**. Son hipótesis, y una hipótesis se prueba. Abajo, autoencoders diminutos (prendas de $14
# \times 14$, 8 números, 150 pasos), cada uno con dos semillas:
#
# - *base* (**a**): 8 y 16 filtros, `ConvTranspose2d`;
# - *más filtros* (**b**): 32 y 64;
# - *repetir + conv* (**c**): agrandar repitiendo píxeles y convolucionar, en vez de `ConvTranspose2d`;
# - *residual* (**d**): un bloque $x + F(x)$ en cada etapa; *He* (**e**): pesos con varianza $2/\text{entradas}$,
#   pensada para ReLU;
# - *profunda* (**f**): seis convoluciones más en el encoder y otras seis en el decoder; y esa misma con He (**g**), o
#   hecha de bloques residuales (**h**).
#
# **Predicción.** ¿Cuál de las ocho tendrá el error más bajo, y cuál el más alto?

# %% [markdown] lang="en"
# ## Four common tips, as hypotheses
#
# When pictures come out badly, the usual advice is: **more filters**, **Conv2DTranspose**, **residual layers**, **He
# initialisation**. These are hypotheses, and a hypothesis is tested. Below, tiny autoencoders ($14 \times 14$ garments,
# 8 numbers, 150 steps), each with two seeds:
#
# - *base* (**a**): 8 and 16 filters, `ConvTranspose2d`;
# - *more filters* (**b**): 32 and 64;
# - *repeat + conv* (**c**): enlarge by repeating pixels, then convolve, in place of `ConvTranspose2d`;
# - *residual* (**d**): a block $x + F(x)$ at each stage; *He* (**e**): weights of variance $2/\text{inputs}$, made for
#   ReLU;
# - *deep* (**f**): six more convolutions in the encoder and six in the decoder; and the same with He (**g**), or made
#   of residual blocks (**h**).
#
# **Prediction.** Which of the eight will have the lowest error, and which the highest?

# %% tags=["predict"]
predict("best-tip", ...)
predict("worst-tip", ...)

# %% tags=["experiment"]
EARLY, STEPS, SEEDS = 50, 150, (0, 1)
VARIANTS = {
    Both(es="base", en="base"): {},
    Both(es="más filtros", en="more filters"): {"hidden": (32, 64)},
    Both(es="repetir + conv", en="repeat + conv"): {"upsample": "nearest"},
    Both(es="residual", en="residual"): {"residual_blocks": 1},
    Both(es="He", en="He"): {"he": True},
    Both(es="profunda", en="deep"): {"extra": 6},
    Both(es="profunda + He", en="deep + He"): {"extra": 6, "he": True},
    Both(es="profunda residual", en="deep residual"): {"extra": 6, "skip": True},
}
x_small = F.avg_pool2d(x_train, 2)  # (N, 1, 14, 14)
x_held = F.avg_pool2d(x_test[:300], 2)


def tower(channels, layers, skip):
    if skip:
        return nn.Sequential(*[networks.ResidualBlock(channels, "relu", "none") for _ in range(layers // 2)])
    pairs = [(nn.Conv2d(channels, channels, 3, padding=1), nn.ReLU()) for _ in range(layers)]
    return nn.Sequential(*[part for pair in pairs for part in pair])


def tiny(hidden=(8, 16), extra=0, skip=False, he=False, upsample="transposed", residual_blocks=0):
    encoder = networks.ConvEncoder(1, 14, hidden, 8, residual_blocks=residual_blocks)
    decoder = networks.ConvDecoder(1, 14, hidden, 8, residual_blocks=residual_blocks, upsample=upsample)
    if extra:
        encoder.features.insert(len(encoder.features) - 1, tower(hidden[-1], extra, skip))
        decoder.layers.insert(1, tower(hidden[-1], extra, skip))
    pair = nn.ModuleList([encoder, decoder])
    return networks.kaiming_(pair) if he else pair


def held_back_errors(seed, **options):
    torch.manual_seed(seed)
    encoder, decoder = pair = tiny(**options)
    optimizer, errors = torch.optim.Adam(pair.parameters(), lr=4e-3), []
    for step in range(1, STEPS + 1):
        batch = x_small[torch.randint(len(x_small), (32,))]
        optimizer.zero_grad()
        (decoder(encoder(batch)[0]) - batch).square().flatten(1).sum(dim=1).mean().backward()
        optimizer.step()
        if step in (EARLY, STEPS):
            with torch.no_grad():
                errors.append(squares(x_held, decoder(encoder(x_held)[0])))
    return errors


results, seconds = [], []
for options in VARIANTS.values():
    start = time.process_time()
    results.append([held_back_errors(seed, **options) for seed in SEEDS])
    seconds.append((time.process_time() - start) / len(SEEDS))
early, late = torch.tensor(results).unbind(dim=2)  # (V, S)
say(
    es=f"la prenda promedio: {squares(x_held, x_small.mean(dim=0)):.1f}",
    en=f"the average garment: {squares(x_held, x_small.mean(dim=0)):.1f}",
)
reveal("best-tip", "abcdefgh"[late.mean(dim=1).argmin()])
reveal("worst-tip", "abcdefgh"[late.mean(dim=1).argmax()])
contest(list(VARIANTS), early, late, seconds, steps=(EARLY, STEPS))


# %% [markdown] lang="es"
# A la derecha de cada barra, el error final y los segundos; cada punto es una semilla. La franja gris es lo que cambia
# la base con solo cambiar la semilla: lo que termina dentro puede ser suerte. ¿Qué consejos se notan solo en la red
# profunda? Con las fotos reales:
#
# - **Más filtros** es la única que gana con claridad: de 4.6 a 2.9. No es gratis: 81 105 pesos en vez de 8001.
# - **Conv2DTranspose** no mejora nada: repetir y convolucionar rinde al menos lo mismo (4.2).
# - **He** empieza mejor (9.6 contra 12.5 tras 50 pasos) y después la ventaja desaparece. **Residual**, en una red de
#   pocas capas, tampoco se distingue de la base, y tarda más.
# - La **profunda** fracasa: 11.6, más cerca de la prenda promedio (14.4) que de la base (4.6). A través de tantas capas
#   la señal y el gradiente se apagan. Ahí sí ayudan He (5.7) y los atajos residuales (6.6): sirven *contra la
#   profundidad*. Pero, en 150 pasos y con estas semillas, ni así alcanza a la base.
#
# Un consejo no es bueno ni malo en sí mismo: responde a un problema concreto. Y ninguno de estos toca los huecos del
# mapa, que no están en las capas sino en el espacio de códigos. Para poner a prueba el resultado: `SEEDS = (2, 3)`, o
# más pasos.
#
# ## Tableros de ajedrez
#
# ¿Por qué `ConvTranspose2d` puede dejar una trama de ajedrez? Porque, si el núcleo no es múltiplo del stride, los
# sellos se superponen de manera desigual; basta contar cuántas veces se escribe en cada píxel.

# %% [markdown] lang="en"
# Right of each bar, the final error and the seconds; each dot is a seed. The grey band is what the base changes by the
# seed alone: what ends inside it may be luck. Which tips show in the deep network only? On the real photographs:
#
# - **More filters** is the only clear winner: from 4.6 to 2.9. It is not free: 81,105 weights in place of 8,001.
# - **Conv2DTranspose** improves nothing: repeating and convolving does at least as well (4.2).
# - **He** starts better (9.6 against 12.5 after 50 steps), then the lead disappears. **Residual**, in a network of few
#   layers, cannot be told from the base either, and takes longer.
# - The **deep** one fails: 11.6, nearer to the average garment (14.4) than to the base (4.6). Through so many layers
#   signal and gradient fade. There He (5.7) and residual shortcuts (6.6) do pay off: they help *against depth*. Even
#   so, in 150 steps and with these seeds, it does not reach the base.
#
# A tip is neither good nor bad in itself: it answers one particular problem. And none of these touches the holes in the
# map, which are not in the layers but in the space of codes. To put the result to the test: `SEEDS = (2, 3)`, or more
# steps.
#
# ## Checkerboards
#
# Why can `ConvTranspose2d` leave a checkerboard? Because the stamps overlap unevenly if the kernel is no multiple of
# the stride; it is enough to count how often each pixel is written to.


# %% tags=["experiment"]
def writes(kernel, stride):
    ones = torch.ones(1, 1, 5, 5)
    return F.conv_transpose2d(ones, torch.ones(1, 1, kernel, kernel), stride=stride, padding=1)[0, 0]


repeated = F.interpolate(torch.ones(1, 1, 5, 5), size=9)
counts = [writes(3, 2), writes(4, 2), F.conv2d(repeated, torch.ones(1, 1, 3, 3), padding=1)[0, 0]]
overlaps(
    [count[1:8, 1:8] for count in counts],
    [
        Both(es="transpuesta, núcleo 3, stride 2", en="transposed, kernel 3, stride 2"),
        Both(es="transpuesta, núcleo 4, stride 2", en="transposed, kernel 4, stride 2"),
        Both(es="repetir + conv, núcleo 3", en="repeat + conv, kernel 3"),
    ],
)

# %% [markdown] lang="es"
# Con núcleo 4 la cuenta es pareja, y por eso el curso lo prefiere. Aun así, en los primeros pasos del entrenamiento de
# arriba se ve una trama fina: los píxeles pares y los impares los escriben partes distintas del núcleo, que empiezan al
# azar y tardan en ponerse de acuerdo.

# %% [markdown] lang="en"
# With kernel 4 the count is the same everywhere, which is why this course prefers it. All the same, the first steps
# of the training above show a fine pattern: even and odd pixels are written by different parts of the kernel, which
# start at random and take a while to agree.

# %% [markdown] lang="es"
# ## Para seguir (sin nota)
#
# - **Quitar ruido.** Sumar ruido gaussiano a las imágenes que entran al encoder y pedir de vuelta las limpias. ¿Cuánto
#   ruido soporta? ¿Cambian los huecos del mapa?
# - **Un mapa propio.** Entrenar el encoder y el decoder de esta lección con `CODE = 2` y dibujar su mapa con `holes`.
#   ¿Se parece al del curso? ¿Y el de otra semilla?
# - **Otra forma de subir.** Reescribir el decoder con `F.interpolate` y una convolución de stride 1, y comparar, en la
#   figura de los consejos, con *repetir + conv* (hay que cambiar `tiny`).

# %% [markdown] lang="en"
# ## Going further (not graded)
#
# - **Removing noise.** Add Gaussian noise to the pictures that enter the encoder and ask for the clean ones back. How
#   much noise does it bear? Do the holes in the map change?
# - **A map of your own.** Train this lesson's encoder and decoder with `CODE = 2` and draw their map with `holes`. Is
#   it like the course's? And another seed's?
# - **Another way up.** Rewrite the decoder with `F.interpolate` and a stride-1 convolution, and compare it, in the
#   figure of the tips, with *repeat + conv* (`tiny` has to be changed).

# %% [markdown] lang="es"
# ## En la demo
#
# En la pestaña **Generar**, comparar con una misma semilla «Ropa, 2 dimensiones, β = 0» y sus hermanos de 8 y 32: el
# panel del prior es el `HOW = "normal"` de esta lección. En **Beta**, la serie «Con β = 0» (los autoencoders de esta
# lección) cambia solo la dimensión latente: primero se miran las reconstrucciones y después las muestras. En **Mapa**,
# buscar una frontera entre dos barrios.
#
# <details><summary>En Keras</summary>
#
# | Keras | PyTorch |
# |---|---|
# | `Conv2D(32, 4, strides=2, padding="same")`, `ReLU()` | `nn.Conv2d(16, 32, 4, stride=2, padding=1)`, `nn.ReLU()` |
# | `Conv2DTranspose(16, 4, strides=2, padding="same")` | `nn.ConvTranspose2d(32, 16, 4, stride=2, padding=1)` |
# | `Resizing(25, 25, interpolation="nearest")` | `F.interpolate(x, size=(25, 25))` |
# | `Flatten()`, `Reshape((7, 7, 32))` | `nn.Flatten()`, `.view(-1, 32, 7, 7)` |
# | `Dense(16)`; salidas `z_mean`, `z_log_var` | `nn.Linear(1568, 16)`; `mu`, `logvar` |
# | `kernel_initializer=HeNormal()` | `nn.init.kaiming_normal_(layer.weight)` |
# | imágenes `(N, H, W, C)` | imágenes `(N, C, H, W)` |
#
# Keras deduce los canales de entrada y los tamaños; PyTorch pide decirlos. Con lados impares, `padding="same"`
# redondea hacia arriba (29 → 15), no hacia abajo; `Conv2DTranspose` también tiene `output_padding`.
#
# </details>
#
# **Lo que sigue.** El código de una imagen es un punto, y entre puntos hay huecos. ¿Y si cada imagen ocupara una
# *nube*? Para eso espera `logvar`. Lección 03.

# %% [markdown] lang="en"
# ## In the demo
#
# In the **Generate** tab, compare under one seed "Clothes, 2 dimensions, β = 0" and its siblings of 8 and 32: the
# prior's panel is this lesson's `HOW = "normal"`. In **Beta**, the series "With β = 0" (this lesson's autoencoders)
# changes only the latent dimension: look first at the reconstructions, then at the samples. In **Map**, look for a
# border between two neighbourhoods.
#
# <details><summary>In Keras</summary>
#
# | Keras | PyTorch |
# |---|---|
# | `Conv2D(32, 4, strides=2, padding="same")`, `ReLU()` | `nn.Conv2d(16, 32, 4, stride=2, padding=1)`, `nn.ReLU()` |
# | `Conv2DTranspose(16, 4, strides=2, padding="same")` | `nn.ConvTranspose2d(32, 16, 4, stride=2, padding=1)` |
# | `Resizing(25, 25, interpolation="nearest")` | `F.interpolate(x, size=(25, 25))` |
# | `Flatten()`, `Reshape((7, 7, 32))` | `nn.Flatten()`, `.view(-1, 32, 7, 7)` |
# | `Dense(16)`; outputs `z_mean`, `z_log_var` | `nn.Linear(1568, 16)`; `mu`, `logvar` |
# | `kernel_initializer=HeNormal()` | `nn.init.kaiming_normal_(layer.weight)` |
# | pictures `(N, H, W, C)` | pictures `(N, C, H, W)` |
#
# Keras infers input channels and sizes; PyTorch has to be told. With odd sides `padding="same"` rounds up (29 → 15),
# not down; `Conv2DTranspose` has `output_padding` too.
#
# </details>
#
# **What comes next.** A picture's code is a point, and between points there are holes. What if each picture filled a
# *cloud*? That is what `logvar` is waiting for. Lesson 03.

# %% [markdown] lang="es"
# ## Referencias
#
# - Xiao, Rasul y Vollgraf (2017),
#   [Fashion-MNIST](https://arxiv.org/abs/1708.07747).
# - Hinton y Salakhutdinov (2006),
#   [Reducing the Dimensionality of Data with Neural Networks](https://doi.org/10.1126/science.1127647).
# - Dumoulin y Visin (2016),
#   [A guide to convolution arithmetic for deep learning](https://arxiv.org/abs/1603.07285).
# - He, Zhang, Ren y Sun (2015),
#   [Delving Deep into Rectifiers](https://arxiv.org/abs/1502.01852) (la inicialización)
#   y [Deep Residual Learning for Image Recognition](https://arxiv.org/abs/1512.03385).
# - Odena, Dumoulin y Olah (2016),
#   [Deconvolution and Checkerboard Artifacts](https://distill.pub/2016/deconv-checkerboard/).

# %% [markdown] lang="en"
# ## References
#
# - Xiao, Rasul and Vollgraf (2017),
#   [Fashion-MNIST](https://arxiv.org/abs/1708.07747).
# - Hinton and Salakhutdinov (2006),
#   [Reducing the Dimensionality of Data with Neural Networks](https://doi.org/10.1126/science.1127647).
# - Dumoulin and Visin (2016),
#   [A guide to convolution arithmetic for deep learning](https://arxiv.org/abs/1603.07285).
# - He, Zhang, Ren and Sun (2015),
#   [Delving Deep into Rectifiers](https://arxiv.org/abs/1502.01852) (the initialisation)
#   and [Deep Residual Learning for Image Recognition](https://arxiv.org/abs/1512.03385).
# - Odena, Dumoulin and Olah (2016),
#   [Deconvolution and Checkerboard Artifacts](https://distill.pub/2016/deconv-checkerboard/).
