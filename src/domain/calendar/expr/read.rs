//! Reads the text of a date expression.
//!
//! Always holds: either the whole text is understood, or the answer is a sentence about the part that
//! is not.

use chrono::{NaiveDate, Weekday};

use super::{Base, Expr, Side, parse_weekday};

/// Largest number of days that may be added to or taken from a base date.
///
/// A rule is evaluated for the year before and after the wanted one, so a longer reach could lose
/// a date silently.
const OFFSET_DAYS_MAX: i32 = 300;

/// How deep expressions in parentheses may nest.
const DEPTH_MAX: u8 = 4;

pub(super) fn read(text: &str) -> Result<Expr, String> {
    let mut reader = Reader {
        rest: text.trim(),
        depth: 0,
    };
    let expr = reader.expr()?;
    if reader.rest.is_empty() {
        Ok(expr)
    } else {
        Err(format!(
            "\"{}\" is left over after a complete date expression",
            reader.rest
        ))
    }
}

/// A recursive-descent reader over the rest of the text.
struct Reader<'a> {
    rest: &'a str,
    depth: u8,
}

impl Reader<'_> {
    fn expr(&mut self) -> Result<Expr, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(format!("parentheses nest deeper than {DEPTH_MAX}"));
        }
        let base = self.base()?;
        let days = self.offset()?;
        self.depth -= 1;
        Ok(Expr { base, days })
    }

    fn base(&mut self) -> Result<Base, String> {
        if self.eat("@") {
            let name = self.take_while(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
            // "@equinox-2" would be ambiguous with an offset, so names end in a letter.
            return if name.ends_with(|c: char| c.is_ascii_alphabetic()) {
                Ok(Base::Table(name))
            } else {
                Err(format!(
                    "\"@{name}\" is not a table name; it must end in a letter"
                ))
            };
        }
        if self.eat("easter") {
            return Ok(Base::Easter);
        }
        if self.eat("orthodox") {
            return Ok(Base::Orthodox);
        }
        match self.rest.get(..3).and_then(parse_weekday) {
            Some(weekday) => {
                self.rest = &self.rest[3..];
                self.weekday(weekday)
            }
            None => self.month_day(),
        }
    }

    fn weekday(&mut self, weekday: Weekday) -> Result<Base, String> {
        if self.eat("#") {
            let sign = if self.eat("-") { -1 } else { 1 };
            let n = self.number(1, 1, 5)?;
            if !self.eat("/") {
                return Err("write the month after a slash, as in mon#3/01".to_owned());
            }
            let month = self.number(2, 1, 12)?;
            let n = sign * i8::try_from(n).map_err(|error| error.to_string())?;
            return Ok(Base::Nth { weekday, n, month });
        }
        let side = if self.eat(">=") {
            Side::OnOrAfter
        } else if self.eat(">") {
            Side::After
        } else if self.eat("<=") {
            Side::OnOrBefore
        } else if self.eat("<") {
            Side::Before
        } else {
            return Err("after a weekday write #n/MM, or >=, >, <=, < and a date".to_owned());
        };
        let of = if self.eat("(") {
            let inner = self.expr()?;
            if !self.eat(")") {
                return Err("a closing parenthesis is missing".to_owned());
            }
            inner
        } else {
            Expr {
                base: self.month_day()?,
                days: 0,
            }
        };
        Ok(Base::Near {
            weekday,
            side,
            of: Box::new(of),
        })
    }

    fn month_day(&mut self) -> Result<Base, String> {
        let start = self.rest;
        let month = self.number(2, 1, 12);
        let (Ok(month), true) = (month, self.eat("-")) else {
            return Err(format!(
                "\"{start}\" does not begin with MM-DD, easter, orthodox, a weekday or @table"
            ));
        };
        let day = self.number(2, 1, 31)?;
        // 2000 is a leap year, so 29 February is allowed and simply absent in other years.
        if NaiveDate::from_ymd_opt(2000, month, day).is_none() {
            return Err(format!("{month:02}-{day:02} is in no year's calendar"));
        }
        Ok(Base::Fixed { month, day })
    }

    fn offset(&mut self) -> Result<i32, String> {
        let sign = if self.eat("+") {
            1
        } else if self.eat("-") {
            -1
        } else {
            return Ok(0);
        };
        let digits = self.take_while(|c| c.is_ascii_digit());
        match digits.parse::<i32>() {
            Ok(days) if days <= OFFSET_DAYS_MAX => Ok(sign * days),
            _ => Err(format!(
                "\"{digits}\" is not a number of days from 0 to {OFFSET_DAYS_MAX}"
            )),
        }
    }

    /// Exactly `width` digits whose value lies in `min..=max`.
    fn number(&mut self, width: usize, min: u32, max: u32) -> Result<u32, String> {
        let digits = self.rest.get(..width).unwrap_or(self.rest);
        let plain = digits.len() == width && digits.bytes().all(|byte| byte.is_ascii_digit());
        let value = if plain { digits.parse().ok() } else { None };
        match value {
            Some(value) if (min..=max).contains(&value) => {
                self.rest = &self.rest[width..];
                Ok(value)
            }
            _ => Err(format!(
                "\"{digits}\" should be {width} digits from {min} to {max}"
            )),
        }
    }

    fn eat(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn take_while(&mut self, keep: impl Fn(char) -> bool) -> String {
        let end = self.rest.find(|c| !keep(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken.to_owned()
    }
}
