"""Files that are whole or not there."""

import pytest

from vae_course.files import replacing


@pytest.mark.parametrize("kind", [str, lambda path: path])
def test_the_file_appears_whole_in_folders_made_as_needed(tmp_path, kind):
    path = tmp_path / "a" / "b" / "c.txt"
    with replacing(kind(path)) as temporary:
        assert temporary.parent == path.parent and temporary != path
        temporary.write_text("new")
        assert not path.exists()
    assert path.read_text() == "new"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
@pytest.mark.parametrize("written", [True, False])
def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path, error, written):
    path = tmp_path / "c.txt"
    path.write_text("old")
    with pytest.raises(error), replacing(path) as temporary:
        if written:
            temporary.write_text("half")
        raise error
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_old_file_is_replaced(tmp_path):
    path = tmp_path / "c.txt"
    path.write_text("old and longer")
    with replacing(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old and longer"
    assert path.read_text() == "new"
