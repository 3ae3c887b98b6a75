# One image for every part; docker-compose.yml says which part a container is.
FROM python:3.13-slim AS build
WORKDIR /app
RUN python -m venv /venv
COPY requirements/runtime.txt requirements/
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.txt

FROM python:3.13-slim
RUN useradd --system --create-home projectx
COPY --from=build /venv /venv
WORKDIR /app
COPY . .
USER projectx
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 MALLOC_ARENA_MAX=2
CMD ["sh", "-c", "exec gunicorn wsgi:app --bind 0.0.0.0:8080 --worker-class gthread --threads ${WEB_THREADS:-48}"]
