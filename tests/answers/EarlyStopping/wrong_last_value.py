"""Compares with the value before, not with the best."""

import math


class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta, self.best, self.bad = patience, min_delta, math.inf, 0

    def update(self, value):
        self.bad = 0 if value < self.best - self.min_delta else self.bad + 1
        self.best = value
        return self.bad >= self.patience
