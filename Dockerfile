# The hook server. Built in two stages: the last has neither uv nor pip's caches nor a compiler.
# BASE is an argument so that a mirror or a local base can stand in for it.
ARG BASE=docker.io/library/python:3.13.7-slim-bookworm

FROM ${BASE} AS build
WORKDIR /src
RUN python3 -m venv /opt/uv \
    && /opt/uv/bin/pip install --no-cache-dir --disable-pip-version-check uv==0.13.9 \
    && python3 -m venv --without-pip /opt/substratus
COPY pyproject.toml uv.lock ./
# The lock holds versions and hashes; the index is whichever this build is configured with.
# The group `server` is what hooks/ imports: the command line and its libraries stay outside.
RUN /opt/uv/bin/uv export --quiet --frozen --only-group server --no-header \
      --output-file requirements.txt \
    && /opt/uv/bin/uv pip install --no-cache --system-certs --python /opt/substratus/bin/python \
      --require-hashes --requirements requirements.txt

FROM ${BASE}
COPY --from=build /opt/substratus /opt/substratus
COPY hooks/ /opt/substratus/app/hooks/
ENV PATH=/opt/substratus/bin:$PATH \
    PYTHONPATH=/opt/substratus/app \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PROBES_BIND=0.0.0.0:8081
USER 65532:65532
EXPOSE 8080 8081
ENTRYPOINT ["gunicorn", "--config", "python:hooks.server.gunicorn", "--bind", "0.0.0.0:8080", "hooks.server.app:create_app()"]
