"""Routes of the operations console, below /admin: one module for each subject.

To add a module: create its blueprint with `guard.blueprint`, declare the role of each route with
`@needs`, run changes in `guard.acting`, and add the module here. Its routes belong into
docs/reference/routes.md. tests/integration/web/admin/test_roles.py goes through all of them.
"""

from flask_openapi.blueprint import APIBlueprint

from web.routes.admin import (
    audit,
    bank,
    me,
    orders,
    product_import,
    products,
    reconciliations,
    settings,
    user_changes,
    users,
)

BLUEPRINTS: tuple[APIBlueprint, ...] = (
    me.api,
    orders.api,
    bank.api,
    reconciliations.api,
    products.api,
    product_import.api,
    users.api,
    user_changes.api,
    audit.api,
    settings.api,
)
