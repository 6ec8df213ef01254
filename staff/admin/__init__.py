"""The pages of the admin, a module for each subject. Importing this registers all."""

from staff.admin import audit, calls, classes, runs, users, workspaces

__all__ = ["audit", "calls", "classes", "runs", "users", "workspaces"]
