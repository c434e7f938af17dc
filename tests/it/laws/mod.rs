//! One rule of law or promise for each file; its first line states the rule, and each shows that the
//! wrong reading gives another answer.

pub(crate) mod made;

mod a_hold_stops_only_what_it_may;
mod an_unknown_year_is_an_error;
mod cabrini_day_not_columbus;
mod day_zero_is_excluded;
mod detection_is_not_awareness;
mod earlier_controller_governs;
mod end_of_day_is_midnight;
mod good_friday_counts_in_austria;
mod hours_are_elapsed_across_dst;
mod hours_do_not_roll_over_a_holiday;
mod literal_reading_is_shown_not_used;
mod months_end_on_the_same_number;
mod more_holidays_never_make_it_earlier;
mod no_friday_substitute_in_colorado;
mod no_number_is_invented;
mod noon_of_the_next_working_day;
mod roll_over_is_only_arguable;
mod sixty_days_after_the_year;
mod the_cap_governs_or_falls_away;
mod the_cutoff_itself_is_on_time;
mod the_disputed_reading_is_never_chosen;
mod the_earliest_fact_stands_in;
mod the_law_of_the_anchors_day;
mod the_seat_binds;
mod three_values_in_their_order;
mod union_calendar_is_not_used;
mod weekend_trigger_is_not_shifted;
mod werktag_is_not_business_day;
