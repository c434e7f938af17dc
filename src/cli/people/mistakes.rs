//! Mistakes in a recipe, each under the place where it stands.

use std::io::Write;

use crate::cli::CliError;
use crate::domain::scope::recipe::Mistake;

/// Prints each mistake with its line and a caret under the character.
///
/// # Errors
/// When there is any: the command goes no further.
pub(super) fn refuse(
    text: &str,
    mistakes: &[Mistake],
    err: &mut dyn Write,
) -> Result<(), CliError> {
    for mistake in mistakes {
        write!(err, "{}", shown(text, mistake))?;
    }
    match mistakes.len() {
        0 => Ok(()),
        1 => Err(CliError::Failed(
            "the recipe has a mistake; nothing was saved or run".to_owned(),
        )),
        n => Err(CliError::Failed(format!(
            "the recipe has {n} mistakes; nothing was saved or run"
        ))),
    }
}

fn shown(text: &str, mistake: &Mistake) -> String {
    let line = text.lines().nth(mistake.line.saturating_sub(1));
    let Some(line) = line.filter(|line| !line.trim().is_empty()) else {
        return format!("{mistake}\n");
    };
    // A tab stays one, so that the caret stands where the character does.
    let before: String = line
        .chars()
        .chain(std::iter::repeat(' '))
        .take(mistake.column.saturating_sub(1))
        .map(|c| if c == '\t' { '\t' } else { ' ' })
        .collect();
    format!("{mistake}\n  {line}\n  {before}^\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_under_the_character() {
        let mistake = |line, column| Mistake {
            line,
            column,
            sentence: "Wrong.".to_owned(),
        };
        let text = "# März\n\ta = ordres\nb =";
        assert_eq!(
            shown(text, &mistake(2, 6)),
            "Line 2, character 6: Wrong.\n  \ta = ordres\n  \t    ^\n"
        );
        assert_eq!(
            shown(text, &mistake(3, 4)),
            "Line 3, character 4: Wrong.\n  b =\n     ^\n"
        );
        assert_eq!(
            shown("", &mistake(1, 1)),
            "Line 1, character 1: Wrong.\n",
            "there is nothing to point at"
        );
    }
}
