"""The demo on port 7860: python app.py (GRADIO_SERVER_PORT and GRADIO_SERVER_NAME choose another place)."""

from vae_course.demo import page, serve

if __name__ == "__main__":
    serve.launch(page.build())
