"""What one person on one laptop prefers, and where files live."""

import os
import tomllib
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import platformdirs

_HERE = Path(__file__).parent
RESOURCES = next(folder for folder in (_HERE / "_resources", _HERE.parent / "resources") if folder.is_dir())
"""Data that ships with the program: beside the package in a checkout, inside it when installed."""


def config_file() -> Path:
    """The file of preferences; INSPECTOR_CONFIG names another (tests, a second person on one laptop)."""
    named = os.environ.get("INSPECTOR_CONFIG")
    return Path(named) if named else Path(platformdirs.user_config_dir("waste-inspector")) / "settings.toml"


def log_folder() -> Path:
    """Where the log file lies; an error message names it."""
    return Path(platformdirs.user_log_dir("waste-inspector"))


def cache_folder() -> Path:
    """Where files lie that can be made again at any time."""
    return Path(platformdirs.user_cache_dir("waste-inspector"))


@dataclass(frozen=True, slots=True)
class Settings:
    """Preferences of one person on one laptop. Facts about waste never live here."""

    language: str = "en"
    theme: str = "light"
    text_percent: int = 100
    touch: bool = False
    coordinates: str = "decimal"
    register: str = ""
    tiles: str = ""
    goal_year: int = 2030
    window: str = ""
    page: str = ""
    auto_sync: bool = True
    columns: dict[str, list[str]] = field(default_factory=dict)

    def changed(self, **values: object) -> "Settings":
        """A copy with some values replaced."""
        return replace(self, **values)  # type: ignore[arg-type]


def load(path: Path | None = None) -> Settings:
    """Preferences from disk; what cannot be read falls back to its default, for no preference is worth a failed start."""
    path = path or config_file()
    try:
        stored = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        return Settings()
    defaults = asdict(Settings())
    known = {name: value for name, value in stored.items() if name in defaults and type(value) is type(defaults[name])}
    return Settings(**known)


def save(settings: Settings, path: Path | None = None) -> None:
    """Write preferences whole or not at all."""
    path = path or config_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text("".join(f"{name} = {_toml(value)}\n" for name, value in asdict(settings).items() if value != {}), "utf-8")
    part.replace(path)


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case list():
            return f"[{', '.join(_toml(each) for each in value)}]"
        case dict():
            return "{ " + ", ".join(f"{_toml(str(key))} = {_toml(each)}" for key, each in value.items()) + " }"
        case _:
            text = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            return f'"{text}"'
