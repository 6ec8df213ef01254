"""Why a program ended, in one sentence for a beginner, and where the IDE may jump to."""

from sandbox.diagnosis.alike import alike
from sandbox.diagnosis.facts import Diagnosis, Facts, Reason
from sandbox.diagnosis.verdict import diagnose

__all__ = ["Diagnosis", "Facts", "Reason", "alike", "diagnose"]
