from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from tools.settings import InvalidSettings, Settings, load_settings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder and the home are two different empty ones."""
    current = tmp_path / "current"
    current.mkdir()
    (tmp_path / "home").mkdir()
    monkeypatch.chdir(current)
    return current


def test_flag_beats_environment_beats_current_folder_beats_home(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home_file = tmp_path / "home" / "underwrite.toml"
    home_file.write_text('model = "from-home"\nembedding_model = "from-home"\n')
    assert load_settings().model == "from-home"
    (folder / "underwrite.toml").write_text('model = "from-folder"\n')
    assert load_settings().model == "from-folder"
    monkeypatch.setenv("UNDERWRITE_MODEL", "from-environment")
    assert load_settings().model == "from-environment"
    assert load_settings(model="from-flag").model == "from-flag"
    assert load_settings(model=None).model == "from-environment"
    assert load_settings().embedding_model == "from-home"


def test_file_in_the_current_folder_can_name_the_home(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UNDERWRITE_HOME")
    other = tmp_path / "other"
    other.mkdir()
    (folder / "underwrite.toml").write_text(f'home = "{other}"\n')
    (other / "underwrite.toml").write_text('model = "there"\n')
    settings = load_settings()
    assert settings.home == other
    assert settings.model == "there"


def test_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UNDERWRITE_HOME")
    settings = load_settings()
    assert settings.home.is_absolute()
    assert settings.home.name == "underwrite"
    assert settings.model_url is None
    assert settings.runs_dir == settings.home / "runs"


def test_empty_variable_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERWRITE_MODEL_URL", "")
    assert load_settings().model_url is None


@pytest.mark.parametrize("name", ["model_url", "embedding_url"])
def test_url_without_v1_is_explained(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    variable = f"UNDERWRITE_{name.upper()}"
    monkeypatch.setenv(variable, "http://gpu:8000/")
    with pytest.raises(InvalidSettings, match=rf"{variable}.*did you mean http://gpu:8000/v1"):
        load_settings()
    monkeypatch.setenv(variable, "http://gpu:8000/v1/")
    assert getattr(load_settings(), name) == "http://gpu:8000/v1"


def test_url_without_scheme_is_refused() -> None:
    with pytest.raises(InvalidSettings, match=r"--model-url.*not a URL such as"):
        load_settings(model_url="localhost:8000/v1")


def test_unknown_key_names_file_and_key(folder: Path) -> None:
    (folder / "underwrite.toml").write_text('modle_url = "http://x/v1"\n')
    with pytest.raises(InvalidSettings, match=r"underwrite\.toml: unknown modle_url.*model_url"):
        load_settings()


def test_wrong_type_and_broken_file_name_the_file(folder: Path) -> None:
    path = folder / "underwrite.toml"
    path.write_text("model = 7\n")
    with pytest.raises(InvalidSettings, match=r"underwrite\.toml: model"):
        load_settings()
    path.write_text("model = \n")
    with pytest.raises(InvalidSettings, match="cannot be read"):
        load_settings()
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidSettings, match="cannot be read"):
        load_settings()


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERWRITE_API_KEY", "sk-very-secret")
    monkeypatch.setenv("UNDERWRITE_POSTGRES_URL", "mysql://user:hunter2@db/x")
    with pytest.raises(InvalidSettings) as raised:
        load_settings()
    assert "hunter2" not in str(raised.value)
    monkeypatch.setenv("UNDERWRITE_POSTGRES_URL", "postgresql://user:hunter2@db/x")
    settings = load_settings()
    assert settings.api_key == SecretStr("sk-very-secret")
    assert "sk-very-secret" not in repr(settings)
    assert "hunter2" not in repr(settings)


def test_unknown_flag_is_a_programming_error() -> None:
    with pytest.raises(TypeError):
        load_settings(modle="x")


def test_constructor_takes_values_directly(tmp_path: Path) -> None:
    assert Settings(home=tmp_path, model="m").corpus_dir == tmp_path / "corpus"


def test_usage_exit_code() -> None:
    assert InvalidSettings.exit_code == 2


def test_paths_are_made_absolute(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERWRITE_ADAPTER_PATH", "verify.gguf")
    (folder / "underwrite.toml").write_text('adapter_path = "other.gguf"\n')
    assert load_settings().adapter_path == folder / "verify.gguf"
    assert load_settings(adapter_path=Path("mine.gguf")).adapter_path == folder / "mine.gguf"
    monkeypatch.delenv("UNDERWRITE_ADAPTER_PATH")
    assert load_settings().adapter_path == folder / "other.gguf"
