"""Keeps all values and looks back."""

import math


class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta, self.best, self.since = patience, min_delta, math.inf, []

    def update(self, value):
        self.since.append(value)
        if self.best - value > self.min_delta:
            self.best = value
            self.since.clear()
        return len(self.since) >= self.patience
