//! Three lists of a small shop, and who is affected by them, worked out by hand.
//!
//! The window is 1 to 14 October 2026 (Vienna).
//!
//! * Anna (u-1) registered before and never left: affected.
//! * Ben (u-2) deleted his account in September, but ordered on 3 October with the address of that
//!   account: affected, by the order; his row is that of the account.
//! * Cleo has two accounts with one address (u-3, u-4): affected, two rows.
//! * Dora (u-5) registered in November and ordered in September: not affected.
//! * Erik (u-6) is an employee with an account: left out.
//! * Gerd ordered as a guest on 10 October: affected, no account.
//!
//! So `registered` are Anna, Cleo and Erik (3), `buyers` are Ben and Gerd (2), affected are 4 people in 5
//! rows: u-1, u-2, u-3, u-4 and Gerd. Joined are Cleo (u-3, u-4, the address that both have), Ben (u-2,
//! address), Dora (u-5, address) and Erik (u-6, address): 9 identifiers of 4 people.

use duenotice::ids::IncidentId;
use duenotice::service::source::About;
use duenotice::store::source::Status;

use super::world::World;
use crate::sources::{read, received};

pub const ACCOUNTS: &str = "user_id,email,country,state,registered_at,deleted_at
u-1,anna@mail.example,AT,,2025-01-02,
u-2,ben@mail.example,DE,,2025-05-06,2026-09-01
u-3,cleo@mail.example,US,CO,2026-10-05,
u-4,Cleo@Mail.example,AT,,2024-03-01,
u-5,dora@mail.example,AT,,2026-11-01,
u-6,erik@mail.example,AT,,2025-02-03,
";

pub const ORDERS: &str = "order_no,email,country,ordered_at
o-1,ben@mail.example,DE,2026-10-03
o-2,gerd@mail.example,CH,2026-10-10
o-3,dora@mail.example,AT,2026-09-10
";

/// Read later: an order of Finn's on 12 October was missing.
pub const MORE_ORDERS: &str = "order_no,email,country,ordered_at
o-1,ben@mail.example,DE,2026-10-03
o-2,gerd@mail.example,CH,2026-10-10
o-3,dora@mail.example,AT,2026-09-10
o-4,finn@mail.example,AT,2026-10-12
";

pub const STAFF: &str = "email\nerik@mail.example\n";

/// Read later: Anna is an employee too, so she was included wrongly.
pub const MORE_STAFF: &str = "email\nerik@mail.example\nanna@mail.example\n";

pub const RECIPE: &str = "# who could be read in the export
link accounts by email
registered = accounts where since < :to and not until < :from
buyers = orders where at between :from and :to
affected = (registered union buyers) except staff
";

/// Reads a list to its end; a name that is there already is read anew.
pub async fn list(world: &World, incident: IncidentId, name: &str, csv: &str) {
    let about = About {
        name: name.to_owned(),
        system: "website_account".to_owned(),
        site: if name == "accounts" { "shop" } else { "" }.to_owned(),
        in_system: true,
    };
    let s = received(world, incident, &about, csv.as_bytes())
        .await
        .unwrap();
    let s = read(world, &s).await;
    assert_eq!(s.status, Status::Done, "{s:?}");
    assert_eq!(s.rows_rejected, 0, "{s:?}");
}

/// The three lists, as they were first.
pub async fn three(world: &World, incident: IncidentId) {
    list(world, incident, "accounts", ACCOUNTS).await;
    list(world, incident, "orders", ORDERS).await;
    list(world, incident, "staff", STAFF).await;
}
