//! Twelve small months with what each day is.
//!
//! Always holds: what a sign says is in the lists below the months too, and in words for a reader who
//! does not see signs.

use chrono::{Datelike as _, Month, NaiveDate};
use maud::{Markup, html};

use crate::domain::calendar::{Calendar, CalendarError, Look, Seeming, weeks};

/// One day of a month.
#[derive(Clone, Debug)]
struct Day {
    date: NaiveDate,
    look: Look,
    /// What it is called, if it is called something.
    name: Option<String>,
    seeming: bool,
}

/// A month with its weeks, Monday first.
#[derive(Clone, Debug)]
struct Grid {
    name: &'static str,
    weeks: Vec<[Option<Day>; 7]>,
    business: usize,
}

/// A year of a calendar.
#[derive(Clone, Debug)]
pub(super) struct Year {
    /// Which one.
    pub number: i32,
    months: Vec<Grid>,
    free: Vec<(NaiveDate, String, bool)>,
    worked: Vec<(NaiveDate, String)>,
    seeming: Vec<Seeming>,
    today: NaiveDate,
}

impl Year {
    /// Looks at `number` in `calendar`.
    ///
    /// # Errors
    /// When it is not one of the valid years.
    pub fn of(calendar: &Calendar, number: i32, today: NaiveDate) -> Result<Self, CalendarError> {
        let day = |month, day| NaiveDate::from_ymd_opt(number, month, day);
        let from = day(1, 1).unwrap_or(NaiveDate::MAX);
        let to = day(12, 31).unwrap_or(NaiveDate::MAX);
        let seeming = calendar.seeming(from, to)?;
        let mut months = Vec::new();
        let mut worked = Vec::new();
        for month in 1..=12_u8 {
            let mut grid = Grid {
                name: Month::try_from(month).map_or("", |month| month.name()),
                weeks: Vec::new(),
                business: 0,
            };
            for week in weeks(number, month.into()) {
                let mut days: [Option<Day>; 7] = Default::default();
                for (place, date) in days.iter_mut().zip(week) {
                    let Some(date) = date else { continue };
                    let look = calendar.look(date)?;
                    grid.business += usize::from(matches!(look, Look::Business | Look::Worked));
                    if let (Look::Worked, Some(why)) = (look, calendar.opened(date)) {
                        worked.push((date, why.to_owned()));
                    }
                    let not_free = seeming.iter().find(|one| one.date == date);
                    let name = match look {
                        Look::Worked => calendar.opened(date).map(str::to_owned),
                        _ => calendar.holiday(date).map(str::to_owned),
                    };
                    *place = Some(Day {
                        date,
                        look,
                        seeming: not_free.is_some(),
                        name: name
                            .or_else(|| not_free.map(|one| format!("not free: {}", one.name))),
                    });
                }
                grid.weeks.push(days);
            }
            months.push(grid);
        }
        let free = calendar
            .holidays(from, to)?
            .into_iter()
            .map(|(date, name)| (date, name.to_owned(), calendar.is_weekend(date)))
            .collect();
        Ok(Self {
            number,
            months,
            free,
            worked,
            seeming,
            today,
        })
    }

    fn business(&self) -> usize {
        self.months.iter().map(|month| month.business).sum()
    }

    /// The months, and what the signs mean.
    pub fn months(&self) -> Markup {
        html! {
            div.year { @for month in &self.months { (self.month(month)) } }
            p.small.legend {
                (self.business()) " business days in " (self.number) ". "
                "A filled day is free" @if !self.worked.is_empty() { ", one with a thick line is worked all the same" }
                @if !self.seeming.is_empty() { ", one with a broken line is counted although many take it off" }
                @if self.today.year() == self.number { "; today has a ring" }
                "."
            }
        }
    }

    fn month(&self, month: &Grid) -> Markup {
        html! {
            table.month {
                caption { strong { (month.name) } " " span.small { (month.business) } span.sr { " business days" } }
                thead {
                    tr {
                        @for (short, whole) in WEEKDAYS { th scope="col" abbr=(whole) { (short) } }
                    }
                }
                tbody {
                    @for week in &month.weeks {
                        tr { @for day in week { (self.day(day.as_ref())) } }
                    }
                }
            }
        }
    }

    fn day(&self, day: Option<&Day>) -> Markup {
        let Some(day) = day else {
            return html! { td {} };
        };
        html! {
            td.free[day.look == Look::Free]
                .weekend[day.look == Look::Weekend]
                .worked[day.look == Look::Worked]
                .seeming[day.seeming]
                .today[day.date == self.today]
                title=[day.name.as_deref()] {
                (day.date.day())
                @if let Some(name) = &day.name { span.sr { ", " (name) } }
            }
        }
    }

    /// The days by name: free, worked, and those that only seem free.
    pub fn lists(&self) -> Markup {
        let date = |date: &NaiveDate| date.format("%a %-d %b").to_string();
        html! {
            div.columns {
                section.sheet aria-labelledby="free-h" {
                    h2 #free-h { "Free days" }
                    @if self.free.is_empty() { p { "There is none in this year." } }
                    @else {
                        dl.days {
                            @for (day, name, weekend) in &self.free {
                                dt { (date(day)) }
                                dd { (name) @if *weekend { span.small { " · on a weekend" } } }
                            }
                        }
                    }
                }
                div {
                    @if !self.worked.is_empty() {
                        section.sheet aria-labelledby="worked-h" {
                            h2 #worked-h { "Worked all the same" }
                            dl.days {
                                @for (day, why) in &self.worked { dt { (date(day)) } dd { (why) } }
                            }
                        }
                    }
                    @if !self.seeming.is_empty() {
                        section.sheet aria-labelledby="seeming-h" {
                            h2 #seeming-h { "Not free, and counted" }
                            dl.days {
                                @for one in &self.seeming {
                                    dt { (date(&one.date)) }
                                    dd { (one.name) span.small { " · " (one.kind.words()) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

const WEEKDAYS: [(&str, &str); 7] = [
    ("Mo", "Monday"),
    ("Tu", "Tuesday"),
    ("We", "Wednesday"),
    ("Th", "Thursday"),
    ("Fr", "Friday"),
    ("Sa", "Saturday"),
    ("Su", "Sunday"),
];
