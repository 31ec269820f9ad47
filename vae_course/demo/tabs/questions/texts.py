"""What the tab Questions says, the page's pinboard, and the files of the report."""

from ....text import Both

NAME = Both(es="Preguntas", en="Questions")
LEAD = Both(
    es="Primero predecir, después medir, después comparar. Lo predicho, lo visto y lo respondido queda en un informe.",
    en="First predict, then measure, then compare. What was predicted, seen and answered goes into a report.",
)
NAV = Both(es="Preguntas para elegir", en="Questions to choose from")
GROUPS = {
    True: Both(es="De la tarea", en="From the assignment"),
    False: Both(es="De las lecciones", en="From the lessons"),
}
DONE = {
    "predicted": Both(es="con predicción", en="predicted"),
    "ran": Both(es="comparada", en="compared"),
    "answered": Both(es="respondida", en="answered"),
}
PREDICTION = Both(es="La predicción", en="The prediction")
PICK = Both(es="¿Qué se espera ver?", en="What is to be expected?")
WHY = Both(es="Con palabras propias, o por qué", en="In one's own words, or why")
WHY_HINT = Both(es="Se espera que…", en="It is to be expected that…")
RUN = Both(es="Hacer el experimento", en="Run the experiment")
EXPERIMENT = Both(es="El experimento", en="The experiment")
AGAIN = Both(es="Con otra semilla", en="With another seed")
BACK = Both(es="Cambiar la predicción", en="Change the prediction")
EXPLANATION = Both(es="La explicación, para después de responder", en="The explanation, for after the answer")
MINE = Both(es="esto se predijo", en="this was predicted")
OWN_WORDS = Both(es="Con palabras propias: {text}", en="In own words: {text}")
ANSWER = Both(
    es="La respuesta, con tres frases y las figuras que la apoyan", en="The answer: three sentences, and figures"
)
ANSWER_HINT = Both(es="Se predijo… Se vio… Porque…", en="The prediction was… What was seen… Because…")
LEVELS = Both(es="Qué tan lejos llega una respuesta", en="How far an answer goes")
PREDICT_FIRST = Both(
    es="Primero la predicción: basta elegir una opción o escribir unas palabras.",
    en="The prediction comes first: pick an option or write a few words.",
)
UNKNOWN = Both(es="La pregunta", en="The question")
SEED = Both(es="La semilla", en="The seed")
CHOICE = Both(es="La opción", en="The option")
FIELD = Both(es="El campo", en="The field")
PIN_ALL = Both(es="Poner todo el experimento en el informe", en="Put the whole experiment into the report")
PIN_ALL_SHORT = Both(es="Al informe", en="Into the report")
REPORT = Both(es="El informe", en="The report")
REPORT_TEXT = Both(
    es="Solo contiene lo propio: predicciones, respuestas y figuras puestas con el alfiler de cualquier pestaña. El "
    "servidor lo borra a los 15 minutos sin uso: conviene descargarlo.",
    en="It holds one's own things only: predictions, answers and figures put in with the pin of any tab. The server "
    "deletes it after 15 minutes without use: download it in time.",
)
EMPTY = Both(
    es="Aquí se reúne lo que se predice y responde, y las figuras que se ponen con el alfiler de cada panel. "
    "Todavía no hay nada.",
    en="What is predicted and answered gathers here, with the figures put in with the pin of any panel. There is "
    "nothing yet.",
)
WHO = Both(es="Nombre", en="Name")
NOTES = Both(es="Notas para el informe", en="Notes for the report")
FIGURES = Both(es="Figuras", en="Figures")
BEGUN = Both(es="Preguntas empezadas", en="Questions begun")
CAPTION = Both(es="Leyenda de la figura {number}", en="Caption of figure {number}")
REMOVE = Both(es="Quitar la figura {number}", en="Remove figure {number}")
REMOVE_SHORT = Both(es="Quitar", en="Take out")
AS_HTML = Both(es="Descargar para imprimir (HTML)", en="Download to print (HTML)")
AS_ZIP = Both(es="Descargar Markdown y PNG (zip)", en="Download Markdown and PNG (zip)")
KIND = Both(es="El formato", en="The format")

# the pinboard

PINNED = {
    0: Both(es="Informe: todavía sin figuras", en="Report: no figures yet"),
    1: Both(es="Informe: 1 figura", en="Report: 1 figure"),
}
MANY_PINNED = Both(es="Informe: {count} figuras", en="Report: {count} figures")
PIN_ADDED = Both(es="Figura puesta en el informe.", en="The figure is in the report.")
PINS_FULL = Both(
    es="El informe admite {most} figuras y {size} MB. Conviene quitar alguna en la pestaña Preguntas.",
    en="A report holds {most} figures and {size} MB. Please remove one in the tab Questions.",
)
PINS_BUSY = Both(
    es="El servidor ya guarda demasiadas figuras. Conviene intentarlo en unos minutos.",
    en="The server keeps too many figures already. Please try again in some minutes.",
)
PIN_BAD = Both(
    es="La figura no se pudo guardar: no llegó como una imagen PNG de tamaño aceptable.",
    en="The figure could not be kept: it did not arrive as a PNG of acceptable size.",
)
TOO_LONG = Both(
    es="El texto es demasiado largo: se aceptan {most} caracteres.",
    en="The text is too long: {most} characters at most.",
)

# the report's files

REPORT_TITLE = Both(es="Informe del taller de VAE", en="Report of the VAE workshop")
REPORT_FILE = Both(es="informe-vae", en="vae-report")
MARKDOWN_FILE = Both(es="informe", en="report")
FIGURES_FOLDER = Both(es="figuras", en="figures")
FIGURE = Both(es="Figura {number}", en="Figure {number}")
PREDICTED = Both(es="Predicción", en="Prediction")
SEEN = Both(es="Lo que se vio", en="What was seen")
ANSWERED = Both(es="Respuesta", en="Answer")
QUESTIONS = Both(es="Preguntas", en="Questions")
IN_DEMO = Both(es="Volver a este estado en la demo", en="Back to this state in the demo")
REPORT_NOTES = Both(es="Notas", en="Notes")
