"""Where a comment stands in a long thread, kept with it: its branch, its place there, its worth, what hangs on it."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

PLACING = """
CREATE FUNCTION discussion_path(above bytea, written timestamptz, number bigint) RETURNS bytea LANGUAGE sql AS $$
    -- A key is 7 bytes of microseconds since the year 1, and 5 of the number that tells apart what was written in the
    -- same one. An index takes 2,704 bytes: from level 200 on, comments follow one another as they were written.
    SELECT substring(above FROM 1 FOR 12 * 199) || greatest(
        substring(int8send(greatest(0, (extract(epoch FROM written) * 1000000)::bigint + 62135596800000000)) FROM 2),
        substring(above FROM 12 * 199 + 1 FOR 7)
    ) || substring(int8send(number) FROM 4)
$$;

CREATE FUNCTION discussion_place_comment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    above record;
BEGIN
    IF NEW.parent_id IS NULL THEN
        NEW.root_id := NEW.id;
        NEW.path := discussion_path('', NEW.created_at, NEW.id);
    ELSE
        SELECT root_id, path INTO above FROM discussion_comment WHERE id = NEW.parent_id;
        NEW.root_id := above.root_id;
        NEW.path := discussion_path(above.path, NEW.created_at, NEW.id);
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER discussion_place_comment BEFORE INSERT ON discussion_comment
FOR EACH ROW EXECUTE FUNCTION discussion_place_comment();
"""

UNPLACING = """
DROP TRIGGER discussion_place_comment ON discussion_comment;
DROP FUNCTION discussion_place_comment();
DROP FUNCTION discussion_path(bytea, timestamptz, bigint);
"""

# What stands already: one pass for the places, with the worth of votes (the bound of `arranging.wilson_bound`), and
# one for the counts.
PLACE_ALL = """
WITH RECURSIVE placed (id, root_id, path) AS (
    SELECT id, id, discussion_path('', created_at, id) FROM discussion_comment WHERE parent_id IS NULL
    UNION ALL
    SELECT c.id, placed.root_id, discussion_path(placed.path, c.created_at, c.id)
    FROM placed JOIN discussion_comment c ON c.parent_id = placed.id
), votes AS (
    SELECT comment_id, count(*) FILTER (WHERE value > 0) AS ups, count(*) FILTER (WHERE value < 0) AS downs
    FROM discussion_vote GROUP BY comment_id
), weighed AS (
    SELECT c.id, coalesce(votes.ups, 0) AS ups, coalesce(votes.downs, 0) AS downs,
        (coalesce(votes.ups, 0) + greatest(0, c.baseline))::float8 AS won,
        (coalesce(votes.ups, 0) + coalesce(votes.downs, 0) + abs(c.baseline))::float8 AS n
    FROM discussion_comment c LEFT JOIN votes ON votes.comment_id = c.id
)
UPDATE discussion_comment c
SET root_id = placed.root_id, path = placed.path, ups = weighed.ups, downs = weighed.downs,
    worth = CASE WHEN n = 0 THEN 0 ELSE
        (won / n + 1.9208 / n - 1.96 * sqrt((won / n * (1 - won / n) + 0.9604 / n) / n)) / (1 + 3.8416 / n)
    END
FROM placed, weighed
WHERE placed.id = c.id AND weighed.id = c.id
"""

COUNT_ALL = """
WITH RECURSIVE above (id) AS (
    SELECT parent_id FROM discussion_comment WHERE state = 'live' AND parent_id IS NOT NULL
    UNION ALL
    SELECT c.parent_id FROM above JOIN discussion_comment c ON c.id = above.id WHERE c.parent_id IS NOT NULL
)
UPDATE discussion_comment c SET below = counted.number
FROM (SELECT id, count(*) AS number FROM above GROUP BY id) counted WHERE counted.id = c.id
"""

# The second pass leaves checks of foreign keys for the end of the transaction, and no index is made before them.
CHECK_NOW = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"


class Migration(migrations.Migration):
    """Columns, what fills them, and the indexes that pages are read by."""

    dependencies = [
        ('discussion', '0004_notifications'),
        ('translation', '0005_corrections'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='comment',
            name='below',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='comment',
            name='downs',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='comment',
            name='path',
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name='comment',
            name='root',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='discussion.comment'),
        ),
        migrations.AddField(
            model_name='comment',
            name='ups',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='comment',
            name='worth',
            field=models.FloatField(default=0.0),
        ),
        migrations.RunSQL(PLACING, UNPLACING),
        migrations.RunSQL(PLACE_ALL, migrations.RunSQL.noop),
        migrations.RunSQL(COUNT_ALL, migrations.RunSQL.noop),
        migrations.RunSQL(CHECK_NOW, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(condition=models.Q(('pinned_at__isnull', False)), fields=['thread', '-pinned_at'], name='discussion_comment_pinned'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(fields=['root', 'path'], name='discussion_comment_branch'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(condition=models.Q(models.Q(('state', 'live'), ('below__gt', 0), _connector='OR'), ('parent', None)), fields=['thread', 'created_at', 'id'], name='discussion_comment_first'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(condition=models.Q(models.Q(('state', 'live'), ('below__gt', 0), _connector='OR'), ('parent', None)), fields=['thread', 'below', 'created_at', 'id'], name='discussion_comment_discussed'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(models.F('thread'), django.db.models.expressions.CombinedExpression(models.F('worth'), '*', models.Value(-1)), models.F('created_at'), models.F('id'), condition=models.Q(models.Q(('state', 'live'), ('below__gt', 0), _connector='OR'), ('parent', None)), name='discussion_comment_best'),
        ),
    ]
