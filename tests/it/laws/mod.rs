//! One rule of law or promise for each file; its first line states the rule, and each shows that the
//! wrong reading gives another answer.

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
mod more_holidays_never_make_it_earlier;
mod no_friday_substitute_in_colorado;
mod union_calendar_is_not_used;
mod weekend_trigger_is_not_shifted;
mod werktag_is_not_business_day;
