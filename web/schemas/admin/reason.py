"""The reason that an operator gives for a change."""

from typing import Annotated

from pydantic import Field

from web.schemas.base import Text

# One line. The audit and the history record it.
Reason = Annotated[Text, Field(min_length=1, max_length=500)]
