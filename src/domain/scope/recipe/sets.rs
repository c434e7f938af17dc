//! Reads sets of people: `(a union b) except (c where …)`.

use super::reader::Reader;
use super::{During, Leaf, Mistake, OPERANDS_MAX, Op, Place, Set};

/// A set, and the place of a filter in it that no parenthesis ends.
struct Part {
    set: Set,
    open: Option<Place>,
}

impl Reader<'_> {
    /// The set of a step.
    pub(super) fn set(&mut self) -> Result<Set, Mistake> {
        self.sets().map(|part| part.set)
    }

    /// `union` and `except`, from left to right.
    fn sets(&mut self) -> Result<Part, Mistake> {
        let mut left = self.both()?;
        loop {
            let op = if self.is_keyword("union") {
                Op::Union
            } else if self.is_keyword("except") {
                Op::Except
            } else {
                return Ok(left);
            };
            left = self.combined(left, op, Self::both)?;
        }
    }

    /// `intersect` binds closer.
    fn both(&mut self) -> Result<Part, Mistake> {
        let mut left = self.one()?;
        while self.is_keyword("intersect") {
            left = self.combined(left, Op::Intersect, Self::one)?;
        }
        Ok(left)
    }

    fn combined(
        &mut self,
        left: Part,
        op: Op,
        next: fn(&mut Self) -> Result<Part, Mistake>,
    ) -> Result<Part, Mistake> {
        self.at += 1;
        self.must_go_on();
        let right = next(self)?;
        if let Some(place) = left.open.or(right.open) {
            return Err(Mistake::at(
                place,
                format!(
                    "Nobody should have to guess what this filter belongs to. Put it and its source in \
                     parentheses: (SOURCE where …) {} …",
                    op.word()
                ),
            ));
        }
        Ok(Part {
            set: Set::Both(Box::new(left.set), op, Box::new(right.set)),
            open: None,
        })
    }

    fn one(&mut self) -> Result<Part, Mistake> {
        if self.sign("(") {
            self.deeper()?;
            let inner = self.sets()?;
            self.close()?;
            return Ok(Part {
                set: inner.set,
                open: None,
            });
        }
        self.operands += 1;
        if self.operands > OPERANDS_MAX {
            return self.wrong(format!(
                "A step combines at most {OPERANDS_MAX} sets. Make two steps of it."
            ));
        }
        let name = self.name("the name of a source or of an earlier step")?;
        let mut open = None;
        let mut filter = None;
        if self.is_keyword("where") {
            open = Some(self.place());
            filter = Some(self.filter(&name.text)?);
        }
        let mut during = None;
        if self.keyword("during") {
            self.must_go_on();
            open = None;
            let log = self.name("the name of an access log")?;
            let mut filter = None;
            if self.is_keyword("where") {
                open = Some(self.place());
                filter = Some(self.filter(&log.text)?);
            }
            during = Some(During { log, filter });
        }
        Ok(Part {
            set: Set::Leaf(Box::new(Leaf {
                name,
                filter,
                during,
            })),
            open,
        })
    }
}
