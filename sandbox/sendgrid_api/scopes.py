"""GET /v3/scopes: the permissions of the key.

Source: https://www.twilio.com/docs/sendgrid/api-reference/api-key-permissions
"""

from aiohttp import web

from sandbox.sendgrid_api.mail_send import is_authorized, refused
from sandbox.sendgrid_api.requirements import error


async def list_scopes(request: web.Request) -> web.Response:
    """Return the permissions of a key that may send emails."""
    if not is_authorized(request):
        return refused(401, [error("authorization required", None)])
    return web.json_response({"scopes": ["mail.send"]})
