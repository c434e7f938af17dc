//! Notices: drafting from a playbook text, approving exactly that text, going live, withdrawing.
//!
//! Whoever wrote any version of a notice cannot approve it. What is approved is a hash; what is shown
//! is what has that hash. Going live costs the same for ten people and for ten million: it writes one
//! row, because being on the roster is being targeted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::announcement::{self, Announced};
use super::{Ctx, OrNotFound as _, Write, changed_meanwhile, fact, incident, obligation};
use crate::domain::access::Action;
use crate::domain::evidence::Entry;
use crate::domain::fact::FactKind;
use crate::domain::notice::{Audience, Content, content_hash};
use crate::domain::{moment, wording};
use crate::error::{Check, Error, Result};
use crate::ids::{IncidentId, NoticeId};
use crate::store::incident::Incident;
use crate::store::notice::{self, Approval, Notice, Status, Version};
use crate::store::revision;

/// The languages in which every notice is written.
pub const LANGUAGES: [&str; 2] = ["en", "de"];
/// What the writer of a notice to affected people fills in; the rest comes from the incident and the
/// operator profile.
pub const QUESTIONS: [&str; 4] = ["what_happened", "consequences", "measures", "advice"];
const SOURCE_CHARS_MAX: usize = 20_000;

/// Answers to the questions of the text ([`Audience::questions`]), by language and placeholder.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewNotice {
    /// Language to placeholder to text: `{"en": {"what_happened": "…"}}`.
    pub answers: BTreeMap<String, BTreeMap<String, String>>,
    /// May the person hide the notice for the page view?
    pub hideable: bool,
    /// Whom it is for: everybody on the roster, or those who left it after having been told.
    pub audience: Audience,
}

/// Drafts a notice for an incident from the playbook text.
pub async fn draft(ctx: &Ctx<'_>, id: IncidentId, new: &NewNotice) -> Result<NoticeId> {
    let mut w = ctx.begin(Action::EditNotice, "notice.draft").await?;
    if let Some(done) = w.replay(&(id, new)).await? {
        return Ok(done);
    }
    let incident = incident::lock_open(&mut w, id).await?;
    let mut check = Check::default();
    for (language, answers) in &new.answers {
        if !LANGUAGES.contains(&language.as_str()) {
            check.fail(
                "answers",
                format!("Notices are written in en and de, not in \"{language}\"."),
            );
        }
        for name in answers.keys() {
            if !new.audience.questions().contains(&name.as_str()) {
                check.fail(
                    "answers",
                    format!("The text has no place for \"{name}\" to be filled in."),
                );
            }
        }
    }
    if new.audience == Audience::WronglyTold && revision::wrongly_told(&mut w.tx, id).await? == 0 {
        check.fail(
            "audience",
            "Nobody left the roster after having been told, so there is nothing to correct.",
        );
    }
    let mut contents = BTreeMap::new();
    for language in LANGUAGES {
        let mut values = known(&mut w, &incident, language).await?;
        for name in new.audience.questions() {
            let answer = new.answers.get(language).and_then(|a| a.get(*name));
            let field = format!("{language}.{name}");
            if let Some(text) = check.optional_text(&field, answer.map(String::as_str), 5_000) {
                values.insert((*name).to_owned(), text);
            }
        }
        let template = new.audience.template();
        let template = w
            .app
            .catalog
            .notice(template, language)
            .ok_or_else(|| Error::internal(format!("no notice text {template}/{language}")))?;
        match template.content.fill(&values) {
            Ok(content) => {
                contents.insert(language.to_owned(), content);
            }
            Err(e) => check.fail(language, e.to_string()),
        }
    }
    check.done()?;
    let notice = Notice {
        id: NoticeId(w.app.rng.uuid(w.now)),
        incident_id: id,
        status: Status::Draft,
        current: 1,
        hideable: new.hideable,
        created_at: w.now,
        activated_at: None,
        activated_by: None,
        withdrawn_at: None,
        withdrawn_reason: None,
        version: 1,
        audience: new.audience,
    };
    notice::insert(&mut w.tx, &notice).await?;
    add_version(&mut w, &notice, &contents).await?;
    w.record(
        Entry::new("notice.drafted", Some(id))
            .with("notice", notice.id.to_string())
            .of(&notice),
    );
    w.commit(notice.id).await
}

