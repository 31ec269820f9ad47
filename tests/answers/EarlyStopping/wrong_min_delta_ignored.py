"""min_delta is not used."""

import math


class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.best, self.bad = patience, math.inf, 0

    def update(self, value):
        if value < self.best:
            self.best, self.bad = value, 0
        else:
            self.bad += 1
        return self.bad >= self.patience
