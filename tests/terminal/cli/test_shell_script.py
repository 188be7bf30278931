"""The shell as a script drives it: lines on stdin, answers on stdout, the exit code of the first failure."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_samples import SEED, Run
from click.testing import Result

from terminal.exit_codes import ExitCode
from virtual_card.image import load, save
from virtual_card.issue_record import SocialIssueRecord, issue_record
from virtual_card.issuer import issue
from virtual_card.persona import INITIAL_PIN as PIN
from virtual_card.persona import Persona


@pytest.fixture
def shelled(ssc: Run, cards: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `ssc shell` on new.card with the PSAM; every argument is a line, options start with --."""
    monkeypatch.setenv("CARD_PIN", PIN)
    monkeypatch.setenv("WRONG_PIN", "98989898")

    def run(*lines: str, card: str = "new.card") -> Result:
        options = [line for line in lines if line.startswith("--")]
        typed = [line for line in lines if not line.startswith("--")]
        return ssc(
            "shell",
            f"virtual:{card}",
            "--psam",
            "psam.card",
            *options,
            stdin="".join(f"{line}\n" for line in typed),
        )

    return run


def test_ls_shows_files_with_rights_and_directories_that_are_there(shelled: Run) -> None:
    shown = shelled("ls")
    assert shown.exit_code == 0
    assert "EF05    Issuer data 发卡机构数据文件" in shown.stdout
    assert "read RKSSSE ✗; update UKSSSE ✗" in shown.stdout
    assert "DF04/" in shown.stdout and "PBOC/" in shown.stdout
    assert "DF05/" not in shown.stdout, "this card has no DF05"


def test_cat_decodes_a_file_and_picks_an_item(shelled: Run) -> None:
    whole = shelled("cat EF05").stdout
    assert "07 Card number 卡号" in whole and Persona.from_seed(SEED).card_number in whole
    assert shelled("cat EF05 07").stdout.strip().startswith("07 Card number")
    assert "Issue date" not in shelled("cat EF05 07").stdout
    assert "FA/9A" in shelled("cat EF0C FA/9A").stdout
    assert "FA/9B" not in shelled("cat EF0C FA/9A").stdout


def test_a_refused_read_says_what_would_open_the_file(shelled: Run) -> None:
    refused = shelled("cat EF06")
    assert refused.exit_code == ExitCode.REFUSED_BY_CARD
    assert "line 1: ssc: reading SSSE/EF06" in refused.stderr
    assert "RKSSSE" in refused.stderr


def test_auth_opens_what_the_directory_asks_for_and_masks_the_holder(shelled: Run) -> None:
    opened = shelled("auth", "cat EF06", "state")
    assert opened.exit_code == 0, opened.stderr
    persona = Persona.from_seed(SEED)
    assert persona.name in opened.stdout
    assert persona.id_number not in opened.stdout and persona.id_number[-2:] in opened.stdout
    assert "RKSSSE" in opened.stdout


def test_keys_of_a_directory_end_with_it_and_reset_ends_all(shelled: Run) -> None:
    lines = shelled("cd DF04", "auth", "state", "cd DF03", "state", "reset", "state").stdout.splitlines()
    granted = [line.partition("已获权限")[2].strip() for line in lines if line.strip().startswith("Granted")]
    assert granted == ["RK1DF04, RKSSSE", "RKSSSE", "nothing 无"]


def test_auth_without_psam_says_how_to_name_one(ssc: Run, cards: Path) -> None:
    done = ssc("shell", "new.card", stdin="auth\n")
    assert (done.exit_code, "--psam ADDRESS" in done.stderr) == (ExitCode.REFUSED_BY_CARD, True)


def test_a_card_that_is_not_genuine_gets_no_external_authentication(ssc: Run, cards: Path) -> None:
    save(issue("ssc-3.0", SEED, root_keys={"IRK/1": bytes(16)}), cards / "new.card")
    done = ssc("shell", "new.card", "--psam", "psam.card", "-v", stdin="auth UKSSSE\n")
    assert done.exit_code == ExitCode.REFUSED_BY_TERMINAL
    assert "INTERNAL AUTHENTICATION" in done.stdout and "EXTERNAL AUTHENTICATION" not in done.stdout


