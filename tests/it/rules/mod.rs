//! What the product promises about facts, people and notices, at the level of the use-cases.

mod a_closed_incident_can_still_lose_its_notice;
mod a_correction_keeps_what_it_corrects;
mod a_day_set_by_hand_moves_every_open_deadline;
mod a_hold_stops_only_what_its_law_lets_it_stop;
mod bad_roster_files;
mod lateness_is_frozen;
mod nobody_stands_in_clear;
mod people_found_later_have_their_own_period;
mod rejected_rows_come_back;
mod staff_are_told_of_deadlines;
mod the_same_roster_twice_changes_nothing;
mod what_applies_follows_from_what_is_known;
mod what_is_kept_for_a_while_goes;
mod what_must_come_first_is_late_after;
mod what_was_thought_then_can_be_told;
mod who_leaves_the_roster_is_not_told;
mod who_wrote_it_cannot_approve_it;
