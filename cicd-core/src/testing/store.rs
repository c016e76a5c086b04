//! The store contract, one case for each of its sentences. See [`Store`](crate::port::Store).

mod cancel;
mod chains;
mod commits;
mod conflicts;
mod dump;
mod filters;
mod fixture;
mod leases;
mod lists;
mod outcomes;
mod pages;
mod refusals;
mod reopen;
mod snapshots;
mod standings;
mod tenants;
mod token_uses;
mod topics;
mod work;
mod world;

pub use dump::{Dump, dump};
pub use fixture::{Fixture, StoreClock};

use futures_util::future::BoxFuture;

type Case = fn(Fixture) -> BoxFuture<'static, ()>;

/// Lists every case once: the table that [`run_all`] runs, and the tests that `store_conformance!` writes.
macro_rules! cases {
    ($d:tt $($room:ident { $($case:ident)+ })+) => {
        const CASES: &[(&str, Case)] = &[$($((stringify!($case), |fixture| Box::pin($room::$case(fixture))),)+)+];

        /// Writes one test for each case of the store contract. The factory is a function or closure without arguments whose
        /// future gives a [`Fixture`](crate::testing::store::Fixture) with an empty store; the crate needs `tokio` with the
        /// features `macros` and `rt-multi-thread`.
        ///
        /// ```ignore
        /// cicd_core::store_conformance!(|| async { Fixture::of_memory() });
        /// ```
        #[macro_export]
        macro_rules! store_conformance {
            ($d factory:expr) => {
                $($(
                    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                    async fn $case() {
                        $d crate::testing::store::run_case(stringify!($case), ($d factory)().await).await;
                    }
                )+)+
            };
        }
    };
}

cases! { $
    commits {
        a_commit_answers_what_a_load_then_reads
        a_commit_stamps_times_and_versions
        every_kind_of_row_can_be_written_and_read
        a_release_is_the_fold_of_its_events
        a_run_is_the_fold_of_its_events
        deleted_rows_are_gone
        a_row_may_come_back_after_its_deletion
        every_revision_is_kept
        a_governance_change_moves_the_epoch_by_one
        a_token_is_found_by_its_hash
        of_two_deliveries_with_one_mark_the_second_is_stale
    }
    refusals {
        a_write_of_another_version_is_stale
        what_was_relied_on_is_stale
        absence_can_be_relied_on
        the_first_stale_key_is_named
        a_moved_governance_refuses_what_relied_on_it
        a_change_without_its_lease_is_refused
        a_second_start_finds_the_slot_occupied
        the_slot_is_free_when_the_rollout_is_over
        each_deployment_has_its_own_slot
        events_that_do_not_follow_are_invalid
        what_the_ledger_does_not_record_is_invalid
        a_row_is_written_once_in_a_change
        checks_come_in_the_documented_order
        refused_commits_leave_nothing_behind
    }
    outcomes {
        a_repeated_operation_answers_its_first_outcome
        another_fingerprint_is_shown_to_the_caller
        other_callers_and_operations_are_other_keys
        a_load_brings_the_outcome
        a_refused_change_stores_no_outcome
        a_deleted_row_is_null_as_an_outcome
        outcomes_are_kept_for_a_day
    }
    conflicts {
        one_of_many_writers_wins
        one_of_many_first_writers_wins
        one_of_many_starts_wins
        one_of_many_repeats_wins
        writers_that_load_again_all_get_through
        nothing_commits_under_an_older_governance
        chains_have_no_gaps_under_load
    }
    standings {
        standings_are_what_loads_bring
        standings_are_of_one_tenant
    }
    chains {
        events_keep_the_order_of_their_change
        both_chains_verify
        denials_go_to_the_security_chain
        time_does_not_go_back_with_the_clock
        the_clock_is_the_stores
        events_come_in_both_orders
        events_can_be_asked_for_by_what_they_are_about
    }
    topics {
        events_about_several_things_come_once_and_in_order
        what_governs_is_a_topic
        events_can_be_asked_for_by_actor
        events_end_where_they_are_asked_to
    }
    lists {
        releases_come_newest_first
        runs_come_newest_first
        other_rows_come_by_their_keys
        releases_are_filtered
        runs_and_deployments_are_filtered
        the_ledger_comes_newest_first
        revisions_come_newest_first
        deliveries_come_newest_first_and_by_their_age
    }
    filters {
        releases_are_filtered_by_requester_and_artifact
        runs_are_filtered_by_ref_and_commit
        births_can_be_limited_and_come_in_both_orders
    }
    pages {
        the_pages_are_the_list
        new_rows_move_no_page
        a_page_outlives_the_row_that_it_ended_with
        only_what_a_page_gave_begins_a_page
    }
    snapshots {
        a_release_brings_what_decides_about_it
        a_run_brings_its_service
        revisions_count_on_after_a_deletion
        what_is_not_there_is_none
        who_waits_comes_first_come_first
        the_latest_executed_is_the_last_one_started
        the_ledger_says_what_was_withdrawn
        the_ledger_of_a_load_is_bounded
        freezes_and_locks_that_are_over_are_left_out
        a_rollback_brings_what_it_undoes
        grants_come_with_their_epoch
    }
    leases {
        due_work_goes_to_one_worker
        many_workers_share_the_work
        the_longest_due_comes_first
        a_claim_takes_no_more_than_asked
        a_lease_ends_by_the_stores_clock
        a_renewed_lease_holds_longer
        epochs_grow_with_every_claim
        a_stale_lease_can_do_nothing
        a_load_shows_the_lease
        leases_touch_no_state
    }
    work {
        commits_say_when_work_is_due
        commits_leave_the_lease_as_it_is
        what_is_over_is_never_claimed
        released_work_waits_until_it_was_asked_for
        a_commit_after_the_release_decides_anew
        acknowledged_work_is_due_when_the_last_commit_said
    }
    token_uses {
        the_last_use_of_a_token_is_known
        a_use_touches_no_state
        uses_are_of_one_tenant
    }
    tenants {
        tenants_see_nothing_of_each_other
        the_same_ids_live_in_two_tenants
        another_tenants_versions_and_leases_count_for_nothing
        tenants_with_events_are_listed
    }
    cancel {
        a_dropped_commit_is_whole_or_nothing
    }
    reopen {
        what_was_answered_survives
        epochs_survive
    }
}

/// Runs the case `name`.
///
/// # Panics
/// When the store breaks the contract, or there is no such case.
pub async fn run_case(name: &str, fixture: Fixture) {
    let case = CASES.iter().find(|(case, _)| *case == name).map(|(_, run)| run);
    case.unwrap_or_else(|| panic!("`{name}` is no case"))(fixture).await;
}

/// Runs every case, each on a fresh fixture, and gives their names.
///
/// # Panics
/// When the store breaks the contract.
pub async fn run_all(factory: impl AsyncFn() -> Fixture) -> Vec<&'static str> {
    let mut names = Vec::with_capacity(CASES.len());
    for (name, run) in CASES {
        run(factory().await).await;
        names.push(*name);
    }
    names
}
