"""What visible and hidden checks both say, `SAID.name`: from sentences.toml, whose path the hidden ones are given."""

from pathlib import Path

from .text import texts_beside

FILE = Path(__file__).with_suffix(".toml")
SAID = texts_beside(__file__, FILE.stem)
