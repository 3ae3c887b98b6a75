"""The contenders of the race that need no other virtual environment finish their flows."""

from contextlib import ExitStack

import pytest

from bench.race import rounds
from bench.race.contenders import Starter
from bench.race.driver import Cell, drive
from launch import ports
from launch.unprivileged_user import temporary_folder
from tests.support.proof import IN_FULL


@pytest.mark.slow
@pytest.mark.skipif(not IN_FULL, reason="a sample of the benchmark, for `make prove`")
def test_our_engine_and_plain_celery_finish_flows() -> None:
    with ExitStack() as closing:
        provider = ports.free_ports(1)[0]
        rounds._start_provider(closing, provider)
        starter = Starter(closing.enter_context(temporary_folder()), closing, provider)
        ours = (starter.start_ours(), starter.start_ours("gathered"))
        for contender in (*ours, starter.start_plain()):
            assert drive(contender, Cell(in_flight=2, latency=0), seconds=0.5).flows
