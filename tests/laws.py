"""How often a law is tried: a little in every run, and as many times more as `FARSIDE_LAWS` says.

No example has a deadline, since no test looks at the machine's clock; a busy machine is no fault; and in
continuous integration each run tries the same examples.
"""

import os

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("FARSIDE_LAWS", "1"))

settings.register_profile(
    "farside",
    deadline=None,
    derandomize="CI" in os.environ,
    max_examples=40 * TIMES,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def tried(examples: int) -> settings:
    """Try a law with so many examples in an ordinary run."""
    return settings(max_examples=examples * TIMES)
