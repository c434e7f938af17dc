//! The people of the lists that are imported, in random order, as a company's export has them.

use std::io::{BufWriter, Write as _};
use std::path::Path;

use super::scatter::key;

/// One of them.
#[derive(Debug)]
pub struct Person {
    pub id: String,
    pub email: String,
    pub country: &'static str,
    pub state: &'static str,
    pub birth_year: u64,
}

/// The person of a number.
pub fn person(n: u64) -> Person {
    const PLACES: [(&str, &str); 6] = [
        ("AT", ""),
        ("DE", ""),
        ("US", "CO"),
        ("US", "TX"),
        ("CH", ""),
        ("BR", ""),
    ];
    let id = format!("usr_{}", hex::encode(&key(n)[..8]));
    let (country, state) = PLACES[usize::try_from(n % 6).unwrap()];
    Person {
        email: format!("{id}@mail.example"),
        id,
        country,
        state,
        birth_year: 1950 + n % 50,
    }
}

/// Writes a list of people with one column more, unless it is there from an earlier run.
pub fn write(path: &Path, people: usize, column: &str, value: impl Fn(u64) -> String) {
    if path.exists() {
        return;
    }
    let part = path.with_extension("part");
    let mut file = BufWriter::new(std::fs::File::create(&part).unwrap());
    writeln!(file, "user_id,email,lang,country,state,birth_year,{column}").unwrap();
    for n in 0..u64::try_from(people).unwrap() {
        let p = person(n);
        writeln!(
            file,
            "{},{},de,{},{},{},{}",
            p.id,
            p.email,
            p.country,
            p.state,
            p.birth_year,
            value(n)
        )
        .unwrap();
    }
    file.flush().unwrap();
    std::fs::rename(&part, path).unwrap();
}
