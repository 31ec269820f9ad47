"""What the errors of Python and torch that beginners meet most often mean, in both languages."""

import re

from .text import Both

# the first that is found in "Kind: message" says what it means
MEANINGS: tuple[tuple[str, Both], ...] = (
    (
        r"before Module\.__init__\(\) call|object has no attribute '_(parameters|modules|buffers)'",
        Both(
            es="Falta super().__init__() al comienzo de __init__.",
            en="super().__init__() is missing at the beginning of __init__.",
        ),
    ),
    (
        r"'super' object has no attribute 'init'",
        Both(es="Se escribe super().__init__().", en="Write super().__init__() instead."),
    ),
    (
        r"is missing the required \"forward\" function",
        Both(es="La clase no tiene un método llamado forward.", en="The class has no method called forward."),
    ),
    (
        r"is not a Module subclass",
        Both(
            es="nn.Sequential recibe las capas una por una: nn.Sequential(*capas).",
            en="nn.Sequential takes the layers one by one: nn.Sequential(*layers).",
        ),
    ),
    (
        r"only one element tensors can be converted|only 0-dimensional arrays can be converted",
        Both(
            es="Las funciones de math son para números; para tensores están las de torch, como torch.exp.",
            en="math's functions are for numbers; for tensors there are torch's, such as torch.exp.",
        ),
    ),
    (
        r"\(\): argument '\w+' \(position 1\) must be Tensor, not (float|int)",
        Both(
            es="Las funciones de torch son para tensores; para un número están las de math.",
            en="torch's functions are for tensors; for a number there are math's.",
        ),
    ),
    (
        r"leaf Variable that requires grad is being used in an in-place operation",
        Both(
            es="Se escribió en un tensor recibido (+=, *=, un nombre con _ al final): hay que formar uno nuevo.",
            en="A tensor that came in was written to (+=, *=, a name that ends in _): make a new one instead.",
        ),
    ),
    (
        r"modified by an inplace operation",
        Both(
            es="Se escribió en un tensor que el gradiente todavía necesita: hay que formar uno nuevo.",
            en="A tensor that the gradient still needs was written to: make a new one instead.",
        ),
    ),
    (
        r"Can't call numpy\(\) on Tensor that requires grad",
        Both(
            es="Por NumPy no pasa el gradiente: torch tiene las mismas funciones.",
            en="No gradient passes through NumPy: torch has the same functions.",
        ),
    ),
    (
        r"does not require grad and does not have a grad_fn",
        Both(
            es="De la pérdida no cuelga nada que entrenar: la cortó un no_grad, un detach o un .item().",
            en="Nothing that could be trained hangs on the loss: a no_grad, a detach or an .item() cut it off.",
        ),
    ),
    (
        r"backward through the graph a second time",
        Both(es="Cada forward admite un solo backward.", en="Each forward pass allows for one backward."),
    ),
    (
        r"'(float|int)' object has no attribute '(backward|detach|item|mean|sum|exp)'",
        Both(
            es="Es un número suelto, ya sin grafo ni métodos de tensor.",
            en="It is a bare number, with neither a graph nor a tensor's methods.",
        ),
    ),
    (
        r"Boolean value of Tensor with more than one value|truth value of an array",
        Both(
            es="Con tensores van ~, & y | en lugar de not, and y or, y torch.where en lugar de if.",
            en="Tensors take ~, & and | for not, and, or, and torch.where for if.",
        ),
    ),
    (
        r"the `-` operator, on a bool tensor",
        Both(es="Lo contrario de una máscara es ~máscara.", en="The opposite of a mask is ~mask."),
    ),
    (
        r"mat1 and mat2 shapes cannot be multiplied",
        Both(
            es="No encajan columnas y filas de dos matrices: ¿falta .T, falta aplanar, o los mapas tienen otro lado?",
            en="Two matrices' columns and rows don't fit: is .T missing, or a flatten, or have the maps another side?",
        ),
    ),
    (
        r"expected input.* to have \d+ channels, but got",
        Both(
            es="Los canales de entrada de cada capa son los de salida de la anterior.",
            en="Each layer's input channels are the output channels of the one before.",
        ),
    ),
    (
        r"Expected 3D \(unbatched\) or 4D \(batched\) input",
        Both(
            es="Las convoluciones reciben (N, C, H, W): antes hace falta view o unflatten.",
            en="Convolutions take (N, C, H, W): view or unflatten first.",
        ),
    ),
    (
        r"slice indices must be integers",
        Both(es="/ da un float; hace falta // o round.", en="/ gives a float; // or round is needed."),
    ),
    (
        r"Dimension out of range \(expected to be in range of \[-1, 0\]",
        Both(
            es="El tensor tiene menos dimensiones que las pedidas: ¿ya se había sumado o promediado todo?",
            en="The tensor has fewer dimensions than asked for: had all been summed or averaged before?",
        ),
    ),
    (
        r"Sizes of tensors must match except in dimension 0",
        Both(
            es="torch.cat une por filas; con dim=1, por columnas.",
            en="torch.cat joins rows; with dim=1, columns.",
        ),
    ),
    (
        r"object of type '\w+' has no len\(\)",
        Both(
            es="Lo que se recorre una sola vez no tiene largo: se cuenta en la misma pasada.",
            en="What can be gone through only once has no length: count in that same pass.",
        ),
    ),
    (
        r"cannot access local variable|referenced before assignment",
        Both(
            es="Todavía no tiene valor en ese punto: ¿falta dárselo antes, o en una de las ramas?",
            en="It has no value yet at that point: is it set before, and in every branch?",
        ),
    ),
    (
        r"Weights only load failed",
        Both(
            es="El archivo guarda objetos enteros: se guardan los state_dict() de modelo y optimizador.",
            en="The file holds whole objects: save the state_dict() of model and optimizer.",
        ),
    ),
    (
        r"'NoneType' object|unsupported operand type\(s\) for .*'NoneType'",
        Both(
            es="Algo vale None: ¿una función sin return, o un valor que nunca se dio?",
            en="Something is None: a function without return, or a value that was never given?",
        ),
    ),
    (
        r"ImportError: vae_course\..* is the exercise itself",
        Both(
            es="Es lo que se pide escribir: al corregir no se puede importar.",
            en="It is what is to be written: while answers are graded it can't be imported.",
        ),
    ),
    (
        r"ImportError: vae_course\..* can't be imported while answers are graded",
        Both(
            es="Al corregir, del curso solo se importan las lecciones anteriores.",
            en="Of the course, only earlier lessons can be imported then.",
        ),
    ),
    (
        r"EOFError",
        Both(
            es="Al corregir nadie escribe en el teclado: no puede haber un input().",
            en="Nobody types while answers are graded: input() has to go.",
        ),
    ),
)
TOO_MUCH = (r", but expected one of:.*", r" This file can still be loaded.*", r" Saved intermediate values of the.*")


def meaning(error: str) -> Both | None:
    """What an error ("Kind: message") means; None where that is not known."""
    return next((words for pattern, words in MEANINGS if re.search(pattern, error)), None)


def shortened(message: str) -> str:
    """An error's own words without colours, and without what torch adds at length."""
    message = re.sub(r"\x1b\[\d*m", "", " ".join(message.split()))
    for more in TOO_MUCH:
        message = re.sub(more, "", message)
    return message
