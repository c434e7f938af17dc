//! Where the people on a roster live, as a table.

use maud::{Markup, html};

use super::part;
use crate::domain::scope::suppress::Shown;
use crate::service::places::Places;

/// The table with at most `limit` places, and what is not exact in it.
pub(super) fn table(places: &Places, limit: usize) -> Markup {
    html! {
        @if !places.rows.is_empty() {
            div.scroll tabindex="0" role="region" aria-label="People by country and state" {
                table {
                    caption { "People by country and state" }
                    thead {
                        tr {
                            th scope="col" { "Country" }
                            th scope="col" { "State" }
                            th.n scope="col" { "People" }
                        }
                    }
                    tbody {
                        @for place in places.rows.iter().take(limit) {
                            tr {
                                td { (place.country.as_deref().unwrap_or("not stated")) }
                                td { (place.region.as_deref().unwrap_or("–")) }
                                td.n { (words(place.shown)) }
                            }
                        }
                    }
                }
            }
        }
        @if let Some(below) = places.ranges_below {
            p.small {
                @if places.rows.is_empty() { "Where they live is not shown: " }
                @else { "Small numbers are shown as ranges: " }
                "fewer than " (below) " people in one place could be recognised."
            }
        }
    }
}

fn words(shown: Shown) -> String {
    match shown.exact() {
        Some(n) => part::number(i64::try_from(n).unwrap_or(i64::MAX)),
        None => shown.to_string(),
    }
}
