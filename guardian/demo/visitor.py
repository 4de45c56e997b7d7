"""A visitor without JavaScript: opens pages, fills in their forms as a person would, presses their buttons."""

from html.parser import HTMLParser
from typing import Self
from urllib.parse import urljoin

import httpx
import msgspec


class Form(msgspec.Struct):
    """A form of a page: where it goes, what it would send untouched, and the choices that it offers."""

    action: str
    method: str = "get"
    fields: dict[str, str] = {}
    choices: dict[str, list[str]] = {}
    buttons: list[tuple[str, str]] = []
    chosen_beforehand: set[str] = set()


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.text: list[str] = []
        self._open = False
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(found.get("action", ""), found.get("method", "get").lower()))
            self._open = True
        elif self._open:
            self._in_form(tag, found)

    def _in_form(self, tag: str, found: dict[str, str]) -> None:
        form, name, value = self.forms[-1], found.get("name", ""), found.get("value", "")
        kind = found.get("type", "text")
        if tag == "select":
            self._select = name
            form.fields[name] = ""
        elif tag == "option" and self._select:
            form.choices.setdefault(self._select, []).append(value)
            if "selected" in found:
                form.fields[self._select] = value
        elif tag == "button" or (tag == "input" and kind == "submit"):
            form.buttons.append((name, value))
        elif tag == "input" and kind in {"radio", "checkbox"}:
            form.choices.setdefault(name, []).append(value)
            if "checked" in found:
                form.fields[name] = value
                form.chosen_beforehand.add(name)
        elif tag in {"input", "textarea"} and name:
            form.fields[name] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False
        elif tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        self.text.append(data)


class Visitor:
    """One browser with its own cookies."""

    def __init__(self, base_url: str, language: str = "en") -> None:
        self._client = httpx.Client(
            base_url=base_url, headers={"accept": "text/html", "accept-language": language}, follow_redirects=True,
            timeout=30,
        )  # fmt: skip
        self.answer: httpx.Response = httpx.Response(200)
        self.forms: list[Form] = []
        self.text = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def open(self, url: str) -> int:
        """Follow a link; answers the status."""
        return self._took(self._client.get(url))

    def press(self, action: str, **values: str) -> int:
        """Send the first form whose action holds `action`, with these values; answers the status of where it led."""
        form = self.form(action)
        data = {**form.fields, **values}
        for name, value in form.buttons[:1]:
            if name and name not in data:
                data[name] = value
        return self._took(self._client.request(form.method, urljoin(str(self.answer.url), form.action), data=data))

    def form(self, action: str) -> Form:
        """The first form whose action holds `action`. Raises LookupError."""
        for form in self.forms:
            if action in urljoin(str(self.answer.url), form.action) and form.method == "post":
                return form
        raise LookupError(f"no form for {action!r} on the page")

    def _took(self, answer: httpx.Response) -> int:
        parser = _Forms()
        parser.feed(answer.text)
        self.answer, self.forms, self.text = answer, parser.forms, " ".join(" ".join(parser.text).split())
        return answer.status_code
