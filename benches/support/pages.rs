//! Made-up web pages of partner firms: navigation, services, prices, forms, JSON-LD, scripts; some as people write them, some minified.

use super::random::Random;
use super::words::{CITIES, FIRMS, LANGUAGES, Language};
use std::fmt::Write;

/// How far apart, in bytes of the file, sentences with something wrong are meant to stand. Head, menu and scripts take none, and some come to
/// stand in quotations, where rules let them be: a finding every 4 KB is what comes of it.
const FAULT_EVERY: usize = 2100;

struct Page<'r> {
    r: &'r mut Random,
    lang: &'static Language,
    out: String,
    open: Vec<&'static str>,
    pretty: bool,
    next_fault: usize,
    n: usize,
}

/// A page of at least `size` bytes.
pub fn page(seed: u64, size: usize) -> String {
    let mut r = Random::new(seed);
    // English is what most pages are in.
    let lang = if r.percent(58) { 0 } else { r.range(1, LANGUAGES.len() - 1) };
    let pretty = r.percent(60);
    let next_fault = r.range(1, 2 * FAULT_EVERY);
    let mut p =
        Page { r: &mut r, lang: &LANGUAGES[lang], out: String::with_capacity(size + 8192), open: Vec::new(), pretty, next_fault, n: 0 };
    p.head();
    p.header();
    p.start("main", " id=\"main-content\" class=\"body-container-wrapper\"");
    p.hero();
    let mut kind = p.r.below(8);
    while p.out.len() + 3500 < size {
        match kind % 8 {
            0 | 5 => p.cards(),
            1 => p.prices(),
            2 | 6 => p.article(),
            3 => p.questions(),
            4 => p.form(),
            _ => p.voices(),
        }
        kind += 1;
    }
    p.end();
    p.footer();
    p.out
}

