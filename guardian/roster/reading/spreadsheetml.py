"""SpreadsheetML 2003: «Excel XML», as Librus and others export it."""

from collections.abc import Iterator
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from guardian.roster.reading import limits
from guardian.roster.reading.fields.cell import Numeric
from guardian.roster.reading.refusal import ROWS, InputRefused


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _attribute(element: Element, name: str) -> str:
    return next((value for key, value in element.attrib.items() if _local(key) == name), "")


def sheets(content: bytes, file: str) -> list[tuple[str, list[list[str]]]]:
    """The worksheets of a document as rows of text.

    :raises InputRefused: it is no XML, or holds entities or more rows than the budget.
    """
    found: list[tuple[str, list[list[str]]]] = []
    rows: list[list[str]] = []
    try:
        for event, element in iterparse(BytesIO(content), events=("start", "end")):
            name = _local(element.tag)
            if event == "start":
                if name == "Worksheet":
                    rows = []
                    found.append((_attribute(element, "Name"), rows))
            elif name == "Row":
                _add(rows, element, file)
                element.clear()
    except DefusedXmlException:
        raise InputRefused("FORMAT_UNKNOWN", file) from None
    except ParseError:
        if not rows:
            raise InputRefused("FORMAT_UNKNOWN", file) from None
    return found


def _add(rows: list[list[str]], element: Element, file: str) -> None:
    index = _attribute(element, "Index")
    place = int(index) - 1 if index.isdecimal() else len(rows)
    if place > limits.WORKBOOK_ROWS:
        raise InputRefused("TOO_LARGE", file, limit=limits.WORKBOOK_ROWS, unit=ROWS)
    rows.extend([] for _ in range(place - len(rows)))
    cells: list[str] = []
    for place, text in _cells(element):
        if place < limits.COLUMNS:
            cells.extend([""] * (place - len(cells)))
            cells.append(text)
    rows.append(cells)


def _cells(row: Element) -> Iterator[tuple[int, str]]:
    place = 0
    for cell in row:
        if _local(cell.tag) != "Cell":
            continue
        index = _attribute(cell, "Index")
        place = int(index) - 1 if index.isdecimal() else place
        yield place, next((_text(part) for part in cell if _local(part.tag) == "Data"), "")
        merged = _attribute(cell, "MergeAcross")
        place += 1 + (int(merged) if merged.isdecimal() and len(merged) < 5 else 0)


def _text(part: Element) -> str:
    text = "".join(part.itertext())[: limits.CELL_CHARACTERS]
    kind = _attribute(part, "Type")
    if kind == "DateTime":
        return text[:10]
    return Numeric(text.removesuffix(".0")) if kind == "Number" else text
