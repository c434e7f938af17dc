//! The roles in words.

use crate::domain::access::{ROLES, Role};
use crate::error::{Error, Result};

/// The role as a heading or a label has it.
pub(crate) fn title(role: Role) -> &'static str {
    match role {
        Role::Reporter => "Reporter",
        Role::Responder => "Responder",
        Role::Approver => "Approver",
        Role::Manager => "Manager",
        Role::Administrator => "Administrator",
    }
}

/// What the role is for.
pub(crate) fn purpose(role: Role) -> &'static str {
    match role {
        Role::Reporter => "reports incidents and sees the list of them",
        Role::Responder => "works on incidents: facts, affected people, notices",
        Role::Approver => "approves and activates notices that somebody else wrote",
        Role::Manager => "reads everything, changes nothing",
        Role::Administrator => "manages accounts, tokens and sites; no say in an incident",
    }
}

/// The roles to choose from: value, words and a smaller line.
pub(crate) fn choices() -> [(&'static str, &'static str, &'static str); ROLES.len()] {
    ROLES.map(|role| (role.as_str(), title(role), purpose(role)))
}

/// The role that was chosen.
pub(crate) fn chosen(text: &str) -> Result<Role> {
    text.parse().map_err(|why: String| {
        let why = if text.is_empty() {
            "Choose a role.".to_owned()
        } else {
            why
        };
        Error::invalid("role", why)
    })
}