impl Page<'_> {
    fn line(&mut self) {
        if self.pretty {
            self.out.push('\n');
            for _ in 0..self.open.len() {
                self.out.push_str("  ");
            }
        }
    }

    fn start(&mut self, tag: &'static str, attributes: &str) {
        self.line();
        let _ = write!(self.out, "<{tag}{attributes}>");
        self.open.push(tag);
    }

    fn end(&mut self) {
        if let Some(tag) = self.open.pop() {
            self.line();
            let _ = write!(self.out, "</{tag}>");
        }
    }

    /// An element with nothing but words in it.
    fn element(&mut self, tag: &str, attributes: &str, words: &str) {
        self.line();
        let _ = write!(self.out, "<{tag}{attributes}>{words}</{tag}>");
    }

    fn raw(&mut self, text: &str) {
        self.line();
        self.out.push_str(text);
    }

    /// Sentences, with the markup, entities and line ends that are found in running text.
    fn prose(&mut self, sentences: usize) -> String {
        let mut out = String::new();
        for i in 0..sentences {
            if i > 0 {
                out.push_str(if self.pretty && self.r.percent(25) && !self.lang.gap.is_empty() { "\n        " } else { self.lang.gap });
            }
            if self.out.len() + out.len() >= self.next_fault {
                out.push_str(self.r.pick(self.lang.faults));
                self.next_fault = self.out.len() + self.r.range(FAULT_EVERY / 2, FAULT_EVERY * 3 / 2);
                continue;
            }
            let s = self.lang.sentence(self.r);
            match self.r.below(12) {
                0 => {
                    let _ = write!(out, "<strong>{s}</strong>");
                }
                1 => {
                    let _ = write!(out, "<a href=\"/{}/hubspot-{}?utm_source=hubspot&amp;utm_medium=web\">{s}</a>", self.lang.tag, self.n);
                }
                2 => out.push_str(&s.replacen(' ', "&nbsp;", 1)),
                3 => out.push_str(&s.replacen("HubSpot", "<em>HubSpot</em>", 1)),
                4 => {
                    let _ = write!(out, "{s}<br>");
                }
                5 => {
                    let _ = write!(out, "&ldquo;{s}&rdquo;");
                }
                6 => {
                    let _ = write!(out, "{s} <code>npm i @hubspot/cli</code>");
                }
                _ => out.push_str(&s),
            }
        }
        out
    }

    fn heading(&mut self) -> &'static str {
        self.r.pick(self.lang.headings)
    }

    fn label(&mut self) -> &'static str {
        self.r.pick(self.lang.labels)
    }

    fn firm(&mut self) -> &'static str {
        self.r.pick(&FIRMS)
    }

    fn id(&mut self) -> usize {
        self.n += 1;
        self.n
    }

    fn head(&mut self) {
        let (firm, title) = (self.firm(), self.heading());
        let site = firm.to_lowercase().replace([' ', '&'], "");
        let firm = firm.replace('&', "&amp;");
        self.out.push_str("<!doctype html>");
        let _ = write!(self.out, "<!-- hubspot theme export, build {} --><html lang=\"{}\">", self.r.below(9999), self.lang.tag);
        self.open.push("html");
        self.start("head", "");
        self.raw("<meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        self.element("title", "", &format!("{title} | {firm}"));
        let s = self.lang.sentence(self.r).replace('"', "&quot;");
        self.raw(&format!("<meta name=\"description\" content=\"{s}\">"));
        self.raw(&format!("<meta property=\"og:title\" content=\"{title}\"><meta property=\"og:description\" content=\"{s}\"><meta property=\"og:type\" content=\"website\">"));
        self.raw(&format!("<link rel=\"canonical\" href=\"https://www.{site}.example/{}/page\">", self.lang.tag));
        for i in 0..self.r.range(2, 6) {
            let id = self.r.number();
            self.raw(&format!("<link rel=\"stylesheet\" href=\"https://cdn.{site}.example/hubfs/hub_generated/module_assets/{i}/{id}/module_hubspot.min.css\">"));
        }
        self.line();
        self.out.push_str("<style>");
        for i in 0..self.r.range(8, 40) {
            let _ = write!(
                self.out,
                ".hubspot-form__field-{i},.card>.card__body--{i}{{margin:0 0 {}px;padding:{}rem;color:#{:06x}}}",
                i * 3,
                i % 4,
                self.r.below(0xFF_FFFF)
            );
        }
        self.out.push_str("</style>");
        self.line();
        let _ = write!(
            self.out,
            "<script type=\"application/ld+json\">{{\"@context\":\"https://schema.org\",\"@graph\":[{{\"@type\":\"Organization\",\"name\":\"{}\",\"url\":\"https://www.{site}.example/\",\"description\":\"{}\",\"address\":{{\"@type\":\"PostalAddress\",\"addressLocality\":\"{}\"}}}},{{\"@type\":\"WebPage\",\"name\":\"{}\"}}]}}</script>",
            firm.replace("&amp;", "&"),
            self.lang.sentence(self.r).replace("&amp;", "&"),
            CITIES[self.r.below(CITIES.len())].0,
            title.replace('&', "and")
        );
        self.script(6);
        self.end();
    }

    /// A script with the name in it, spelled as code spells it.
    fn script(&mut self, statements: usize) {
        self.line();
        self.out.push_str("<script>window.hsq=window.hsq||[];(function(w,d){var Hubspot={forms:[]};");
        for i in 0..statements {
            let _ = write!(
                self.out,
                "w.hsq.push(['hubspot_track_{i}',{{id:{},el:'#hubspot-cta-{i}',guaranteed:i<{}&&d.body}}]);if(w.Hubspot){{Hubspot.forms.create({{portalId:'{}'}})}}",
                self.r.number() % 100_000,
                self.r.below(90),
                self.r.number() % 10_000_000
            );
        }
        self.out.push_str("})(window,document);</script>");
    }

    fn header(&mut self) {
        self.start("body", " class=\"hs-content-id-1 hs-site-page page hubspot-theme\"");
        self.element("a", " class=\"skip-link\" href=\"#main-content\"", "Skip to content");
        self.start("header", " class=\"header header--sticky\" data-global-resource-path=\"theme/templates/partials/header.html\"");
        let firm = self.firm().replace('&', "&amp;");
        self.raw(&format!("<a class=\"header__logo\" href=\"/\"><img src=\"/hubfs/logo.svg\" alt=\"{firm}\" width=\"160\" height=\"40\" loading=\"eager\"></a>"));
        self.start("nav", " aria-label=\"Main\" class=\"menu menu--desktop\"");
        self.start("ul", " class=\"menu__wrapper no-list\"");
        for _ in 0..self.r.range(5, 8) {
            self.start("li", " class=\"menu__item menu__item--depth-1 hs-skip-lang-url-rewrite\"");
            let (label, id) = (self.label(), self.id());
            self.element("a", &format!(" class=\"menu__link\" href=\"/{}/{id}\" role=\"menuitem\"", self.lang.tag), label);
            self.start("ul", " class=\"menu__submenu menu__submenu--level-2 no-list\" role=\"menu\"");
            for _ in 0..self.r.range(2, 5) {
                let (heading, id) = (self.heading(), self.id());
                self.raw(&format!(
                    "<li class=\"menu__item menu__item--depth-2\"><a class=\"menu__link\" href=\"/{}/{id}\">{heading}</a></li>",
                    self.lang.tag
                ));
            }
            self.end();
            self.end();
        }
        self.end();
        self.end();
        self.end();
    }

    fn hero(&mut self) {
        self.start("section", " class=\"hero hero--dark\" style=\"background-image:url('/hubfs/hero.jpg');padding:4rem 0\"");
        let h = self.heading();
        self.element("h1", " class=\"hero__title\"", h);
        let p = self.prose(2);
        self.element("p", " class=\"lead\"", &p);
        let label = self.label();
        self.raw(&format!("<a class=\"button button--primary cta_button\" data-hs-cta=\"hubspot-cta\" href=\"/contact\">{label}</a>"));
        let alt = self.lang.sentence(self.r).replace('"', "&quot;");
        self.raw(&format!("<img class=\"hero__image\" src=\"/hubfs/hubspot-dashboard.png?width=800\" srcset=\"/hubfs/a.png?width=400 400w, /hubfs/a.png?width=800 800w, /hubfs/a.png?width=1200 1200w\" sizes=\"(max-width: 800px) 100vw, 800px\" alt=\"{alt}\">"));
        self.end();
    }

    fn section(&mut self, class: &str) {
        let id = self.id();
        self.raw(&format!("<!-- section {id}: Hubspot module, see https://developers.example/hubspot/{id} -->"));
        self.start("section", &format!(" class=\"{class}\" id=\"s{id}\" data-module=\"hubspot-{id}\""));
        self.start("div", " class=\"content-wrapper row-fluid\"");
        let h = self.heading();
        self.element("h2", " class=\"section__title\"", h);
    }

    fn section_end(&mut self) {
        self.end();
        self.end();
    }

    fn cards(&mut self) {
        self.section("cards cards--three");
        self.start("div", " class=\"cards__grid\"");
        for _ in 0..self.r.range(3, 6) {
            self.start("article", " class=\"card span4 widget-span widget-type-cell\" data-widget-type=\"cell\"");
            self.raw("<svg class=\"icon\" viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"M12 2l3.1 6.3 6.9 1-5 4.9 1.2 6.8-6.2-3.2L5.8 21 7 14.2 2 9.3l6.9-1z\" fill=\"#ff7a59\"/></svg>");
            let h = self.heading();
            self.element("h3", " class=\"card__title\"", h);
            let n = self.r.range(2, 4);
            let p = self.prose(n);
            self.element("p", "", &p);
            let (label, id) = (self.label(), self.id());
            self.element(
                "a",
                &format!(" class=\"card__link\" href=\"https://www.partner.example/blog/hubspot-{id}\" title=\"{label}\""),
                label,
            );
            self.end();
        }
        self.end();
        self.section_end();
    }

    fn prices(&mut self) {
        self.section("pricing");
        self.start("table", " class=\"pricing__table\" style=\"width:100%;border-collapse:collapse\"");
        self.raw("<thead><tr><th scope=\"col\">Package</th><th scope=\"col\">Starter</th><th scope=\"col\">Professional</th><th scope=\"col\">Enterprise</th></tr></thead>");
        self.start("tbody", "");
        for _ in 0..self.r.range(6, 12) {
            let (s, a, b, c) = (self.lang.sentence(self.r), self.r.range(4, 40), self.r.range(40, 90), self.r.range(90, 400));
            self.raw(&format!("<tr><th scope=\"row\">{s}</th><td>&euro;&nbsp;{a}00</td><td>&euro;&nbsp;{b}00</td><td class=\"highlight\"><span class=\"price\">&euro;&nbsp;{c}00</span></td></tr>"));
        }
        self.end();
        self.end();
        let p = self.prose(3);
        self.element("p", " class=\"pricing__note\"", &p);
        self.section_end();
    }

    fn article(&mut self) {
        self.section("article rich-text");
        for _ in 0..self.r.range(3, 6) {
            let n = self.r.range(3, 6);
            let p = self.prose(n);
            self.element("p", "", &p);
            if self.r.percent(30) {
                self.start("ul", "");
                for _ in 0..self.r.range(3, 5) {
                    let p = self.prose(1);
                    self.element("li", "", &p);
                }
                self.end();
            }
            if self.r.percent(20) {
                self.raw("<pre><code class=\"language-js\">const Hubspot = require('hubspot');\nconst client = new Hubspot.Client({ accessToken: process.env.HUBSPOT_TOKEN }); // guaranteed results\n</code></pre>");
            }
        }
        self.section_end();
    }

    fn questions(&mut self) {
        self.section("faq");
        for _ in 0..self.r.range(4, 8) {
            self.start("details", " class=\"faq__item\"");
            let q = self.lang.sentence(self.r);
            self.element("summary", "", &q);
            let p = self.prose(3);
            self.element("div", " class=\"faq__answer\"", &format!("<p>{p}</p>"));
            self.end();
        }
        self.section_end();
    }

    fn form(&mut self) {
        self.section("contact");
        self.start("form", " class=\"hs-form hubspot-form stacked\" action=\"https://forms.example/uploads/form/v2/000/hubspot\" method=\"post\" novalidate");
        for _ in 0..self.r.range(4, 7) {
            let (label, id) = (self.label(), self.id());
            self.raw(&format!("<div class=\"hs-form-field field hs-fieldtype-text\"><label for=\"f{id}\">{label}<span class=\"hs-form-required\">*</span></label><div class=\"input\"><input id=\"f{id}\" name=\"hubspot_{id}\" type=\"text\" class=\"hs-input\" placeholder=\"{label}\" value=\"\" required></div></div>"));
        }
        self.raw("<select name=\"size\" class=\"hs-input\"><option value=\"\">&ndash;</option><option>1 to 10</option><option>11 to 50</option><option>51 to 200</option></select>");
        let p = self.prose(1);
        self.raw(&format!(
            "<label class=\"hs-form-booleancheckbox\"><input type=\"checkbox\" name=\"consent\" value=\"true\"> <span>{p}</span></label>"
        ));
        let label = self.label();
        self.raw(&format!("<button type=\"submit\" class=\"hs-button primary\" aria-label=\"{label}\">{label}</button>"));
        self.end();
        self.script(2);
        self.section_end();
    }

    fn voices(&mut self) {
        self.section("voices");
        for _ in 0..self.r.range(2, 4) {
            let (p, firm) = (self.prose(2), self.firm().replace('&', "&amp;"));
            self.raw(&format!("<figure class=\"voice\"><blockquote><p>{p}</p></blockquote><figcaption>{firm}, <cite>Head of Operations</cite></figcaption></figure>"));
        }
        self.section_end();
    }

    fn footer(&mut self) {
        self.start("footer", " class=\"footer\"");
        for _ in 0..3 {
            self.start("ul", " class=\"footer__column no-list\"");
            for _ in 0..5 {
                let (label, id) = (self.label(), self.id());
                self.raw(&format!("<li><a href=\"https://www.partner.example/{}/{id}\" rel=\"noopener\">{label}</a></li>", self.lang.tag));
            }
            self.end();
        }
        let p = self.prose(1);
        self.element("p", " class=\"footer__legal\"", &format!("&copy; 2026 {p}"));
        self.end();
        let p = self.prose(2);
        self.raw(&format!("<div id=\"cookie-banner\" class=\"hs-cookie-notification\" hidden aria-hidden=\"true\" style=\"display:none\"><p>{p}</p><button type=\"button\">OK</button></div>"));
        self.raw("<noscript><img src=\"https://track.example/hubspot.gif\" alt=\"\"></noscript>");
        self.script(5);
        self.end();
        self.end();
        self.out.push('\n');
    }
}
