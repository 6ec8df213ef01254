"""What one run may use. Sizes are bytes, times are seconds."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """The bounds of one run; the runner enforces all but those named below.

    `wall_time_s` and `output_bytes` are enforced by the run service, which kills from outside, as
    are `cpu_time_s` and `disk_bytes` where they are not None. `compile_cpu_quota_us` holds until
    the compiler is done. Of the files that the program leaves, `artifact_bytes` in `artifact_files`
    are kept.
    """

    wall_time_s: float
    output_bytes: int
    memory_bytes: int
    cpu_quota_us: int
    cpu_period_us: int
    compile_cpu_quota_us: int = 200_000
    cpu_time_s: float | None = None
    disk_bytes: int | None = None
    processes: int = 64
    workspace_bytes: int = 64 * MIB
    workspace_files: int = 8192
    tmp_bytes: int = 16 * MIB
    tmp_files: int = 2048
    shm_bytes: int = 16 * MIB
    file_bytes: int = 16 * MIB
    open_files: int = 256
    artifact_bytes: int = 5 * MIB
    artifact_files: int = 50
