"""Pages kept as small grey pictures: ``python -m tests.documents.golden_pages`` draws them anew after a wanted change.

A pixel may stand one beside its place, so that another version of the rasteriser, which smooths edges in its own way,
passes, while a moved line or a lost word does not. One small character in place of another like it (会, 公) may pass:
what is written is for the tests that read the text.
"""

from __future__ import annotations

import datetime
import io
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pypdfium2 as pdfium
from PIL import Image, ImageChops, ImageFilter

from desktop.documents.letters.pages import document_of, metadata_of, print_letter
from desktop.documents.lists import Gathering, PaperColumn, PaperList, SignIn
from desktop.documents.page import render_pdf
from tests.documents.composed import letter_for
from tests.documents.letters import ORGAN, RARE

FOLDER: Final = Path(__file__).with_name("golden")
DOTS: Final = 100
"""Dots an inch of a kept picture: words can be read, and a page takes some 50 kB."""
GREYS: Final = 16
SQUARE: Final = 5
"""Pixels of a square's side, 1.3 mm: less than half a character of text."""
TOLERANCE: Final = 42
"""How much of it may be out of place, of 255: smoothing in other ways makes up to 34, half a millimetre at least 51."""

DAY: Final = datetime.date(2026, 11, 27)
LONGEST: Final = "杭州余杭径山镇双溪竹海漂流景区旅游服务及文化创意产业发展有限公司第二分公司示例部"


def _letter(template: str) -> bytes:
    letter = letter_for(template)
    return render_pdf(document_of(letter), metadata_of(letter))


def _register() -> bytes:
    labels = (("单位名称", 28), ("统一社会信用代码", 18), ("职工数", 8), ("建会状态", 10), ("镇街", 14))
    columns = tuple(PaperColumn(label, width, label == "职工数") for label, width in labels)
    names = (LONGEST, f"{RARE[:6]}有限公司", "")
    rows = tuple(
        (names[n] if n < len(names) else f"第{n}茶厂", f"91330106MA2{n:07d}", str(n), "待筹建", "径山镇")
        for n in range(40)
    )
    return PaperList(
        "企业（单位）一览表", ORGAN, "建会状态：待筹建", DAY, columns, rows, "职工数合计780人"
    ).render()


def _roster() -> bytes:
    columns = (PaperColumn("姓名", 10), PaperColumn("单位（工会）", 26), PaperColumn("电话", 12))
    names = ("王芳", "犇㛃䶮𬬮", "欧阳建国")
    people = tuple((names[n % 3], LONGEST if n == 1 else f"第{n}茶厂工会", "138****5678") for n in range(24))
    gathering = Gathering("基层工会主席培训班", ORGAN, "2026年11月27日", "区工人文化宫", "24人")
    return SignIn(gathering, columns, people).render()


def _empty_list() -> bytes:
    return PaperList("应建未建单位", ORGAN, "全部", DAY, (PaperColumn("单位名称", 28),), ()).render()


PAGES: Final[Mapping[str, Callable[[], bytes]]] = {
    "reminder_letter": lambda: print_letter(letter_for("reminder_letter")),
    "opinion_letter": lambda: _letter("opinion_letter"),
    "suggestion_letter": lambda: _letter("suggestion_letter"),
    "register": _register,
    "sign_in": _roster,
    "empty_list": _empty_list,
}
"""What is kept, the first page of each."""


def picture(data: bytes, dots: float = DOTS) -> Image.Image:
    """The first page of a PDF in grey."""
    document = pdfium.PdfDocument(data)
    try:
        page: Image.Image = document[0].render(scale=dots / 72, grayscale=True).to_pil()
        return page.convert("L")
    finally:
        document.close()


def kept(name: str) -> Image.Image:
    """The picture that a page is to look like."""
    with Image.open(FOLDER / f"{name}.png") as image:
        return image.convert("L")


def furthest(one: Image.Image, other: Image.Image) -> int:
    """How much ink, of 255, stands in a square of one picture that has no place in the other.

    What lies between the lightest and the darkest of a pixel's neighbours in the other picture has its place there.
    """
    if one.size != other.size:
        return 255
    return max(_without_place(one, other), _without_place(other, one))


def _without_place(one: Image.Image, other: Image.Image) -> int:
    darkest, lightest = other.filter(ImageFilter.MinFilter(3)), other.filter(ImageFilter.MaxFilter(3))
    beyond = ImageChops.add(ImageChops.subtract(darkest, one), ImageChops.subtract(one, lightest))
    _, most = beyond.reduce(SQUARE).getextrema()
    assert isinstance(most, int | float)
    return int(most)


def difference(one: Image.Image, other: Image.Image) -> Image.Image:
    """Both on one sheet: what only the kept one has in red, what only the new one has in blue."""
    size = max(one.width, other.width), max(one.height, other.height)
    sheets = [Image.new("L", size, 255) for _ in range(2)]
    for sheet, image in zip(sheets, (one, other), strict=True):
        sheet.paste(image)
    before, after = sheets
    return Image.merge("RGB", (after, ImageChops.darker(before, after), before))


def main() -> None:
    """Writes every picture; a person looks at them before they are committed."""
    os.environ["XIAOSANJI_FONTS"] = "bundle"
    FOLDER.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        stream = io.BytesIO()
        picture(page()).quantize(GREYS).save(stream, "PNG", optimize=True)
        (FOLDER / f"{name}.png").write_bytes(stream.getvalue())


if __name__ == "__main__":
    main()
