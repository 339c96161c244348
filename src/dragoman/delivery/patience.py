"""How long to wait for a database that cannot be reached."""

from psycopg.conninfo import conninfo_to_dict, make_conninfo

# A host that is cut off from its database hears nothing of it: whoever waits is told after so long.
_PATIENCE = {
    "connect_timeout": "2",
    "keepalives_idle": "3",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "9000",
}


def with_patience(conninfo: str) -> str:
    """The same address, with how long to wait for a server that cannot be reached; what it says itself stays."""
    return make_conninfo(conninfo, **_PATIENCE | conninfo_to_dict(conninfo))
