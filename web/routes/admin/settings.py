"""The route of the settings of this process, its versions and its migrations."""

import platform
from importlib.metadata import version
from typing import Any

import redis
from sqlalchemy import text

from config import Settings, settings
from models import reading
from web.changes import redis_client
from web.openapi import VERSION
from web.pagination import conditional
from web.revisions import known_revisions
from web.routes.admin.guard import Role, blueprint, needs
from web.schemas.admin.settings import (
    MigrationsView,
    SettingSource,
    SettingsView,
    SettingView,
    VersionView,
)
from web.setting_values import is_secret, shown_default, shown_value

api = blueprint("settings")

PACKAGES = ("flask", "sqlalchemy", "celery", "redis", "stripe")
DATABASE = text(
    "SELECT current_setting('server_version'), (SELECT version_num FROM alembic_version)"
)


@api.get("/settings", responses={200: SettingsView})
@needs(Role.ADMIN)
def show() -> Any:
    """Return the settings of the process that answers. Secrets are masked."""
    with reading() as session:
        postgresql, current = session.execute(DATABASE).one()
    _, expected = known_revisions()
    view = SettingsView(
        environment=settings.projectx_env,
        part=settings.projectx_part,
        settings=[_view(name) for name in sorted(Settings.model_fields)],
        versions=_versions(postgresql),
        migrations=MigrationsView(
            current=current, expected=expected, is_current=current == expected
        ),
    )
    return conditional(view.json_ready())


def _view(name: str) -> SettingView:
    value = getattr(settings, name)
    is_changed = name in settings.model_fields_set
    return SettingView(
        name=name.upper(),
        value=shown_value(name, value),
        default=shown_default(name),
        is_secret=is_secret(name),
        is_set=value not in ("", ()),
        source=SettingSource.ENVIRONMENT if is_changed else SettingSource.DEFAULT,
    )


def _versions(postgresql: str) -> list[VersionView]:
    named = {"projectx": VERSION, "python": platform.python_version(), "postgresql": postgresql}
    named["redis server"] = _redis_version()
    named |= {name: version(name) for name in PACKAGES}
    return [VersionView(name=name, version=number) for name, number in named.items()]


def _redis_version() -> str:
    try:
        return str(redis_client().info("server")["redis_version"])
    except redis.RedisError:
        return "unreachable"
