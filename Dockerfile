# Two stages: one that builds from the hashed lock, one that only runs. The tests run on this same Python.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/guardian
COPY requirements.lock ./
RUN /opt/guardian/bin/pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY guardian guardian
COPY templates templates
COPY migrations migrations
RUN /opt/guardian/bin/pip install --no-deps --no-build-isolation . \
 && /opt/guardian/bin/pip uninstall -y -q axe-playwright-python build check-jsonschema editables hatchling \
    hypothesis import-linter mypy playwright pytest pytest-asyncio pytest-timeout ruff types-defusedxml \
 && /opt/guardian/bin/guardian --version

FROM python:3.11-slim-bookworm
RUN useradd --system --user-group --uid 10001 --no-create-home --home-dir /var/lib/guardian guardian \
 && install -d -m 0700 -o guardian -g guardian /var/lib/guardian
COPY --from=build /opt/guardian /opt/guardian
ENV PATH=/opt/guardian/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 GUARDIAN_HOME=/var/lib/guardian
USER guardian
WORKDIR /var/lib/guardian
VOLUME /var/lib/guardian
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
  CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health/live', timeout=4)"]
ENTRYPOINT ["guardian"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
