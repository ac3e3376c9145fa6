"""Settings: command-line flags over environment over `underwrite.toml` over defaults.

`underwrite.toml` is read from the current folder, then from the home folder (the first file
wins for a key that both have). Its keys are the names without the prefix: `model_url`, `home`.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from agents.ports import BadInput

__all__ = ["ENV_PREFIX", "InvalidSettings", "Settings", "load_settings"]

ENV_PREFIX = "UNDERWRITE_"
FILE_NAME = "underwrite.toml"


class InvalidSettings(BadInput):
    """A setting cannot be used; the message names it, where it came from and what it should be."""

    exit_code = 2


def default_home() -> Path:
    return Path(platformdirs.user_data_dir("underwrite", appauthor=False))


def default_cache() -> Path:
    return Path(platformdirs.user_cache_dir("underwrite", appauthor=False))


class Settings(BaseSettings):
    """Where things are and which servers to use. Construct with `load_settings`."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, extra="forbid", frozen=True, env_ignore_empty=True
    )

    home: Path = Field(default_factory=default_home)
    """Holds the corpus, checkpoints and runs."""
    cache: Path = Field(default_factory=default_cache)
    """Holds what can be made again: the joined embedded weights (1.1 GB). Shared by all homes."""
    model_url: str | None = None
    """Base URL of an OpenAI-compatible server, with `/v1`; None starts the embedded model."""
    model: str | None = None
    """The model to ask for; None takes the first that the server lists."""
    api_key: SecretStr | None = None
    model_path: Path | None = None
    """A GGUF file for the embedded engine instead of the built-in weights."""
    adapter_path: Path | None = None
    """A GGUF LoRA adapter for the embedded engine, applied to claim verification only."""
    embedding_url: str | None = None
    """Base URL of an OpenAI-compatible embedding endpoint, with `/v1`; None embeds in process."""
    embedding_model: str | None = None
    chroma_url: str | None = None
    """A Chroma server, such as http://localhost:8000; None keeps Chroma under `home`."""
    postgres_url: SecretStr | None = None
    """PostgreSQL for checkpoints; None keeps them in SQLite under `home`."""

    @field_validator("home", "cache", "model_path", "adapter_path")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value.expanduser().absolute() if value else value

    @field_validator("model_url", "embedding_url")
    @classmethod
    def _versioned(cls, value: str | None) -> str | None:
        if value is None:
            return None
        url = _http(value)
        if not urlsplit(url).path.endswith("/v1"):
            # An OpenAI client appends /chat/completions to it and would get a puzzling 404.
            raise ValueError(f"the URL must end in /v1; did you mean {url}/v1 ?")
        return url

    @field_validator("chroma_url")
    @classmethod
    def _chroma(cls, value: str | None) -> str | None:
        return None if value is None else _http(value)

    @field_validator("postgres_url")
    @classmethod
    def _postgres(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not value.get_secret_value().startswith(("postgresql://", "postgres://")):
            raise ValueError("the URL must start with postgresql://")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # Files are read by load_settings, which can name the file in an error.
        return (init_settings, env_settings)

    @property
    def corpus_dir(self) -> Path:
        return self.home / "corpus"

    @property
    def trust_path(self) -> Path:
        """What served models were found to be worth as judges of claims."""
        return self.home / "trust.json"

    @property
    def runs_dir(self) -> Path:
        return self.home / "runs"

    @property
    def models_dir(self) -> Path:
        return self.cache / "models"

    @property
    def checkpoints_path(self) -> Path:
        return self.home / "checkpoints.sqlite"


def _http(value: str) -> str:
    parts = urlsplit(value.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("it is not a URL such as http://localhost:8000/v1")
    return value.strip().rstrip("/")


def load_settings(**flags: Any) -> Settings:
    """Settings from flags (None means not given), environment, `underwrite.toml` and defaults.

    Raises InvalidSettings for an unknown key or an unusable value.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    unknown = sorted(set(given) - set(Settings.model_fields))
    if unknown:
        raise TypeError(f"no such setting: {', '.join(unknown)}")
    origin = {name: f"--{name.replace('_', '-')}" for name in given}
    environment: dict[str, str] = {}
    for name in Settings.model_fields:
        value = os.environ.get(ENV_PREFIX + name.upper(), "")
        if value and name not in given:
            environment[name] = value
            origin[name] = ENV_PREFIX + name.upper()

    merged = {**environment, **given}
    _merge(merged, origin, Path.cwd() / FILE_NAME)
    # The home may itself have been named by the file in the current folder.
    home = Path(merged.get("home") or default_home()).expanduser().absolute()
    _merge(merged, origin, home / FILE_NAME)
    try:
        return Settings(**merged)
    except ValidationError as error:
        lines = []
        for problem in error.errors():
            name = str(problem["loc"][0]) if problem["loc"] else ""
            message = problem["msg"].removeprefix("Value error, ")
            # A key or a password in a URL is never repeated.
            shown = "" if name in {"api_key", "postgres_url"} else f" {problem['input']!r}:"
            lines.append(f"{origin.get(name, name)}:{shown} {message}")
        raise InvalidSettings("\n".join(lines)) from error


def _merge(merged: dict[str, Any], origin: dict[str, str], path: Path) -> None:
    """Add what `path` sets and `merged` does not have yet."""
    if not path.is_file():
        return
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidSettings(f"{path} cannot be read: {error}") from error
    unknown = sorted(set(content) - set(Settings.model_fields))
    if unknown:
        known = ", ".join(Settings.model_fields)
        raise InvalidSettings(f"{path}: unknown {', '.join(unknown)}. Known keys: {known}")
    for name, value in content.items():
        if name not in merged:
            merged[name] = value
            origin[name] = f"{path}: {name}"
