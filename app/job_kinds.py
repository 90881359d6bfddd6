"""Which function does which kind of job; one line each."""

from collections.abc import Mapping

from app.import_jobs import JOB_KIND as IMPORT
from app.import_jobs import run_import_job
from app.index_jobs import INDEX_CHECK, INDEX_REBUILD, run_index_check, run_index_rebuild
from app.jobs import JobWork
from app.night_loans import RECALL, recall_loans
from app.nightly import NIGHTLY_JOBS

JOB_KINDS: Mapping[str, JobWork] = {
    IMPORT: run_import_job,
    INDEX_CHECK: run_index_check,
    INDEX_REBUILD: run_index_rebuild,
    RECALL: recall_loans,
    **NIGHTLY_JOBS,
}
