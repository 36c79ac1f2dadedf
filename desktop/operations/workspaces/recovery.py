"""Getting in again after a forgotten password: by the recovery code, or by the level above (rule 30).

The side that forgot works on the folder, because nobody can open the ledger: it sets the new password when it asks,
and that password alone opens what the answer brings. What it did stands in its audit log from the next opening on.
The other side is :mod:`desktop.operations.workspaces.answering`.
"""

from __future__ import annotations

import contextlib
import datetime
from dataclasses import dataclass
from pathlib import Path

from desktop.errors import EnvironmentProblem, Problem, StateProblem
from desktop.operations import audit
from desktop.operations.session import Session, open_session
from desktop.operations.workspaces import erasing, operators
from desktop.operations.workspaces import recovery_notes as notes
from desktop.operations.workspaces.answering import unit_name
from desktop.operations.workspaces.operators import NoOperator
from desktop.records.typed.dates import china_time
from desktop.records.types import Catalogue
from desktop.store.tables.environment import Environment
from desktop.store.workspaces import audit as store_audit
from desktop.store.workspaces.attempts import Attempts
from desktop.store.workspaces.keys import Cost, KeySlots, check_password, unwrap_secret, wrap_secret
from desktop.store.workspaces.operators import OperatorDisabled
from desktop.store.workspaces.unlocking import slots_of, slots_to_change
from desktop.sync.authority import station
from desktop.sync.enrolling import recovery
from desktop.sync.enrolling.recovery import Holder
from desktop.sync.formats import sorts
from desktop.sync.formats.files import read_limited, replacing
from desktop.sync.signed import certificates
from desktop.sync.signed.words import Fingerprint, fingerprint

REQUEST, ANSWER = ".xsr", ".xsk"
_ABOUT = "recovery request"


class NotSealed(StateProblem):
    """Nobody above can help: the key was never sealed to anybody."""

    next_step = "请用建立台账时抄下来的恢复码打开；没有的话，数据解不开，请找上级要回报送过的内容。"
    help_anchor = "recovery"


@dataclass(frozen=True, slots=True)
class Standing:
    """What can be done in a workspace that nobody gets into: by whom above, and what was asked for last.

    ``office`` is empty where nothing is sealed. ``words`` are to be read out while an answer is waited for.
    """

    has_code: bool
    office: str
    asked: datetime.datetime | None
    operator: str
    words: Fingerprint | None


@dataclass(frozen=True, slots=True)
class Requested:
    """A request that was written: for which office, and the words to be read out to it."""

    path: Path
    office: str
    words: Fingerprint


@dataclass(frozen=True, slots=True)
class Offered:
    """An answer as it lies before the laptop: from which office, and the words to be compared with it.

    Only one request is answered, and what is inside opens no other laptop: of answers by the same office, whose words
    are the same, it does not matter which is taken.
    """

    path: Path
    office: str
    operator: str
    words: Fingerprint


def standing(folder: Path) -> Standing:
    """What can be done; needs no password. Raises what ``slots_of`` raises."""
    slots = slots_of(folder)
    sealed, asked = notes.seal(slots), notes.asked(slots)
    return Standing(
        slots.has_code,
        recovery.read_seal(sealed).office if sealed is not None else "",
        china_time(asked.created) if asked is not None else None,
        asked.operator if asked is not None else "",
        fingerprint(asked.public_key) if asked is not None else None,
    )


def ask(
    folder: Path,
    operator: str,
    new_password: str,
    out: Path,
    environment: Environment | None = None,
    cost: Cost | None = None,
) -> Requested:
    """Writes a request (`.xsr`); only its own answer is taken from now on, and only under this new password.

    Raises ``NoOperator``, ``WeakPassword``, :class:`NotSealed`, ``InUse``.
    """
    environment = environment or Environment()
    check_password(new_password)
    with slots_to_change(folder) as slots:
        _require_operator(slots, operator)
        sealed = _seal_of(slots)
        data, asked, secret = recovery.make_request(sealed, operator, environment.now(), environment.random)
        wrapped = wrap_secret(secret.encode(), new_password, _ABOUT, environment, cost)
        # The file first: a request that could not be written must not take the place of the one before.
        with replacing(out) as stream:
            stream.write(data)
        notes.keep_asked(slots, asked, wrapped)
        notes.owe(slots, environment, operator, audit.Act.RECOVERY_ASKED, f"申请{asked.digest[:16]}")
    return Requested(out, recovery.read_seal(sealed).office, fingerprint(asked.public_key))


def look_answer(folder: Path, path: Path) -> Offered:
    """An answer for this laptop, verified but not taken in. Raises what ``read_answer`` raises, and the like."""
    seal, found = _read(slots_of(folder), path)
    return Offered(path, seal.office, found.operator, found.words)


def take(
    folder: Path,
    path: Path,
    new_password: str,
    environment: Environment | None = None,
    types: Catalogue | None = None,
    cost: Cost | None = None,
) -> Session:
    """Takes the answer in: the new password of the request is the operator's from now on, and opens the workspace.

    Raises what :func:`look_answer` raises, ``WrongPassword``, ``WrongKeyInside``, and what opening raises: then the
    password is set all the same, so that a damaged ledger can be restored with it.
    """
    environment = environment or Environment()
    with slots_to_change(folder) as slots:
        seal, found = _read(slots, path)
        operator = found.operator
        _require_operator(slots, operator)
        secret = unwrap_secret(notes.secret(slots), new_password, _ABOUT).decode()
        key = recovery.open_answer(found, secret, seal.key_check)
        slots.put(operator, new_password, key, environment, cost)
        notes.keep_used(slots, found.digest)
        notes.owe(slots, environment, operator, audit.Act.RECOVERED, f"按上级答复 申请{found.digest[:16]}")
    return _open(folder, operator, new_password, environment, types, cost)


