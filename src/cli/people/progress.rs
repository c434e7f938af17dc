//! How far a reading is, while it goes on.

use std::io::{self, IsTerminal as _, Write};
use std::time::{Duration, Instant};

use crate::service::source::Progress;
use crate::store::source::Status;

/// How often the source is looked at.
pub(super) const LOOK: Duration = Duration::from_millis(500);
/// How often a line is written where it cannot be written over.
const LINE: Duration = Duration::from_secs(5);

/// Shows progress: on a terminal one line that is written over, elsewhere a line now and then.
pub(super) struct Shown {
    terminal: bool,
    last: Option<Instant>,
    wide: usize,
}

impl Shown {
    pub(super) fn new() -> Self {
        Self {
            terminal: io::stderr().is_terminal(),
            last: None,
            wide: 0,
        }
    }

    /// How far it is now.
    pub(super) fn show(&mut self, progress: &Progress, err: &mut dyn Write) -> io::Result<()> {
        let text = text(progress);
        if self.terminal {
            let chars = text.chars().count();
            let wide = self.wide.max(chars);
            self.wide = chars;
            write!(err, "\r{text:<wide$}")?;
            return err.flush();
        }
        if self.last.is_none_or(|last| last.elapsed() >= LINE) {
            self.last = Some(Instant::now());
            writeln!(err, "{text}")?;
        }
        Ok(())
    }

    /// What follows stands on a line of its own.
    pub(super) fn end(&mut self, err: &mut dyn Write) -> io::Result<()> {
        if self.wide > 0 {
            writeln!(err)?;
        }
        Ok(())
    }
}

fn text(p: &Progress) -> String {
    let (what, n) = match p.status {
        Status::Loading => ("records put into the database", p.done),
        _ => ("rows read", p.rows),
    };
    let percent = p.percent().map(|n| format!(" ({n} %)"));
    let rate = p.per_second.map(|n| format!(", {n} a second"));
    let left = p.seconds_left.map(|s| format!(", {} left", time(s)));
    [percent, rate, left]
        .into_iter()
        .flatten()
        .fold(format!("{n} {what}"), |all, one| all + &one)
}

fn time(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_much_how_fast_and_how_long() {
        let mut p = Progress {
            status: Status::Reading,
            rows: 250_000,
            done: 30,
            total: Some(120),
            per_second: Some(90_000),
            seconds_left: Some(125),
        };
        assert_eq!(
            text(&p),
            "250000 rows read (25 %), 90000 a second, 2 min 5 s left"
        );
        p.status = Status::Loading;
        p.per_second = None;
        p.seconds_left = Some(3_720);
        assert_eq!(
            text(&p),
            "30 records put into the database (25 %), 1 h 2 min left"
        );
        p.total = None;
        p.seconds_left = None;
        assert_eq!(text(&p), "30 records put into the database");
    }
}
