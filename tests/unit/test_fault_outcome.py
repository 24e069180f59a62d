"""What counts as done twice, and what does not."""

from collections import Counter

from galley_local.faults.outcome import Difference, Letter, Outcome

ASKED: Letter = ("first@example.com", "1", "Approve?")
WORD: Letter = ("another", "1", "Approved:")


def difference(sent: list[Letter], healthy: list[Letter]) -> Difference:
    status = ("SUCCEEDED", "PUBLISHED")
    return Difference(
        Outcome(*status, mails=Counter(sent)), Outcome(*status, mails=Counter(healthy))
    )


def test_a_letter_that_is_sent_again_is_double() -> None:
    assert difference([ASKED, ASKED], [ASKED]).double_mails == 1
    assert not difference([ASKED, ASKED], [ASKED]).is_right()


def test_a_word_that_could_not_be_sent_before_may_come_late_and_once() -> None:
    assert difference([ASKED, WORD], [ASKED]).is_right()
    assert difference([ASKED, WORD, WORD], [ASKED]).double_mails == 1
    assert difference([ASKED, WORD, WORD], [ASKED, WORD]).double_mails == 1