/// What the incident and the operator profile say, as values for the text.
async fn known(
    w: &mut Write<'_>,
    incident: &Incident,
    language: &str,
) -> Result<BTreeMap<String, String>> {
    let facts = crate::store::fact::list(&mut w.tx, incident.id).await?;
    let occurred = fact::standing(&facts)
        .into_iter()
        .find(|f| f.kind == FactKind::Occurred);
    let occurred = match occurred {
        Some(f) => {
            let zone = moment::zone(&f.zone).map_err(Error::internal)?;
            wording::occurred(f.at, f.until, zone, language)
        }
        None => wording::occurred(None, None, chrono_tz::Tz::UTC, language),
    };
    let operator = w.app.catalog.operator();
    let kinds = incident
        .data_kinds
        .0
        .iter()
        .filter_map(|id| operator.data_kind(id))
        .map(|kind| format!("- {}", kind.label.get(language)))
        .collect::<Vec<_>>()
        .join("\n");
    let told = notice::list(&mut w.tx, incident.id)
        .await?
        .into_iter()
        .filter(|n| n.audience == Audience::Affected)
        .filter_map(|n| n.activated_at)
        .min();
    let zone = operator
        .controllers
        .first()
        .map_or(chrono_tz::Tz::UTC, |one| one.zone);
    let mut values = BTreeMap::from([
        ("operator".to_owned(), operator.name.clone()),
        ("reference".to_owned(), incident.reference.clone()),
        ("kinds_of_data".to_owned(), kinds),
        ("occurred".to_owned(), occurred),
        ("contact".to_owned(), wording::contact(operator)),
    ]);
    if let Some(told) = told {
        values.insert("told".to_owned(), wording::day(told, zone, language));
    }
    Ok(values)
}

async fn add_version(
    w: &mut Write<'_>,
    notice: &Notice,
    contents: &BTreeMap<String, Content>,
) -> Result<()> {
    let value = serde_json::to_value(contents).map_err(Error::internal)?;
    let version = Version {
        notice_id: notice.id,
        number: notice.current,
        content: crate::domain::evidence::canonical(&value).map_err(Error::internal)?,
        content_hash: content_hash(contents),
        author_key: w.actor.key(),
        author: w.actor.name.clone(),
        created_at: w.now,
    };
    notice::insert_version(&mut w.tx, &version).await?;
    w.record(
        Entry::new("notice.written", Some(notice.incident_id))
            .with("notice", notice.id.to_string())
            .with("number", version.number)
            .with("content_hash", version.content_hash.clone())
            .of(&version),
    );
    Ok(())
}

/// A changed text in every language.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Edit {
    /// Language to text in the notice markup.
    #[schema(required)]
    pub sources: BTreeMap<String, String>,
    /// May the person hide the notice for the page view?
    pub hideable: bool,
    /// The notice's version that was looked at.
    #[schema(required)]
    pub version: i64,
}

/// Writes a new version of a notice that is not live. An approval of the old text falls away.
pub async fn edit(ctx: &Ctx<'_>, id: NoticeId, edit: &Edit) -> Result<NoticeId> {
    let mut w = ctx.begin(Action::EditNotice, "notice.edit").await?;
    if let Some(done) = w.replay(&(id, edit)).await? {
        return Ok(done);
    }
    let (_, mut notice) = lock(&mut w, id).await?;
    if !matches!(notice.status, Status::Draft | Status::Approved) {
        return Err(Error::Conflict(
            "This notice was activated; its text does not change any more. Withdraw it and draft a \
             new one."
                .to_owned(),
        ));
    }
    if notice.version != edit.version {
        return Err(changed_meanwhile("notice"));
    }
    let mut check = Check::default();
    for language in edit.sources.keys() {
        if !LANGUAGES.contains(&language.as_str()) {
            check.fail(
                "sources",
                format!("Notices are written in en and de, not in \"{language}\"."),
            );
        }
    }
    let mut contents = BTreeMap::new();
    for language in LANGUAGES {
        let source = edit.sources.get(language).map_or("", String::as_str);
        let text = check.text(language, source, SOURCE_CHARS_MAX);
        if text.is_empty() {
            continue;
        }
        match Content::parse(&text) {
            Ok(content) => {
                contents.insert(language.to_owned(), content);
            }
            Err(e) => check.fail(language, e.to_string()),
        }
    }
    check.done()?;
    notice.current += 1;
    notice.status = Status::Draft;
    notice.hideable = edit.hideable;
    save(&mut w, &mut notice, "notice.edited").await?;
    add_version(&mut w, &notice, &contents).await?;
    w.commit(id).await
}