def test_verify_takes_the_pin_from_the_environment_and_says_the_tries(shelled: Run) -> None:
    done = shelled("verify --env CARD_PIN", "cat DF04/EF05 81", "state")
    assert done.exit_code == 0, done.stderr
    assert "tries left 剩余次数: 6" in done.stderr
    assert PIN not in done.output and "PIN verified" in done.stdout


def test_a_wrong_pin_says_the_tries_left_and_fails(shelled: Run) -> None:
    done = shelled("verify --env WRONG_PIN", "state")
    assert done.exit_code == ExitCode.REFUSED_BY_CARD
    assert "wrong PIN, 5 tries left" in done.stderr and "nothing 无" in done.stdout


def test_the_last_try_needs_force(shelled: Run) -> None:
    wrong = ["verify --env WRONG_PIN"] * 5
    stopped = shelled(*wrong, "verify --env CARD_PIN")
    assert "one try is left" in stopped.stderr and "PIN verified" not in stopped.stdout
    assert "PIN verified" in shelled("verify --env CARD_PIN --force").stdout


@pytest.mark.parametrize("line", ["verify 98989898", "verify --env CARD_PIN 98989898"])
def test_a_pin_in_the_line_is_refused_and_not_repeated(shelled: Run, line: str) -> None:
    done = shelled(line)
    assert done.exit_code == ExitCode.USAGE
    assert "98989898" not in done.output


def test_verify_with_nobody_there_to_type_says_how_else(shelled: Run) -> None:
    assert "verify --env NAME" in shelled("verify").stderr


def test_update_shows_the_decoded_plan_and_writes(shelled: Run, cards: Path) -> None:
    done = shelled("auth UKSSSE", "update! EF05 05 2031-02-03", "cat EF05 05")
    assert done.exit_code == 0, done.stderr
    plan, _, after = done.stdout.partition("written 已写入")
    assert "UPDATE RECORD 修改记录  SSSE/EF05" in plan and "> 00DC050006050420310203" in plan
    assert "2031-02-03" in after
    record = issue_record(load(cards / "new.card"))
    assert isinstance(record, SocialIssueRecord)


def test_update_changes_one_part_and_leaves_the_others(shelled: Run) -> None:
    before = shelled("cat EF0C").stdout
    done = shelled("auth UKSSSE", "update! EF0C FA/9A 正常", "cat EF0C")
    assert "FA/9A Social application 社保应用状态       1 (normal 正常)" in done.stdout
    after = done.stdout.partition("written 已写入\n")[2]
    differing = [line for line in after.splitlines() if line not in before.splitlines()]
    assert [line.split()[0] for line in differing] == ["FA/9A"]


def test_update_without_a_yes_writes_nothing(shelled: Run, cards: Path) -> None:
    image = (cards / "new.card").read_bytes()
    done = shelled("auth UKSSSE", "update EF05 05 2031-02-03")
    assert done.exit_code == ExitCode.USAGE and "update!" in done.stderr
    assert (cards / "new.card").read_bytes() == image
    assert "written" in shelled("auth UKSSSE", "update EF05 05 2031-02-03", "--yes").stdout


def test_update_in_a_dry_run_shows_the_plan_and_writes_nothing(shelled: Run, cards: Path) -> None:
    image = (cards / "new.card").read_bytes()
    done = shelled("update EF05 05 2031-02-03", "--dry-run")
    assert done.exit_code == 0
    assert "UPDATE RECORD" in done.stdout and "Dry run" in done.stdout
    assert (cards / "new.card").read_bytes() == image


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("update! EF05 05 tomorrow", "day such as 2030-01-08"),
        ("update! EF05 99 1", "it has 01, 02"),
        ("update! EF99 01 1", "it has EF05"),
        ("update! DF04/EF08 +00 1", "never written by a terminal"),
        ("update! EF0C FA 1", "write one of them: 9A"),
        ("update! EF0C FA/77 1", "no part 77"),
        ("update! EF05 05", "usage: update! FILE ITEM VALUE"),
        ("update! EF0C FB/E8 yesterday", "time such as"),
        ("update! EF05 07 一二三四五六七八九十", "SSSE/EF05"),
        ("cd DF99", "known are SSSE"),
        ("cat", "usage: cat FILE [ITEM]"),
        ("nonsense", "`help` lists them"),
        ("ls 'DF", "no closing quotation"),
        ("apdu 00", "byte"),
        ("apdu 0G", "no hex digit"),
        ("select XYZ", "neither a name on this card nor an AID"),
        ("auth NOKEY", "no key of the table"),
        ("explain", "usage"),
    ],
)
def test_what_is_wrong_is_said_once_with_its_line(shelled: Run, line: str, said: str) -> None:
    done = shelled("", "# a remark", line)
    assert done.exit_code != 0
    assert done.stderr.count("line 3: ") == 1 and said in done.stderr


