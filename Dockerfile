# syntax=docker/dockerfile:1
# Networks far from the default index: docker build --build-arg PIP_INDEX_URL=... .
ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS packages
ARG PIP_INDEX_URL
ENV PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.lock /tmp/requirements.lock
RUN python -m venv /opt/xiaoer/venv \
    && /opt/xiaoer/venv/bin/pip install --no-cache-dir --require-hashes -r /tmp/requirements.lock

FROM python:${PYTHON}-slim
# Times in logs are UTC; the shop's own hours follow the setting store_zone, not TZ.
ENV PATH=/opt/xiaoer/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    XIAOER_HOME=/data \
    XIAOER_LISTEN__HOST=0.0.0.0
RUN useradd --system --uid 10001 --home-dir /data --create-home xiaoer
COPY --from=packages /opt/xiaoer/venv /opt/xiaoer/venv
COPY . /opt/xiaoer/app
RUN python -m compileall -q /opt/xiaoer/app
WORKDIR /opt/xiaoer/app
USER xiaoer
VOLUME /data
EXPOSE 8080
# SIGTERM reaches the server itself; it finishes what it holds and stops.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "docker/health.py"]
ENTRYPOINT ["python", "run.py"]
CMD ["serve"]
