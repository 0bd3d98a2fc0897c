"""Which bytes the server takes and shows, asked of both databases: who, how much, how long, and what is never seen."""

import base64
import errno
import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inspector_app.domain.people import Role
from inspector_app.server import store, uploads
from inspector_app.server.blobs import Files, Folder, NoRoom, name_of
from inspector_app.server.journal import Actor, Refused
from inspector_app.server.store import Store
from inspector_app.server.uploads import Uploads
from inspector_app.sync import wire
from inspector_app.sync.wire import Refusal

BODY = os.urandom(100_000)
SHA = hashlib.sha256(BODY).hexdigest()
ANN = Actor("device-a", "ann", Role.INSPECTOR)


class Clock:
    at = datetime(2026, 5, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


class Desk:
    """A server's uploads with a clock of its own; rows are put beside them as a push would."""

    def __init__(self, url: str, folder: Path) -> None:
        self.clock = Clock()
        self.store = Store(url, clock=self.clock)
        self.store.create(demo=False)
        self.files = Files(Folder(folder), folder / "uploads", keep_free_mb=0)
        self.uploads = Uploads(self.store, self.files)
        self.count = 0
        self.row("site", {"region": "47"}, row_id="s-47", region="47")
        self.row("site", {"region": "10"}, row_id="s-10", region="10")

    def row(
        self, entity: str, data: dict, *, row_id: str = "", site: str | None = None, region: str | None = None, deleted: int = 0
    ) -> None:
        self.count += 1
        values = {"id": row_id or f"r-{self.count}", "entity": entity, "site_id": site, "region": region, "rev": self.count}
        with self.store.writing() as connection:
            connection.execute(store.row.insert(), {**values, "deleted": deleted, "data": json.dumps(data), "sources": "{}"})

    def photo(self, sha256: str = SHA, size: int | None = len(BODY), *, site: str = "s-47", **given: int) -> None:
        self.row("photo", {"sha256": sha256, "size": size}, site=site, region="old", **given)

    def announce(self, actor: Actor = ANN, *, sha256: str = SHA, size: int = len(BODY)) -> wire.Upload:
        return self.uploads.announce(lambda _connection: actor, wire.Announced(sha256=sha256, size=size, mime="image/jpeg"))

    def piece(
        self, upload: str | None, position: int, piece: bytes, *, actor: Actor = ANN, checksum: str | None = None
    ) -> wire.Upload:
        said = checksum or "sha256 " + base64.b64encode(hashlib.sha256(piece).digest()).decode()
        return self.uploads.piece(lambda _connection: actor, str(upload), position=position, checksum=said, piece=piece)

    def here(self, *hashes: str, actor: Actor = ANN, prove: bool = False) -> wire.FilesHere:
        return self.uploads.here(lambda _connection: actor, wire.FilesAsked(hashes=hashes, prove=prove))

    def sent(self, body: bytes = BODY) -> None:
        sha = hashlib.sha256(body).hexdigest()
        upload = self.announce(sha256=sha, size=len(body))
        assert self.piece(upload.upload_id, 0, body).complete


@pytest.fixture
def desk(store_url: str, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(store_url, tmp_path / "files")
    yield made
    made.store.close()


@pytest.fixture
def folder_desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(f"sqlite:///{tmp_path / 'server.db'}", tmp_path / "files")
    yield made
    made.store.close()


def refused(code: Refusal, work: Callable[[], object]) -> None:
    with pytest.raises(Refused) as told:
        work()
    assert told.value.code is code


def test_a_file_comes_in_pieces_and_is_seen_only_when_it_is_whole(desk: Desk) -> None:
    desk.photo()
    upload = desk.announce()
    assert (upload.offset, upload.complete) == (0, False)
    assert desk.piece(upload.upload_id, 0, BODY[:60_000]).offset == 60_000
    assert desk.here(SHA).here == ()
    refused(Refusal.NOT_HERE, lambda: desk.uploads.blob(lambda _c: ANN, SHA))
    assert desk.announce().offset == 60_000  # said again, it is the same upload
    assert desk.uploads.position(lambda _c: ANN, str(upload.upload_id)) == (60_000, 100_000)
    assert desk.piece(upload.upload_id, 60_000, BODY[60_000:]).complete
    assert desk.here(SHA).here == (SHA,)
    assert b"".join(desk.uploads.blob(lambda _c: ANN, SHA).read(0, len(BODY))) == BODY
    assert desk.announce().complete
    assert desk.files.problems(desk.store) == []
    assert list(desk.files.parts()) == []


def test_what_no_record_names_neither_comes_nor_goes(desk: Desk) -> None:
    refused(Refusal.NOT_NAMED, desk.announce)
    refused(Refusal.NOT_NAMED, lambda: desk.uploads.blob(lambda _c: ANN, SHA))
    assert desk.here(SHA).here == ()
    desk.row("waste_item", {"sha256": SHA, "size": len(BODY)}, site="s-47", region="47")
    refused(Refusal.NOT_NAMED, desk.announce)


def test_a_file_belongs_to_the_region_that_its_site_has_now(desk: Desk) -> None:
    desk.photo(site="s-47")
    desk.sent()
    west, south = (Actor("device-b", "bob", Role.INSPECTOR, regions=(region,)) for region in ("47", "10"))
    assert desk.here(SHA, actor=west).here == (SHA,)
    assert desk.here(SHA, actor=south).here == ()
    refused(Refusal.NOT_NAMED, lambda: desk.uploads.blob(lambda _c: south, SHA))
    refused(Refusal.NOT_NAMED, lambda: desk.announce(south))
    desk.photo(site="s-10")  # the same photo on a site of the south
    assert desk.here(SHA, actor=south).here == (SHA,)


def test_a_deleted_record_still_names_its_file_for_it_can_be_brought_back(desk: Desk) -> None:
    desk.photo(deleted=1)
    desk.sent()
    assert desk.here(SHA).here == (SHA,)


def test_a_viewer_looks_and_sends_nothing(desk: Desk) -> None:
    desk.photo()
    desk.sent()
    viewer = Actor("device-v", "eve", Role.VIEWER)
    assert desk.here(SHA, actor=viewer).here == (SHA,)
    other = hashlib.sha256(b"other").hexdigest()
    desk.photo(other, 5)
    refused(Refusal.MAY_NOT_SEND, lambda: desk.announce(viewer, sha256=other, size=5))


def test_a_size_that_the_record_does_not_say_and_bytes_beyond_it_are_refused(desk: Desk) -> None:
    desk.photo()
    refused(Refusal.WRONG_SIZE, lambda: desk.announce(size=len(BODY) + 1))
    upload = desk.announce()
    refused(Refusal.WRONG_SIZE, lambda: desk.piece(upload.upload_id, 0, BODY + b"x"))
    assert desk.announce().offset == 0


def test_a_piece_goes_where_the_upload_ends_or_nowhere(desk: Desk) -> None:
    desk.photo()
    upload = desk.announce()
    desk.piece(upload.upload_id, 0, BODY[:1000])
    refused(Refusal.WRONG_OFFSET, lambda: desk.piece(upload.upload_id, 0, BODY[:1000]))
    refused(Refusal.WRONG_OFFSET, lambda: desk.piece(upload.upload_id, 2000, BODY[2000:3000]))
    refused(Refusal.WRONG_HASH, lambda: desk.piece(upload.upload_id, 1000, BODY[1000:2000], checksum="sha256 AAAA"))
    assert desk.announce().offset == 1000


def test_bytes_that_are_not_what_was_announced_are_never_seen_and_the_upload_begins_anew(desk: Desk) -> None:
    desk.photo()
    upload = desk.announce()
    refused(Refusal.WRONG_HASH, lambda: desk.piece(upload.upload_id, 0, b"y" * len(BODY)))
    assert desk.here(SHA).here == ()
    assert list(desk.files.parts()) == []
    again = desk.announce()
    assert again.offset == 0
    assert desk.piece(again.upload_id, 0, BODY).complete


def test_an_upload_belongs_to_the_laptop_that_began_it(desk: Desk) -> None:
    desk.photo()
    mine = desk.announce()
    other = Actor("device-b", "bob", Role.INSPECTOR)
    refused(Refusal.UPLOAD_GONE, lambda: desk.piece(mine.upload_id, 0, BODY, actor=other))
    theirs = desk.announce(other)
    assert theirs.upload_id != mine.upload_id
    desk.piece(mine.upload_id, 0, BODY[:10])
    assert desk.piece(theirs.upload_id, 0, BODY, actor=other).complete
    assert desk.piece(mine.upload_id, 10, BODY[10:20]).complete  # the other one was faster: nothing is left to send


def test_two_who_write_one_upload_at_once_end_with_one_whole_file(desk: Desk) -> None:
    desk.photo()
    answers: list[str] = []

    def write() -> None:
        upload = desk.announce()
        while not upload.complete:
            try:
                upload = desk.piece(upload.upload_id, upload.offset, BODY[upload.offset : upload.offset + 5000])
                answers.append("went")
            except Refused as error:
                answers.append(str(error.code))
                upload = desk.announce()

    writers = [threading.Thread(target=write) for _number in range(2)]
    for each in writers:
        each.start()
    for each in writers:
        each.join(60)
    assert answers.count("went") >= len(BODY) // 5000
    assert set(answers) <= {"went", "wrong_offset", "upload_gone"}
    assert desk.here(SHA, prove=True).here == (SHA,)
    assert desk.files.problems(desk.store) == []


def test_an_upload_of_which_nothing_came_for_thirty_days_is_thrown_away(desk: Desk) -> None:
    desk.photo()
    upload = desk.announce()
    desk.piece(upload.upload_id, 0, BODY[:10])
    desk.clock.at += timedelta(days=29)
    assert desk.piece(upload.upload_id, 10, BODY[10:20]).offset == 20  # a piece prolongs it
    desk.clock.at += timedelta(days=31)
    refused(Refusal.UPLOAD_GONE, lambda: desk.piece(upload.upload_id, 20, BODY[20:30]))
    assert desk.announce().offset == 0
    assert [each.name for each in desk.files.parts() if each.name == upload.upload_id] == []


def test_a_person_has_a_limit_for_a_day_and_for_unfinished_uploads(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "DAILY_BYTES", 150_000)
    desk.photo()
    desk.sent()
    other = os.urandom(100_000)
    sha = hashlib.sha256(other).hexdigest()
    desk.photo(sha)
    refused(Refusal.ENOUGH, lambda: desk.announce(sha256=sha))
    desk.clock.at += timedelta(days=2)
    desk.sent(other)


def test_a_full_disk_is_said_and_what_is_there_stays(folder_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = folder_desk
    desk.photo()
    upload = desk.announce()
    desk.piece(upload.upload_id, 0, BODY[:1000])

    def full(*_args: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(NoRoom):
        desk.piece(upload.upload_id, 1000, BODY[1000:])
    monkeypatch.undo()
    assert desk.announce().offset == 1000
    assert desk.piece(upload.upload_id, 1000, BODY[1000:]).complete


def test_a_crash_between_the_file_and_the_database_loses_and_repeats_nothing(folder_desk: Desk) -> None:
    desk = folder_desk
    desk.photo()
    upload = desk.announce()
    desk.piece(upload.upload_id, 0, BODY[:99_999])
    desk.files.write(str(upload.upload_id), 99_999, BODY[99_999:] + b"more")  # written and never acknowledged
    assert desk.announce().offset == 99_999
    assert desk.piece(upload.upload_id, 99_999, BODY[99_999:]).complete
    with desk.store.writing() as connection:
        connection.execute(store.blob.delete())  # the file has its place, and the database does not know it yet
    assert desk.announce().complete
    assert desk.here(SHA).here == (SHA,)


def test_pieces_that_are_gone_from_the_disk_make_the_upload_begin_anew(folder_desk: Desk) -> None:
    desk = folder_desk
    desk.photo()
    upload = desk.announce()
    desk.piece(upload.upload_id, 0, BODY[:1000])
    desk.files.drop(str(upload.upload_id))
    refused(Refusal.UPLOAD_GONE, lambda: desk.piece(upload.upload_id, 1000, BODY[1000:]))
    assert desk.announce().offset == 0


def test_lost_and_damaged_files_are_named_copied_back_or_asked_for_again(folder_desk: Desk, tmp_path: Path) -> None:
    desk = folder_desk
    other = os.urandom(5000)
    desk.photo()
    desk.photo(hashlib.sha256(other).hexdigest(), 5000)
    desk.sent()
    desk.sent(other)
    jpeg = b"\xff\xd8\xff" + b"z" * 100
    desk.uploads.keep_thumbnails(
        lambda _c: ANN, wire.Thumbnails(thumbnails=(wire.Thumbnail(sha256=SHA, jpeg=base64.b64encode(jpeg).decode()),))
    )
    assert desk.files.copy_to(desk.store, tmp_path / "copy") == 3
    assert desk.files.copy_to(desk.store, tmp_path / "copy") == 0
    whole = tmp_path / "files" / name_of("blobs", SHA)
    whole.write_bytes(b"damaged")
    (tmp_path / "files" / name_of("blobs", hashlib.sha256(other).hexdigest())).unlink()
    assert len(desk.files.problems(desk.store)) == 2
    assert desk.here(SHA, prove=True).here == ()
    whole.unlink()
    assert desk.files.take_from(desk.store, tmp_path / "copy") == 2
    assert desk.files.problems(desk.store) == []
    whole.unlink()
    assert desk.files.forget_lost(desk.store) == 1
    assert not desk.announce().complete


def test_a_thumbnail_is_small_a_jpeg_and_of_a_photo_that_may_be_seen(desk: Desk) -> None:
    desk.photo()

    def keep(jpeg: bytes, sha: str = SHA) -> tuple[str, ...]:
        said = wire.Thumbnails.model_construct(
            thumbnails=(wire.Thumbnail.model_construct(sha256=sha, jpeg=base64.b64encode(jpeg).decode()),)
        )
        return desk.uploads.keep_thumbnails(lambda _c: ANN, said).kept

    for wrong in (b"", b"GIF89a", b"\xff\xd8\xff" + b"x" * 60_000):
        with pytest.raises(wire.Malformed):
            keep(wrong)
    first, second = b"\xff\xd8\xff first", b"\xff\xd8\xff second"
    assert keep(first, "0" * 64) == ()
    assert keep(first) == (SHA,)
    assert keep(second) == (SHA,)
    (told,) = desk.uploads.thumbnails(lambda _c: ANN, wire.ThumbnailsWanted(hashes=(SHA,))).thumbnails
    assert base64.b64decode(told.jpeg) == first
    south = Actor("device-b", "bob", Role.INSPECTOR, regions=("10",))
    assert desk.uploads.thumbnails(lambda _c: south, wire.ThumbnailsWanted(hashes=(SHA,))).thumbnails == ()


def test_the_question_which_records_name_a_file_is_answered_by_an_index(folder_desk: Desk) -> None:
    with folder_desk.store.reading() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN " + str(uploads._NAMED_SQLITE).replace(":hashes", "?"), (json.dumps([SHA]),)
        ).all()
    assert any("ix_sync_row_sha256" in str(row) for row in plan)
