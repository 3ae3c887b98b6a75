# One image for every part; docker-compose.yml says which part a container is.
# Builds that must be repeatable pin both: --build-arg NODE=node:24-slim@sha256:... (Compose: .env).
ARG NODE=node:24-slim
ARG PYTHON=python:3.13-slim

FROM ${NODE} AS pages
WORKDIR /app
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci
COPY frontend .
RUN npm run build

FROM ${PYTHON} AS build
WORKDIR /app
RUN python -m venv /venv
COPY requirements/runtime.txt requirements/
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.txt
COPY . .
# Of the web app only the built pages are for the image.
RUN rm -r frontend
COPY --from=pages /app/dist frontend/dist

FROM ${PYTHON}
# Numbers, so that Kubernetes can tell that it is not root.
RUN groupadd --gid 10001 projectx && useradd --uid 10001 --gid 10001 --create-home projectx
COPY --from=build /venv /venv
WORKDIR /app
COPY --from=build /app .
USER 10001:10001
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 MALLOC_ARENA_MAX=2
CMD ["sh", "-c", "exec gunicorn wsgi:app --bind 0.0.0.0:8080 --threads ${WEB_THREADS:-48}"]
