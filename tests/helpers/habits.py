"""A notebook's file, as JSON, as other programs than Jupyter leave it."""


def as_colab(file):
    """Format 4.0, ids in the metadata, widgets without a state, outputs' ids, another kernel."""
    file |= {"nbformat_minor": 0}
    for cell in file["cells"]:
        cell["metadata"] = {"id": cell.pop("id"), "colab": {"base_uri": "https://localhost/"}, "outputId": "1"}
    file["metadata"] = {
        "kernelspec": {"name": "python3"},
        "colab": {"provenance": [], "toc_visible": True},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"abc": {"model_name": "HBoxModel"}}},
        "accelerator": "GPU",
    }


def as_kaggle(file):
    """Format 4.4, other ids, tags that are no list, sources as one string."""
    file |= {"nbformat_minor": 4}
    for cell in file["cells"]:
        del cell["id"]
        cell["source"] = "".join(cell["source"])
        cell["metadata"] = {
            "_uuid": "8f2839f2",
            "execution": {"iopub.status.busy": "now"},
            "trusted": True,
            "tags": "a",
        }
    file["metadata"] = {"kernelspec": {"language": "python", "display_name": "Python 3"}, "kaggle": {"isGpu": False}}


def as_vscode(file):
    """Another kernel and language, ids of its own, Windows' line ends."""
    file["metadata"]["kernelspec"] = {"display_name": ".venv (3.12.1)", "language": "python", "name": "venv"}
    for number, cell in enumerate(file["cells"]):
        cell |= {"id": f"#VSC-{number:08x}", "source": "".join(cell["source"]).replace("\n", "\r\n")}
        cell["metadata"]["vscode"] = {"languageId": "python"}


def as_format_3(file):
    cells = []
    for cell in file["cells"]:
        made = {"cell_type": cell["cell_type"], "metadata": cell["metadata"]}
        if cell["cell_type"] == "code":
            made |= {"input": cell["source"], "outputs": [], "language": "python", "collapsed": False}
        else:
            made |= {"source": cell["source"]}
        cells.append(made)
    metadata = file["metadata"] | {"name": ""}
    file.clear()
    file |= {"nbformat": 3, "nbformat_minor": 0, "metadata": metadata, "worksheets": [{"cells": cells, "metadata": {}}]}


def bare(file):
    """Nothing but types and sources, and cells that are none."""
    file["cells"] = [{"cell_type": cell["cell_type"], "source": cell["source"]} for cell in file["cells"]] + [None, 3]
    for key in ("metadata", "nbformat", "nbformat_minor"):
        del file[key]


def malformed(file):
    """What is no dictionary, ids that come twice or are none, outputs that are none, half of a sign."""
    for cell in file["cells"]:
        cell |= {"id": "same", "metadata": []}
        cell |= {"outputs": None, "execution_count": "x"} if cell["cell_type"] == "code" else {"attachments": [1]}
    file["cells"].append(
        {"cell_type": "heading", "source": ["\ud83d", "x"], "metadata": {"nbgrader": {"grade_id": []}}}
    )
    file |= {"metadata": {"vae_course": "?"}, "nbformat": 5}
