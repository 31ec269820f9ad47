"""How the demo looks: one calm theme, no font or style from elsewhere."""

import gradio as gr
from gradio.themes import colors, sizes

SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")


def theme() -> gr.themes.Base:
    """Teal on warm grey."""
    base = gr.themes.Base(
        primary_hue=colors.teal, secondary_hue=colors.teal, neutral_hue=colors.stone, radius_size=sizes.radius_md,
        font=[gr.themes.Font(name) for name in SANS], font_mono=[gr.themes.Font(name) for name in MONO],
    )  # fmt: skip
    return base.set(  # light, dark
        body_background_fill="#faf9f7", body_background_fill_dark="#161412",
        background_fill_primary="#ffffff", background_fill_primary_dark="#1f1c19",
        body_text_color_subdued="*neutral_600", body_text_color_subdued_dark="*neutral_400",
        color_accent="*primary_700",
        block_info_text_color="*neutral_600", block_info_text_color_dark="*neutral_400",
        block_background_fill="transparent", block_background_fill_dark="transparent",
        block_border_width="0px", block_shadow="none", block_padding="0px",
        block_label_background_fill="transparent", block_label_background_fill_dark="transparent",
        block_title_text_weight="600",
        block_title_text_color="*neutral_800", block_title_text_color_dark="*neutral_200",
        input_background_fill="#ffffff", input_background_fill_dark="#26221f",
        input_border_width="1px", input_border_color="*neutral_400", input_border_color_dark="*neutral_600",
        button_primary_background_fill="*primary_700", button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover="*primary_800", button_primary_background_fill_hover_dark="*primary_600",
        button_primary_text_color="#ffffff", layout_gap="16px",
        button_secondary_background_fill="#ffffff", button_secondary_background_fill_dark="#26221f",
        button_secondary_border_color="*neutral_400", button_secondary_border_color_dark="*neutral_500",
        slider_color="*primary_700", slider_color_dark="*primary_400",
        checkbox_border_color="*neutral_500", checkbox_border_color_dark="*neutral_500",
        checkbox_label_border_color="*neutral_400", checkbox_label_border_color_dark="*neutral_600",
        checkbox_label_background_fill="transparent", checkbox_label_background_fill_dark="transparent",
        checkbox_label_background_fill_selected="*primary_50",
        checkbox_label_background_fill_selected_dark="*primary_950",
    )  # fmt: skip
