"""What is known of a user beside the profile, for them to take along."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession

from accounts.models import AuditEntry, Membership, User

Facts = list[dict[str, Any]]


def account_facts(user: User) -> dict[str, Facts]:
    """The user's e-mail addresses, sessions, second factors, logins elsewhere, classes, and who has
    looked at what of theirs; no secret of any, and nothing that would let somebody in."""
    return {
        "email_addresses": _facts(EmailAddress, user, "email", "verified", "primary"),
        "sessions": _facts(UserSession, user, "ip", "user_agent", "created_at", "last_seen_at"),
        "second_factors": [
            _second_factor(item) for item in Authenticator.objects.filter(user=user)
        ],
        "logins_elsewhere": _facts(SocialAccount, user, "provider", "uid", "date_joined"),
        "classes": _classes(user),
        "looks": _facts(AuditEntry, user, "at", "actor_name", "action", "what", owner="subject"),
    }


def _facts(model: Any, user: User, *names: str, owner: str = "user") -> Facts:
    return list(model.objects.filter(**{owner: user}).order_by("pk").values(*names))


def _classes(user: User) -> Facts:
    joined = Membership.objects.filter(user=user).select_related("classroom")
    taught = [{"name": classroom.name, "teaches": True} for classroom in user.taught_classes.all()]
    return [
        {"name": one.classroom.name, "teaches": False, "joined_at": one.joined_at} for one in joined
    ] + taught


def _second_factor(authenticator: Authenticator) -> dict[str, Any]:
    return {
        "type": authenticator.type,
        "name": authenticator.data.get("name"),  # keys have one
        "created_at": authenticator.created_at,
        "last_used_at": authenticator.last_used_at,
    }
