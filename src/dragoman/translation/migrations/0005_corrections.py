from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("translation", "0004_desk"),
    ]

    operations = [
        migrations.AddField("correction", "before", models.TextField(default=""), preserve_default=False),
        migrations.AddField("correction", "after", models.TextField(default=""), preserve_default=False),
    ]
