//! Whether a text is one query that only reads. It is the first of several fences, the one that can say
//! in a sentence what is wrong.

use super::Broken;
use super::lex::{Piece, Token};

/// The words with which a statement begins that changes something.
const WRITES: [&str; 5] = ["insert", "update", "delete", "merge", "replace"];

/// Looks through the pieces of a query; gives where the query ends, without the semicolon.
///
/// # Errors
/// A sentence.
pub(super) fn only_reads(sql: &str, pieces: &[Piece<'_>]) -> Result<usize, Broken> {
    let last = pieces.iter().rposition(|p| p.token != Token::Semicolon);
    let pieces = &pieces[..last.map_or(0, |n| n + 1)];
    let end = pieces.last().map_or(0, |p| p.end);
    begins_well(pieces)?;
    let mut depth = 0_usize;
    for (n, piece) in pieces.iter().enumerate() {
        match piece.token {
            Token::Semicolon => {
                return Err(Broken(
                    "There is more than one statement. Write a single select.".to_owned(),
                ));
            }
            Token::Open => depth += 1,
            Token::Close => {
                depth = depth
                    .checked_sub(1)
                    .ok_or_else(|| unbalanced("closed", "opened"))?
            }
            // A part of a name, as in `t.into`, does nothing.
            Token::Word(_) if n > 0 && sql.get(pieces[n - 1].start..piece.start) == Some(".") => {}
            Token::Word(word) => {
                let before = n.checked_sub(1).map(|n| pieces[n].token);
                reads(word, before, pieces.get(n + 1).map(|p| p.token))?;
            }
            _ => {}
        }
    }
    if depth > 0 {
        return Err(unbalanced("opened", "closed"));
    }
    Ok(end)
}

fn unbalanced(is: &str, is_not: &str) -> Broken {
    Broken(format!(
        "In the query a parenthesis is {is} that is not {is_not}."
    ))
}

fn begins_well(pieces: &[Piece<'_>]) -> Result<(), Broken> {
    let first = pieces.iter().find(|p| p.token != Token::Open);
    match first.map(|p| p.token) {
        None => Err(Broken("The query is empty.".to_owned())),
        Some(Token::Word(word)) if is(word, &["select", "with", "values", "table"]) => Ok(()),
        Some(Token::Word(word)) if is(word, &WRITES) => Err(writes(word)),
        Some(Token::Word(word)) => Err(Broken(format!(
            "The query begins with {}. Only a select can be read.",
            word.to_uppercase()
        ))),
        Some(_) => Err(Broken("The query does not begin with select.".to_owned())),
    }
}

fn is(word: &str, among: &[&str]) -> bool {
    among.iter().any(|w| w.eq_ignore_ascii_case(word))
}

fn writes(word: &str) -> Broken {
    Broken(format!(
        "The query would change data ({}). A source is only read: write a select.",
        word.to_uppercase()
    ))
}

/// Refuses a word that makes the query write or lock.
fn reads(word: &str, before: Option<Token<'_>>, next: Option<Token<'_>>) -> Result<(), Broken> {
    let next_word = match next {
        Some(Token::Word(word)) => word,
        _ => "",
    };
    if is(word, &["into"]) {
        return Err(Broken(
            "The query would write what it finds (INTO). Leave that out.".to_owned(),
        ));
    }
    if is(word, &["for"]) && is(next_word, &["update", "share", "no", "key"])
        || is(word, &["lock"]) && is(next_word, &["in"])
    {
        return Err(Broken(format!(
            "The query would lock rows ({} {}). Leave that out.",
            word.to_uppercase(),
            next_word.to_uppercase()
        )));
    }
    // `with gone as (delete from …)` and `with … delete from …`; a function is followed by a
    // parenthesis.
    let begins = matches!(before, Some(Token::Open | Token::Close));
    if begins && is(word, &WRITES) && matches!(next, Some(Token::Word(_) | Token::Quoted)) {
        return Err(writes(word));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Engine;
    use super::super::lex::pieces;
    use super::*;

    fn check(sql: &str) -> Result<usize, Broken> {
        only_reads(sql, &pieces(Engine::Postgres, sql).unwrap())
    }

    #[test]
    fn what_only_reads_is_taken() {
        for sql in [
            "select 1",
            "  SELECT a from t ; ; -- end",
            "(select 1) union (select 2)",
            "with a as (select 1) select * from a",
            "values (1)",
            "select 'delete from t; into' as \"update\"",
            "select replace(a, 'x', 'y'), (replace(a, 'x', 'y')) from t",
            "select t.into from t",
            "select substring(a for 3) from t -- for update",
        ] {
            assert!(check(sql).is_ok(), "{sql}: {:?}", check(sql));
        }
        assert_eq!(check("select 1 ;\n"), Ok(8));
    }

    #[test]
    fn what_writes_is_refused_with_its_reason() {
        for (sql, words) in [
            ("update t set a = 1", "UPDATE"),
            ("/* x */ DELETE from t", "DELETE"),
            ("drop table t", "begins with DROP"),
            ("select 1; drop table t", "more than one"),
            ("select * into u from t", "INTO"),
            ("select 1 into outfile 'people.csv'", "INTO"),
            ("select 1 for update", "FOR UPDATE"),
            ("select 1 for no key update", "lock"),
            ("select 1 lock in share mode", "lock"),
            (
                "with a as (delete from t returning *) select * from a",
                "DELETE",
            ),
            (
                "with a as (select 1) insert into t select * from a",
                "INSERT",
            ),
            ("with a as (select 1) update t set x = 1", "UPDATE"),
            ("select 1) q; select (1", "closed"),
            ("select (1", "opened"),
            ("", "empty"),
            ("1", "does not begin"),
        ] {
            let error = check(sql).unwrap_err();
            assert!(error.0.contains(words), "{sql}: {error}");
        }
    }
}
