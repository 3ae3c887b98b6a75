"""The Celery application, without its tasks: beat, Flower and dispatch only need their names."""

from celery import Celery

from tasks import broker

broker.install()
app = Celery("projectx", config_source="celeryconfig")
