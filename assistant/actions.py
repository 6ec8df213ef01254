"""What the assistant can be asked to do."""

# What each action must be given.
REQUIRED = {
    "fix_error": ("code", "error"),
    "explain_error": ("error",),
    "explain_code": ("code",),
    "optimize_code": ("code",),
}
ACTIONS = tuple(REQUIRED)
