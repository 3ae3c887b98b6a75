"""The queries by which KEDA counts due activities run on the schema."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from sqlalchemy import text

from models.base import reading

KEDA = Path(__file__).parents[2] / "deploy/kubernetes/overlays/production/keda.yaml"
SCALERS = [each for each in yaml.safe_load_all(KEDA.read_text()) if each["kind"] == "ScaledObject"]


@pytest.mark.parametrize("scaler", SCALERS, ids=lambda each: each["metadata"]["name"])
def test_nothing_is_due_in_an_empty_database(app: Flask, scaler: Any) -> None:
    (trigger,) = scaler["spec"]["triggers"]
    with reading() as session:
        assert session.scalar(text(trigger["metadata"]["query"])) == 0
