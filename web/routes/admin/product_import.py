"""The route that imports a CSV file of products, or checks it."""

from http import HTTPStatus
from io import BytesIO
from typing import Any

from flask import request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import UnsupportedMediaType

from models import reading
from models.errors import ConflictError, InvalidInputError
from models.failures import gave_up_waiting
from models.problem_codes import FieldCode, ProblemKind
from state_machines.catalogue_import.load import Outcome, import_products
from state_machines.catalogue_import.product_file import ProductFile
from web import errors
from web.request import MAX_ANY_BODY_SIZE
from web.routes.admin.guard import Role, audited, blueprint, needs
from web.schemas.admin.product import ImportQuery, ImportView
from web.schemas.problem import FieldProblem

api = blueprint("product_import")

CSV_TYPE = "text/csv"
BUSY = "Orders or another import hold products of this file. Nothing was imported: try again."


class _BadFileError(Exception):
    """Undoes an import. `outcome` has the bad lines."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


@api.post("/products/import", responses={200: ImportView})
@needs(Role.ADMIN)
def import_file(query: ImportQuery) -> Any:
    """Add or update the products of a CSV file by SKU, all of them or none.

    The body is the file, at most 1 MiB; larger ones are for `flask products import`. With `check`
    the response says what would change, or lists the bad lines; without it, bad lines are 422.
    409 when others hold products of the file for longer than a second.
    """
    file = _read_file()
    if query.check:
        with reading():
            outcome = _import(file, check=True)
        return ImportView.of(outcome, is_check=True).json_ready()
    try:
        with audited("products import", query.name or None, counts={}) as details:
            outcome = _import(file, check=False)
            details["counts"] = {"imported": outcome.imported, "updated": outcome.updated}
    except _BadFileError as error:
        return _refuse(error.outcome)
    except OperationalError as error:
        if not gave_up_waiting(error):
            raise
        raise ConflictError(BUSY, ProblemKind.BUSY) from error
    return ImportView.of(outcome, is_check=False).json_ready()


def _read_file() -> BytesIO:
    """Return the body. Raises UnsupportedMediaType, RequestEntityTooLarge."""
    request.max_content_length = MAX_ANY_BODY_SIZE
    if request.mimetype != CSV_TYPE:
        raise UnsupportedMediaType(f"The body must be a file with the Content-Type {CSV_TYPE}")
    return BytesIO(request.get_data())


def _import(file: BytesIO, *, check: bool) -> Outcome:
    outcome = import_products(ProductFile(file, lambda _: None), check=check, is_request=True)
    if outcome.bad and not check:
        raise _BadFileError(outcome)
    if not (outcome.bad or outcome.imported or outcome.updated):
        raise InvalidInputError("line 2", "is missing: the file has no products")
    return outcome


def _refuse(outcome: Outcome) -> Any:
    lines = f"{outcome.bad_count} bad line{'s' if outcome.bad_count > 1 else ''}"
    problems = [
        FieldProblem(
            field=f"line {bad.line}" + (f".{bad.column}" if bad.column else ""),
            message=bad.what,
            code=FieldCode.INVALID,
        )
        for bad in outcome.bad
    ]
    detail = f"{lines}: nothing was imported"
    return errors.problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, problems)
