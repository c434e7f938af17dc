//! SQL cut into the pieces that matter for parameters and for what a query may do. What stands in
//! quotes or comments is no piece; each server has its own.

use super::{Broken, Engine};

/// A piece of a query and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) token: Token<'a>,
}

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A word without quotes.
    Word(&'a str),
    /// `:name`, without the colon.
    Param(&'a str),
    /// A string or a name in quotes.
    Quoted,
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// `;`.
    Semicolon,
    /// Anything else.
    Other,
}

/// Cuts `sql` into pieces.
///
/// # Errors
/// A sentence: something is opened and not closed, or a parameter is not written as `:name`.
pub(super) fn pieces(engine: Engine, sql: &str) -> Result<Vec<Piece<'_>>, Broken> {
    let mut lexer = Lexer {
        engine,
        sql,
        at: 0,
        pieces: Vec::new(),
    };
    while lexer.at < sql.len() {
        lexer.piece()?;
    }
    Ok(lexer.pieces)
}

struct Lexer<'a> {
    engine: Engine,
    sql: &'a str,
    at: usize,
    pieces: Vec<Piece<'a>>,
}

const BY_NAME: &str = "Write a parameter as :name.";

fn starts_word(b: u8) -> bool {
    b.is_ascii_alphabetic() || b == b'_' || b >= 0x80
}

fn in_word(b: u8) -> bool {
    starts_word(b) || b.is_ascii_digit() || b == b'$'
}

impl<'a> Lexer<'a> {
    fn byte(&self, ahead: usize) -> Option<u8> {
        self.sql.as_bytes().get(self.at + ahead).copied()
    }

    fn rest(&self) -> &'a str {
        &self.sql[self.at..]
    }

    fn push(&mut self, length: usize, token: Token<'a>) {
        let (start, end) = (self.at, self.at + length);
        self.pieces.push(Piece { start, end, token });
        self.at = end;
    }

    /// The length of the word that begins `ahead` of here.
    fn word(&self, ahead: usize) -> usize {
        let bytes = self.rest().bytes().skip(ahead);
        bytes.take_while(|b| in_word(*b)).count()
    }

    fn piece(&mut self) -> Result<(), Broken> {
        use Engine::{MySql, Postgres, Sqlite};
        let Some(byte) = self.byte(0) else {
            return Ok(());
        };
        match (byte, self.byte(1), self.engine) {
            (b, ..) if b.is_ascii_whitespace() => self.at += 1,
            (b'-', Some(b'-'), Postgres | Sqlite) => self.line_comment(),
            // MySQL takes `--1` for a number after two minus signs.
            (b'-', Some(b'-'), MySql)
                if self
                    .byte(2)
                    .is_none_or(|b| b.is_ascii_whitespace() || b.is_ascii_control()) =>
            {
                self.line_comment();
            }
            (b'#', _, MySql) => self.line_comment(),
            (b'/', Some(b'*'), _) => self.comment()?,
            (b'\'', ..) => {
                let escapes = match self.engine {
                    MySql => true,
                    Sqlite => false,
                    Postgres => self.pieces.last().is_some_and(|p| {
                        p.end == self.at && matches!(p.token, Token::Word("e" | "E"))
                    }),
                };
                self.quoted(b'\'', escapes)?;
            }
            (b'"', ..) => self.quoted(b'"', self.engine == MySql)?,
            (b'`', _, MySql | Sqlite) => self.quoted(b'`', false)?,
            (b'[', _, Sqlite) => {
                let length = self.rest().find(']').ok_or_else(|| unclosed("["))?;
                self.push(length + 1, Token::Quoted);
            }
            (b'$', _, Postgres) => self.dollar()?,
            (b'$' | b'@', Some(b), Sqlite) if starts_word(b) => return Err(by_name()),
            (b'?', _, MySql | Sqlite) => return Err(by_name()),
            (b':', Some(b':' | b'='), _) => self.push(2, Token::Other),
            (b':', Some(b), _) if starts_word(b) => {
                let length = self.word(1);
                let name = &self.sql[self.at + 1..self.at + 1 + length];
                self.push(length + 1, Token::Param(name));
            }
            (b'(', ..) => self.push(1, Token::Open),
            (b')', ..) => self.push(1, Token::Close),
            (b';', ..) => self.push(1, Token::Semicolon),
            (b, ..) if starts_word(b) => {
                let length = self.word(0);
                self.push(length, Token::Word(&self.sql[self.at..self.at + length]));
            }
            (b, ..) if b.is_ascii_digit() => {
                let length = self.word(0);
                self.push(length, Token::Other);
            }
            _ => self.push(1, Token::Other),
        }
        Ok(())
    }

    fn line_comment(&mut self) {
        self.at += self.rest().find('\n').unwrap_or(self.rest().len());
    }

    fn comment(&mut self) -> Result<(), Broken> {
        let inside = self.rest().get(2..).unwrap_or_default();
        if self.engine == Engine::MySql && (inside.starts_with('!') || inside.starts_with("M!")) {
            return Err(Broken(
                "MySQL and MariaDB carry out what stands in /*! … */. Leave it out.".to_owned(),
            ));
        }
        let mut depth = 0_usize;
        loop {
            match (self.byte(0), self.byte(1)) {
                (Some(b'/'), Some(b'*')) if depth == 0 || self.engine == Engine::Postgres => {
                    depth += 1;
                    self.at += 2;
                }
                (Some(b'*'), Some(b'/')) => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return Ok(());
                    }
                }
                (Some(_), _) => self.at += 1,
                (None, _) => return Err(unclosed("/*")),
            }
        }
    }

    fn quoted(&mut self, quote: u8, escapes: bool) -> Result<(), Broken> {
        let mut length = 1;
        loop {
            match self.byte(length) {
                Some(b'\\') if escapes => length += 2,
                Some(b) if b == quote && self.byte(length + 1) == Some(quote) => length += 2,
                Some(b) if b == quote => {
                    self.push(length + 1, Token::Quoted);
                    return Ok(());
                }
                Some(_) => length += 1,
                None => return Err(unclosed(&char::from(quote).to_string())),
            }
        }
    }

    /// `$tag$ … $tag$`.
    fn dollar(&mut self) -> Result<(), Broken> {
        if self.byte(1).is_some_and(|b| b.is_ascii_digit()) {
            return Err(by_name());
        }
        let bytes = self.rest().bytes().skip(1);
        let tag = bytes.take_while(|b| *b != b'$' && in_word(*b)).count();
        if self.byte(tag + 1) != Some(b'$') {
            self.push(1, Token::Other);
            return Ok(());
        }
        let (tag, body) = self.rest().split_at(tag + 2);
        let end = body.find(tag).ok_or_else(|| unclosed(tag))?;
        self.push(tag.len() + end + tag.len(), Token::Quoted);
        Ok(())
    }
}

