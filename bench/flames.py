"""`make flames`: draw flame graphs of a shop's Python processes, while buyers order.

py-spy samples each process and counts the threads that hold Python's lock. A table shows the
processor time of one order in each process, also in those that have no graph.
"""

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path
from subprocess import DEVNULL

from bench.cost import read_times, used_since
from bench.growth import UNLIMITED
from bench.running_shop import WARM_UP, RunningShop
from bench.shop import BUYERS, let_pass
from bench.traffic import traffic
from launch.children import Child, end_in_order
from launch.stack import ROOT, Stack
from models.clock import tick

PY_SPY = ROOT / ".venv-bench/bin/py-spy"
# 200 samples a second of a process and its children.
RECORD = (str(PY_SPY), "record", "--gil", "--subprocesses", "--rate", "200")
OTHERS = ("postgres", "redis", "sandbox")


def draw(shop: RunningShop, folder: Path, seconds: int) -> dict[str, float]:
    """Write a graph of each process into the folder; return milliseconds of an order by process.

    Raises RuntimeError when py-spy could not read a process, or no order was paid.
    """
    pids = shop.stack.pids()
    graphs = {name: folder / f"{name}.svg" for name in pids if name not in OTHERS}
    with traffic(shop.buyers, shop.products, WARM_UP) as sales, ExitStack() as recorders:
        start, before = tick(), read_times(pids)
        for name, graph in graphs.items():
            graph.unlink(missing_ok=True)
            recorders.enter_context(_recorder(pids[name], seconds, graph))
        let_pass(seconds)
        end, after = tick(), read_times(pids)
    if missing := [name for name, graph in graphs.items() if not graph.exists()]:
        raise RuntimeError(f"py-spy could not read {', '.join(missing)}: it may need root's rights")
    orders = sales.rate(start, end) * (end - start)
    if not orders:
        raise RuntimeError("no order was paid in this time")
    return {name: 1000 * used / orders for name, used in used_since(before, after).items()}


def _recorder(pid: int, seconds: int, graph: Path) -> Child:
    options = ("--pid", str(pid), "--duration", str(seconds), "--output", str(graph))
    return Child([*RECORD, *options], stdout=DEVNULL, stderr=DEVNULL)


def main(arguments: list[str]) -> None:
    """Start a shop, draw its graphs, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.flames", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(".data/flames"))
    parser.add_argument("--buyers", type=int, default=BUYERS, choices=range(1, BUYERS + 1))
    parser.add_argument("--seconds", type=int, default=30)
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    with Stack(environment=UNLIMITED) as stack:
        shop = RunningShop(stack)
        del shop.buyers[options.buyers :]
        costs = draw(shop, options.folder, options.seconds)
    for name, milliseconds in sorted(costs.items(), key=lambda cost: -cost[1]):
        print(f"{name:<20}{milliseconds:>8.1f} ms")
    print(f"{'all but the sandbox':<20}{sum(costs.values()) - costs.get('sandbox', 0):>8.1f} ms")
    print(f"The graphs are in {options.folder}.")


if __name__ == "__main__":
    end_in_order()
    main(sys.argv[1:])
