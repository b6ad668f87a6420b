"""What is owed: in which order it goes, who may write its outcome, what a crash leaves."""

from tests.mutants.mutant import Mutant

LEDGER = (
    Mutant(
        name="no-intent",
        takes_away="an effect is under way on disk before a socket opens",
        file="bot/db/claims.py",
        text="SET state = 'sending', attempts",
        instead="SET state = 'ready', attempts",
        caught_by=("test_db_ledger::test_the_intent_is_on_disk_before_a_claim_returns",),
    ),
    Mutant(
        name="fence-ignored",
        takes_away="an outcome is written only under the fence of its try",
        file="bot/db/ledger.py",
        text="\" WHERE id = ? AND fence = ? AND state = 'sending'\"",
        instead="\" WHERE id = ? AND fence >= ? AND state = 'sending'\"",
        caught_by=("test_db_ledger::test_an_outcome_is_written_only_under_the_fence_of_its_try",),
    ),
    Mutant(
        name="outcome-of-a-settled-effect",
        takes_away="what was settled is not settled otherwise by a late outcome",
        file="bot/db/ledger.py",
        text="\" WHERE id = ? AND fence = ? AND state = 'sending'\"",
        instead='" WHERE id = ? AND fence = ?"',
        caught_by=("test_db_ledger::test_an_outcome_is_written_only_under_the_fence_of_its_try",),
    ),
    Mutant(
        name="resolved-twice",
        takes_away="an operator settles only what is unknown",
        file="bot/db/ledger.py",
        text="\" WHERE id = ? AND state = 'unknown'\"",
        instead='" WHERE id = ?"',
        caught_by=("test_db_ledger::test_a_person_settles_an_unknown_effect",),
    ),
    Mutant(
        name="retried-too-late",
        takes_away="an operator queues nothing again that would only expire",
        file="bot/db/ledger.py",
        text="        now_us if again else 0,\n",
        instead="        0,\n",
        caught_by=("test_resolving::test_what_is_late_is_not_queued_again_only_to_expire",),
    ),
    Mutant(
        name="crash-repeats-a-message",
        takes_away="what may have arrived and has no key is not sent again after a crash",
        file="bot/db/orphans.py",
        text='    if row["policy"] != Policy.REPEAT:\n',
        instead='    if not row["policy"]:\n',
        caught_by=("test_db_ledger::test_after_a_crash_each_effect_goes_by_its_policy",),
    ),
    Mutant(
        name="no-nearest-deadline",
        takes_away="of one lane, the nearest deadline goes first",
        file="bot/db/claims.py",
        text='f"lane, coalesce(deadline_us, {_LAST}), id"',
        instead='"lane, id"',
        caught_by=(
            "test_db_ledger::test_the_tightest_lane_and_then_the_nearest_deadline_goes_first",
        ),
    ),
    Mutant(
        name="order-of-one-customer",
        takes_away="two effects of one customer are never under way at once",
        file="bot/db/claims.py",
        text=" AND (o.state = 'sending'\"",
        instead=" AND (o.state = 'paused'\"",
        caught_by=(
            "test_db_ledger::test_effects_of_one_contact_never_overlap_and_keep_their_order",
        ),
    ),
    Mutant(
        name="sent-past-its-deadline",
        takes_away="what is past its deadline is not sent",
        file="bot/db/ledger.py",
        text=" AND deadline_us IS NOT NULL AND deadline_us <= ?",
        instead=" AND deadline_us IS NOT NULL AND deadline_us <= 0 * ?",
        caught_by=("test_perform::test_a_welcome_past_its_deadline_is_expired_without_a_call",),
    ),
    Mutant(
        name="no-margin",
        takes_away="a welcome is over two seconds before its code dies",
        file="bot/gather/__init__.py",
        text=" + times.welcome_lives - times.welcome_margin",
        instead=" + times.welcome_lives",
        caught_by=("test_kf_story::test_whoever_opens_by_an_entry_code_is_welcomed_in_time",),
    ),
    Mutant(
        name="said-inside-and-outside",
        takes_away="an answer under way as a message is not given into a response too",
        file="bot/db/ledger.py",
        text="(state = 'ready' OR carrier = 'response' AND state IN ('sending', 'unknown'))",
        instead="(state = 'ready' OR state IN ('sending', 'unknown'))",
        caught_by=(
            "test_db_ledger::test_an_answer_under_way_as_a_message_is_not_given_into_a_response",
        ),
    ),
    Mutant(
        name="no-slots-for-welcomes",
        takes_away="labels cannot fill every slot",
        file="bot/sending.py",
        text="_URGENT_SLOTS = 64",
        instead="_URGENT_SLOTS = 16",
        caught_by=(
            "test_worker_trouble::"
            "test_urgent_effects_pass_labels_that_fill_every_slot_and_are_limited_too",
        ),
    ),
    Mutant(
        name="duplicate-not-resumed",
        takes_away="a repeated delivery resumes what its first copy left undone",
        file="bot/worker.py",
        text='        if accepted.state == "new":\n',
        instead='        if accepted.state == "new" and not accepted.duplicate:\n',
        caught_by=(
            "test_worker::"
            "test_a_process_that_died_before_deciding_is_resumed_by_the_platforms_retry",
        ),
    ),
    Mutant(
        name="outcome-forgotten",
        takes_away="an outcome that could not be written is written later",
        file="bot/perform.py",
        text="        while not await self._written(row, receipt):",
        instead="        if not await self._written(row, receipt):",
        caught_by=(
            "test_worker_trouble::"
            "test_an_outcome_that_could_not_be_written_is_written_when_there_is_room_again",
        ),
    ),
    Mutant(
        name="fault-leaves-it-under-way",
        takes_away="a fault of ours settles the effect that it struck",
        file="bot/perform.py",
        text="    return Receipt(state=State.UNKNOWN, meaning=",
        instead="    return Receipt(state=State.READY, meaning=",
        caught_by=("test_perform::test_a_fault_of_ours_never_leaves_an_effect_under_way",),
    ),
    Mutant(
        name="sweep-swallows",
        takes_away="what the sweep could not write is kept for the next one",
        file="bot/sweep.py",
        text="        refused = self._acceptor.refused.copy()\n",
        instead="        refused, self._acceptor.refused = self._acceptor.refused, Counter()\n",
        caught_by=(
            "test_worker_trouble::test_refusals_that_could_not_be_counted_are_counted_later",
        ),
    ),
    Mutant(
        name="sweep-hides-its-faults",
        takes_away="a sweep that could not run is not counted as one that did",
        file="bot/sweep.py",
        text="        if faults:\n",
        instead="        if len(faults) > 9:\n",
        caught_by=("test_taking_over::test_a_sweep_that_could_not_run_says_so",),
    ),
    Mutant(
        name="lease-unchecked",
        takes_away="a process that slept through its lease sends nothing",
        file="bot/lease.py",
        text="return owner == self.id and self._steady() + self._call_s <= self._until_s",
        instead="return owner == self.id and self._call_s <= self._until_s",
        caught_by=("test_taking_over::test_a_process_that_slept_through_its_lease_sends_nothing",),
    ),
    Mutant(
        name="lease-shorter-than-a-call",
        takes_away="no call is begun that would outlast the lease",
        file="bot/lease.py",
        text="self._steady() + self._call_s <= ",
        instead="self._steady() <= ",
        caught_by=("test_taking_over::test_a_call_that_would_outlast_the_lease_is_not_begun",),
    ),
    Mutant(
        name="lease-raised-from-the-dead",
        takes_away="a process whose lease ended enters anew, under another name",
        file="bot/db/workers.py",
        text='        "UPDATE worker SET until_us = ? WHERE id = ? AND until_us > ?",\n'
        "        now_us + lease_us, ",
        instead='        "UPDATE worker SET until_us = ? WHERE id = ? AND until_us > 0 * ?",\n'
        "        now_us + lease_us, ",
        caught_by=("test_taking_over::test_a_row_that_ended_is_not_extended",),
    ),
    Mutant(
        name="living-taken-for-dead",
        takes_away="what a living process is at is nobody else's",
        file="bot/db/orphans.py",
        text=" AND owner NOT IN ({ALIVE})",
        instead=" AND owner NOT IN ({ALIVE} AND 1 = 0)",
        caught_by=("test_taking_over::test_what_a_living_process_is_at_is_nobody_elses",),
    ),
    Mutant(
        name="read-back-too-soon",
        takes_away="what is read back waits until a cut request can no longer be carried out",
        file="bot/db/orphans.py",
        text='    wait_us = settle_us if row["klass"] == Class.D else 0\n',
        instead='    wait_us = settle_us if row["klass"] == Class.E else 0\n',
        caught_by=(
            "test_taking_over::"
            "test_what_is_read_back_waits_until_a_cut_request_can_no_longer_be_carried_out",
        ),
    ),
    Mutant(
        name="pause-ignored",
        takes_away="while all sending is paused nothing is claimed",
        file="bot/perform.py",
        text="        if self._stopped:\n            return missed, []\n",
        instead="",
        caught_by=("test_taking_over::test_while_all_sending_is_paused_nothing_is_claimed",),
    ),
)
