"""Settings, read from the environment and from `.env`; nothing else reads either.

`.env.example` explains each for operators. Sizes are bytes, times are seconds.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONCE, NONE, SELF

from cloudrun import __version__
from cloudrun.machine import memory_bytes
from cloudrun.secret_files import generated_secret
from cloudrun.sizes import parse_size

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(os.environ.get("ENV_FILE", BASE_DIR / ".env"))


def _text(name: str, default: str = "") -> str:
    """The variable, where an empty one counts as not set."""
    return str(env.str(name, default="")).strip() or default


def _words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in _text(name, default).split(",") if word.strip()]


def _number(name: str, default: int) -> int:
    return int(_text(name, str(default)))


def _switch(name: str, default: bool) -> bool:
    return _text(name, str(default)).lower() in {"1", "true", "yes", "on"}


# Server
DEBUG = _switch("DEBUG", False)
HOST = _text("HOST", "0.0.0.0")  # noqa: S104  the documented default
HOST_IS_SET = bool(_text("HOST"))  # the embedded runner binds loopback only, unless told otherwise
PORT = _number("PORT", 8000)
SITE_URL = _text("SITE_URL", f"http://localhost:{PORT}").rstrip("/")
PREVIEW_URL = _text("PREVIEW_URL").rstrip("/")  # an origin of its own for HTML previews
DATA_DIR = Path(_text("DATA_DIR", str(BASE_DIR / "data"))).absolute()
CORS_ORIGINS = _words("CORS_ORIGINS", "*")
MAX_REQUESTS_PER_MINUTE = _number("MAX_REQUESTS_PER_MINUTE", 30)

# AI
GROQ_API_KEY = _text("GROQ_API_KEY")
GEMINI_API_KEY = _text("GEMINI_API_KEY")

# Sandbox
SANDBOX_RUNNER = _text("SANDBOX_RUNNER", "auto")  # auto, docker or bubblewrap
DOCKER_HOST = _text("DOCKER_HOST", "unix:///var/run/docker.sock")
DOCKER_RUNTIME = _text("DOCKER_RUNTIME")  # the engine's default where empty
PRE_PULL_IMAGES = _switch("PRE_PULL_IMAGES", False)
MAX_EXECUTION_TIME = _number("MAX_EXECUTION_TIME", 30)
MAX_MEMORY = parse_size(_text("MAX_MEMORY", "256m"))
MAX_CPU_QUOTA = _number("MAX_CPU_QUOTA", 50_000)  # microseconds in each period
MAX_CPU_PERIOD = _number("MAX_CPU_PERIOD", 100_000)
COMPILE_CPU_QUOTA = _number("COMPILE_CPU_QUOTA", 200_000)  # until the compiler is done
MAX_INTERACTIVE_TIME = _number("MAX_INTERACTIVE_TIME", 300)  # by the clock, where input stays open
SHELL_DISK = parse_size(_text("SHELL_DISK", "512m"))  # what a root shell may write to its system
POOL_MEMORY = parse_size(_text("POOL_MEMORY", f"{memory_bytes() // 8}"))  # of waiting containers
GUEST_NETWORK = _switch("GUEST_NETWORK", False)  # for guests' shells and package installations
PIP_INDEX_URL = _text("PIP_INDEX_URL")  # the installer's own where empty
NPM_REGISTRY = _text("NPM_REGISTRY")
PACKAGE_SDISTS = _switch("PACKAGE_SDISTS", False)  # build from source, which runs a stranger's code
PACKAGE_CACHE_SIZE = parse_size(_text("PACKAGE_CACHE_SIZE", "5g"))
MAX_OUTPUT = parse_size(_text("MAX_OUTPUT", "1m"))
MAX_UPLOAD_SIZE = parse_size(_text("MAX_UPLOAD_SIZE", "10m"))
MAX_FILES_PER_REQUEST = _number("MAX_FILES_PER_REQUEST", 200)
GUEST_RUNS = _switch("GUEST_RUNS", True)
DISCONNECT_GRACE = _number("DISCONNECT_GRACE", 15)
DRAIN_TIMEOUT = _number("DRAIN_TIMEOUT", 30)  # for runs to end by themselves at a shutdown
MAX_RUNS_PER_USER = _number("MAX_RUNS_PER_USER", 3)  # at once; more are queued
# At once, of everybody: what the cores and half of the memory carry; more are queued.
_carried = min(8 * (os.cpu_count() or 1), memory_bytes() // 2 // MAX_MEMORY)
MAX_RUNS = _number("MAX_RUNS", max(2, _carried))
MAX_QUEUE = _number("MAX_QUEUE", 500)  # runs waiting, half of them of one user; more are refused

# Secrets: generated once into DATA_DIR where the environment has none
_PUBLISHED_SECRETS = {"change-me-to-random-string"}
JWT_SECRET = _text("JWT_SECRET")
JWT_SECRET_IS_PUBLISHED = JWT_SECRET in _PUBLISHED_SECRETS
if not JWT_SECRET or JWT_SECRET_IS_PUBLISHED:
    JWT_SECRET = generated_secret(DATA_DIR / "jwt_secret")
SECRET_KEY = _text("SECRET_KEY") or generated_secret(DATA_DIR / "secret_key")

# What follows from SITE_URL
_site = urlsplit(SITE_URL)
IS_HTTPS = _site.scheme == "https"
ALLOWED_HOSTS = list(
    dict.fromkeys(
        ["localhost", "127.0.0.1", "[::1]", _site.hostname or "localhost"]
        + ([urlsplit(PREVIEW_URL).hostname or ""] if PREVIEW_URL else [])
    )
)
CSRF_FAILURE_VIEW = "cloudrun.problems.csrf_failure"
CSRF_TRUSTED_ORIGINS = [f"{_site.scheme}://{_site.netloc}"]
SESSION_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "corsheaders",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "cloudrun",
    "accounts",
    "sandbox",
    "assistant",
    "ide",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "cloudrun.middleware.origin_middleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "cloudrun.urls"
ASGI_APPLICATION = "cloudrun.asgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = False  # every path is exact
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Database. IMMEDIATE and WAL: 0 of 240 contended transactions met "database is locked", against
# 179 with SQLite's defaults.
if _text("DATABASE_URL"):
    DATABASES: dict[str, Any] = {"default": env.db_url_config(_text("DATABASE_URL"))}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "cloudrun.db",
            "TEST": {"NAME": DATA_DIR / "test.db"},
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    }

# Rate limits are counted in this process; the default of 300 entries would drop counters.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# Files of the site. A body is checked against MAX_UPLOAD_SIZE by its own parser.
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static" / "dist"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = None

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF, *([PREVIEW_URL] if PREVIEW_URL else [])],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    },
}

CORS_ALLOW_ALL_ORIGINS = "*" in CORS_ORIGINS
CORS_ALLOWED_ORIGINS = [origin for origin in CORS_ORIGINS if origin != "*"]
CORS_ALLOW_CREDENTIALS = False
CORS_URLS_REGEX = r"^/(api/|health$)"
CORS_EXPOSE_HEADERS = ["Retry-After", "Location"]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework_simplejwt.authentication.JWTAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_PARSER_CLASSES": ["cloudrun.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "cloudrun.negotiation.OneFormNegotiation",
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "cloudrun.problems.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}

SIMPLE_JWT = {
    "ALGORITHM": "HS256",
    "SIGNING_KEY": JWT_SECRET,
    "ACCESS_TOKEN_LIFETIME": timedelta(days=7),
    "AUTH_HEADER_TYPES": ("Bearer", "bearer"),
    "UPDATE_LAST_LOGIN": False,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "CloudRun IDE",
    "DESCRIPTION": "Run programs in isolated sandboxes, over HTTP and a WebSocket.",
    "VERSION": __version__,
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # No validator: its badge is somebody else's picture, and tells them our address.
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
}

# The limits are counted per process, and the embedded server is one process.
SILENCED_SYSTEM_CHECKS = ["django_ratelimit.E003", "django_ratelimit.W001"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.request": {"level": "ERROR"},  # a refusal is an answer, no warning to an operator
        "daphne": {"level": "WARNING"},
        "aiodocker": {"level": "WARNING"},
    },
}
