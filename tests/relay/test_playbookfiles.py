"""Reading a folder of playbooks: each file that cannot be read is named, and none hides another."""

from pathlib import Path

import pytest

from relay.errors import PlaybookError, every_problem
from relay.playbookfiles import MAX_FILE, listed, text
from relay.playbooks import texts

GOOD = 'title = "x"\n[when]\ntypes = ["a"]\n'


def test_a_file_that_is_no_text_is_named_with_its_line(tmp_path: Path) -> None:
    """An editor that saves in Latin-1 is told where; what is wrong with other files is told as well."""
    (tmp_path / "good.toml").write_text(GOOD)
    (tmp_path / "latin.toml").write_bytes(f'# one\nabout = "Müller"\n{GOOD}'.encode("latin-1"))
    (tmp_path / "wrong.toml").write_text(GOOD.replace("types", "tpyes"))

    with pytest.raises(PlaybookError) as caught:
        texts(tmp_path)

    assert [(one.playbook, one.line) for one in every_problem(caught.value)] == [
        ("latin", 2),
        ("wrong", 3),
        ("wrong", 2),
    ]
    assert "latin.toml:2: this line is no text in UTF-8" in str(caught.value)


def test_an_editor_s_own_files_are_no_playbooks(tmp_path: Path) -> None:
    """Emacs locks a file by a link to nothing beside it; other editors leave copies with a dot."""
    (tmp_path / "late-payment.toml").write_text(GOOD)
    (tmp_path / ".#late-payment.toml").symlink_to("maya@desk.4711:1")
    (tmp_path / "._late-payment.toml").write_bytes(b"\x00\x05")

    assert texts(tmp_path) == [("late-payment", GOOD)]


def test_every_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A link to nothing, a folder and a file that is too large stand beside each other in the list."""
    (tmp_path / "a.toml").symlink_to("nothing")
    (tmp_path / "b.toml").mkdir()
    (tmp_path / "c.toml").write_text(GOOD + "#" * MAX_FILE)

    with pytest.raises(PlaybookError) as caught:
        texts(tmp_path)

    assert [one.playbook for one in every_problem(caught.value)] == ["a", "b", "c"]
    assert "c: is larger than 262,144 bytes" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "said"),
    [("here.toml", "this is a file"), ("gone", "there is no such folder"), ("empty", "there is no playbook")],
)
def test_what_is_no_folder_is_told_as_such(tmp_path: Path, name: str, said: str) -> None:
    """Whoever names a file, or a folder with a slip in it, is told that and nothing else."""
    (tmp_path / "here.toml").write_text(GOOD)
    (tmp_path / "empty").mkdir()

    with pytest.raises(PlaybookError, match=said):
        listed(tmp_path / name)


def test_signs_of_other_systems_are_taken_away(tmp_path: Path) -> None:
    """A file from Windows says the same: no mark at its beginning, and one sign for the end of a line."""
    (tmp_path / "a.toml").write_bytes("\ufefftitle = 'ü'\r\n".encode())

    assert text(tmp_path / "a.toml") == "title = 'ü'\n"
