"""Files appear whole or not at all."""

import errno
import hashlib

import pytest

from qbr_lib.run.files import hashed, put


def test_put_and_hash(tmp_path):
    """Files are written with their folders, hashes are named from the folder given."""
    contents = {tmp_path / "nord" / "a.txt": b"a", tmp_path / "b.txt": b"b"}
    put(contents)
    assert {path: path.read_bytes() for path in contents} == contents
    assert hashed(tmp_path, contents) == {
        "nord/a.txt": hashlib.sha256(b"a").hexdigest(),
        "b.txt": hashlib.sha256(b"b").hexdigest(),
    }


def test_a_full_disk_leaves_the_old(tmp_path):
    """When the second file finds no room, the old content stands, no part remains."""
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_bytes(b"last good")
    (tmp_path / ".second.partial").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left") as caught:
        put({first: b"new", second: b"new"})
    assert caught.value.errno == errno.ENOSPC
    assert [path.name for path in tmp_path.iterdir()] == ["first"]
    assert first.read_bytes() == b"last good"
