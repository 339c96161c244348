"""The group whose members moderate. Wagtail has a group called "Moderators" that may publish: this is another."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

GROUP = "Discussion moderators"
PERMISSIONS = (
    ("discussion", "thread", "moderate", "Can moderate the discussion"),
    ("people", "user", "suspend_user", "Can suspend and reinstate accounts"),
)


def make_group(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Permissions are made here: Django's own are made only after all migrations."""
    del schema_editor
    content_type = apps.get_model("contenttypes", "ContentType")
    permission = apps.get_model("auth", "Permission")
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=GROUP)
    for app, model, codename, name in PERMISSIONS:
        subject, _ = content_type.objects.get_or_create(app_label=app, model=model)
        granted, _ = permission.objects.get_or_create(
            content_type=subject, codename=codename, defaults={"name": name}
        )
        group.permissions.add(granted)


class Migration(migrations.Migration):
    """After the permissions' models."""

    dependencies = [
        ("discussion", "0001_initial"),
        ("people", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_group, migrations.RunPython.noop)]
