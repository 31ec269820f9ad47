"""Right values in float64."""


def to_unit_range(images):
    if images.ndim == 3:
        images = images[..., None]
    return images.permute(0, 3, 1, 2).double() / 255
