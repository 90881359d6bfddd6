"""Which function does which kind of job; one line each."""

from collections.abc import Mapping

from app.jobs import JobWork
from app.nightly import NIGHTLY, run_nightly

JOB_KINDS: Mapping[str, JobWork] = {
    NIGHTLY: run_nightly,
}