/// The notice and its open incident, locked for a change.
async fn lock(w: &mut Write<'_>, id: NoticeId) -> Result<(Incident, Notice)> {
    let found = notice::find(&mut w.tx, id)
        .await?
        .or_not_found("This notice")?;
    let incident = incident::lock_open(w, found.incident_id).await?;
    let notice = notice::find(&mut w.tx, id)
        .await?
        .or_not_found("This notice")?;
    Ok((incident, notice))
}

async fn save(w: &mut Write<'_>, notice: &mut Notice, kind: &'static str) -> Result<()> {
    if !notice::update(&mut w.tx, notice).await? {
        return Err(changed_meanwhile("notice"));
    }
    notice.version += 1;
    w.record(
        Entry::new(kind, Some(notice.incident_id))
            .with("notice", notice.id.to_string())
            .of(notice),
    );
    Ok(())
}

/// The languages and contents of a stored version.
pub fn contents(version: &Version) -> Result<BTreeMap<String, Content>> {
    serde_json::from_str(&version.content).map_err(Error::internal)
}

/// What keeps a text from being approved: pairs of language and sentence.
pub fn gaps(audience: Audience, contents: &BTreeMap<String, Content>) -> Vec<(String, String)> {
    let mut gaps = Vec::new();
    for language in LANGUAGES {
        let Some(content) = contents.get(language) else {
            gaps.push((
                language.to_owned(),
                format!("There is no text in \"{language}\"."),
            ));
            continue;
        };
        for name in content.unresolved() {
            gaps.push((
                language.to_owned(),
                format!("{{{{{name}}}}} still stands in the text. Write what belongs there."),
            ));
        }
        let why = audience.why_required();
        for item in content.missing_content(audience.required()) {
            gaps.push((
                language.to_owned(),
                format!("Nothing is said about \"{}\", which {why}.", item.as_str()),
            ));
        }
    }
    gaps
}

/// Which text is approved.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Approve {
    /// The version's number.
    pub number: i64,
    /// The SHA-256 of the text that was read, hex.
    pub content_hash: String,
}

/// Approves exactly one text, as a person who wrote none of it.
pub async fn approve(ctx: &Ctx<'_>, id: NoticeId, approve: &Approve) -> Result<NoticeId> {
    let mut w = ctx.begin(Action::ApproveNotice, "notice.approve").await?;
    if let Some(done) = w.replay(&(id, approve)).await? {
        return Ok(done);
    }
    let (incident, mut notice) = lock(&mut w, id).await?;
    let versions = notice::versions(&mut w.tx, id).await?;
    let me = w.actor.key();
    if let Some(mine) = versions.iter().find(|v| v.author_key == me) {
        return Err(Error::Denied(format!(
            "You wrote version {} of this notice. Somebody who wrote none of it must approve it.",
            mine.number
        )));
    }
    let current = versions
        .into_iter()
        .find(|v| v.number == notice.current)
        .or_not_found("This version")?;
    if current.number != approve.number || current.content_hash != approve.content_hash {
        return Err(Error::Conflict(
            "The text was changed after you opened it. Read the newest version and approve that."
                .to_owned(),
        ));
    }
    if notice.status != Status::Draft {
        return Err(Error::Conflict(
            "This version is approved already.".to_owned(),
        ));
    }
    let mut check = Check::default();
    for (language, gap) in gaps(notice.audience, &contents(&current)?) {
        check.fail(language, gap);
    }
    check.done()?;
    let approval = Approval {
        notice_id: id,
        number: current.number,
        content_hash: current.content_hash,
        approver_key: me,
        approver: w.actor.name.clone(),
        approved_at: w.now,
    };
    notice::insert_approval(&mut w.tx, &approval).await?;
    w.record(
        Entry::new("notice.approved", Some(incident.id))
            .with("notice", id.to_string())
            .with("number", approval.number)
            .with("content_hash", approval.content_hash.clone())
            .of(&approval),
    );
    notice.status = Status::Approved;
    save(&mut w, &mut notice, "notice.changed").await?;
    w.commit(id).await
}

