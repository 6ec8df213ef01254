from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """Django's admin, with our site in it. All that it shows is in `staff.admin`."""

    default_site = "staff.site.StaffSite"
