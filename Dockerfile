# One image for every part; docker-compose.yml says which part a container is.
FROM node:24-slim AS pages
WORKDIR /app
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci
COPY frontend .
RUN npm run build

FROM python:3.13-slim AS build
WORKDIR /app
RUN python -m venv /venv
COPY requirements/runtime.txt requirements/
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.txt
COPY . .
# Of the web app only the built pages are for the image.
RUN rm -r frontend
COPY --from=pages /app/dist frontend/dist

FROM python:3.13-slim
RUN useradd --system --create-home projectx
COPY --from=build /venv /venv
WORKDIR /app
COPY --from=build /app .
USER projectx
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 MALLOC_ARENA_MAX=2
CMD ["sh", "-c", "exec gunicorn wsgi:app --bind 0.0.0.0:8080 --worker-class gthread --threads ${WEB_THREADS:-48}"]
