"""Settings are read once; one that cannot work is refused at the start, by its name, and never repeats its value."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from guardian.errors import Refused
from guardian.settings import Settings, read, with_secret


def test_nothing_set_gives_the_defaults() -> None:
    assert read({}) == Settings()
    assert read({"GUARDIAN_SMTP_URL": "", "PATH": "/bin"}) == Settings()


def test_words_become_what_they_stand_for() -> None:
    found = read({
        "GUARDIAN_HOME": "/srv/guardian", "GUARDIAN_REQUEST_DAYS": "10", "GUARDIAN_REMINDER_DAYS": "2, 5,9",
        "GUARDIAN_DEMO": "true", "GUARDIAN_BASE_URL": "https://guardian.example.org",
        "GUARDIAN_MAIL_FROM": "guardian@mail.example.org",
    })  # fmt: skip
    assert (found.home, found.request_days, found.reminder_days) == (Path("/srv/guardian"), 10, (2, 5, 9))
    assert (found.demo, found.https, found.mail_domain) == (True, True, "mail.example.org")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BASE_URL", "guardian.example.org"),
        ("BASE_URL", "ftp://guardian.example.org"),
        ("BASE_URL", "https://"),
        ("BASE_URL", "https://guardian.example.org/?a=b"),
        ("DATABASE_URL", "mysql://somebody:hunter2@example.org/x"),
        ("DATABASE_URL", "guardian.sqlite"),
        ("CONFIRM_AFTER", "3599"),
        ("REQUEST_DAYS", "0"),
        ("REQUEST_DAYS", "31"),
        ("REQUEST_DAYS", "two weeks"),
        ("REQUEST_DAYS", "1.5"),
        ("REMINDER_DAYS", "three"),
        ("REMINDER_DAYS", "7,3"),
        ("REMINDER_DAYS", "3,3"),
        ("REMINDER_DAYS", "0,3"),
        ("COOL_OFF", "-1"),
        ("PURGE_BRAKE", "0"),
        ("SMTP_CONNECTIONS", "0"),
        ("WEB_WORKERS", "0"),
        ("BODY_MAX_BYTES", "10"),
        ("LOG_LEVEL", "LOUD"),
        ("MAIL_FROM", "guardian"),
        ("MAIL_FROM", "@example.org"),
        ("DEMO", "perhaps"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(Refused) as refused:
        read({f"GUARDIAN_{name}": value})
    assert refused.value.code == "setting_invalid"
    assert f"GUARDIAN_{name}" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_the_demo_may_confirm_sooner() -> None:
    assert read({"GUARDIAN_CONFIRM_AFTER": "2", "GUARDIAN_DEMO": "1"}).confirm_after == 2


def test_a_secret_file_is_read_and_a_missing_one_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a:" + "s" * 40 + "\n")
    assert read({"GUARDIAN_SECRET_FILE": str(tmp_path / "secret")}).secret == "a:" + "s" * 40
    with pytest.raises(Refused, match="GUARDIAN_SECRET_FILE"):
        read({"GUARDIAN_SECRET_FILE": str(tmp_path / "none")})


def test_a_secret_is_made_once_for_its_owner_alone_and_kept(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    first = with_secret(settings).secret
    assert len(first) > 40
    assert with_secret(settings).secret == first
    assert stat.S_IMODE((tmp_path / "home" / "secret").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700


def test_processes_that_start_at_once_agree_on_one_secret(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    with ThreadPoolExecutor(16) as pool:
        made = set(pool.map(lambda _: with_secret(settings).secret, range(64)))
    assert len(made) == 1
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["secret"]


def test_a_given_secret_is_not_replaced(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", secret="a:" + "s" * 40)
    assert with_secret(settings) is settings
    assert not (tmp_path / "home").exists()


def test_settings_never_show_a_password() -> None:
    shown = repr(Settings(secret="a:hunter2", database_url="postgresql://u:hunter2@h/d", smtp_url="smtp://u:hunter2@h"))
    assert "hunter2" not in shown
