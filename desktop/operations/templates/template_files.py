"""Templates of papers and letters as files: out to be edited, and in again as this unit's version."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Final, cast

import msgspec

from desktop.documents.papers.templates import PaperTemplate
from desktop.documents.placeholders import TemplateFaulty
from desktop.operations.session import Session
from desktop.operations.templates.template_words import is_own, loaded
from desktop.operations.templates.templates import (
    NoSuchTemplate,
    begun,
    here,
    keep,
    known_here,
    require,
    save,
)
from desktop.renaming import write_whole
from desktop.store.ledger import ChangeSet
from desktop.sync.errors import TooBig
from desktop.sync.formats import files

_LARGEST: Final = 200_000


def export(session: Session, key: str, path: Path) -> None:
    """Writes the template that is used here as JSON."""
    template = here(session, key).template
    write_whole(path, msgspec.json.format(msgspec.json.encode(template), indent=1) + b"\n")


def _text(data: bytes) -> str:
    """A file as editors of Windows keep it: in UTF-8, with or without its mark, or in GB18030."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def import_file(
    session: Session, path: Path, *, started: datetime.date | None = None
) -> tuple[str, ChangeSet]:
    """Takes a template's JSON file as this unit's version; its label and what changed.

    Raises as :func:`save`, and ``TemplateFaulty`` where the file is none.
    """
    require(session)
    try:
        data = files.read_limited(path, _LARGEST)
    except TooBig as error:
        raise TemplateFaulty("这个文件太大，不是文书样式。", "请选择导出的样式文件。") from error
    try:
        text = _text(data)
        key = msgspec.json.decode(text, type=_Named).id
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise TemplateFaulty("这个文件不是文书样式，读不出来。", "请选择导出的样式文件。") from error
    try:
        now = known_here(session, key)
    except NoSuchTemplate:
        if not is_own(key):
            raise
        added = loaded(key, text)
        now = begun(cast(PaperTemplate, added).about, added.label, key)
    return now.label, keep(session, loaded(key, text), now, started, f"导入{path.name}")


def add_file(
    session: Session, about: str, label: str, path: Path, *, started: datetime.date | None = None
) -> str:
    """Adds a paper about a type of records from a file of lines; its key.

    Raises ``TemplateFaulty``, and ``NotAllowed`` where nobody may word papers.
    """
    require(session)
    try:
        lines = _text(files.read_limited(path, _LARGEST))
    except TooBig as error:
        raise TemplateFaulty("这个文件太大，不是文书的文字。", "请用记事本写好，一行一段。") from error
    except UnicodeDecodeError as error:
        raise TemplateFaulty("这个文件不是文字，读不出来。", "请用记事本写好，一行一段。") from error
    first = begun(about, label, f"own_{session.ledger.new_id()[-10:]}")
    save(session, first.key, lines, started=started, first=first)
    return first.key


class _Named(msgspec.Struct):
    """What is read of a file first."""

    id: str
