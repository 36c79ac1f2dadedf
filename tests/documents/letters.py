"""Documents that the tests print."""

from __future__ import annotations

import datetime

from desktop.documents.page import (
    Block,
    Head,
    LetterHead,
    OfficialDocument,
    Paragraph,
    PlainHead,
    Recipient,
    RedHead,
    Signature,
)

DATE = datetime.date(2026, 1, 5)
ORGAN = "杭州市西湖区总工会"
PLAIN = PlainHead("杭西工监意〔2026〕1号")
LETTER = LetterHead(ORGAN, "杭西工监提〔2026〕1号")
RED = RedHead(f"{ORGAN}文件", "西总工〔2026〕18号")
HEADS: dict[str, Head] = {"plain": PLAIN, "letter": LETTER, "red": RED}
RARE = "堃喆犇玥祎翀珅旸昇垚骉羴鱻韡䶮㛃㙓𬬮𬭎𬱖𬍛𬘭𬤊𬀩𬸚〇㎡×￥"


def letter(*blocks: Block, head: Head = PLAIN, title: str = "工会劳动法律监督意见书") -> OfficialDocument:
    """A signed document with a recipient and the blocks given."""
    return OfficialDocument(
        head, title, (Recipient("杭州某某科技有限公司"), *blocks), signature=Signature(ORGAN, DATE)
    )


def of_lines(count: int, head: Head = PLAIN) -> OfficialDocument:
    """A signed document whose text fills exactly ``count`` lines, in paragraphs of up to three lines."""
    lengths = [3] * (count // 3) + [count % 3] * (count % 3 > 0)
    return letter(*(Paragraph("工会法律" * (7 * lines - 2) + "。") for lines in lengths), head=head)
