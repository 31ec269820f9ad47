"""A dataclass."""

from dataclasses import dataclass


@dataclass
class EarlyStopping:
    patience: int
    min_delta: float = 0.0
    best: float = float("inf")
    left: int = 0

    def __post_init__(self):
        self.left = self.patience

    def update(self, value: float) -> bool:
        improved = value + self.min_delta < self.best
        self.best = value if improved else self.best
        self.left = self.patience if improved else self.left - 1
        return self.left <= 0
