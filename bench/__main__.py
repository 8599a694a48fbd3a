"""`make bench`: starts the product and a bare view, drives both in turn and prints one table."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace

from bench import stages
from bench.driver import DRIVERS
from bench.errors import BadRun
from bench.keeping import keep
from bench.measuring import QUICK, THOROUGH, Pace
from bench.table import Section, show
from tests.databases import MISSING, NoPostgreSQL

DATABASES = ("sqlite", "postgresql")


def main() -> None:
    """Measure what was asked for; end with status 1 when something was answered wrongly."""
    asked = _arguments()
    pace = replace(QUICK if asked.quick else THOROUGH, driver=asked.driver)
    try:
        sections = [_run(database, asked.only, pace) for database in asked.database]
    except BadRun as failure:
        sys.exit(f"\nTHE RUN HAS FAILED and its figures are worth nothing.\n{failure}")
    print(show(sections))
    print(f"\nKept in {keep(sections, pace)}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=stages.GROUPS, default=stages.GROUPS, help="groups of scenarios")
    parser.add_argument("--database", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--driver", choices=DRIVERS, default=QUICK.driver)
    parser.add_argument("--quick", action="store_true", help="one short round each, for a first look")
    return parser.parse_args()


def _run(database: str, groups: Sequence[str], pace: Pace) -> Section:
    try:
        return stages.run(database, groups, pace)
    except NoPostgreSQL:
        print(f"\n*** {MISSING} ***\n", file=sys.stderr)
        return Section(f"PostgreSQL WAS NOT MEASURED. {MISSING}", [], [])


if __name__ == "__main__":
    main()
