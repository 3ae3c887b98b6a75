"""`python -m bench.race.provider PORT`: the provider. It answers a call after `latency` seconds,
and right after the first of a flow it tells the flow's event to the address that the call names.
"""

import asyncio
import sys

from bench.race.wire import Connections, Json, serve

_state = {"latency": 0.0}
_fronts: dict[int, Connections] = {}
_telling: set[asyncio.Task[Json]] = set()


async def answer(path: str, body: Json) -> Json:
    if path == "/latency":
        _state["latency"] = body["seconds"]
        return {}
    if _state["latency"]:
        await asyncio.sleep(_state["latency"])
    if body["step"] == 1:
        asyncio.get_running_loop().call_soon(_tell, body)
    return {"id": f"{body['flow']}-{body['step']}", "status": "succeeded"}


def _tell(body: Json) -> None:
    front = _fronts.setdefault(body["port"], Connections(body["port"]))
    event = {"flow": body["flow"], "id": f"evt_{body['flow']}", "type": "payment.succeeded"}
    telling = asyncio.create_task(front.post("/event", event))
    _telling.add(telling)
    telling.add_done_callback(_telling.discard)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), answer))
