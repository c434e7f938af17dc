//! What is kept only for a while is taken away: ended sessions, failed sign-ins, answers under an
//! idempotency key, what received lists left on disk. No row of an incident is ever taken away here.

use chrono::TimeDelta;

use super::{Ctx, source};
use crate::app::App;
use crate::domain::access::Actor;
use crate::error::Result;
use crate::store::{account, idempotency};

/// How long an answer under an idempotency key is remembered.
pub const ANSWERS_KEPT: TimeDelta = TimeDelta::days(7);
/// How long a failed sign-in is remembered; far longer than anybody has to wait for it.
pub const FAILURES_KEPT: TimeDelta = TimeDelta::days(1);

/// Takes away what is past its time; gives how many rows that were.
///
/// # Errors
/// When the database cannot be written; then nothing was taken away.
pub async fn tidy(app: &App) -> Result<u64> {
    let lists = source::sweep(app).await?;
    let ctx = Ctx::new(app, Actor::system());
    let mut w = ctx.begin_unchecked("tidy").await?;
    let sessions = account::delete_ended_sessions(&mut w.tx, ctx.now).await?;
    let failures = account::forget_failures(&mut w.tx, ctx.now - FAILURES_KEPT).await?;
    let answers = idempotency::forget(&mut w.tx, ctx.now - ANSWERS_KEPT).await?;
    w.commit(lists + sessions + failures + answers).await
}
