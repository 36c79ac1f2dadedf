"""A station's own keys are renewed, with everything that is on its way; a laptop goes into other hands."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.operations import audit
from desktop.operations.recording import records
from desktop.operations.session import NotAllowed, Session, open_session
from desktop.operations.stations import applying, enrolling, exchange, roots, traffic
from desktop.operations.stations.enrolling import NoRequest, NotEnrolled
from desktop.operations.workspaces import operators, recovery, restoring
from desktop.records.declaration import Level, Role
from desktop.store.workspaces.keys import WrongCode, WrongPassword
from desktop.sync.authority import station as stations
from tests.operations.levels import Three, names, taken
from tests.operations.stations import CHEAP, START, enrol, repeatable, station

DAY = 86_400_000


@pytest.fixture
def three(tmp_path: Path) -> Three:
    return Three(tmp_path)


def renew(below: Session, desk: Session, folder: Path, *, delegate: bool = False) -> None:
    """The three files, for new keys."""
    asked = applying.request(below, folder / "renew.xsq", renew=True)
    assert str(traffic.look_request(folder / "renew.xsq").words) == asked.words
    enrolling.grant(desk, folder / "renew.xsq", folder / "renew.xsg", delegate=delegate, compared=None)
    applying.accept(below, folder / "renew.xsg", folder / "renew.xsa", compared=None)
    enrolling.confirm(desk, folder / "renew.xsa")


def record(session: Session, name: str) -> None:
    records.save(session, "enterprise", {"name": name})


def key(session: Session) -> bytes:
    return stations.load_keys(session.ledger).public_key


def test_a_village_renews_its_keys_while_bundles_of_before_are_on_their_way(three: Three) -> None:
    _, town, village = three.all
    record(village, "旧密钥签的厂")
    first = key(village)
    late_up, late_down = three.up(village), three.down(town, village)
    record(village, "还没有进数据包的厂")
    applying.request(village, three.folder / "renew.xsq", renew=True)
    words = traffic.look_request(three.folder / "renew.xsq").words
    enrolling.grant(town, three.folder / "renew.xsq", three.folder / "renew.xsg", compared=None)
    record(village, "批准以前照常登记的厂")
    taken(village, three.down(town, village))
    taken(town, three.up(village))
    again = applying.request(village, three.folder / "renew.xsq", renew=True)
    assert again.words == str(words), "the file was lost: the same keys are asked for once more"
    enrolling.grant(town, three.folder / "renew.xsq", three.folder / "renew.xsg", compared=None)
    record(village, "接受前一刻登记的厂")
    applying.accept(village, three.folder / "renew.xsg", three.folder / "renew.xsa", compared=None)
    assert not village.database.rows("SELECT 1 FROM pending"), (
        "it belongs to the keys that it was written under"
    )
    enrolling.confirm(town, three.folder / "renew.xsa")
    assert key(village) != first
    record(village, "新密钥签的厂")
    taken(village, late_down)
    taken(town, three.up(village), late_up)
    three.exchange()
    assert len(names(three.district)) == 5
    assert three.agree()
    assert "更换本机密钥" in {line.action for line in audit.recent(village)}
    with pytest.raises(NotAllowed, match="根证书"):
        applying.request(three.district, three.folder / "no.xsq", renew=True)
    renew(village, town, three.folder)
    three.exchange()
    assert three.agree(), "twice, by the proof of the first keys"


@pytest.mark.parametrize("new", [True, False], ids=["new keys", "the same keys"])
def test_a_grant_that_was_accepted_in_what_is_lost_begins_nothing_a_second_time(
    three: Three, new: bool
) -> None:
    """The incarnation that it names has numbers already: two contents of one would stop everything until decided."""
    _, town, village = three.all
    three.exchange()
    applying.request(village, three.folder / "renew.xsq", renew=new)
    keeper = village.workspace.keeper
    assert keeper is not None
    keeper.renew(destroy=False)
    enrolling.grant(town, three.folder / "renew.xsq", three.folder / "renew.xsg", compared=None)
    applying.accept(village, three.folder / "renew.xsg", compared=None)
    record(village, "接受以后的厂")
    taken(town, three.up(village))
    answer = three.down(town, village)
    folder = village.workspace.folder
    village.workspace.close()
    three.village = restoring.restore(
        folder, None, "王芳", "password1", environment=repeatable("back", START + DAY), with_journal=False
    ).session
    with pytest.raises(NoRequest):
        applying.accept(three.village, three.folder / "renew.xsg", compared=None)
    record(three.village, "恢复以后的厂")
    taken(three.village, answer)
    three.exchange()
    assert names(three.village) == {"接受以后的厂", "恢复以后的厂"}
    assert three.agree()
    renew(three.village, town, three.folder)
    record(three.village, "再换密钥以后的厂")
    three.exchange()
    assert three.agree()


def test_a_town_renews_its_keys_and_its_villages_believe_it(three: Three) -> None:
    district, town, village = three.all
    three.exchange()
    record(district, "区里登记的厂")
    record(town, "镇里登记的厂")
    old_down = three.down(town, village)
    renew(town, district, three.folder, delegate=True)
    record(town, "换密钥以后的厂")
    record(village, "村里登记的厂")
    old_up = three.up(village)
    sent = three.down(town, village)
    taken(village, sent)
    taken(village, old_down)
    taken(town, old_up)
    three.exchange()
    assert three.agree()
    link = exchange.find_link(village, town.ledger.station)
    assert link.recipient == stations.load_keys(town.ledger).recipient, "it writes to the new key from now on"
    late = station(three.folder, "330110109201", "长乐村工会", Level.VILLAGE)
    with pytest.raises(NotEnrolled):
        applying.request(late, three.folder / "no.xsq", renew=True)
    enrol(late, town, three.folder)
    record(late, "新村的厂")
    taken(late, three.down(town, late))
    taken(town, three.up(late))
    roots.change(district)
    three.exchange()
    assert roots.current(village.database, village.ledger.station).changes == 1


@pytest.mark.no_cover
def test_whoever_was_granted_before_the_town_renewed_its_keys_believes_the_receipt_that_follows(
    three: Three,
) -> None:
    """It goes by the certificate by which it was granted, and the town's new one comes in that very receipt."""
    district, town, village = three.all
    three.exchange()
    folder = three.folder
    late = station(folder, "330110109201", "长乐村工会", Level.VILLAGE)
    applying.request(late, folder / "late.xsq")
    enrolling.grant(town, folder / "late.xsq", folder / "late.xsg", compared=None)
    renew(town, district, folder, delegate=True)
    applying.accept(late, folder / "late.xsg", folder / "late.xsa", compared=None)
    # What another has granted is not this one's to confirm, and leaves no mark.
    taken(district, three.up(town))
    before = district.database.rows("SELECT * FROM meta ORDER BY 1")
    with pytest.raises(NoRequest):
        enrolling.confirm(district, folder / "late.xsa")
    assert district.database.rows("SELECT * FROM meta ORDER BY 1") == before
    for _ in range(2):
        enrolling.confirm(town, folder / "late.xsa")
        taken(late, three.down(town, late))
    taken(town, three.up(late))
    taken(village, three.down(town, village))


