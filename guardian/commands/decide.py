"""`guardian decide LEARNER`: the answer for a learner in the database."""

import sys

from guardian.access.parse import parse_instant
from guardian.access.past import Known
from guardian.access.reasons import sentence
from guardian.access.service import decide_by_platform_id
from guardian.commands.running import REFUSED, print_json, say_refusal, with_context
from guardian.context import Context
from guardian.errors import GuardianError


def run_decide(learner: str, *, at: str | None, known: Known, as_json: bool) -> int:
    """Print the decision; exit 1 for a learner nobody knows and, as for a facts file, for an instant that is none."""
    try:
        instant = parse_instant(at, "--at") if at is not None else None
    except GuardianError as error:
        return say_refusal(error, as_json=as_json)

    async def work(context: Context) -> int:
        decision = (await decide_by_platform_id(context, [learner], instant, known))[learner]
        if as_json:
            print_json(decision.document())
        else:
            sys.stdout.write(f"{decision.access}\n")
            for code in decision.reasons:
                sys.stdout.write(f"  {code}: {sentence(code, 'en')}\n")
        return REFUSED if decision.reasons == ("unknown_learner",) else 0

    return with_context(work, as_json=as_json)
