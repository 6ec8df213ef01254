"""A small school, for what depends on who asks."""

from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from accounts.tests.factories import make_user
from staff.tests.makers import client_of, make_instructor, make_run


class School:
    """Ada teaches Sam; Bob teaches nobody of hers; the operator sees all, and so does the clerk,
    with an instructor's rights besides."""

    def __init__(self) -> None:
        self.operator = User.objects.create_superuser("root", "root@example.org", "x")
        self.sam = make_user("sam")
        self.ada, self.bob = make_instructor("ada", self.sam), make_instructor("bob")
        self.clerk = make_instructor("clerk")
        self.clerk.user_permissions.add(Permission.objects.get(codename="see_everybody"))
        self.classroom = self.ada.taught_classes.get()
        self.run = make_run(self.sam, status="error", reason="exception", error="NameError")
        self.guest_run = make_run(None)

    def client(self, name: str) -> Client:
        is_anonymous = name == "anonymous"
        return Client() if is_anonymous else client_of(User.objects.get(username=name))
