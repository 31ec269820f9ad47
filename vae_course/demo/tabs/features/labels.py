"""How often CelebA's labels come together in the data."""

MOSTLY = ("Young", "No_Beard", "Attractive")  # labels that more than half of the photographs have
SOCIAL = ("Male", "Young", "Attractive", "Heavy_Makeup", "Wearing_Lipstick")  # where prejudices show

# Of 9,500 CelebA photographs, by their labels: per cent that have the second label, among those with the first and
# among those without it.
IN_THE_DATA = {
    "Smiling": {"Male": (34, 50), "Attractive": (58, 44), "Young": (76, 79)},
    "Eyeglasses": {"Male": (78, 40), "Young": (44, 80), "Attractive": (9, 54)},
    "Young": {"Male": (35, 69), "Attractive": (62, 14)},
    "Blond_Hair": {"Male": (5, 49), "Attractive": (70, 48), "Young": (83, 77)},
    "Black_Hair": {"Male": (52, 39), "Young": (87, 75), "Attractive": (52, 51)},
    "Bangs": {"Male": (21, 46), "Attractive": (60, 49), "Young": (81, 77)},
    "No_Beard": {"Male": (31, 100), "Attractive": (56, 28), "Young": (80, 67)},
    "Heavy_Makeup": {"Male": (0, 68), "Attractive": (82, 32), "Young": (91, 70)},
    "Wearing_Hat": {"Male": (69, 41), "Attractive": (20, 53), "Young": (69, 78)},
    "Male": {"Attractive": (27, 69), "Young": (64, 88)},
}
