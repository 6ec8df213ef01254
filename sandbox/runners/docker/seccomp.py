"""The system calls that a container may make; `seccomp.md` tells where the profile is from."""

import json
from pathlib import Path

# The engine's API takes the profile itself, not its path: `SecurityOpt: [f"seccomp={SECCOMP}"]`.
SECCOMP = json.dumps(
    json.loads(Path(__file__).with_name("seccomp.json").read_bytes()), separators=(",", ":")
)
