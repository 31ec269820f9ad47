"""The tab Train: a recorded run to replay, and trainings of one's own that go on while one looks."""

from ....text import texts_beside

texts = texts_beside(__file__)
