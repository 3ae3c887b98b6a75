"""The builder of the pages: it builds what has changed, once, and never half."""

import json
import sys
from collections.abc import Iterator
from subprocess import PIPE

import pytest

from launch.children import Child
from launch.frontend import BuildError, Frontend
from launch.stack import ROOT
from launch.unprivileged_user import temporary_folder

# It stands in for Vite: it appends to a log, and copies the source into the folder of the build.
SCRIPT = """
const fs = require('node:fs')
const folder = process.argv[process.argv.indexOf('--outDir') + 1]
fs.appendFileSync('../builds', 'built ')
if (fs.readFileSync('src/page').includes('mistake')) throw new Error('a mistake on line 7')
fs.mkdirSync(folder, { recursive: true })
fs.copyFileSync('src/page', folder + '/index.html')
"""
PACKAGE = {"name": "pages", "scripts": {"build": "node build.js"}}
LOCK = {"name": "pages", "lockfileVersion": 3, "requires": True, "packages": {"": {}}}


@pytest.fixture
def pages() -> Iterator[Frontend]:
    with temporary_folder() as folder:
        frontend = Frontend(folder / "frontend")
        (frontend.folder / "src").mkdir(parents=True)
        (frontend.folder / "build.js").write_text(SCRIPT)
        (frontend.folder / ".npmrc").write_text("audit=false\n")
        (frontend.folder / "package.json").write_text(json.dumps(PACKAGE))
        (frontend.folder / "package-lock.json").write_text(json.dumps(LOCK))
        write(frontend, "first")
        yield frontend


def write(pages: Frontend, text: str) -> None:
    (pages.folder / "src" / "page").write_text(text)


def served(pages: Frontend) -> str:
    return (pages.dist / "index.html").read_text()


def builds(pages: Frontend) -> int:
    return (pages.folder.parent / "builds").read_text().count("built")


def test_pages_are_built_again_only_when_a_source_changes(pages: Frontend) -> None:
    assert pages.build()
    assert served(pages) == "first"
    assert not pages.build()
    write(pages, "second")
    assert pages.build()
    assert served(pages) == "second"
    assert builds(pages) == 2


def test_a_failed_build_keeps_the_pages_and_shows_the_output(pages: Frontend) -> None:
    pages.build()
    write(pages, "a mistake")
    with pytest.raises(BuildError, match=r"npm run build failed in [^\n]*\n(.*\n)*.*on line 7"):
        pages.build()
    assert served(pages) == "first"
    write(pages, "third")
    assert pages.build()
    assert served(pages) == "third"


def test_packages_that_do_not_match_their_lock_file_are_refused(pages: Frontend) -> None:
    package = PACKAGE | {"dependencies": {"react": "19.3.1"}}
    (pages.folder / "package.json").write_text(json.dumps(package))
    with pytest.raises(BuildError, match=r"npm ci[^\n]* failed"):
        pages.build()
    assert not pages.dist.exists()


def test_processes_that_build_at_once_build_once(pages: Frontend) -> None:
    code = f"from launch.frontend import *; print(Frontend(Path({str(pages.folder)!r})).build())"
    command = [sys.executable, "-c", code]
    children = [Child(command, cwd=ROOT, stdout=PIPE, text=True) for _ in range(3)]
    answers = [child.communicate(timeout=120)[0].split()[-1] for child in children]
    assert sorted(answers) == ["False", "False", "True"]
    assert builds(pages) == 1
