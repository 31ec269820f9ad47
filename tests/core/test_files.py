"""Files that are whole or not there."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

import pytest

from vae_course.files import replacing, replacing_file

WRITERS = 8


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


@pytest.mark.parametrize("kind", [str, lambda path: path])
def test_an_open_file_takes_its_place_when_it_is_closed(tmp_path, kind):
    path = tmp_path / "a" / "c.bin"
    with replacing_file(kind(path)) as file:
        file.write(b"first")
        file.seek(0)
        file.write(b"F")
        assert not path.exists()
    assert file.closed
    assert path.read_bytes() == b"First"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_while_a_file_is_open_leaves_the_old_one_and_nothing_else(tmp_path, error):
    path = tmp_path / "c.bin"
    path.write_bytes(b"old")
    with pytest.raises(error), replacing_file(path) as file:
        file.write(b"half")
        raise error
    assert file.closed
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_of_several_writers_at_once_the_last_to_end_stays(tmp_path):
    path = tmp_path / "c.txt"
    with ExitStack() as ends_first, replacing(path) as last:
        others = [ends_first.enter_context(replacing(path)) for _ in range(WRITERS)]
        assert len({last, *others}) == WRITERS + 1
        for number, temporary in enumerate([last, *others]):
            temporary.write_text(str(number))
        ends_first.close()
        assert path.read_text() == "1"  # a stack ends in reverse
    assert path.read_text() == "0"
    assert list(tmp_path.iterdir()) == [path]


def test_threads_that_write_one_file_at_the_same_time_do_not_meet(tmp_path):
    path, together = tmp_path / "c.bin", Barrier(WRITERS)

    def write(number):
        try:
            with replacing_file(path) as file:
                together.wait()  # all are open
                file.write(bytes([number]) * 1000)
        except BaseException:
            together.abort()  # nobody waits for a writer that failed
            raise

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    assert path.read_bytes() in [bytes([number]) * 1000 for number in range(WRITERS)]
    assert list(tmp_path.iterdir()) == [path]


def test_a_writer_in_another_process_does_not_meet_this_one(tmp_path):
    path = tmp_path / "c.txt"
    code = (
        "import sys; from vae_course.files import replacing\nwith replacing(sys.argv[1]) as t: t.write_text('theirs')"
    )
    with replacing(path) as temporary:
        temporary.write_text("ours")
        subprocess.run([sys.executable, "-c", code, path], check=True)
        assert path.read_text() == "theirs"
    assert path.read_text() == "ours"
    assert list(tmp_path.iterdir()) == [path]
