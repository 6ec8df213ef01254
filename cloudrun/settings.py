"""Settings, read from the environment and from `.env`; nothing else reads either.

`.env.example` explains each for operators. Sizes are bytes, times are seconds.
"""

import os
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from corsheaders.defaults import default_headers
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
LOG_FORMAT = _text("LOG_FORMAT", "line")  # or json
METRICS_TOKEN = _text("METRICS_TOKEN")  # reads /metrics; where empty only operators do
# Whose X-Forwarded-For and X-Forwarded-Proto are believed
TRUSTED_PROXIES = [ip_network(word, strict=False) for word in _words("TRUSTED_PROXIES")]

# Limits of what one user or, for guests, one address may ask for
MAX_REQUESTS_PER_MINUTE = _number("MAX_REQUESTS_PER_MINUTE", 30)  # runs
AI_REQUESTS_PER_MINUTE = _number("AI_REQUESTS_PER_MINUTE", 20)
AI_QUESTIONS_PER_DAY = _number("AI_QUESTIONS_PER_DAY", 300)
AI_TOKENS_PER_DAY = _number("AI_TOKENS_PER_DAY", 500_000)
MAX_SOCKETS_PER_USER = _number("MAX_SOCKETS_PER_USER", 300)
SIGNUPS_PER_HOUR = _number("SIGNUPS_PER_HOUR", 200)  # of one address
LOGIN_FAILURES = _number("LOGIN_FAILURES", 10)  # in 5 minutes, of one account from one address
LOGIN_FAILURES_PER_ADDRESS = _number("LOGIN_FAILURES_PER_ADDRESS", 50)

# Accounts
ACCOUNT_EMAIL_VERIFICATION = _text("ACCOUNT_EMAIL_VERIFICATION", "optional")  # mandatory, none
vars().update(env.email_url_config(_text("EMAIL_URL", "consolemail://")))
DEFAULT_FROM_EMAIL = _text("DEFAULT_FROM_EMAIL", f"cloudrun@{urlsplit(SITE_URL).hostname}")
SOCIAL_LOGINS = {
    name.lower(): (_text(f"{name}_CLIENT_ID"), _text(f"{name}_CLIENT_SECRET"))
    for name in ("GITHUB", "GOOGLE")
    if _text(f"{name}_CLIENT_ID")
}

