"""The tests of the web app's own code, which Vitest runs."""

import subprocess

import pytest

from launch.frontend import Frontend, NoNodeError


def test_vitest_passes() -> None:
    frontend = Frontend()
    try:
        frontend.install()
    except NoNodeError as error:
        pytest.skip(f"Vitest cannot run: {error}")
    done = frontend.run_script("test", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, f"\n{done.stdout}"
