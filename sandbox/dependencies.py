"""Which package a failed program misses, from what its interpreter said."""

import re
import sys
from dataclasses import dataclass

_PYTHON = re.compile(r"^ModuleNotFoundError: No module named '([\w.]+)'", re.MULTILINE)
_NODE = re.compile(
    r"^(?:Error: Cannot find module|Error \[ERR_MODULE_NOT_FOUND\]: Cannot find package)"
    r" '([^']+)'",
    re.MULTILINE,
)
_NPM_NAME = re.compile(r"(?:@[a-z0-9~-][a-z0-9._~-]*/)?[a-z0-9~-][a-z0-9._~-]*")
_NODE_BUILTINS = frozenset(
    "assert async_hooks buffer child_process cluster console constants crypto dgram"
    " diagnostics_channel dns domain events fs http http2 https inspector module net os path"
    " perf_hooks process punycode querystring readline repl stream string_decoder sys timers tls"
    " trace_events tty url util v8 vm wasi worker_threads zlib".split()
)
# Modules whose package is called otherwise on PyPI.
_PYPI_NAMES = {
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "Bio": "biopython",
    "cairo": "pycairo",
    "cpuinfo": "py-cpuinfo",
    "Crypto": "pycryptodome",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "discord": "discord.py",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "fitz": "PyMuPDF",
    "git": "GitPython",
    "github": "PyGithub",
    "gi": "PyGObject",
    "google.protobuf": "protobuf",
    "grpc": "grpcio",
    "jose": "python-jose",
    "jwt": "PyJWT",
    "kafka": "kafka-python",
    "ldap": "python-ldap",
    "magic": "python-magic",
    "mpl_toolkits": "matplotlib",
    "MySQLdb": "mysqlclient",
    "mysql": "mysql-connector-python",
    "nacl": "PyNaCl",
    "OpenGL": "PyOpenGL",
    "OpenSSL": "pyOpenSSL",
    "osgeo": "GDAL",
    "PIL": "Pillow",
    "pkg_resources": "setuptools",
    "pptx": "python-pptx",
    "psycopg2": "psycopg2-binary",
    "pymupdf": "PyMuPDF",
    "rest_framework": "djangorestframework",
    "ruamel": "ruamel.yaml",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "slugify": "python-slugify",
    "socketio": "python-socketio",
    "telegram": "python-telegram-bot",
    "tlz": "toolz",
    "umap": "umap-learn",
    "usb": "pyusb",
    "websocket": "websocket-client",
    "win32api": "pywin32",
    "xdist": "pytest-xdist",
    "yaml": "PyYAML",
    "zmq": "pyzmq",
}


@dataclass(frozen=True)
class MissingPackage:
    """`package_name` is what to install, `module` what the program asked for."""

    package_manager: str
    package_name: str
    module: str

    @property
    def install_command(self) -> str:
        return f"{self.package_manager} install {self.package_name}"


def find_missing(installer: str | None, output: str) -> MissingPackage | None:
    """The package that the last import error in `output` is about; `installer` is pip or npm.

    None where there is no such error, or for what no installer can bring: a file of the program's
    own, or a part of the standard library.
    """
    if installer == "pip":
        return _find_python(output)
    return _find_node(output) if installer == "npm" else None


def _find_python(output: str) -> MissingPackage | None:
    names = _PYTHON.findall(output)
    if not names:
        return None
    module = names[-1]
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names:
        return None
    package = _PYPI_NAMES.get(module) or _PYPI_NAMES.get(top) or top
    return MissingPackage("pip", package, module)


def _find_node(output: str) -> MissingPackage | None:
    names = _NODE.findall(output)
    if not names:
        return None
    module = names[-1]
    parts = module.split("/")
    package = "/".join(parts[:2] if module.startswith("@") else parts[:1])
    if module.startswith((".", "/", "node:", "#")) or package in _NODE_BUILTINS:
        return None
    if not _NPM_NAME.fullmatch(package):
        return None
    return MissingPackage("npm", package, module)
