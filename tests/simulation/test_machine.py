"""A few stories of hypothesis in every run; `make faults` plays more."""

import os

from hypothesis import HealthCheck, seed, settings

from tests.simulation.machine import Sync

STORIES = int(os.environ.get("INSPECTOR_STORIES", "6"))

TestSync = seed(int(os.environ.get("INSPECTOR_FAULT_SEED", "1")))(Sync).TestCase
TestSync.settings = settings(
    max_examples=STORIES,
    stateful_step_count=20 if STORIES < 10 else 50,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
