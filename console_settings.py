"""The settings of the operations console."""

from pydantic import Field
from pydantic_settings import BaseSettings

from addresses import LinkTemplate


class ConsoleSettings(BaseSettings):
    """The limit of refunds without a step-up, and links with `{id}` in place of an id.

    An empty link is not shown.
    """

    # Major units of the order's currency.
    refund_step_up_above: float = Field(default=200, ge=0)
    trace_url: LinkTemplate = ""
    logs_url: LinkTemplate = ""
    stripe_dashboard_url: LinkTemplate = ""
    sendgrid_url: LinkTemplate = ""
    flower_url: LinkTemplate = ""
