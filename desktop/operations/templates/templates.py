"""Papers and letters as this unit prints them: those of the program, or as the nearest level above has worded them.

A version that cannot be used (made by another edition of the program, say) is passed over for the next one, and that is
said. What was issued keeps its text of the day whatever becomes of templates.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, cast

import msgspec

from desktop.documents.letters.templates import LetterTemplate
from desktop.documents.letters.templates import template_for as shipped_for
from desktop.documents.papers import replacing as papers_replacing
from desktop.documents.papers.templates import PaperTemplate
from desktop.documents.papers.templates import papers as shipped_papers
from desktop.documents.placeholders import TemplateFaulty
from desktop.errors import StateProblem, UsageProblem
from desktop.operations import audit
from desktop.operations.session import NotAllowed, Session
from desktop.operations.templates import template_words
from desktop.operations.templates.template_words import Template, is_own, loaded, shipped_all, worded
from desktop.records.cells import as_day
from desktop.records.declaration import RecordType, Role
from desktop.records.supervision import Route, Title
from desktop.records.types import Catalogue, catalogue
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import ChangeSet, Deletion, NewRecord
from desktop.store.queries import reading
from desktop.store.queries.reading import Filter, Query, Record
from desktop.store.queries.units import writers_above
from desktop.store.tables.database import Database

TYPE: Final = "paper_template"
SHIPPED: Final = "随程序"


class NoSuchTemplate(UsageProblem):
    """No paper and no letter has this name."""

    next_step = "请在“文书模板”里查看有哪些。"


class TemplateUnusable(StateProblem):
    """A paper that was added and no version of which can be used here, or none yet."""

    next_step = (
        "本单位加的，请在“文书模板”里去掉、重新加，或者导入改好的文件；"
        "上级加的，请上级改好再下发；只在本机用不了的，请更新本机的程序。"
    )


class NothingChanged(StateProblem):
    """What was to be saved is what is used already."""

    next_step = "改过以后再保存。"


@dataclass(frozen=True)
class Passed:
    """A version that is not used, and why."""

    whose: str
    version: str
    reason: str


@dataclass(frozen=True)
class Standing:
    """One paper or letter as it is used here: whose version, since when, which were passed over, which are to come."""

    key: str
    label: str
    template: Template
    whose: str
    version: str
    note: str = ""
    own: int = 0
    passed: tuple[Passed, ...] = ()
    coming: tuple[str, ...] = ()
    usable: bool = True
    """False for a paper that was added and of which no version can be used; its ``template`` only stands in."""

    @property
    def changed(self) -> bool:
        """Whether it is not the one that comes with the program."""
        return self.whose != SHIPPED


def _versions(
    database: Database, types: Catalogue, unit: str, key: str | None = None
) -> Iterator[tuple[str, Record]]:
    """The versions, of one ``key`` or all, that may be used here with whose they are, the nearest and newest first."""
    filters = () if key is None else (Filter("key", value=key),)
    held = reading.records(database, types, Query(TYPE, filters=filters, order=reading.NEWEST_ORDER))
    if not held:
        return
    chain = writers_above(database, types, types[TYPE], unit)
    places = {u: place for place, u in enumerate(chain)}
    mine = [record for record in held if record.unit in places]
    mine.sort(key=lambda r: (str(r.values.get("started") or ""), r.stamp), reverse=True)
    for record in sorted(mine, key=lambda r: places[r.unit]):
        yield ("本单位" if record.unit == unit else chain[record.unit] or "上级"), record


def standing(database: Database, types: Catalogue, unit: str, today: datetime.date) -> dict[str, Standing]:
    """Every paper and letter as it is used in a unit on a day, by key; those that were added come last."""
    by_key: dict[str, list[tuple[str, Record]]] = {}
    for whose, record in _versions(database, types, unit):
        by_key.setdefault(str(record.values.get("key") or ""), []).append((whose, record))
    found = {
        key: _chosen(key, known, by_key.get(key, []), unit, today) for key, known in shipped_all().items()
    }
    return found | {key: _added(key, by_key[key], unit, today) for key in sorted(filter(is_own, by_key))}


def own_papers(
    database: Database, types: Catalogue, unit: str, today: datetime.date, *, unusable: bool = False
) -> list[PaperTemplate]:
    """The papers that this unit or one above has added.

    With ``unusable`` also those that should be there and cannot be used: who asks for one is told why.
    """
    found = standing(database, types, unit, today)
    own = [one for key, one in found.items() if is_own(key)]
    wanted = [one for one in own if one.usable or (unusable and one.passed)]
    return [cast(PaperTemplate, one.template) for one in wanted]


def _added(key: str, versions: list[tuple[str, Record]], unit: str, today: datetime.date) -> Standing:
    """A paper that was added; not usable before its first day, and where no version of it can be used."""
    newest = versions[0][1].values
    label = str(newest.get("label") or key)
    usual = papers_replacing.own_begun(key, _subject(str(newest.get("content") or "")), label)
    found = _chosen(key, usual, versions, unit, today)
    if found.template is usual:
        return replace(found, whose=versions[0][0], version=str(newest.get("version") or ""), usable=False)
    return replace(found, label=found.template.label)


class _About(msgspec.Struct):
    """What is read of a version that cannot be used."""

    about: str = ""


def _subject(content: str) -> str:
    """What a paper is about that may be faulty otherwise; "" where that cannot be said or may not be."""
    try:
        about = catalogue().get(msgspec.json.decode(content, type=_About).about)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return ""
    return about.name if about is not None and may_be_about(about) else ""


def begun(about: str, label: str, key: str) -> Standing:
    """A paper that is being added: it is there for nobody before it is saved. Raises ``TemplateFaulty``."""
    template = template_words.own_begun(about, label.strip(), key)
    return Standing(key, template.label, template, "本单位", "")


def may_be_about(record_type: RecordType) -> bool:
    """Whether papers about records of a type may be added."""
    return papers_replacing.may_be_about(record_type)


def _chosen(
    key: str, usual: Template, versions: list[tuple[str, Record]], unit: str, today: datetime.date
) -> Standing:
    own = sum(record.unit == unit for _, record in versions)
    passed: list[Passed] = []
    coming: list[str] = []
    for whose, record in versions:
        version = str(record.values.get("version") or "")
        started = as_day(record.values.get("started"))
        if started is not None and started > today:
            coming.append(f"{whose}的{version}从{started.isoformat()}起")
            continue
        try:
            template = loaded(key, str(record.values.get("content") or ""))
        except TemplateFaulty as fault:
            passed.append(Passed(whose, version, fault.sentence))
            continue
        note = str(record.values.get("note") or "")
        return Standing(key, usual.label, template, whose, version, note, own, tuple(passed), tuple(coming))
    return Standing(key, usual.label, usual, SHIPPED, usual.version, "", own, tuple(passed), tuple(coming))


def here(session: Session, key: str) -> Standing:
    """One paper or letter as it is used in this workspace today.

    Raises :class:`NoSuchTemplate`, and :class:`TemplateUnusable` for a paper that was added and cannot be used.
    """
    found = known_here(session, key)
    if not found.usable:
        why = "".join(f"{p.whose}的{p.version}不能用：{p.reason.rstrip('。')}。" for p in found.passed)
        raise TemplateUnusable(f"“{found.label}”现在用不了。{why or f'{found.coming[0]}用。'}")
    return found


def known_here(session: Session, key: str) -> Standing:
    """The same, also where it cannot be used. Raises :class:`NoSuchTemplate`."""
    versions = list(_versions(session.database, session.types, session.unit.id, key))
    unit, today = session.unit.id, session.environment.today()
    if is_own(key) and versions:
        return _added(key, versions, unit, today)
    if key not in shipped_all():
        raise NoSuchTemplate(f"没有叫“{key}”的文书。")
    return _chosen(key, shipped_all()[key], versions, unit, today)


def paper_template(session: Session, key: str) -> PaperTemplate | None:
    """The template of a paper as it is used here; nothing where there is no paper of this name."""
    if key not in shipped_papers() and not is_own(key):
        return None
    return cast(
        PaperTemplate, here(session, key).template
    )  # a version of another kind is not chosen for the key


def letter_template(session: Session, title: Title, route: Route) -> LetterTemplate:
    """The template of a title under a regulation as it is used here. Raises ``TemplateFaulty``."""
    return cast(LetterTemplate, here(session, shipped_for(title, route).id).template)


def require(session: Session) -> None:
    """Raises ``NotAllowed`` where nobody may word papers."""
    session.require(Role.DESK)
    writers = session.types[TYPE].written_by
    if not writers.admits_level(session.unit.level):
        raise NotAllowed("文书模板由区总工会（市总工会）修改，随数据包下发到各级。")


def save(
    session: Session,
    key: str,
    text: str,
    *,
    started: datetime.date | None = None,
    note: str = "",
    first: Standing | None = None,
) -> ChangeSet:
    """Saves a wording of this unit, used from a day on (today by default) here and below.

    ``first`` is a paper that is being added (:func:`begun`). Raises ``TemplateFaulty`` where it cannot be used,
    :class:`NothingChanged`, :class:`NoSuchTemplate`, ``NotAllowed``. A new paper needs a name that no other has.
    """
    require(session)
    if first is not None:
        _require_new_name(session, first.label)
    now = first or known_here(session, key)
    return keep(session, worded(now.template, text, session.types), now, started, note)


def _require_new_name(session: Session, label: str) -> None:
    """Two papers of one name could not be told apart where one is chosen to be printed."""
    today = session.environment.today()
    taken = standing(session.database, session.types, session.unit.id, today).values()
    if any(one.label == label for one in taken if one.usable):
        raise TemplateFaulty(f"已经有一种文书叫“{label}”。", "请换一个名称，或者在“文书模板”里修改那一种。")


def keep(
    session: Session, template: Template, now: Standing, started: datetime.date | None, note: str
) -> ChangeSet:
    """Saves a checked template as this unit's version; raises as :func:`save`."""
    require(session)
    today = session.environment.today()
    # The number of a version is not what it says: the same file twice is no second version.
    plain, standing = ({**msgspec.to_builtins(t), "version": ""} for t in (template, now.template))
    if plain == standing and now.version:
        raise NothingChanged(f"“{now.label}”和现在用的一样，没有保存。")
    version = f"{today.isoformat()}-{now.own + 1}"
    content = template_words.json_of({**plain, "version": version})
    longest = session.types[TYPE].by_name["content"].maximum or len(content)
    if len(content) > longest:
        raise TemplateFaulty(f"“{now.label}”太长，存不下。", "请删去一些文字。")
    values: dict[str, Cell] = {
        "key": now.key, "label": now.label, "version": version, "started": (started or today).isoformat(),
        "content": content, "note": note.strip()[:300] or None,
    }  # fmt: skip
    birth = NewRecord(TYPE, session.ledger.new_id(), session.unit.id, values)
    with session.database.transaction():
        changes = session.ledger.write(f"修改文书模板{now.label}", session.operator.name, births=[birth])
        audit.note(session, audit.Act.TEMPLATE_SAVED, f"{now.key} {version}")
    return changes


def reset(session: Session, key: str) -> ChangeSet:
    """Takes away this unit's own versions: what the level above sent is used again, or what comes with the program."""
    require(session)
    now = known_here(session, key)
    own = [
        record.id
        for _, record in _versions(session.database, session.types, session.unit.id, key)
        if record.unit == session.unit.id
    ]
    if not own:
        raise NothingChanged(
            f"“{now.label}”没有本单位修改的版本。", "现在用的就是随程序的或者上级下发的样式。"
        )
    with session.database.transaction():
        changes = session.ledger.write(
            f"换回文书模板{now.label}",
            session.operator.name,
            deletions=[Deletion(TYPE, record) for record in own],
        )
        audit.note(session, audit.Act.TEMPLATE_SAVED, f"{key} -")
    return changes
