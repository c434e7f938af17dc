//! The identifiers, one type each, so that a notice's id cannot stand where an incident's belongs.

use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord,
            serde::Serialize, serde::Deserialize, sqlx::Type, utoipa::ToSchema,
        )]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                s.parse().map(Self)
            }
        }
    )*};
}

ids! {
    /// A member of staff who can sign in.
    AccountId;
    /// A token for programs.
    ApiTokenId;
    /// The case from first report to closure.
    IncidentId;
    /// One dated event about an incident.
    FactId;
    /// An answer to a question that decides which rules apply.
    AnswerId;
    /// A law-enforcement hold.
    HoldId;
    /// A system that was exposed in an incident.
    ExposureId;
    /// People who were found later.
    CohortId;
    /// One reading of one list of people.
    SourceId;
    /// One version of how the affected people follow from the sources.
    RecipeId;
    /// One evaluation of a recipe.
    RunId;
    /// A decision that two identifiers are not one person's.
    SplitId;
    /// One import of a roster file.
    ImportId;
    /// What one incident owes under one rule.
    ObligationId;
    /// One computed deadline.
    DeadlineId;
    /// A text shown to affected people.
    NoticeId;
    /// One notice to one person.
    DeliveryId;
    /// A day of a calendar as the operator set it, or its withdrawal.
    CalendarOverrideId;
    /// Something to be done later.
    JobId;
    /// One mail to staff.
    MailId;
}
