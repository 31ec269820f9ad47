"""The demo on port 7860: python app.py (GRADIO_SERVER_PORT and GRADIO_SERVER_NAME choose another place).

python app.py --with FILE shows a student's own functions beside the course's, on their own machine.
"""

import sys

if __name__ == "__main__":
    guest = None
    if sys.argv[1:]:
        from vae_course.own_code import command

        guest = command.guest(sys.argv[1:])
    from vae_course.demo import page, serve

    serve.launch(page.build(guest))