fn by_name() -> Broken {
    Broken(BY_NAME.to_owned())
}

fn unclosed(what: &str) -> Broken {
    Broken(format!("In the query {what} is opened and not closed."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(engine: Engine, sql: &str) -> Vec<&str> {
        let pieces = pieces(engine, sql).unwrap();
        let names = pieces.into_iter().filter_map(|p| match p.token {
            Token::Param(name) => Some(name),
            _ => None,
        });
        names.collect()
    }

    #[test]
    fn what_is_quoted_or_commented_holds_no_parameter() {
        use Engine::{MySql, Postgres, Sqlite};
        for (engine, sql) in [
            (
                Postgres,
                "':a' \":b\" $$ :c $$ $x$ :d $$ $x$ x::date :p -- :e\n",
            ),
            (Postgres, "E'\\':a' '\\' :p /* :b /* :c */ :d */ '':"),
            (Postgres, "a := b :p a ? b ?| c"),
            (MySql, "'\\':a' \"\\\":b\" `:c` :p # :d\n -- :e"),
            (MySql, "5--:p /* :a /* */"),
            (Sqlite, "[:a] `:b` \":c''\" '\\' :p -- :d"),
        ] {
            assert_eq!(params(engine, sql), ["p"], "{sql}");
        }
        assert_eq!(params(Postgres, "at>=:from and at<:to_2"), ["from", "to_2"]);
    }

    #[test]
    fn what_is_not_closed_is_told() {
        use Engine::{MySql, Postgres, Sqlite};
        for (engine, sql) in [
            (Postgres, "'a"),
            (Postgres, "$x$ $$"),
            (Postgres, "/* /* */"),
            (Postgres, "\"a"),
            (MySql, "'a\\'"),
            (Sqlite, "[a"),
        ] {
            let error = pieces(engine, sql).unwrap_err();
            assert!(error.0.contains("not closed"), "{sql}: {error}");
        }
    }

    #[test]
    fn other_ways_to_write_a_parameter_are_refused() {
        use Engine::{MySql, Postgres, Sqlite};
        for (engine, sql) in [
            (Postgres, "$1"),
            (MySql, "?"),
            (Sqlite, "?1"),
            (Sqlite, "@a"),
            (Sqlite, "$a"),
        ] {
            assert_eq!(pieces(engine, sql).unwrap_err().0, BY_NAME, "{sql}");
        }
        assert!(pieces(MySql, "/*!50000 drop */").is_err());
        assert!(pieces(MySql, "/*M! drop */").is_err());
    }
}
