"""The provider of the race: `python -m bench.race.provider PORT`.

It answers a call after `latency` seconds. Right after the first call of a flow it posts the event
of the flow to the port that the call names.
"""

import asyncio
import sys

from bench.race.wire import Connections, Json, serve

_state = {"latency": 0.0}
_fronts: dict[int, Connections] = {}
_posts: set[asyncio.Task[Json]] = set()


async def answer(path: str, body: Json) -> Json:
    if path == "/latency":
        _state["latency"] = body["seconds"]
        return {}
    if _state["latency"]:
        await asyncio.sleep(_state["latency"])
    if body["step"] == 1:
        asyncio.get_running_loop().call_soon(_post_event, body)
    return {"id": f"{body['flow']}-{body['step']}", "status": "succeeded"}


def _post_event(body: Json) -> None:
    front = _fronts.setdefault(body["port"], Connections(body["port"]))
    event = {"flow": body["flow"], "id": f"evt_{body['flow']}", "type": "payment.succeeded"}
    post = asyncio.create_task(front.post("/event", event))
    _posts.add(post)
    post.add_done_callback(_posts.discard)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), answer))
