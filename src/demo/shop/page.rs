//! The shop's pages. What a host adds for Due Notice is the element and the script in [`frame`].

use maud::{DOCTYPE, Markup, html};

use super::{CUSTOMERS, Customer, Words};
use crate::http::widget::SCRIPT;

/// What a page is made from.
pub struct View<'a> {
    pub text: Words,
    pub api: &'a str,
    pub nonce: &'a str,
    pub customer: Option<Customer>,
}

fn frame(view: &View<'_>, path: &str, main: &Markup) -> Markup {
    let t = view.text;
    let script = &SCRIPT.manifest;
    html! {
        (DOCTYPE)
        html lang=(t.lang) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Brenner & Holt – " (t.tagline) }
                link rel="stylesheet" href="/shop.css";
                script type="module" nonce=(view.nonce) crossorigin="anonymous"
                    integrity=(script.integrity) src={ (view.api) (script.path) } {}
            }
            body {
                nav.skip aria-label=(t.skip) { a href="#content" { (t.skip) } }
                site-notice api=(view.api) token-url="/notice-token" lang=(t.lang) {}
                header.top {
                    a.brand href={ "/" (t.lang) } {
                        strong { "Brenner & Holt" }
                        span { (t.tagline) }
                    }
                    nav {
                        a href={ "/" (t.lang) } { (t.shop) }
                        a href={ "/" (t.lang) "/account" } { (t.account) }
                        a href={ "/" (t.other_lang) (path) } lang=(t.other_lang) hreflang=(t.other_lang) {
                            (t.other_name)
                        }
                    }
                }
                main #content tabindex="-1" { (main) }
                footer.foot { p { (t.foot) } }
            }
        }
    }
}

/// Who is signed in, and the buttons to change that.
fn who(view: &View<'_>) -> Markup {
    let t = view.text;
    html! {
        section.who aria-labelledby="demo" {
            h2 #demo { (t.demo) }
            p { (t.demo_hint) }
            @if let Some(customer) = view.customer {
                p.now { (t.signed_in_as) " " strong { (customer.name) } }
                form method="post" action={ "/" (t.lang) "/sign-out" } {
                    button { (t.sign_out) }
                }
            } @else {
                form.choice method="post" action={ "/" (t.lang) "/sign-in" } {
                    @for customer in CUSTOMERS {
                        button name="customer" value=(customer.id) {
                            small { (t.sign_in_as) } " " (customer.name)
                        }
                    }
                }
            }
        }
    }
}

/// The first page: what is sold.
pub fn home(view: &View<'_>) -> Markup {
    let t = view.text;
    let main = html! {
        section.hero {
            h1 { (t.headline) }
            p { (t.lead) }
        }
        ul.goods {
            @for (n, (name, what, price)) in t.products.iter().enumerate() {
                li {
                    div.picture { (picture(n)) }
                    h2 { (name) }
                    p { (what) }
                    p.price { (price) }
                }
            }
        }
        (who(view))
    };
    frame(view, "", &main)
}

/// The customer's own page.
pub fn account(view: &View<'_>) -> Markup {
    let t = view.text;
    let main = html! {
        @if let Some(customer) = view.customer {
            h1 { (t.hello) " " (customer.name) }
            div.columns {
                section aria-labelledby="orders" {
                    h2 #orders { (t.orders) }
                    table {
                        thead { tr { @for head in t.order_head { th scope="col" { (head) } } } }
                        tbody {
                            @for row in t.order_rows {
                                tr { @for cell in row { td { (cell) } } }
                            }
                        }
                    }
                }
                section aria-labelledby="address" {
                    h2 #address { (t.address) }
                    address {
                        (customer.name)
                        @for line in t.address_lines { br; (line) }
                    }
                }
            }
        } @else {
            h1 { (t.account) }
            p { (t.please_sign_in) }
        }
        (who(view))
    };
    frame(view, "/account", &main)
}

/// Line drawings, so that the shop needs no files of anybody.
fn picture(n: usize) -> Markup {
    let paths: &[&str] = match n {
        0 => &[
            "M22 26h38v34a12 12 0 0 1-12 12H34a12 12 0 0 1-12-12z",
            "M60 34h8a8 8 0 0 1 0 22h-8",
            "M34 18c0-4 4-4 4-8M46 18c0-4 4-4 4-8",
        ],
        1 => &[
            "M14 40a24 24 0 1 0 48 0a24 24 0 1 0-48 0",
            "M21 40a17 17 0 1 0 34 0a17 17 0 1 0-34 0",
            "M61 47l24 12",
        ],
        2 => &["M12 54h62L60 38C46 28 26 30 12 54z", "M74 54h14v-8H67"],
        3 => &["M14 34h68c0 22-14 34-34 34S14 56 14 34z", "M36 68v6h24v-6"],
        4 => &[
            "M26 40a22 18 0 1 0 44 0a22 18 0 1 0-44 0",
            "M70 42l14-10",
            "M30 28c4-16 32-16 36 0",
            "M44 22h8",
        ],
        _ => &[
            "M16 26h54a6 6 0 0 1 6 6v30a6 6 0 0 1-6 6H16z",
            "M24 26v42",
            "M66 47h0.1",
        ],
    };
    html! {
        svg viewBox="0 0 96 84" fill="none" stroke="currentColor" stroke-width="3"
            stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" {
            @for path in paths { path d=(path) {} }
        }
    }
}