# AI
AI_PROVIDERS = _words("AI_PROVIDERS", "groq,gemini,openai")  # in the order in which they are asked
AI_VERIFY = _switch("AI_VERIFY", True)  # run what the assistant proposes before it is shown
AI_TEACHING = _switch("AI_TEACHING", False)  # hints before fixes, for all but staff
AI_LOG_TEXT = _switch("AI_LOG_TEXT", False)  # keep what was asked and answered, for staff
AI_TIMEOUT = _number("AI_TIMEOUT", 20)  # for the first piece of an answer, and between two
GROQ_API_KEY = _text("GROQ_API_KEY")
GROQ_BASE_URL = _text("GROQ_BASE_URL", "https://api.groq.com/openai/v1")
GROQ_MODEL = _text("GROQ_MODEL", "llama-3.3-70b-versatile")
GEMINI_API_KEY = _text("GEMINI_API_KEY")
GEMINI_BASE_URL = _text("GEMINI_BASE_URL", "https://generativelanguage.googleapis.com")
GEMINI_MODEL = _text("GEMINI_MODEL", "gemini-2.0-flash")
# Any other server that speaks as OpenAI's does; it is asked where there is a model
OPENAI_API_KEY = _text("OPENAI_API_KEY")
OPENAI_BASE_URL = _text("OPENAI_BASE_URL", "https://api.openai.com/v1")
OPENAI_MODEL = _text("OPENAI_MODEL")

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
POOL_MEMORY = parse_size(_text("POOL_MEMORY", f"{memory_bytes() // 8}"))  # of what waits for runs
GUEST_NETWORK = _switch("GUEST_NETWORK", False)  # for guests' shells and package installations
PIP_INDEX_URL = _text("PIP_INDEX_URL")  # the installer's own where empty
NPM_REGISTRY = _text("NPM_REGISTRY")
PACKAGE_SDISTS = _switch("PACKAGE_SDISTS", False)  # build from source, which runs a stranger's code
PACKAGE_CACHE_SIZE = parse_size(_text("PACKAGE_CACHE_SIZE", "5g"))
MAX_OUTPUT = parse_size(_text("MAX_OUTPUT", "1m"))
MAX_UPLOAD_SIZE = parse_size(_text("MAX_UPLOAD_SIZE", "10m"))
UPLOAD_MEMORY = parse_size(_text("UPLOAD_MEMORY", "128m"))  # of all large requests together
MAX_FILES_PER_REQUEST = _number("MAX_FILES_PER_REQUEST", 200)
WORKSPACES_PER_HOUR = _number("WORKSPACES_PER_HOUR", 200)  # of one user, or of one address
MAX_WORKSPACES_PER_USER = _number("MAX_WORKSPACES_PER_USER", 100)
MAX_BYTES_PER_USER = parse_size(_text("MAX_BYTES_PER_USER", "100m"))  # in all their workspaces
MAX_ARTIFACTS = parse_size(_text("MAX_ARTIFACTS", "5m"))  # files that one run makes
MAX_ARTIFACTS_PER_USER = parse_size(_text("MAX_ARTIFACTS_PER_USER", "64m"))
SHARES_PER_HOUR = _number("SHARES_PER_HOUR", 60)  # links made by one user, or from one address
MAX_SHARES_PER_USER = _number("MAX_SHARES_PER_USER", 200)
GUEST_RUNS = _switch("GUEST_RUNS", True)
# Private networks that results may be posted to as well
CALLBACK_NETWORKS = [ip_network(word, strict=False) for word in _words("CALLBACK_NETWORKS")]
DISCONNECT_GRACE = _number("DISCONNECT_GRACE", 15)
DRAIN_TIMEOUT = _number("DRAIN_TIMEOUT", 30)  # for runs to end by themselves at a shutdown
MAX_RUNS_PER_USER = _number("MAX_RUNS_PER_USER", 3)  # at once; more are queued
# At once, of everybody: what the cores and half of the memory carry; more are queued.
_carried = min(8 * (os.cpu_count() or 1), memory_bytes() // 2 // MAX_MEMORY)
MAX_RUNS = _number("MAX_RUNS", max(2, _carried))
RUN_RETENTION_DAYS = _number("RUN_RETENTION_DAYS", 0)  # 0 keeps runs for ever
MAX_QUEUE = _number("MAX_QUEUE", 500)  # runs waiting, half of them of one user; more are refused

# Secrets: generated once into DATA_DIR where the environment has none, or one that everybody knows
_PUBLISHED_SECRETS = {
    "change-me",
    "change-me-in-production",
    "change-me-to-random-string",
    "changeme",
    "cloudrun-ide-secret-change-me-in-production",
    "secret",
    "your-secret-key",
}
PUBLISHED_SECRETS_SET = [
    name
    for name in ("CALLBACK_SECRET", "JWT_SECRET", "SECRET_KEY")
    if _text(name).lower() in _PUBLISHED_SECRETS
]


def _secret(name: str) -> str:
    is_usable = _text(name) and name not in PUBLISHED_SECRETS_SET
    return _text(name) if is_usable else generated_secret(DATA_DIR / name.lower())


JWT_SECRET = _secret("JWT_SECRET")
SECRET_KEY = _secret("SECRET_KEY")
SECRET_KEY_FALLBACKS = _words("SECRET_KEY_FALLBACKS")  # former ones, which are still read
CALLBACK_SECRET = _secret("CALLBACK_SECRET")

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
SESSION_ENGINE = "cloudrun.sessions"
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health$"]  # asked by a load balancer, without the proxy
# Where there are TRUSTED_PROXIES, nobody else can set it. Where there are none, whoever does says
# no more than that their own connection was encrypted.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"  # but previews, which say by their own policy who may frame them

INSTALLED_APPS = [
    "staff.admin_config.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    *(f"allauth.socialaccount.providers.{name}" for name in SOCIAL_LOGINS),
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
    "staff",
]

MIDDLEWARE = [
    "cloudrun.access.access_middleware",
    "cloudrun.headers.headers_middleware",
    "cloudrun.rates.rate_limit_middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "cloudrun.middleware.origin_middleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "cloudrun.middleware.method_middleware",
    "cloudrun.middleware.RefusalMiddleware",
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
            "builtins": ["cloudrun.times"],
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

# Limits are counted where all servers on this database see it: in CACHE_URL, else in the database,
# unless that is SQLite's, which has one server. The default of 300 entries would drop counters.
_IN_PROCESS = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "OPTIONS": {"MAX_ENTRIES": 100_000},
}
_IN_DATABASE = {"BACKEND": "cloudrun.counters.DatabaseCounters"}
# allauth's limits are lists of times, which that does not hold. Nothing but them is in `default`.
_LISTS_IN_DATABASE = {
    "BACKEND": "django.core.cache.backends.db.DatabaseCache",
    "LOCATION": "cloudrun_cacheentry",
    "OPTIONS": _IN_PROCESS["OPTIONS"],
}
_is_sqlite = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if _text("CACHE_URL"):
    _cache: dict[str, Any] = env.cache_url_config(_text("CACHE_URL"))
    CACHES = {"default": _cache, "counters": _cache}
elif _is_sqlite:
    CACHES = {"default": _IN_PROCESS, "counters": _IN_PROCESS}
else:
    CACHES = {"default": _LISTS_IN_DATABASE, "counters": _IN_DATABASE}
COUNTERS_ARE_LOCAL = CACHES["counters"]["BACKEND"] == _IN_PROCESS["BACKEND"]
RATELIMIT_USE_CACHE = "counters"

# It checks passwords wherever Django or allauth ask, and counts failures.
AUTHENTICATION_BACKENDS = ["accounts.backends.PasswordBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# The site's accounts, by django-allauth
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "index"
EMAIL_TIMEOUT = 10
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "add_email": "accounts.forms.AddEmailForm",
    "login": "accounts.forms.LoginForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "signup": "accounts.forms.SignupForm",
}
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.signup_fields.SignupFields"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _site.scheme
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# Logins, their codes and sign-ups are counted by our own limits, which let in a whole class at
# once. What sends mail or changes the account keeps allauth's.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None, "signup": None}
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
# A code, not a link, so that a sign-up goes on where it began; passkeys need that.
_must_verify = ACCOUNT_EMAIL_VERIFICATION == "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = _must_verify
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = _must_verify
MFA_ADAPTER = "accounts.adapters.MFAAdapter"
MFA_FORMS = {
    "activate_totp": "accounts.second_factor.ActivateForm",
    "add_webauthn": "accounts.forms.AddPasskeyForm",
    "authenticate": "accounts.second_factor.AuthenticateForm",
    "authenticate_webauthn": "accounts.passkeys.AuthenticateForm",
    "edit_webauthn": "accounts.forms.EditPasskeyForm",
    "login_webauthn": "accounts.passkeys.LoginForm",
    "reauthenticate": "accounts.second_factor.ReauthenticateForm",
    "reauthenticate_webauthn": "accounts.passkeys.ReauthenticateForm",
    "signup_webauthn": "accounts.passkeys.SignupForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = _must_verify
MFA_ALLOW_UNVERIFIED_EMAIL = not _must_verify  # else nobody could where no mail goes out
MFA_TOTP_ISSUER = "CloudRun IDE"
MFA_TOTP_PERIOD = 30
MFA_TOTP_TOLERANCE = 1  # codes before and after, for clocks that are a little off
SOCIALACCOUNT_AUTO_SIGNUP = False  # a name elsewhere may not fit our rule: people choose
SOCIALACCOUNT_PROVIDERS = {
    name: {"APPS": [{"client_id": client_id, "secret": secret}]}
    for name, (client_id, secret) in SOCIAL_LOGINS.items()
}

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
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site has any use for our files
DATA_UPLOAD_MAX_NUMBER_FILES = MAX_FILES_PER_REQUEST

_SOCIAL_ORIGINS = {"github": "https://github.com", "google": "https://accounts.google.com"}
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
        # Browsers hold the redirect after a form to this, too.
        "form-action": [SELF, *(_SOCIAL_ORIGINS[name] for name in SOCIAL_LOGINS)],
        "frame-ancestors": [NONE],
    },
}

