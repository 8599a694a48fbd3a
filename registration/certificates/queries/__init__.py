"""Reads of certificates: what rules ask for, who gets one and why, what was issued, who teaches, how papers look."""

from registration.certificates.queries.candidates import (
    Candidate,
    Difference,
    Standing,
    decide,
    list_candidates,
    list_differences,
    standing,
)
from registration.certificates.queries.papers import (
    Paper,
    Progress,
    count_issued,
    find_by_code,
    find_certificate,
    get_certificate,
    get_paper,
    get_paper_of_order,
    get_paper_of_speaker,
    iterate_drawn,
    list_issued,
    list_papers,
    list_papers_of_speaker,
    list_unrendered_ids,
    papers_of_order,
    progress_of_rules,
    state,
)
from registration.certificates.queries.rules import RuleDescription, describe_rule, ends_at, get_rule, list_rules
from registration.certificates.queries.speakers import (
    get_speaker,
    get_speaker_by_link,
    list_speakers,
    list_speakers_to_forget,
    papers_of_speakers,
)
from registration.certificates.queries.styles import find_picture, find_style, pictures_of, style_of
from registration.certificates.queries.verification import find_by_fingerprint, list_void_ids

__all__ = [
    "Candidate", "Difference", "Paper", "Progress", "RuleDescription", "Standing", "count_issued", "decide",
    "describe_rule", "ends_at", "find_by_code", "find_by_fingerprint", "find_certificate", "find_picture",
    "find_style", "get_certificate", "get_paper", "get_paper_of_order", "get_paper_of_speaker", "get_rule",
    "get_speaker", "get_speaker_by_link", "iterate_drawn", "list_candidates", "list_differences", "list_issued",
    "list_papers", "list_papers_of_speaker", "list_rules", "list_speakers", "list_speakers_to_forget",
    "list_unrendered_ids", "list_void_ids", "papers_of_order", "papers_of_speakers", "pictures_of",
    "progress_of_rules", "standing", "state", "style_of",
]  # fmt: skip
