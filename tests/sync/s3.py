"""A store that speaks S3, as a process of its own on loopback."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import boto3
import httpx

from tests.sync.conftest import free_port

PROGRAM = Path(sys.executable).with_name("moto_server")


class S3:
    """One process with one bucket, `register`."""

    def __init__(self) -> None:
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.process = subprocess.Popen([PROGRAM, "-p", str(self.port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while True:
            try:
                httpx.get(self.url, timeout=5)
            except httpx.TransportError:
                assert self.process.poll() is None, "the store ended"
                assert time.monotonic() < until, "the store does not answer"
                time.sleep(0.05)
            else:
                break
        self._client().create_bucket(Bucket="register")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)
            self.process = None

    def names(self) -> list[str]:
        return [each["Key"] for each in self._client().list_objects_v2(Bucket="register").get("Contents", [])]

    def replace(self, name: str, body: bytes) -> None:
        self._client().put_object(Bucket="register", Key=name, Body=body)

    def remove(self, name: str) -> None:
        self._client().delete_object(Bucket="register", Key=name)

    def _client(self) -> Any:
        return boto3.client("s3", endpoint_url=self.url)
