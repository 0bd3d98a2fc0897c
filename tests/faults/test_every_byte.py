"""A sync that is cut after any byte, in either direction, goes on as if nothing had been."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from inspector_app.domain.errors import ServerError
from inspector_app.models.register import Register
from inspector_app.sync import round as rounds
from inspector_app.sync.client import Client
from tests.faults.proxy import Fault, Proxy, Way
from tests.sync.conftest import CentralServer
from tests.sync.registers import a_site, edit, rows

EVERY = int(os.environ.get("INSPECTOR_CUT_EVERY", "97"))
"""Every how many bytes the suite cuts; the campaign cuts after every single one."""
