//! Random rules, calendars, controllers, facts and holds; nothing in them is the operator's.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{
    DateTime, Days, FixedOffset, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc, Weekday,
};
use chrono_tz::Tz;
use duenotice::domain::calendar::{Calendar, Calendars};
use duenotice::domain::controller::Controller;
use duenotice::domain::deadline::{self, Deadline, DeadlineError, Situation};
use duenotice::domain::fact::{Anchors, FactKind};
use duenotice::domain::hold::Hold;
use duenotice::domain::period::{Period, Unit};
use duenotice::domain::regime::{Arguable, Cap, Extension, HoldRule, Regime};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::dates::{catalog, day};

/// Zones with clock changes by an hour, by half an hour, at midnight, and with none.
const ZONES: [Tz; 8] = [
    Tz::Europe__Vienna,
    Tz::America__Denver,
    Tz::Asia__Kolkata,
    Tz::Pacific__Auckland,
    Tz::Africa__Cairo,
    Tz::Australia__Lord_Howe,
    Tz::Atlantic__Azores,
    Tz::Pacific__Honolulu,
];

/// Everything that a deadline is computed from.
#[derive(Clone)]
pub(super) struct Given {
    pub(super) rule: Regime,
    pub(super) calendars: Vec<Calendar>,
    pub(super) controllers: Vec<Controller>,
    pub(super) aware: DateTime<FixedOffset>,
    pub(super) detected: DateTime<FixedOffset>,
}

impl fmt::Debug for Given {
    /// What is random in it; the rest would be pages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "aware {} detected {}", self.aware, self.detected)?;
        let rule = &self.rule;
        writeln!(
            f,
            "{:?} {:?} {:?} {:?} {:?} in {:?} {:?}",
            rule.period,
            rule.cap,
            rule.cutoff,
            rule.latest_arguable,
            rule.extension,
            rule.calendar,
            rule.zone
        )?;
        for (controller, calendar) in self.controllers.iter().zip(&self.calendars) {
            let spec = calendar.spec();
            let (closed, open) = (spec.closed.keys(), spec.open.keys());
            writeln!(f, "{} {:?}", controller.zone, spec.weekend)?;
            writeln!(f, "  closed {:?}", closed.collect::<Vec<_>>())?;
            writeln!(f, "  open {:?}", open.collect::<Vec<_>>())?;
        }
        Ok(())
    }
}

impl Given {
    pub(super) fn compute(&self) -> Deadline {
        self.held(&[]).unwrap()
    }

    pub(super) fn held(&self, holds: &[Hold]) -> Result<Deadline, DeadlineError> {
        self.with(holds, deadline::compute_in)
    }

