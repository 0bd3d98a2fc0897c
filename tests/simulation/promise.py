"""What is raised when something does not hold that must."""


class Broken(AssertionError):
    """An invariant does not hold."""


def hold(holds: bool, name: str, detail: str) -> None:
    """Raises Broken with the name of the invariant, unless it holds."""
    if not holds:
        raise Broken(f"{name}: {detail}")
