//! Inputs that punish anything quadratic or recursive. Each can be made in any size, so that doubling it shows how the time grows.

use super::pages;
use std::fmt::Write;

pub struct Hostile {
    pub name: &'static str,
    /// The ending that tells promolint what it is.
    pub ending: &'static str,
    /// What is measured, and half of it.
    pub size: usize,
    pub unit: &'static str,
    pub make: fn(usize) -> String,
}

const FAULT: &str = "We are Hubspot experts and pipelines are our calm craft. ";

/// One line of prose, `bytes` long, with a finding in every thousandth byte.
fn line(bytes: usize) -> String {
    let mut out = String::with_capacity(bytes + 2048);
    while out.len() < bytes {
        out.push_str(FAULT);
        while out.len() % 1000 > 50 {
            out.push_str("one more word ");
        }
    }
    out
}

fn nested(open: &str, close: &str, n: usize) -> String {
    format!("{}{FAULT}{}", open.repeat(n), close.repeat(n))
}

pub const ALL: [Hostile; 19] = [
    Hostile { name: "nested <div>", ending: "html", size: 60_000, unit: "levels", make: |n| nested("<div>", "</div>", n) },
    Hostile { name: "nested <b>, never closed", ending: "html", size: 20_000, unit: "levels", make: |n| nested("<p><b>", "", n) },
    Hostile { name: "nested lists", ending: "html", size: 60_000, unit: "levels", make: |n| nested("<ul><li>x", "</li></ul>", n) },
    Hostile { name: "<a><p> misnested", ending: "html", size: 20_000, unit: "pairs", make: |n| "<a href=x><p>y</a>".repeat(n) },
    Hostile {
        name: "text inside <table>",
        ending: "html",
        size: 40_000,
        unit: "rows",
        make: |n| format!("<table>{}", "<tr>Hubspot<td>x".repeat(n)),
    },
    Hostile {
        name: "one tag, many attributes",
        ending: "html",
        size: 20_000,
        unit: "attributes",
        make: |n| {
            let mut s = String::from("<p");
            for i in 0..n {
                let _ = write!(s, " a{i}=hubspot");
            }
            s + ">" + FAULT
        },
    },
    Hostile {
        name: "comments that speak to promolint",
        ending: "html",
        size: 10_000,
        unit: "comments",
        make: |n| "<!-- promolint-ignore tm-hubspot-capitalisation: wanted --><p>Hubspot</p>\n".repeat(n),
    },
    Hostile { name: "unclosed comment starts", ending: "html", size: 400_000, unit: "bytes", make: |n| "<!--".repeat(n / 4) },
    Hostile { name: "one line of HTML", ending: "html", size: 200_000, unit: "bytes", make: |n| format!("<p>{}</p>", line(n)) },
    Hostile {
        name: "the same word over and over",
        ending: "html",
        size: 400_000,
        unit: "bytes",
        make: |n| format!("<p>{}</p>", "Hubspot ".repeat(n / 8)),
    },
    Hostile { name: "letters without an end", ending: "txt", size: 1_000_000, unit: "bytes", make: |n| "a".repeat(n) },
    Hostile { name: "a page", ending: "html", size: 12_000_000, unit: "bytes", make: |n| pages::page(77, n) },
    Hostile { name: "one line of text", ending: "txt", size: 200_000, unit: "bytes", make: line },
    Hostile { name: "one line of Markdown", ending: "md", size: 200_000, unit: "bytes", make: line },
    Hostile {
        name: "nested quotes in Markdown",
        ending: "md",
        size: 20_000,
        unit: "levels",
        make: |n| format!("{}{FAULT}", "> ".repeat(n)),
    },
    Hostile { name: "open brackets in Markdown", ending: "md", size: 50_000, unit: "brackets", make: |n| "[a](".repeat(n) },
    Hostile { name: "nested JSON", ending: "json", size: 100_000, unit: "levels", make: |n| nested("[", "]", n) },
    Hostile {
        name: "one record with a long text",
        ending: "ndjson",
        size: 4_000_000,
        unit: "bytes",
        make: |n| format!("{{\"companyName\":\"Fennside\",\"slug\":\"fennside\",\"tier\":\"gold\",\"description\":\"{}\"}}\n", line(n)),
    },
    Hostile {
        name: "a quote that never closes",
        ending: "csv",
        size: 4_000_000,
        unit: "bytes",
        make: |n| format!("company_name,slug,tier,description\nFennside,fennside,gold,\"{}", line(n)),
    },
];
