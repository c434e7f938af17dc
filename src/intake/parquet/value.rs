//! Values of Parquet as plain text: dates and times as ISO 8601, decimals with all their digits.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta};
use parquet::basic::{LogicalType, TimeUnit, Type as Physical};
use parquet::data_type::{ByteArray, Decimal};
use parquet::record::Field;
use parquet::schema::types::Type;

use super::super::json::scan::write_string;

/// What a field's type says beyond the value itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Leaf {
    /// Times are instants, and not readings of some clock.
    utc: bool,
    /// The number counts nanoseconds.
    nanos: Option<Nanos>,
    uuid: bool,
    /// Bytes of one length are no text even where they happen to look like it.
    fixed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nanos {
    SinceEpoch,
    SinceMidnight,
}

type Written = Result<(), &'static str>;

const BINARY: &str = "The field holds bytes that are no text. Export it as text.";
const OUT_OF_RANGE: &str = "The field holds a date or time beyond what a calendar has.";

impl Leaf {
    pub(super) fn of(field: &Type) -> Self {
        let info = field.get_basic_info();
        let nanos = |unit: &TimeUnit, what| (*unit == TimeUnit::NANOS).then_some(what);
        let mut leaf = Self {
            fixed: field.get_physical_type() == Physical::FIXED_LEN_BYTE_ARRAY,
            // Without a logical type, old writers' TIMESTAMP_MILLIS and _MICROS are UTC.
            utc: true,
            ..Self::default()
        };
        match info.logical_type_ref() {
            Some(LogicalType::Timestamp(t)) => {
                leaf.utc = t.is_adjusted_to_u_t_c;
                leaf.nanos = nanos(&t.unit, Nanos::SinceEpoch);
            }
            Some(LogicalType::Time(t)) => leaf.nanos = nanos(&t.unit, Nanos::SinceMidnight),
            Some(LogicalType::Uuid) => leaf.uuid = true,
            _ => {}
        }
        // Writers of INT96 kept what the clock on their wall showed, most of them in UTC.
        if field.get_physical_type() == Physical::INT96 {
            leaf.utc = false;
        }
        leaf
    }

    /// Writes `field`, which is no null and no group.
    pub(super) fn write(self, field: &Field, out: &mut String) -> Written {
        match field {
            Field::Long(n) => match self.nanos {
                Some(Nanos::SinceEpoch) => self.timestamp(DateTime::from_timestamp_nanos(*n), out),
                Some(Nanos::SinceMidnight) => time(TimeDelta::nanoseconds(*n), out),
                None => plain(n, out),
            },
            Field::Bool(v) => plain(v, out),
            Field::Byte(v) => plain(v, out),
            Field::Short(v) => plain(v, out),
            Field::Int(v) => plain(v, out),
            Field::UByte(v) => plain(v, out),
            Field::UShort(v) => plain(v, out),
            Field::UInt(v) => plain(v, out),
            Field::ULong(v) => plain(v, out),
            Field::Float16(v) => plain(v, out),
            Field::Float(v) => plain(v, out),
            Field::Double(v) => plain(v, out),
            Field::Decimal(v) => decimal(v, out),
            Field::Str(text) if text.contains('\0') => {
                Err("The field has a NUL character in it, which no text has.")
            }
            Field::Str(text) => plain(text, out),
            Field::Bytes(bytes) => self.bytes(bytes, out),
            Field::Date(days) => date(*days, out),
            Field::TimeMillis(n) => time(TimeDelta::milliseconds(i64::from(*n)), out),
            Field::TimeMicros(n) => time(TimeDelta::microseconds(*n), out),
            Field::TimestampMillis(n) => self.timestamp(
                DateTime::from_timestamp_millis(*n).ok_or(OUT_OF_RANGE)?,
                out,
            ),
            Field::TimestampMicros(n) => self.timestamp(
                DateTime::from_timestamp_micros(*n).ok_or(OUT_OF_RANGE)?,
                out,
            ),
            Field::Null | Field::Group(_) | Field::ListInternal(_) | Field::MapInternal(_) => {
                write_json(field, out);
                Ok(())
            }
        }
    }

