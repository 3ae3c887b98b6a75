"""Routes of the operations console, below /admin: one module for each subject.

To add a module: create its blueprint with `guard.blueprint`, declare the role of each route with
`@needs`, run changes in `guard.audited`, and add the module here. Its routes belong into
docs/reference/routes.md. tests/integration/web/admin/test_roles.py goes through all of them.
"""

from web.blueprint import ApiBlueprint
from web.routes.admin import (
    activities,
    audit,
    bank,
    bulk,
    controls,
    executions,
    logins,
    machines,
    me,
    notices,
    operator_signals,
    orders,
    overview,
    product_import,
    products,
    reconciliations,
    search,
    settings,
    signals,
    user_changes,
    users,
    versions,
)

BLUEPRINTS: tuple[ApiBlueprint, ...] = (
    activities.api,
    audit.api,
    bank.api,
    bulk.api,
    controls.api,
    executions.api,
    logins.api,
    machines.api,
    me.api,
    notices.api,
    operator_signals.api,
    orders.api,
    overview.api,
    product_import.api,
    products.api,
    reconciliations.api,
    search.api,
    settings.api,
    signals.api,
    user_changes.api,
    users.api,
    versions.api,
)