/// Which state of a notice was looked at.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Activate {
    /// The notice's version that was looked at.
    #[schema(required)]
    pub version: i64,
}

/// Makes an approved notice live for everybody whom it is for.
///
/// The promises to the affected people are met by a notice to them, at the instant of its commit; a
/// correction meets none.
pub async fn activate(ctx: &Ctx<'_>, id: NoticeId, activate: &Activate) -> Result<NoticeId> {
    ctx.require(Action::ActivateNotice)?;
    // Every filter in memory, on every node, must know before this can commit.
    let mut announced = Some(ctx.announce(announcement::SHORT).await?);
    let result = go_live(ctx, id, activate, &mut announced).await;
    ctx.give_up(announced).await?;
    result
}

async fn go_live(
    ctx: &Ctx<'_>,
    id: NoticeId,
    activate: &Activate,
    announced: &mut Option<Announced>,
) -> Result<NoticeId> {
    let mut w = ctx.begin(Action::ActivateNotice, "notice.activate").await?;
    if let Some(done) = w.replay(&(id, activate)).await? {
        return Ok(done);
    }
    let (incident, mut notice) = lock(&mut w, id).await?;
    // Waiting for the writer took its time, too: nobody was told before this instant.
    w.now = w.app.time.now();
    if notice.version != activate.version {
        return Err(changed_meanwhile("notice"));
    }
    match notice.status {
        Status::Approved => {}
        Status::Draft => {
            return Err(Error::Conflict(
                "This notice is not approved. A second person must approve it first.".to_owned(),
            ));
        }
        Status::Active | Status::Withdrawn => {
            return Err(Error::Conflict(
                "This notice was activated already.".to_owned(),
            ));
        }
    }
    match notice.audience {
        Audience::Affected if incident.persons == 0 => {
            return Err(Error::Conflict(
                "Nobody is on the roster of this incident. Import the affected people first."
                    .to_owned(),
            ));
        }
        Audience::WronglyTold if revision::wrongly_told(&mut w.tx, incident.id).await? == 0 => {
            return Err(Error::Conflict(
                "Nobody is off the roster any more who had been told, so there is nothing to correct."
                    .to_owned(),
            ));
        }
        Audience::Affected | Audience::WronglyTold => {}
    }
    notice.status = Status::Active;
    notice.activated_at = Some(w.now);
    notice.activated_by = Some(w.actor.name.clone());
    save(&mut w, &mut notice, "notice.activated").await?;
    if notice.audience == Audience::Affected {
        let published = w.now;
        obligation::met_by_publication(&mut w, &incident, published).await?;
    }
    w.settle(announced).await?;
    w.commit(id).await
}

/// Why a notice is taken down.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Withdraw {
    /// 1 to 2,000 characters.
    #[schema(required)]
    pub reason: String,
    /// The notice's version that was looked at.
    #[schema(required)]
    pub version: i64,
}

/// Takes a live notice down.
pub async fn withdraw(ctx: &Ctx<'_>, id: NoticeId, withdraw: &Withdraw) -> Result<NoticeId> {
    let mut w = ctx.begin(Action::ActivateNotice, "notice.withdraw").await?;
    if let Some(done) = w.replay(&(id, withdraw)).await? {
        return Ok(done);
    }
    let found = notice::find(&mut w.tx, id)
        .await?
        .or_not_found("This notice")?;
    // Of a closed incident too: its notice stays live until somebody takes it down.
    incident::lock(&mut w, found.incident_id).await?;
    let mut notice = notice::find(&mut w.tx, id)
        .await?
        .or_not_found("This notice")?;
    let mut check = Check::default();
    let reason = check.text("reason", &withdraw.reason, 2_000);
    check.done()?;
    if notice.version != withdraw.version {
        return Err(changed_meanwhile("notice"));
    }
    if notice.status != Status::Active {
        return Err(Error::Conflict("This notice is not live.".to_owned()));
    }
    notice.status = Status::Withdrawn;
    notice.withdrawn_at = Some(w.now);
    notice.withdrawn_reason = Some(reason);
    save(&mut w, &mut notice, "notice.withdrawn").await?;
    w.commit(id).await
}
