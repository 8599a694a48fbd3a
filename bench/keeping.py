"""Keeps results as JSON beside earlier ones."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench.measuring import Pace
from bench.table import Section

RESULTS = Path(__file__).with_name("results")


def keep(sections: Sequence[Section], pace: Pace, *, prefix: str = "") -> Path:
    """Write the result and return where."""
    RESULTS.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    path = RESULTS / f"{prefix}{now:%Y-%m-%dT%H%M%SZ}.json"
    content = {"at": now.isoformat(), "pace": asdict(pace), "sections": [asdict(section) for section in sections]}
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False, default=str))
    return path
