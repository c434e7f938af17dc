//! Apache Parquet, by the crate of the Apache project, row after row.

mod value;

use std::any::Any;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};

use parquet::basic::{ConvertedType, Repetition};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;
use parquet::record::reader::RowIter;
use parquet::schema::types::Type;

use super::csv::names;
use super::row::Fields;
use super::{Broken, Next, Rows};
use value::Leaf;

/// The first bytes of a Parquet file, and the last.
pub(super) const MAGIC: &[u8; 4] = b"PAR1";

/// A column chunk that unpacks to more than this and to more than 200 times its size is refused.
const HARMLESS_BYTES: i64 = 100 << 20;

/// Rows of a Parquet file.
pub(super) struct Parquet {
    rows: RowIter<'static>,
    shapes: Vec<Shape>,
    columns: Vec<String>,
    fields: Fields,
    number: i64,
    rows_total: i64,
    bytes: u64,
}

/// What a field of the schema becomes.
enum Shape {
    Leaf(Leaf),
    /// A column for each of its fields.
    Group(Vec<Shape>),
    /// A list or map, as JSON.
    Json,
}

impl Parquet {
    /// # Errors
    /// A sentence: `file` is no Parquet, is damaged, or has a column that cannot be text.
    pub(super) fn open(file: File) -> Result<Self, Broken> {
        let about = file.metadata().map_err(|e| super::unpack::unreadable(&e))?;
        if about.is_dir() {
            return Err(Broken("This is a folder. Choose a file in it.".to_owned()));
        }
        let reader = guarded(|| SerializedFileReader::new(file))?.map_err(|e| {
            Broken(format!(
                "The file is not Parquet, or it is cut off or damaged ({e})."
            ))
        })?;
        let about_rows = reader.metadata();
        for chunk in about_rows.row_groups().iter().flat_map(|g| g.columns()) {
            let (packed, unpacked) = (chunk.compressed_size(), chunk.uncompressed_size());
            if unpacked > HARMLESS_BYTES && unpacked / 200 > packed {
                return Err(Broken(format!(
                    "The column {} unpacks to more than 200 times its size: that is no list, but made to \
                     fill the memory.",
                    chunk.column_path().string()
                )));
            }
        }
        let schema = about_rows.file_metadata().schema_descr_ptr();
        let rows_total = about_rows.file_metadata().num_rows();
        let mut columns = Vec::new();
        let mut shapes = Vec::new();
        for field in schema.root_schema().get_fields() {
            shapes.push(shape(field, "", &mut columns)?);
        }
        Ok(Self {
            rows: RowIter::from_file_into(Box::new(reader)),
            shapes,
            columns: names(&columns)?,
            fields: Fields::default(),
            number: 0,
            rows_total,
            bytes: about.len(),
        })
    }
}

fn shape(field: &Type, within: &str, columns: &mut Vec<String>) -> Result<Shape, Broken> {
    let name = match within {
        "" => field.name().to_owned(),
        within => format!("{within}.{}", field.name()),
    };
    let info = field.get_basic_info();
    let repeated = info.has_repetition() && info.repetition() == Repetition::REPEATED;
    match info.converted_type() {
        ConvertedType::INTERVAL => {
            return Err(Broken(format!(
                "The column {name} holds intervals, which are not read. Leave it out."
            )));
        }
        ConvertedType::LIST | ConvertedType::MAP | ConvertedType::MAP_KEY_VALUE => {
            columns.push(name);
            return Ok(Shape::Json);
        }
        _ if repeated => {
            columns.push(name);
            return Ok(Shape::Json);
        }
        _ => {}
    }
    if field.is_primitive() {
        columns.push(name);
        return Ok(Shape::Leaf(Leaf::of(field)));
    }
    let children = field.get_fields().iter().map(|f| shape(f, &name, columns));
    Ok(Shape::Group(children.collect::<Result<_, _>>()?))
}

/// The crate panics on some files that are not as they must be.
fn guarded<T>(read: impl FnOnce() -> T) -> Result<T, Broken> {
    catch_unwind(AssertUnwindSafe(read)).map_err(|_: Box<dyn Any + Send>| {
        Broken("The Parquet file is damaged: it cannot be read on.".to_owned())
    })
}

impl Rows for Parquet {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn next(&mut self) -> Result<Next<'_>, Broken> {
        let row = guarded(|| self.rows.next())?;
        let Some(row) = row else {
            return Ok(Next::End);
        };
        self.number += 1;
        let row = row.map_err(|e| {
            let n = self.number;
            Broken(format!(
                "The Parquet file is damaged in or after row {n} ({e})."
            ))
        })?;
        self.fields.clear();
        let mut problem = None;
        for ((_, field), shape) in row.get_column_iter().zip(&self.shapes) {
            write(field, shape, &mut self.fields, &mut problem);
        }
        if let Some((column, reason)) = problem {
            return Ok(Next::Bad {
                line: self.number,
                field: self.columns.get(column).cloned(),
                reason: reason.to_owned(),
                raw: b"",
            });
        }
        Ok(Next::Row(self.fields.row(self.number)))
    }

    /// By the share of rows that were read.
    fn bytes_read(&self) -> u64 {
        let part = |n: i64| u128::from(n.unsigned_abs());
        let read = u128::from(self.bytes) * part(self.number) / part(self.rows_total).max(1);
        u64::try_from(read).unwrap_or(self.bytes).min(self.bytes)
    }
}

/// Writes the columns of `field`; the first that cannot be text is the problem of the row.
fn write(
    field: &Field,
    shape: &Shape,
    out: &mut Fields,
    problem: &mut Option<(usize, &'static str)>,
) {
    match (shape, field) {
        (Shape::Group(shapes), Field::Group(row)) => {
            for ((_, field), shape) in row.get_column_iter().zip(shapes) {
                write(field, shape, out, problem);
            }
        }
        (Shape::Group(shapes), _) => {
            for shape in shapes {
                write(&Field::Null, shape, out, problem);
            }
        }
        (_, Field::Null) => out.push(None),
        (Shape::Json, field) => {
            let mut json = String::new();
            value::write_json(field, &mut json);
            out.push(Some(&json));
        }
        (Shape::Leaf(leaf), field) => {
            let column = out.len();
            if let Err(reason) = out.write(|text| leaf.write(field, text)) {
                problem.get_or_insert((column, reason));
            }
        }
    }
}
