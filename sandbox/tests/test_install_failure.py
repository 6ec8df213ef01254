"""The sentence for a failed installation, by what real installers printed."""

import pytest

from sandbox.runners.install_failure import why_failed

_PIP_UNKNOWN = """\
ERROR: Could not find a version that satisfies the requirement colorma (from versions: none)
ERROR: No matching distribution found for colorma
"""
_PIP_OFFLINE = f"""\
WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError('<pip._vendor…>:
 Failed to establish a new connection: [Errno 111] Connection refused')': /simple/colorma/
{_PIP_UNKNOWN}"""
_NPM_UNKNOWN = """\
npm error code E404
npm error 404 Not Found - GET https://registry.example.org/is-nubmer
npm error 404
npm error 404  The requested resource 'is-nubmer@*' could not be found or you do not have permission
"""
_NPM_SCOPED = "npm ERR! 404  '@types/nosuch@latest' is not in this registry.\n"
_NPM_OFFLINE = "npm error code ECONNREFUSED\nnpm error errno ECONNREFUSED\n"
_NPM_FULL = "npm error code ENOSPC\nnpm error nospc ENOSPC: no space left on device, write\n"


@pytest.mark.parametrize(
    ("installer", "exit_code", "said", "sentence"),
    [
        ("pip", 1, _PIP_UNKNOWN, "pip found no package colorma "),
        ("pip", 1, _PIP_OFFLINE, "pip could not reach its package index."),
        ("npm", 1, _NPM_UNKNOWN, "npm found no package is-nubmer "),
        ("npm", 1, _NPM_SCOPED, "npm found no package @types/nosuch "),
        ("npm", 1, _NPM_OFFLINE, "npm could not reach its package index."),
        ("npm", 228, _NPM_FULL, "npm needed more space "),
        ("pip", 137, "Collecting torch\n", "pip needed more space "),
        ("pip", 2, "something else", "pip could not install them (exit code 2)"),
    ],
)
def test_says_why(installer: str, exit_code: int, said: str, sentence: str) -> None:
    assert why_failed(installer, exit_code, said).startswith(sentence)