def test_a_script_goes_on_after_a_failure_and_ends_with_its_exit_code(shelled: Run) -> None:
    done = shelled("cat EF06", "nonsense", "atr", "quit", "info")
    assert done.exit_code == ExitCode.REFUSED_BY_CARD
    assert "Historical bytes" in done.stdout and "Algorithm" not in done.stdout


def test_apdu_explains_and_masks_a_pin(shelled: Run) -> None:
    done = shelled("apdu 00 20 00 00 04 98989898", "apdu 00B2010400")
    assert "> 0020000004********" in done.stdout and "98989898" not in done.output
    assert "63C5" in done.stdout


def test_explain_sends_nothing(shelled: Run) -> None:
    done = shelled("explain 6A82", "explain 00A4020002EF05", "-v")
    assert "file not found" in done.stdout and "SELECT" in done.stdout


def test_select_takes_names_aids_and_fids(shelled: Run) -> None:
    done = shelled("select PBOC", "select A000000333010101", "cd", "select EF05", "state")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.count("PBOC DEBIT") >= 2 and "SSSE/EF05" in done.stdout


def test_records_of_the_bank_are_read_by_their_sfi(shelled: Run) -> None:
    done = shelled("cd PBOC", "ls", "cat 1", "cat 44")
    assert "SFI 1, record 1" in done.stdout and "Cardholder name" in done.stdout
    assert "known by their SFI" in done.stderr


@pytest.mark.parametrize("kind", ["sle4428", "old-cpu", "ssc-1.0", "psam"])
def test_every_kind_of_card_is_found_out_and_listed(ssc: Run, tmp_path: Path, kind: str) -> None:
    save(issue(kind, SEED), tmp_path / "other.card")
    done = ssc("shell", "other.card", stdin="info\nls\nls /\nstate\n")
    assert done.exit_code == 0, done.stderr
    assert "read free" in done.stdout


def test_a_memory_card_is_read_and_never_written(shelled: Run) -> None:
    done = shelled("cat SLE4442", "update! SLE4442 +64 1", "verify --env CARD_PIN", card="old.card")
    assert "+0064 Personal number" in done.stdout
    assert "never written" in done.stderr and "no PIN" in done.stderr


def test_a_psam_holds_two_applications_of_one_name(ssc: Run, cards: Path) -> None:
    done = ssc("shell", "psam.card", stdin="cat sx3/DF01/001A\nstate\ncat sx1/DF01/001A\nstate\n")
    assert done.exit_code == 0, done.stderr
    places = [line.split()[-1] for line in done.stdout.splitlines() if line.strip().startswith("Directory")]
    assert places == ["sx3/DF01", "sx1/DF01"]


def test_a_plain_card_has_no_layout_and_says_so(ssc: Run, tmp_path: Path) -> None:
    (tmp_path / "tree.yaml").write_text(
        "master_file:\n  files:\n    - {fid: E004, structure: transparent, size: 4}\n", encoding="utf-8"
    )
    made = ssc("card", "new", "--kind", "iso7816", "--tree", "tree.yaml", "-o", "plain.card")
    assert made.exit_code == 0, made.output
    done = ssc("shell", "plain.card", stdin="ls\nselect E004\napdu 00B0000004\n")
    assert "without a layout" in done.stderr and "9000" in done.stdout


def test_an_address_that_leads_nowhere_ends_at_once(ssc: Run) -> None:
    assert ssc("shell", "nowhere:x", stdin="ls\n").exit_code == ExitCode.USAGE
