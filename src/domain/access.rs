//! Who may do what: one table of role x action. Everything that acts asks [`may`].
//!
//! A second rule stands beside the table and is kept where the notice is approved: who wrote a
//! notice's text cannot be the one who approves it, whatever the roles. A third is about what is shown:
//! who does not work with an incident sees no small counts ([`Actor::sees_exact_counts`]).

use std::fmt;
use std::str::FromStr;

use crate::ids::{AccountId, ApiTokenId};

/// What a member of staff, or a program, is trusted with.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    sqlx::Type,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Role {
    /// Reports breaches and sees the list of incidents.
    Reporter,
    /// Works on incidents: facts, people, notices.
    Responder,
    /// Approves and activates notices that somebody else wrote.
    Approver,
    /// Watches: reads everything, changes nothing.
    Manager,
    /// Manages accounts, tokens and sites; no say in an incident.
    Administrator,
}

/// Every role, in the order in which a person would list them.
pub const ROLES: [Role; 5] = [
    Role::Reporter,
    Role::Responder,
    Role::Approver,
    Role::Manager,
    Role::Administrator,
];

impl Role {
    /// The role's name as it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reporter => "reporter",
            Self::Responder => "responder",
            Self::Approver => "approver",
            Self::Manager => "manager",
            Self::Administrator => "administrator",
        }
    }
}

impl Role {
    /// Does this role see counts of a few people as they are? Who works on an incident or decides about
    /// it does; who watches it does not need to.
    #[must_use]
    pub const fn sees_exact_counts(self) -> bool {
        matches!(self, Self::Responder | Self::Approver)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        ROLES.into_iter().find(|r| r.as_str() == s).ok_or_else(|| {
            let names: Vec<_> = ROLES.iter().map(|r| r.as_str()).collect();
            format!(
                "There is no role \"{s}\". Choose one of: {}.",
                names.join(", ")
            )
        })
    }
}

/// Something that somebody may be allowed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Open an incident.
    ReportIncident,
    /// See the dashboard and the list of incidents.
    ViewIncidents,
    /// See one incident with facts, deadlines, counts, notices and timeline.
    ViewIncident,
    /// Record or correct a fact.
    RecordFact,
    /// Import a roster and read its rejected rows.
    ImportRoster,
    /// Ask whether one person is affected.
    LookUpPerson,
    /// Write or change a notice.
    EditNotice,
    /// Approve a notice that somebody else wrote.
    ApproveNotice,
    /// Activate an approved notice, or withdraw it.
    ActivateNotice,
    /// Record that an obligation was met, or is not required.
    SettleObligation,
    /// Set a day of a calendar, or take that back.
    OverrideCalendar,
    /// Close an incident.
    CloseIncident,
    /// Run the check of the evidence log.
    VerifyEvidence,
    /// Manage host sites and their keys.
    ManageSites,
    /// Manage accounts.
    ManageAccounts,
    /// Manage tokens for programs.
    ManageTokens,
}

/// Every action, in the order of the table.
pub const ACTIONS: [Action; 16] = [
    Action::ReportIncident,
    Action::ViewIncidents,
    Action::ViewIncident,
    Action::RecordFact,
    Action::ImportRoster,
    Action::LookUpPerson,
    Action::EditNotice,
    Action::ApproveNotice,
    Action::ActivateNotice,
    Action::SettleObligation,
    Action::OverrideCalendar,
    Action::CloseIncident,
    Action::VerifyEvidence,
    Action::ManageSites,
    Action::ManageAccounts,
    Action::ManageTokens,
];

/// May `role` do `action`? The whole table; nothing else decides.
pub const fn may(role: Role, action: Action) -> bool {
    use Action as A;
    use Role as R;
    match action {
        A::ReportIncident => matches!(role, R::Reporter | R::Responder | R::Approver),
        A::ViewIncidents => true,
        A::ViewIncident => !matches!(role, R::Reporter),
        A::RecordFact | A::ImportRoster | A::EditNotice => matches!(role, R::Responder),
        A::LookUpPerson | A::SettleObligation | A::OverrideCalendar | A::CloseIncident => {
            matches!(role, R::Responder | R::Approver)
        }
        A::ApproveNotice => matches!(role, R::Approver),
        A::ActivateNotice => matches!(role, R::Responder | R::Approver),
        A::VerifyEvidence => matches!(
            role,
            R::Responder | R::Approver | R::Manager | R::Administrator
        ),
        A::ManageSites | A::ManageAccounts | A::ManageTokens => matches!(role, R::Administrator),
    }
}

impl Action {
    /// The action in words that finish "You may not …".
    pub const fn words(self) -> &'static str {
        match self {
            Self::ReportIncident => "report an incident",
            Self::ViewIncidents => "see the list of incidents",
            Self::ViewIncident => "see this incident",
            Self::RecordFact => "record facts",
            Self::ImportRoster => "import affected people",
            Self::LookUpPerson => "look up a person",
            Self::EditNotice => "write notices",
            Self::ApproveNotice => "approve notices",
            Self::ActivateNotice => "activate or withdraw notices",
            Self::SettleObligation => "settle an obligation",
            Self::OverrideCalendar => "set days of a calendar",
            Self::CloseIncident => "close an incident",
            Self::VerifyEvidence => "check the evidence log",
            Self::ManageSites => "manage sites",
            Self::ManageAccounts => "manage accounts",
            Self::ManageTokens => "manage tokens",
        }
    }
}

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Which kind, and the id.
    pub who: Who,
    /// The name to show; the log itself holds only the id.
    pub name: String,
    /// What the actor is trusted with; none for the program itself and for affected people.
    pub role: Option<Role>,
}

/// The kinds of actors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// A member of staff, signed in.
    Account(AccountId),
    /// A program with a token.
    Token(ApiTokenId),
    /// An affected person's browser, with a receipt.
    Person,
    /// The product itself, doing what was scheduled.
    System,
}

impl Actor {
    /// The product itself.
    pub fn system() -> Self {
        Self {
            who: Who::System,
            name: "Due Notice".to_owned(),
            role: None,
        }
    }

    /// An affected person's browser.
    pub fn person() -> Self {
        Self {
            who: Who::Person,
            name: "affected person".to_owned(),
            role: None,
        }
    }

    /// A stable key: "account:…", "token:…", "person", "system".
    pub fn key(&self) -> String {
        match self.who {
            Who::Account(id) => format!("account:{id}"),
            Who::Token(id) => format!("token:{id}"),
            Who::Person => "person".to_owned(),
            Who::System => "system".to_owned(),
        }
    }

    /// Does this actor see counts of a few people as they are?
    pub fn sees_exact_counts(&self) -> bool {
        match (self.who, self.role) {
            (Who::System, _) => true,
            (_, Some(role)) => role.sees_exact_counts(),
            (_, None) => false,
        }
    }

    /// May this actor do `action`? The product itself may: it only does what a person set up.
    pub fn may(&self, action: Action) -> bool {
        match (self.who, self.role) {
            (Who::System, _) => true,
            (_, Some(role)) => may(role, action),
            (_, None) => false,
        }
    }
}