CORS_ALLOW_ALL_ORIGINS = "*" in CORS_ORIGINS
CORS_ALLOWED_ORIGINS = [origin for origin in CORS_ORIGINS if origin != "*"]
CORS_ALLOW_CREDENTIALS = False
CORS_URLS_REGEX = r"^/(api/|health$)"
CORS_ALLOW_HEADERS = [*default_headers, "idempotency-key", "last-event-id"]
CORS_EXPOSE_HEADERS = ["Retry-After", "Location", "RateLimit", "RateLimit-Policy"]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
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
    "VERSION": __version__,
    "SERVERS": [{"url": "/", "description": "This server"}],
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "cloudrun.documentation.complete",
    ],
    "ENUM_NAME_OVERRIDES": {
        "RunStatusEnum": "sandbox.models.RunStatus",
        "StepEnum": "assistant.questions.STEPS",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # No validator: its badge is somebody else's picture, and tells them our address.
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
}

SILENCED_SYSTEM_CHECKS = [
    # It knows neither our counters nor that the embedded server is one process.
    "django_ratelimit.E003",
    "django_ratelimit.W001",
    "security.W021",  # whether browsers should preload HSTS is the domain owner's to ask for
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "cloudrun.logs.LineFormatter"},
        "json": {"()": "cloudrun.logs.JsonFormatter"},
    },
    "filters": {"briefly": {"()": "cloudrun.logs.Briefly"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if LOG_FORMAT == "json" else "line",
            "filters": ["briefly"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.request": {"level": "ERROR"},  # a refusal is an answer, no warning to an operator
        "daphne": {"level": "WARNING"},
        "aiodocker": {"level": "WARNING"},
        "google_genai": {"level": "WARNING"},
        "httpx2": {"level": "WARNING"},
    },
}