    fn timestamp(self, at: DateTime<chrono::Utc>, out: &mut String) -> Written {
        plain(&at.naive_utc().format("%Y-%m-%dT%H:%M:%S%.f"), out)?;
        if self.utc {
            out.push('Z');
        }
        Ok(())
    }

    fn bytes(self, bytes: &ByteArray, out: &mut String) -> Written {
        let bytes = bytes.data();
        if self.uuid {
            return plain(&uuid::Uuid::from_slice(bytes).map_err(|_| BINARY)?, out);
        }
        if self.fixed {
            return plain(&hex::encode(bytes), out);
        }
        match std::str::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => plain(&text, out),
            _ => Err(BINARY),
        }
    }
}

fn plain(value: &impl std::fmt::Display, out: &mut String) -> Written {
    write!(out, "{value}").map_err(|_| OUT_OF_RANGE)
}

fn date(days: i32, out: &mut String) -> Written {
    let date = NaiveDate::default().checked_add_signed(TimeDelta::days(i64::from(days)));
    plain(&date.ok_or(OUT_OF_RANGE)?, out)
}

fn time(since_midnight: TimeDelta, out: &mut String) -> Written {
    let (time, days) = NaiveTime::MIN.overflowing_add_signed(since_midnight);
    if days != 0 {
        return Err(OUT_OF_RANGE);
    }
    plain(&time, out)
}

/// An unscaled big-endian number and where its point stands.
fn decimal(value: &Decimal, out: &mut String) -> Written {
    const TOO_LONG: &str = "The field holds a decimal number of more than 38 digits.";
    let bytes = value.data();
    let first = *bytes.first().ok_or(TOO_LONG)?;
    let mut wide = [if first & 0x80 == 0 { 0 } else { 0xff }; 16];
    let from = 16_usize.checked_sub(bytes.len()).ok_or(TOO_LONG)?;
    wide[from..].copy_from_slice(bytes);
    let number = i128::from_be_bytes(wide);
    let scale = usize::try_from(value.scale()).map_err(|_| TOO_LONG)?;
    let digits = format!("{:0>width$}", number.unsigned_abs(), width = scale + 1);
    let (whole, part) = digits.split_at(digits.len() - scale);
    if number < 0 {
        out.push('-');
    }
    out.push_str(whole);
    if scale > 0 {
        out.push('.');
        out.push_str(part);
    }
    Ok(())
}

/// Writes any value as JSON.
pub(super) fn write_json(field: &Field, out: &mut String) {
    let list = |fields: &mut dyn Iterator<Item = &Field>, out: &mut String| {
        for (n, field) in fields.enumerate() {
            if n > 0 {
                out.push(',');
            }
            write_json(field, out);
        }
    };
    match field {
        Field::Null => out.push_str("null"),
        Field::ListInternal(all) => {
            out.push('[');
            list(&mut all.elements().iter(), out);
            out.push(']');
        }
        Field::Group(row) => {
            let mut pairs = row.get_column_iter();
            object(
                &mut pairs.by_ref().map(|(key, value)| (key.clone(), value)),
                out,
            );
        }
        Field::MapInternal(map) => {
            let key = |key: &Field| {
                let mut text = String::new();
                let _ = Leaf::default().write(key, &mut text);
                text
            };
            object(&mut map.entries().iter().map(|(k, v)| (key(k), v)), out);
        }
        Field::Bool(_)
        | Field::Byte(_)
        | Field::Short(_)
        | Field::Int(_)
        | Field::Long(_)
        | Field::UByte(_)
        | Field::UShort(_)
        | Field::UInt(_)
        | Field::ULong(_)
        | Field::Decimal(_) => {
            let _ = Leaf::default().write(field, out);
        }
        other => {
            let mut text = String::new();
            if Leaf::default().write(other, &mut text).is_err() {
                return out.push_str("null");
            }
            write_string(out, &text);
        }
    }
}

fn object(pairs: &mut dyn Iterator<Item = (String, &Field)>, out: &mut String) {
    out.push('{');
    for (n, (key, value)) in pairs.enumerate() {
        if n > 0 {
            out.push(',');
        }
        write_string(out, &key);
        out.push(':');
        write_json(value, out);
    }
    out.push('}');
}
