"""Handlers of GET and PUT /faults."""

import json
from dataclasses import asdict

from aiohttp import web

from sandbox.fault_plan import InvalidPlanError, read_plan
from sandbox.faults import Faults


class FaultCalls:
    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/faults", self.show), web.put("/faults", self.change)]

    async def show(self, _: web.Request) -> web.Response:
        return web.json_response(asdict(self._faults.plan))

    async def change(self, request: web.Request) -> web.Response:
        """Replace the whole plan, and restart the random sequences from its seed."""
        try:
            plan = read_plan(json.loads(await request.read()))
        except ValueError:
            return _problem([{"field": "", "message": "must be JSON"}])
        except InvalidPlanError as error:
            return _problem(error.errors)
        self._faults.set(plan)
        return web.json_response(asdict(plan))


def _problem(errors: list[dict[str, str]]) -> web.Response:
    problem = {
        "type": "about:blank",
        "title": "Unprocessable Content",
        "status": 422,
        "detail": "; ".join(f"{error['field'] or 'body'} {error['message']}" for error in errors),
        "errors": errors,
    }
    return web.json_response(problem, status=422, content_type="application/problem+json")
