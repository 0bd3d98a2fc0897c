"""The command line as people and programs use it: words, answers, exit codes."""

import gc
import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from inspector_app.cli import main as command_line
from inspector_app.cli import start

HANDBOOK = {
    "demo", "new", "status", "sites", "report", "enrol", "sync", "conflicts", "settle", "proposals", "accept", "refuse", "decide",
    "history", "check", "backup", "restore", "tour", "classifier", "receipt", "copies",
}  # fmt: skip


@pytest.fixture
def inspector(monkeypatch, capsys):
    """Run one command in this process; answers exit code, standard output and standard error."""
    limits = gc.get_threshold()

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["inspector", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            start.main()
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    yield run
    # a command sets the collector up for a process that ends with it
    gc.set_threshold(*limits)
    gc.unfreeze()


def test_the_program_knows_exactly_the_words_of_the_handbook():
    assert set(get_command(command_line.app).commands) == HANDBOOK


@pytest.mark.parametrize("word", sorted(HANDBOOK))
def test_every_command_helps_with_an_example(word, inspector):
    code, out, _err = inspector(word, "--help")
    assert code == 0
    assert f"Example: inspector {word}" in out


@pytest.mark.parametrize("word", sorted(HANDBOOK - {"enrol", "sync", "conflicts", "settle"}))
def test_every_option_of_a_command_is_explained(word):
    command = get_command(command_line.app).commands[word]
    assert [each.name for each in command.params if not getattr(each, "help", None)] == []


@pytest.mark.parametrize("wrong", [("--language", "zz"), ("--year", "-1"), ("--year", "99999")])
def test_a_language_or_year_that_cannot_be_is_wrong_usage_and_no_paper_is_written(wrong, inspector, demo_file, tmp_path):
    out = tmp_path / "paper.pdf"
    code, _said, _told = inspector("report", "site-removal", "--site", "AZPM", "--out", out, "--register", demo_file, *wrong)
    assert (code, out.exists()) == (2, False)


def test_a_folder_that_is_not_there_is_named_as_what_is_missing(inspector, tmp_path):
    code, _said, told = inspector("demo", tmp_path / "nowhere" / "demo.register")
    assert code == 1
    assert "nowhere" in told
    assert "read-only" not in told


def test_the_demo_register_answers_with_the_published_figures(inspector, demo_file):
    code, out, _err = inspector("status", "--register", demo_file, "--json")
    told = json.loads(out)
    assert code == 0
    assert told["state_owned"] == 17
    assert told["by_bucket"] == {"removed": 6, "sold": 2, "transferred": 2, "pending_removal": 6, "under_inspection": 1}
    assert told["waste_types_removed"]["AZPM"] == {"2023": 121, "2024": 2, "2025": 83}
    assert set(told) >= {"state_owned", "by_bucket", "by_status", "waste_types_removed", "kg", "pcb_items", "funding_kzt"}
    assert told["funding_kzt"]["planned"] == 16_900_000_000


def test_the_register_is_named_before_or_after_the_command_or_by_the_variable(inspector, demo_file, monkeypatch):
    before = inspector("--register", demo_file, "status", "--json")
    after = inspector("status", "--register", demo_file, "--json")
    monkeypatch.setenv("INSPECTOR_REGISTER", str(demo_file))
    assert before == after == inspector("status", "--json")


def test_no_register_at_all_is_wrong_usage(inspector):
    code, _out, err = inspector("status")
    assert code == 2
    assert "--register" in err


def test_an_unknown_word_is_wrong_usage(inspector):
    assert inspector("statsu")[0] == 2


def test_a_failure_is_three_sentences_on_standard_error(inspector, tmp_path):
    code, out, err = inspector("status", "--register", tmp_path / "gone.register")
    assert (code, out) == (1, "")
    assert len(err.strip().splitlines()) == 3


def test_a_failure_is_json_where_a_program_reads_the_answer(inspector, tmp_path):
    code, out, _err = inspector("status", "--register", tmp_path / "gone.register", "--json")
    assert code == 1
    assert json.loads(out)["error"] == "NoSuchRegister"


def test_sites_are_listed_by_status_region_and_text(inspector, demo_file):
    def codes(*words: str) -> list[str]:
        return [row["code"] for row in json.loads(inspector("sites", "--register", demo_file, "--json", *words)[1])]

    assert len(codes("--status", "removed")) == 6
    assert codes("--region", "47") == ["AZPM", "KOSHKAR-ATA"]
    assert codes("--region", "Mangystau") == ["AZPM", "KOSHKAR-ATA"]
    assert codes("--search", "Koshkar") == ["KOSHKAR-ATA"]
    assert codes("--limit", "3") == codes()[:3]


def test_sites_near_a_place_come_nearest_first_with_their_distance(inspector, demo_file):
    rows = json.loads(inspector("sites", "--register", demo_file, "--json", "--near", "43.65,51.16", "--limit", "3")[1])
    assert {row["code"] for row in rows[:2]} == {"AZPM", "KOSHKAR-ATA"}
    assert [row["distance_m"] for row in rows] == sorted(row["distance_m"] for row in rows)


@pytest.mark.parametrize("near", ["51.5,-0.1", "hello", "99,99"])
def test_a_place_that_cannot_be_is_refused(inspector, demo_file, near):
    assert inspector("sites", "--register", demo_file, "--near", near)[0] == 1


def test_an_unknown_status_or_region_is_named(inspector, demo_file):
    for words, expected in ((("--status", "gone"), 2), (("--region", "Atlantis"), 1)):
        code, _out, err = inspector("sites", "--register", demo_file, *words)
        assert code == expected
        assert words[1] in err


def test_the_classifier_needs_no_register(inspector):
    code, out, _err = inspector("classifier", "--search", "16 02 09", "--json")
    assert code == 0
    assert [(row["code"], row["hazardous"], row["entry"]) for row in json.loads(out)] == [("160209", True, "absolute")]


def test_a_sound_register_checks_with_0(inspector, demo_file):
    code, out, _err = inspector("check", "--register", demo_file, "--json")
    assert (code, json.loads(out)) == (0, {"ok": True, "problems": []})


def test_a_backup_is_a_register_that_can_be_restored(inspector, demo_file, tmp_path):
    kept, back = tmp_path / "kept.register", tmp_path / "back.register"
    assert inspector("backup", kept, "--register", demo_file)[0] == 0
    assert inspector("restore", kept, "--register", back)[0] == 0
    assert inspector("status", "--register", back, "--json") == inspector("status", "--register", demo_file, "--json")


def test_a_paper_is_written_where_asked(inspector, demo_file, tmp_path):
    out = tmp_path / "azpm.pdf"
    code, told, _err = inspector(
        "report", "site-removal", "--site", "AZPM", "--register", demo_file, "--language", "ru", "--out", out
    )
    assert (code, told.strip()) == (0, str(out))
    assert out.read_bytes().startswith(b"%PDF")


def test_a_paper_is_the_same_however_the_words_are_ordered(inspector, demo_file, tmp_path):
    out = tmp_path / "labels.pdf"
    for words in (
        ("report", "labels", "--register", demo_file, "--out", out),
        ("--register", demo_file, "report", "labels", "--out", out),
        ("report", "--out", out, f"--register={demo_file}", "labels"),
    ):
        assert inspector(*words)[:2] == (0, f"{out}\n")
        assert out.read_bytes().startswith(b"%PDF")
        out.unlink()


@pytest.mark.parametrize(
    "words",
    [
        ("report",),
        ("report", "summary"),
        ("report", "summary", "--out"),
        ("report", "summary", "--out", "x.pdf", "--year", "last"),
        ("report", "summary", "--out", "x.pdf", "--colour", "red"),
        ("report", "summary", "labels", "--out", "x.pdf"),
    ],
)
def test_a_paper_that_is_asked_for_in_half_sentences_is_wrong_usage(words, inspector, demo_file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INSPECTOR_REGISTER", str(demo_file))
    assert inspector(*words)[0] == 2
    assert not list(tmp_path.iterdir())


def test_a_kind_of_paper_that_does_not_exist_is_wrong_usage_and_the_kinds_are_listed(inspector, demo_file, tmp_path):
    code, _out, err = inspector("report", "novel", "--register", demo_file, "--out", tmp_path / "x.pdf")
    assert code == 2
    assert "pcb-inventory" in err
    assert not list(tmp_path.iterdir())


def test_a_paper_about_something_that_is_not_there_is_explained(inspector, demo_file, tmp_path):
    for words in (("site-removal", "--site", "NOWHERE"), ("inspection", "--inspection", "ОБС-0")):
        code, _out, err = inspector("report", *words, "--register", demo_file, "--out", tmp_path / "x.pdf")
        assert code == 1, words
        assert err.strip()
        assert not list(tmp_path.glob("x*"))


@pytest.mark.parametrize(("language", "why"), [("en", "no such folder"), ("ru", "такой папки нет"), ("kk", "мұндай қалта жоқ")])
def test_a_paper_that_cannot_be_written_is_explained_in_the_language_of_the_person(
    language, why, inspector, demo_file, tmp_path, monkeypatch
):
    preferences = tmp_path / "settings.toml"
    preferences.write_text(f'language = "{language}"', "utf-8")
    monkeypatch.setenv("INSPECTOR_CONFIG", str(preferences))
    code, out, err = inspector("report", "labels", "--register", demo_file, "--out", tmp_path / "no" / "x.pdf")
    assert (code, out) == (1, "")
    assert why in err
    assert list(tmp_path.iterdir()) == [preferences]


def test_the_installed_command_answers(tmp_path):
    program = Path(sys.executable).parent / "inspector"
    done = subprocess.run([program, "new", tmp_path / "n.register"], capture_output=True, text=True, check=True)
    assert "n.register" in done.stdout
    assert (tmp_path / "n.register").exists()


def test_a_passphrase_from_the_environment_encrypts_and_opens(inspector, tmp_path, monkeypatch):
    monkeypatch.setenv("INSPECTOR_PASSPHRASE", "құпия")
    file = tmp_path / "secret.register"
    assert inspector("new", "--encrypt", file)[0] == 0
    assert not file.read_bytes().startswith(b"SQLite")
    assert inspector("status", "--register", file, "--json")[0] == 0
    monkeypatch.delenv("INSPECTOR_PASSPHRASE")
    assert inspector("status", "--register", file, "--json")[0] == 1


@pytest.fixture
def no_screen(monkeypatch):
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


def test_without_a_screen_the_window_is_refused_in_words(no_screen):
    done = subprocess.run([sys.executable, "-m", "inspector_app"], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "There is no screen to open a window on." in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def exchanged(new_register):
    """A register with changes that wait, one past sync, and a copy."""
    from datetime import UTC, datetime

    from office import Office

    from inspector_app.models import copies, exchange, heard

    register = new_register(person="A. Registrar")
    Office(register).site("W-1")
    with register.hearing() as session:
        exchange.put_facts(session, {"server": "https://register.example.kz"})
        outcome = {"sent": 2, "accepted": 2, "received": 7, "round_id": "r", "confirmed": True}
        heard.note_receipt(session, at=datetime(2026, 4, 1, tzinfo=UTC), outcome=outcome)
    copies.before_sync(register, brings_rows=True)
    return register.path


def test_what_is_not_sent_is_listed_in_words_as_json_and_on_paper(inspector, exchanged, tmp_path):
    code, out, _err = inspector("sync", "--register", exchanged, "--pending")
    assert code == 0
    assert "W-1" in out
    assert "Change of status" in out
    _code, out, _err = inspector("sync", "--register", exchanged, "--pending", "--json")
    told = json.loads(out)
    assert (told["changes"], told["whole"], len(told["records"])) == (2, True, 2)
    assert told["records"][0]["fields"]["code"] == [None, "W-1"]
    paper = tmp_path / "list.pdf"
    code, _out, _err = inspector("sync", "--register", exchanged, "--pending", "--out", paper, "--language", "kk")
    assert code == 0
    assert paper.read_bytes()[:5] == b"%PDF-"
    code, _out, err = inspector("sync", "--register", exchanged, "--out", paper)
    assert (code, "--pending" in err) == (2, True)


def test_receipts_and_copies_are_listed_and_the_last_receipt_goes_to_paper(inspector, exchanged, tmp_path):
    _code, out, _err = inspector("receipt", "--register", exchanged)
    assert "counted the same" in out
    _code, out, _err = inspector("receipt", "--register", exchanged, "--last", "--json")
    assert json.loads(out)[0]["received"] == 7
    paper = tmp_path / "receipt.pdf"
    code, _out, _err = inspector("receipt", "--register", exchanged, "--last", "--out", paper, "--language", "ru")
    assert (code, paper.read_bytes()[:5]) == (0, b"%PDF-")
    _code, out, _err = inspector("copies", "--register", exchanged, "--json")
    (copy,) = json.loads(out)
    code, _out, _err = inspector("restore", copy["file"], "--register", tmp_path / "back.register")
    assert code == 0