def open_by_code(
    folder: Path,
    operator: str,
    code: str,
    new_password: str,
    environment: Environment | None = None,
    types: Catalogue | None = None,
    cost: Cost | None = None,
) -> Session:
    """Opens a workspace by its recovery code and sets a new password for the operator.

    Raises ``BadCode``, ``WrongCode``, ``WeakPassword``, ``NoOperator``, ``InUse`` and what opening raises.
    """
    environment = environment or Environment()
    check_password(new_password)
    with slots_to_change(folder) as slots:
        _require_operator(slots, operator)
        key = slots.open_by_code(code)
        slots.put(operator, new_password, key, environment, cost)
        notes.owe(slots, environment, operator, audit.Act.RECOVERED, "用恢复码")
    return _open(folder, operator, new_password, environment, types, cost)


def new_code(session: Session) -> str:
    """A new recovery code, to be shown once; the one before opens nothing any more. Administrators only."""
    session.require()
    code = session.workspace.slots.put_code(session.workspace.key, session.environment)
    audit.note(session, audit.Act.CODE_MADE)
    return code


# -- after each opening ------------------------------------------------------------------------------------------------


def after_opening(session: Session) -> None:
    """Writes down what could not be while nobody got in, and seals the key anew where its recipient has changed."""
    workspace = session.workspace
    if workspace.refusal is not None:
        return
    # Where there is no room for it now, it is done at the next opening: a full disk keeps nobody out.
    with contextlib.suppress(OSError, EnvironmentProblem):
        _note_owed(session)
        keep_sealed(session)
        erasing.finish(session)


def _note_owed(session: Session) -> None:
    slots = session.workspace.slots
    if owed := notes.owed(slots):
        with session.database.transaction():
            for line in owed:
                store_audit.note(
                    session.database,
                    session.environment,
                    str(line["operator"]),
                    audit.Act(line["act"]),
                    notes.words_of(line),
                )
        notes.pay(slots)


def keep_sealed(session: Session) -> bool:
    """Seals the key of the workspace to the recovery recipient of the certificate; whether anything had changed."""
    slots = session.workspace.slots
    chain = station.own_chain(session.ledger)
    held = notes.seal(slots)
    if recovery.recipient_for([certificates.parse(der) for der in chain]) is None:
        if held is not None:
            notes.keep_seal(slots, None)
        return held is not None
    unit = session.unit
    holder = Holder(unit.code, unit.name, unit.level)
    office = _office_name(session, chain)
    keys = station.load_keys(session.ledger)
    seal = None
    if held is not None:
        # One that was tampered with is made anew.
        with contextlib.suppress(Problem):
            seal = recovery.read_seal(held)
    if seal is not None:
        same = (tuple(c.der for c in seal.chain), seal.incarnation, seal.holder, seal.office, seal.key_check)
        if same == (chain, keys.incarnation, holder, office, recovery.key_check(session.workspace.key)):
            return False
    made = recovery.make_seal(session.workspace.key, holder, office, chain, keys)
    notes.keep_seal(slots, made)
    return True


def _office_name(session: Session, chain: tuple[bytes, ...]) -> str:
    office = recovery.office_of([certificates.parse(der) for der in chain])
    return (unit_name(session, office.claims.units) if office is not None else "") or "上级工会"


# -- notes beside the key slots ----------------------------------------------------------------------------------------


def _open(
    folder: Path,
    operator: str,
    password: str,
    environment: Environment,
    types: Catalogue | None,
    cost: Cost | None,
) -> Session:
    # Who gets in by another way need not wait for the wrong passwords before.
    Attempts(folder).passed(operator)
    try:
        session = open_session(folder, operator, password, environment, types)
    except OperatorDisabled:
        with slots_to_change(folder) as slots:
            slots.remove(operator)
        raise
    try:
        after_opening(session)
        if session.workspace.refusal is None:
            with contextlib.suppress(OSError, EnvironmentProblem):
                operators.renew_key(session, password, cost)
    except BaseException:
        session.workspace.let_go()
        raise
    return session


def _read(slots: KeySlots, path: Path) -> tuple[recovery.Seal, recovery.Answer]:
    seal = recovery.read_seal(_seal_of(slots))
    with sorts.telling(path, sorts.RECOVERY_ANSWER):
        data = read_limited(path, recovery.MAX_FILE * 2)
        return seal, recovery.read_answer(
            data, seal.station, seal.chain, notes.asked(slots), notes.used(slots)
        )


def _require_operator(slots: KeySlots, operator: str) -> None:
    if operator not in slots.names:
        raise NoOperator(f"没有在用的操作员“{operator}”。")


def _seal_of(slots: KeySlots) -> bytes:
    sealed = notes.seal(slots)
    if sealed is None:
        raise NotSealed("这份台账还没有入网，上级帮不上忙。")
    return sealed
