"""What several tabs say."""

from ...text import Both

SOURCES = {
    "original": Both(es="Original", en="Original"),
    "upload": Both(es="Imagen subida", en="Uploaded picture"),
    "code": Both(es="Entrada", en="Input"),
}
NOT_SHIPPED = Both(
    es="Decodificada de un código guardado: la fotografía no se distribuye. Por eso se reconstruye tan bien.",
    en="Decoded from a stored code: the photograph does not ship. That is why it is reconstructed so well.",
)
COVER = Both(es="Tapar para predecir", en="Cover, to predict")
UNCOVER = Both(es="Destapar todo", en="Uncover all")
PIN = Both(es="Al informe: {title}", en="To the report: {title}")
