"""The table as a page for people: docs/law.md, which a test holds against the data."""

from collections.abc import Iterable

from guardian.jurisdiction.law import Law, LawRule

_HEAD = """# The law as data

Notes on the law, not legal advice. This page is written by `guardian law list --markdown` from the shipped table
(`guardian/jurisdiction/law.toml`), version {version}; a test fails when the two differ.

`guardian law list` prints what holds today, `guardian law show PL --at 2026-11-25` one jurisdiction with its history
and sources, `guardian law show PL FR` several together, and `guardian law diff shipped FILE` what another table would
change: rule by rule and, where there is a database, for which learners (ids and counts, no name).

## How it is read
- A rule holds from the learner's local day `effective_from` until the next rule of its code. A subdivision that is
  not listed takes its country's rule, what is not listed at all the rule `ZZ`.
- Several jurisdictions: the protective of everything. The highest age; every consent rule (`all` and `joint` are both
  asked); only legal models that all of them allow; 1 March unless all of them say 28 February.
- `law` is the age as known, `used` the one that decides: where a law is silent or moving, the protective one.
- In a source, [L] was read in a published text, [M] is believed and not checked, [M!] must be checked before anybody
  relies on it.

## Your own file
`GUARDIAN_LAW_FILE` names a TOML file that is laid over the shipped table when a process starts:

```toml
version = "school-board-3"       # yours; it is added to the shipped version in receipts and lists

[clocks]                         # shorter freely, longer up to the cap
withdrawal_days = 5

[[rules]]                        # takes the place of the shipped rule of the same code and day, or is added
code = "PL"
country = "Poland"
effective_from = 2027-09-01      # leave out: since ever
age = 16                         # the law as known; leave out where it names none
default_age = 18                 # the age that decides
rule = "joint"                   # any_one | all | joint
models = ["guardian_consent"]    # guardian_consent | controller_instruction | school_agent | school_intermediary
leap_day = "03-01"               # or "02-28"
source = "decision of the board, 2027-05-02"
certainty = "high"               # high | medium | low | n/a
as_of = 2027-05-02
```

`replaces = true` leaves out every shipped rule. Whatever the file says, it may not protect less than the shipped law:
no age below the one in column `law` (or `used`, where the law names none) and never below {floor}, no weaker consent
rule, no further legal model, no clock over its cap. Such a file is refused at start with the place and the remedy. A
jurisdiction that the shipped table does not list may be added with any age from {floor} on. What would be looser comes
with a release. The clock `waiting_on_guardian_days` is set by `GUARDIAN_REQUEST_DAYS`.

## Clocks
| clock | starts with | default | at most | source | certainty |
|---|---|---|---|---|---|
"""
_RULES = """
## Rules
| code | jurisdiction | from | law | used | guardians | legal models | certainty | source |
|---|---|---|---|---|---|---|---|---|
"""


def page(law: Law) -> str:
    """Markdown, ending in a line break."""
    clocks = (
        f"| {c.name} | {_cell(c.starts_with)} | {c.default} | {c.cap} | {_cell(c.source)} | {c.certainty} |"
        for c in law.clocks
    )
    rules = (_row(rule) for rules in law.by_code.values() for rule in rules)
    return _HEAD.format(version=law.version, floor=law.floor_age) + _lines(clocks) + _RULES + _lines(rules)


def _row(rule: LawRule) -> str:
    age = "-" if rule.age is None else str(rule.age)
    source = f"{rule.source}. {rule.note}" if rule.note else rule.source
    cells = (
        rule.code, rule.country, str(rule.effective_from or "ever"), age, str(rule.default_age), rule.rule,
        ", ".join(rule.models), rule.certainty, source,
    )  # fmt: skip
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
