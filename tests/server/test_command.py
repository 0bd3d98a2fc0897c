"""The words of the server's command line, as an administrator types them."""

import re
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from inspector_app.server import command
from inspector_app.server.store import open_data

PROGRAM = Path(sys.executable).with_name("inspector-server")


def program(*words: object, typed: str = "") -> tuple[int, str]:
    """The words as a process of their own."""
    done = subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True, check=False, input=typed)
    return done.returncode, (done.stdout + done.stderr).strip()


def run(*words: object, typed: str = "") -> tuple[int, str]:
    """The same words without a second's start of a process for each."""
    done = CliRunner().invoke(command.app, [*map(str, words)], input=typed)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output.strip()


def test_a_server_is_made_and_its_people_and_laptops_are_managed(tmp_path: Path) -> None:
    data = tmp_path / "server"
    assert program("init", "--data", data, "--demo")[0] == 0
    assert (data / "server.json").stat().st_mode & 0o077 == 0
    assert program("init", "--data", data) == (
        1,
        f"No central server: {data} holds a server already. Make one with «inspector-server init».",
    )
    assert (
        program(
            "user",
            "add",
            "ann",
            "--data",
            data,
            "--role",
            "registrar",
            "--region",
            "47",
            "--password-stdin",
            typed="a secret\n",
        )[0]
        == 0
    )
    assert program("user", "add", "ann", "--data", data, "--role", "viewer") == (1, "there is a person ann already.")
    assert program("user", "add", "bob", "--data", data, "--role", "king")[0] == 2
    assert program("user", "add", "bob", "--data", data, "--role", "viewer", "--region", "99")[0] == 2
    code, printed = program("device", "code", "ann", "--data", data)
    assert code == 0
    assert re.fullmatch(r"([A-Z2-7]{4}-){3}[A-Z2-7]{4}", printed)
    assert program("device", "code", "nobody", "--data", data) == (1, "there is no person nobody.")
    assert program("device", "revoke", "0192", "--data", data)[0] == 1
    store = open_data(data)
    with store.reading() as connection:
        stored = connection.exec_driver_sql("SELECT password FROM person").scalar_one()
    store.close()
    assert stored.startswith("$argon2id$")


def test_a_folder_that_holds_no_server_is_named(tmp_path: Path) -> None:
    for words in (("serve",), ("check",), ("device", "list")):
        code, said = run(*words, "--data", tmp_path)
        assert code == 1
        assert "holds no server" in said


def test_people_are_listed_changed_and_removed(tmp_path: Path) -> None:
    data = tmp_path / "server"
    run("init", "--data", data)
    run("user", "add", "ann", "--data", data, "--role", "inspector", "--region", "47", "--region", "63")
    run("user", "add", "bob", "--data", data, "--role", "registrar", "--password-stdin", typed="secret\n")
    code, listed = run("user", "list", "--data", data)
    assert code == 0
    ann, bob = listed.splitlines()
    assert re.fullmatch(r"ann  inspector  47,63  no password  \S+  0 laptops", ann)
    assert re.fullmatch(r"bob  registrar  all regions  password  \S+  0 laptops", bob)
    for words, said in (
        (("--role", "king"), "There is no role king"),
        (("--region", "99"), "There is no region 99"),
        ((), "Nothing to change"),
        (("--region", "47", "--all-regions"), "Either"),
        (("--password-stdin",), "The new password is empty"),
    ):
        code, printed = run("user", "set", "ann", "--data", data, *words)
        assert code == 2
        assert printed.startswith(said)
    assert run("user", "set", "ann", "--data", data, "--role", "supervisor", "--region", "23") == (0, "ann is changed.")
    assert "ann  supervisor  23  no password" in run("user", "list", "--data", data)[1]
    assert run("user", "set", "ann", "--data", data, "--all-regions", "--password-stdin", typed="new\n")[0] == 0
    assert "ann  supervisor  all regions  password" in run("user", "list", "--data", data)[1]
    assert run("user", "remove", "ann", "--data", data) == (0, "ann is shut out, with 0 laptops.")
    for words in (("user", "remove", "ann"), ("user", "set", "ann", "--all-regions"), ("device", "code", "ann")):
        assert run(*words, "--data", data) == (1, "there is no person ann.")
    assert "ann" not in run("user", "list", "--data", data)[1]
    assert run("user", "add", "ann", "--data", data, "--role", "viewer")[0] == 0
    assert "ann  viewer  all regions  no password" in run("user", "list", "--data", data)[1]


def test_where_files_lie_is_asked_for_plainly(tmp_path: Path) -> None:
    for words in (("--files", "https://x/y"), ("--files", "s3://key:secret@bucket"), ("--files-endpoint", "http://localhost")):
        code, said = run("init", "--data", tmp_path / "server", *words)
        assert (code, said) == (
            2,
            "Files lie in a folder, or in s3://bucket/prefix with an endpoint where the store is not Amazon's.",
        )
    assert not (tmp_path / "server").exists()
    assert run("init", "--data", tmp_path / "server", "--files", tmp_path / "disk")[0] == 0
    assert (tmp_path / "disk" / "uploads").is_dir()
