"""The demo: what a class sees in the browser. The only part of the course that imports gradio."""

import os

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # gradio reads it when it is imported
