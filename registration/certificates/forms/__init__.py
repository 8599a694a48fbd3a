"""The forms about certificates: what they ask for, who teaches, how the papers look."""

from registration.certificates.forms.looks import LookForm
from registration.certificates.forms.rules import RuleForm
from registration.certificates.forms.speakers import SpeakerForm

__all__ = ["LookForm", "RuleForm", "SpeakerForm"]
