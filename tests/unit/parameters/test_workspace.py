"""Folder names of teams and groups."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbr_lib.parameters import folder_names, group_folder_names, load_workspace, slug


def _hashed(name, team):
    return f"{name}-{hashlib.sha256(team.encode()).hexdigest()[:6]}".lstrip("-")


@pytest.mark.parametrize(
    ("team", "folder"),
    [
        ("Nord", "nord"),
        ("Süd & Großkunden", "sued-grosskunden"),
        ("con", _hashed("con", "con")),
        ("COM1", _hashed("com1", "COM1")),
        ("Company", _hashed("company", "Company")),
        ("group-x", _hashed("group-x", "group-x")),
        ("東京", _hashed("", "東京")),
        ("x" * 60, "x" * 60),
        ("x" * 300, _hashed("x" * 60, "x" * 300)),
    ],
)
def test_folder_of_one_team(team, folder):
    """A slug in lower-case ASCII; reserved and empty ones carry a hash of the id."""
    assert folder_names([team])[team] == folder


def test_colliding_slugs_are_told_apart():
    """Two ids with the same slug each carry the hash of their own id."""
    names = folder_names(["Nord", "nord!"])
    assert names == {"Nord": _hashed("nord", "Nord"), "nord!": _hashed("nord", "nord!")}


@given(st.lists(st.text(min_size=1), unique=True, max_size=8))
def test_folders_are_unique_and_plain(ids):
    """Whatever the ids, folders are unique, plain ASCII and free of path separators."""
    folders = folder_names(ids)
    assert len(set(folders.values())) == len(ids)
    for folder in folders.values():
        assert folder.isascii()
        assert set(folder) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_groups():
    """A group's folder is group- and its slug."""
    assert group_folder_names(["Südwest"]) == {"Südwest": "group-suedwest"}
    long, nothing = "Küste " * 50, "東京"
    assert group_folder_names([long, nothing]) == {
        long: "group-" + _hashed(("kueste-" * 9)[:60], long),
        nothing: "group-" + _hashed("", nothing),
    }
    assert slug("A  b") == "a-b"


@pytest.mark.parametrize("inside", ["", "notebooks"])
def test_the_workspace_one_stands_in(tmp_path, monkeypatch, inside):
    """Without a name it is the folder one stands in, or the one above its notebooks."""
    (tmp_path / "parameters").mkdir()
    (tmp_path / "parameters" / "org.yml").write_text("company: Probe\n", encoding="utf-8")
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / inside)
    assert load_workspace("").root == tmp_path


def test_nowhere_it_is_the_project(tmp_path, monkeypatch):
    """Away from any workspace it is the one the library lies in."""
    monkeypatch.chdir(tmp_path)
    assert (load_workspace("").root / "qbr_lib").is_dir()
