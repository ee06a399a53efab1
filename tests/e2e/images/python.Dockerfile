# Stands in for docker.io/library/python:…-slim, and for alpine/git, in the tests.
FROM localhost/debian
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
      ca-certificates git git-lfs python3 python3-pip python3-venv \
    && rm -rf /var/lib/apt/lists/* /usr/lib/python3*/EXTERNALLY-MANAGED \
    && ln -s python3 /usr/bin/python
# How this machine reaches its package index; `git` reads public addresses as the tests' server's.
COPY pip.conf /etc/pip.conf
COPY uv.toml /etc/uv/uv.toml
COPY gitconfig /etc/gitconfig
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
CMD ["python3"]