def test_a_laptop_goes_into_other_hands(three: Three) -> None:
    """Who hands over keeps nothing that opens it: neither password nor recovery code, and not the station's keys."""
    _, town, village = three.all
    record(village, "交接以前的厂")
    code = recovery.new_code(village)
    operators.put(village, "李四", Role.ADMIN, "password2", CHEAP)
    folder = village.workspace.folder
    village.workspace.close()
    heir = open_session(folder, "李四", "password2", repeatable("heir"))
    operators.disable(heir, "王芳")
    recovery.new_code(heir)
    before = key(heir)
    renew(heir, town, three.folder)
    assert key(heir) != before
    three.village = heir
    three.exchange()
    assert names(three.district) == {"交接以前的厂"}
    heir.workspace.close()
    with pytest.raises(WrongPassword):
        open_session(folder, "王芳", "password1", repeatable("gone"))
    with pytest.raises(WrongCode):
        recovery.open_by_code(folder, "李四", code, "password3", repeatable("code"), cost=CHEAP)


def test_a_town_that_is_granted_once_more_is_believed_by_its_villages(three: Three) -> None:
    three.exchange()
    enrol(three.town, three.district, three.folder, delegate=True)
    record(three.town, "再批准以后的厂")
    three.exchange()
    assert three.agree()


def test_a_receipt_of_before_a_restore_leaves_nothing_out_that_is_gone(three: Three) -> None:
    """It was made for a ledger that held what it has written; so it does not say how far the restored one is."""
    _, town, village = three.all
    keeper = village.workspace.keeper
    assert keeper is not None
    keeper.renew(destroy=False)
    record(village, "备份以后的厂")
    taken(town, three.up(village))
    answer = three.down(town, village)
    folder = village.workspace.folder
    village.workspace.close()
    three.village = restoring.restore(
        folder, None, "王芳", "password1", environment=repeatable("back"), with_journal=False
    ).session
    assert names(three.village) == set()
    taken(three.village, answer)
    three.exchange()
    assert names(three.village) == {"备份以后的厂"}
    assert three.agree()
