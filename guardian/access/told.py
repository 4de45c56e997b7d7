"""A decision in plain text, for a person at a terminal."""

from guardian.access.codes import CODES
from guardian.access.decision import Decision, written
from guardian.access.reasons import next_step, sentence
from guardian.i18n import gettext_noop as N_
from guardian.i18n import text

PERMIT = N_("Permitted")
BLOCK = N_("Blocked")
UNTIL = N_("Until %(instant)s (UTC), unless the facts change before.")
ALWAYS = N_("No end in sight, unless the facts change.")
PURPOSE = N_("%(purpose)s: %(access)s (%(sentence)s)")
STEP = N_("Next step: %(step)s")


def told(decision: Decision, language: str) -> str:
    """Lines that end without a line break: the access, its reasons, the next step, the purposes, its end."""
    said = {"permit": text(language, PERMIT), "block": text(language, BLOCK)}
    lines = [said[decision.access]]
    lines += [f"- {sentence(code, language)} [{code}]" for code in decision.reasons if code in CODES]
    if decision.access == "block":
        lines.append(text(language, STEP, step=next_step(decision.reasons[0], language)))
    lines += [
        text(language, PURPOSE, purpose=name, access=said[p.access], sentence=sentence(p.reason, language))
        for name, p in decision.purposes.items()
    ]
    end = written(decision.until, up=True)
    lines.append(text(language, UNTIL, instant=end) if end else text(language, ALWAYS))
    return "\n".join(lines)
