//! A query with named parameters, and what the server gets of it.

use super::guard::only_reads;
use super::lex::{Token, pieces};
use super::{Broken, Engine, Params};

/// A query that was looked through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// The text before each parameter and the place of its name, and the text after the last one.
    parts: Vec<(String, usize)>,
    rest: String,
    /// Each name once, in the order in which they come up.
    pub(super) names: Vec<String>,
}

impl Named {
    /// # Errors
    /// A sentence: the query would write, or cannot be read.
    pub(super) fn parse(engine: Engine, sql: &str) -> Result<Self, Broken> {
        let pieces = pieces(engine, sql)?;
        let end = only_reads(sql, &pieces)?;
        let mut names: Vec<String> = Vec::new();
        let mut parts = Vec::new();
        let mut from = 0;
        for piece in pieces {
            let Token::Param(name) = piece.token else {
                continue;
            };
            let place = names.iter().position(|n| n == name).unwrap_or_else(|| {
                names.push(name.to_owned());
                names.len() - 1
            });
            parts.push((sql[from..piece.start].to_owned(), place));
            from = piece.end;
        }
        Ok(Self {
            parts,
            rest: sql[from..end].to_owned(),
            names,
        })
    }

    /// The values in the order of the names.
    ///
    /// # Errors
    /// A sentence: a name has no value, or a value no name.
    pub(super) fn values(&self, params: &Params) -> Result<Vec<String>, Broken> {
        if let Some(idle) = params.keys().find(|name| !self.names.contains(name)) {
            return Err(Broken(format!(
                "There is a value for :{idle}, and the query has no such parameter."
            )));
        }
        let value = |name: &String| {
            let value = params.get(name).cloned();
            value.ok_or_else(|| {
                Broken(format!(
                    "The query has the parameter :{name}, and there is no value for it."
                ))
            })
        };
        self.names.iter().map(value).collect()
    }

    /// The query with what `write` makes of each parameter, given the place of its name from 0.
    pub(super) fn sql(&self, write: impl Fn(usize) -> String) -> String {
        let mut sql = String::new();
        for (text, place) in &self.parts {
            sql.push_str(text);
            sql.push_str(&write(*place));
        }
        sql.push_str(&self.rest);
        sql
    }

    /// The place of the name of each parameter as it comes up.
    pub(super) fn places(&self) -> impl Iterator<Item = usize> {
        self.parts.iter().map(|(_, place)| *place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_needs_a_value_and_every_value_a_name() {
        let named = Named::parse(Engine::Postgres, "select :a, ':b', :c::date, :a;").unwrap();
        assert_eq!(named.names, ["a", "c"]);
        let sql = named.sql(|n| format!("${}", n + 1));
        assert_eq!(sql, "select $1, ':b', $2::date, $1");
        assert_eq!(named.places().collect::<Vec<_>>(), [0, 1, 0]);
        let params = |names: &[&str]| -> Params {
            names
                .iter()
                .map(|n| ((*n).to_owned(), format!("{n}!")))
                .collect()
        };
        assert_eq!(named.values(&params(&["c", "a"])).unwrap(), ["a!", "c!"]);
        let error = |names| named.values(&params(names)).unwrap_err().0;
        assert!(error(&["a"]).contains(":c"));
        assert!(error(&["a", "b", "c"]).contains(":b, and the query"));
    }
}