    pub(super) fn with<T>(
        &self,
        holds: &[Hold],
        work: impl FnOnce(&Regime, &Situation<'_>) -> T,
    ) -> T {
        let anchors = Anchors::from_iter([
            (FactKind::Aware, self.aware),
            (FactKind::Detected, self.detected),
        ]);
        let calendars: Calendars = self.calendars.iter().cloned().collect();
        work(
            &self.rule,
            &Situation {
                anchors: &anchors,
                holds,
                controllers: &self.controllers,
                calendars: &calendars,
            },
        )
    }

    pub(super) fn without_cap(mut self) -> Self {
        let mut spec = (*self.rule).clone();
        spec.cap = None;
        self.rule = Regime::new(spec);
        self
    }

    pub(super) fn is_in_months(&self) -> bool {
        self.rule.period.unwrap().unit() == Unit::Month
    }
}

pub(super) fn any_given() -> impl Strategy<Value = Given> {
    let controllers = vec(select(&ZONES[..]), 1..4);
    (
        any_rule(),
        vec(any_calendar(), 3),
        controllers,
        any_instant(),
        any_instant(),
    )
        .prop_map(|(rule, specs, zones, aware, detected)| {
            let calendars = specs.into_iter().zip(["A", "B", "C"]);
            Given {
                rule,
                calendars: calendars.map(|(one, code)| one.called(code)).collect(),
                controllers: zones
                    .into_iter()
                    .zip(["A", "B", "C"])
                    .map(|(zone, code)| controller(code, zone))
                    .collect(),
                aware,
                detected,
            }
        })
}

/// An instant in 2026 or 2027, often at or beside a full hour, written in some offset.
pub(super) fn any_instant() -> impl Strategy<Value = DateTime<FixedOffset>> {
    let beside = select(vec![0_i64, 0, -1, 1, 1800, 2047]);
    (0_i64..24 * 730, beside, -23_i32..24).prop_map(|(hour, beside, offset)| {
        let start = Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap();
        let at = start + TimeDelta::hours(hour) + TimeDelta::seconds(beside);
        at.with_timezone(&FixedOffset::east_opt(offset * 1800).unwrap())
    })
}

/// Up to three holds that have ended.
pub(super) fn any_holds() -> impl Strategy<Value = Vec<Hold>> {
    let one = (any_instant(), 1_i64..2_000).prop_map(|(from, hours)| Hold {
        authority: "police".to_owned(),
        reference: "1".to_owned(),
        oral: false,
        from,
        until: Some(from + TimeDelta::hours(hours)),
        jurisdictions: Vec::new(),
    });
    vec(one, 1..4)
}

fn controller(code: &str, zone: Tz) -> Controller {
    let mut one = catalog().operator().controllers[0].clone();
    code.clone_into(&mut one.id);
    code.clone_into(&mut one.calendar);
    one.zone = zone;
    one
}

#[derive(Clone, Debug)]
struct Free {
    base: &'static str,
    weekend: Vec<Weekday>,
    closed: Vec<u64>,
    open: Vec<u64>,
}

impl Free {
    fn called(self, code: &str) -> Calendar {
        let mut spec = catalog().calendars().get(self.base).unwrap().spec().clone();
        code.clone_into(&mut spec.code);
        spec.valid = (2025, 2029);
        spec.weekend = self.weekend;
        let days = |all: Vec<u64>, why: &str| -> BTreeMap<NaiveDate, String> {
            let day = |n| (day("2026-01-01") + Days::new(n), why.to_owned());
            all.into_iter().map(day).collect()
        };
        spec.open = days(self.open, "open by decree");
        spec.closed = days(self.closed, "closed by decree");
        spec.closed.retain(|day, _| !spec.open.contains_key(day));
        Calendar::new(spec).unwrap()
    }
}

fn any_calendar() -> impl Strategy<Value = Free> {
    use Weekday::{Fri, Sat, Sun, Thu};
    let weekends = vec![
        vec![Sat, Sun],
        vec![Fri, Sat],
        vec![Sun],
        vec![Thu, Fri, Sat],
    ];
    (
        select(vec!["AT", "US-CO"]),
        select(weekends),
        vec(0_u64..800, 0..60),
        vec(0_u64..800, 0..10),
    )
        .prop_map(|(base, weekend, closed, open)| Free {
            base,
            weekend,
            closed,
            open,
        })
}

fn any_period() -> impl Strategy<Value = Period> {
    prop_oneof![
        (1_u32..300).prop_map(|n| (n, Unit::Hour)),
        (1_u32..90).prop_map(|n| (n, Unit::CalendarDay)),
        (1_u32..40).prop_map(|n| (n, Unit::BusinessDay)),
        (1_u32..40).prop_map(|n| (n, Unit::Werktag)),
        (1_u32..7).prop_map(|n| (n, Unit::Month)),
    ]
    .prop_map(|(n, unit)| Period::new(n, unit, unit.count()).unwrap())
}

fn any_rule() -> impl Strategy<Value = Regime> {
    let of_hours = vec![
        None,
        Some(Arguable::Reg1182FullHour),
        Some(Arguable::DoraNoon),
    ];
    let of_days = vec![
        None,
        Some(Arguable::Eu1182Art34),
        Some(Arguable::DoraNoon),
        Some(Arguable::NextBusinessDay),
    ];
    (
        any_period(),
        (select(of_hours), select(of_days)),
        option::of((any_period(), any::<bool>())),
        option::of(any_period()),
        option::of((0_u32..24).prop_map(|hour| NaiveTime::from_hms_opt(hour, 30, 0).unwrap())),
        option::of(select(vec!["A", "B", "C"])),
        option::of(select(&ZONES[..])),
    )
        .prop_map(
            |(period, (of_hours, of_days), cap, extension, cutoff, calendar, zone)| {
                let mut spec = (**catalog().regime("eu_gdpr_33_1").unwrap()).clone();
                let hours = period.unit() == Unit::Hour;
                spec.period = Some(period);
                spec.latest_arguable = if hours { of_hours } else { of_days };
                spec.cap = cap.map(|(period, unless_later)| Cap {
                    anchor: FactKind::Detected,
                    period,
                    unless_later,
                });
                spec.extension = extension.map(|period| Extension {
                    period,
                    why: "on request".to_owned(),
                });
                spec.cutoff = cutoff.filter(|_| !hours);
                spec.calendar = calendar.map(str::to_owned);
                spec.zone = zone;
                spec.hold = Some(HoldRule::default());
                Regime::new(spec)
            },
        )
}
