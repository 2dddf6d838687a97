#![allow(clippy::unwrap_used)]

use super::{WORDS, is_press};
use crate::document::{Builder, html, markdown, plain};

fn md(text: &str) -> bool {
    let mut b = Builder::new();
    markdown::read(text, &mut b, false);
    is_press(&b.finish())
}

fn txt(text: &str) -> bool {
    let mut b = Builder::new();
    plain::read(text, &mut b);
    is_press(&b.finish())
}

fn page(text: &str) -> bool {
    let mut b = Builder::new();
    html::read(text, &mut b);
    is_press(&b.finish())
}

#[test]
fn the_word_lists_are_read() {
    let w = &*WORDS;
    assert!(w.threshold > 0.0 && w.threshold < 100.0 && w.weights.len() == 9);
    assert!(!w.names.is_empty() && !w.writing.is_empty());
    for list in
        [&w.strong, &w.label, &w.index, &w.months, &w.credits, &w.hosts, &w.about_before, &w.about_after, &w.about_not, &w.contact, &w.end]
    {
        assert!(!list.is_empty());
    }
}

#[test]
fn releases() {
    for (name, is) in [
        (
            "en, the classic form",
            txt(
                "FOR IMMEDIATE RELEASE\n\nBrightpath Becomes Gold Partner\n\nBOSTON, March 3, 2026 -- Brightpath Digital, a growth agency, today announced its new tier.\n\n###\n",
            ),
        ),
        (
            "en, wire",
            txt(
                "Northwind Labs Reaches New Tier\n\nAUSTIN, Texas, Nov. 12, 2026 /PRNewswire/ -- Northwind Labs, a consultancy for growing firms, today announced a milestone.\n\nSOURCE Northwind Labs",
            ),
        ),
        (
            "en, page with boilerplate and contact",
            page(
                "<title>Brightpath earns a new tier</title><nav>Press release</nav><h1>Brightpath earns a new tier</h1><p><b>St. Louis, Missouri – March 3, 2026</b> – Brightpath Digital announced today that it has reached a new tier.</p><h2>About Brightpath Digital</h2><p>Brightpath Digital is an agency.</p><h3>Media Contact</h3><p>Jo Park, jo@brightpath.example</p>",
            ),
        ),
        (
            "en, Markdown label and dateline",
            md(
                "---\ntitle: 'Press release: Brightpath grows'\n---\n\n**LONDON, 3 March 2026** — Brightpath, an agency for growing companies, has opened its second office.\n",
            ),
        ),
        (
            "en, about in one paragraph, end mark",
            md(
                "# Harbor & Co opens in Dublin\n\nDublin, Ireland, June 4, 2026 – Harbor & Co, a consultancy for growing firms, opened an office.\n\n**About Harbor**\nHarbor is a consultancy.\n\n\\# # #\n\n**Press contact:** press@harbor.example",
            ),
        ),
        (
            "de",
            txt(
                "Pressemitteilung\n\nNordlicht Digital wird Partner\n\nMünchen, den 12. März 2026 – Die Agentur Nordlicht Digital hat heute ihre neue Partnerschaft bekannt gegeben.\n\nÜber Nordlicht Digital\n\nNordlicht ist eine Agentur.\n\nPressekontakt: Jo Falk",
            ),
        ),
        (
            "de, numeric date, no label",
            txt(
                "Nordlicht wird Partner\n\nHamburg, 12.03.2026 – Die Agentur Nordlicht Digital hat heute ihre neue Partnerschaft bekannt gegeben.\n\nÜber Nordlicht Digital\n\nEine Agentur.\n\nPressekontakt\nJo Falk",
            ),
        ),
        (
            "fr",
            md(
                "## Communiqué de presse\n\n# Atelier Lumen devient partenaire\n\nParis, le 12 mars 2026 – Atelier Lumen, agence de conseil, annonce aujourd’hui son nouveau statut de partenaire.\n\n### À propos d’Atelier Lumen\n\nAgence.\n",
            ),
        ),
        (
            "es",
            txt(
                "NOTA DE PRENSA\n\nFaro Digital crece\n\nMadrid, 12 de marzo de 2026.- Faro Digital, consultora para empresas en crecimiento, anuncia su nueva oficina en Sevilla.\n\nAcerca de Faro Digital\nConsultora.",
            ),
        ),
        (
            "pt",
            txt(
                "Comunicado de imprensa | 12 de março de 2026\n\nOnda cresce\n\nLisboa, 12 de março de 2026 – A Onda Digital anunciou hoje a abertura do seu novo escritório no Porto.\n\nSobre a Onda Digital\n\nContacto de imprensa: Rui",
            ),
        ),
        (
            "it",
            txt(
                "COMUNICATO STAMPA\n\nMilano, 12 marzo 2026 – Studio Vela, agenzia per imprese in crescita, annuncia oggi il suo nuovo livello.\n\nUfficio stampa: Vela",
            ),
        ),
        (
            "nl",
            txt(
                "Persbericht\n\nUtrecht, 12 maart 2026 – Bureau Dijk, adviseur voor groeiende bedrijven, maakt vandaag zijn nieuwe kantoor bekend.\n\nOver Bureau Dijk\nAdviseur.",
            ),
        ),
        (
            "ja",
            txt(
                "プレスリリース\n\n2026年3月12日\n\n【東京、2026年3月12日】株式会社アオバは、新しいパートナー制度への参加を本日発表しました。\n\n株式会社アオバについて\n\n本件に関するお問い合わせ先：広報",
            ),
        ),
        (
            "a page at a wire service",
            page("<link rel=canonical href=\"https://www.prnewswire.com/news/x.html\"><h1>Brightpath grows</h1><p>Some text.</p>"),
        ),
    ] {
        assert!(is, "{name}");
    }
}

#[test]
fn look_alikes() {
    let article = "Body text.\n\n> FOR IMMEDIATE RELEASE\n>\n> BOSTON, March 3, 2026 — Brightpath Digital announced a new tier for its customers today.\n\nAbout [Company]\n\nMedia contact\n\n\\###\n";
    for (name, is) in [
        ("an article on writing them", md(&format!("# How to write a press release\n\n{article}"))),
        ("the same in German", md(&format!("# Pressemitteilung schreiben: Tipps\n\nPressemitteilung\n\n{article}"))),
        ("a template", md(&format!("---\ntitle: Press Release Template (free)\n---\n\n# For immediate release\n\n{article}"))),
        (
            "a dictionary entry",
            md(
                "# Press release\n\nA press release is an official statement delivered to members of the news media.\n\n## History\n\nIt began long ago.",
            ),
        ),
        (
            "a newsroom",
            page(
                "<h1>Newsroom</h1><h2>Press release</h2><p>Boston, March 3, 2026 – Brightpath announced a new tier for all of its customers today.</p><h2>Media contact</h2><p>jo@x.example</p><h2>About Brightpath</h2>",
            ),
        ),
        (
            "a list of releases",
            page(
                "<title>Latest news</title><h1>News</h1><p>Press release</p><h2>A</h2><p>Press release</p><h2>B</h2><p>Press Release</p><h2>C</h2><h2>Media contact</h2>",
            ),
        ),
        (
            "a plural title",
            md(
                "# Pressemitteilungen\n\nPressekontakt: Jo\n\nBerlin, 3. März 2026 – Nordlicht Digital hat heute eine neue Partnerschaft bekannt gegeben.\n",
            ),
        ),
        ("WordPress", md("# WordPress release 7.1\n\nPress and hold the key. Press release to let go.\n\nAbout WordPress\n")),
        ("press and hold", txt("Press and hold the power button.\n\nPress, release, and wait.\n\nContact\n\nends\n")),
        (
            "a blog post with a byline",
            page(
                "<h1>Five ideas for spring</h1><p>Jo Park, March 3, 2026 – 5 min read</p><p>Spring is here.</p><h2>About Jo Park</h2><p>Jo writes.</p>",
            ),
        ),
        (
            "a blog post that quotes a wire",
            md(
                "# What we read this week\n\nSee [this](https://www.prnewswire.com/news/a.html) and more.\n\n## About Brightpath\n\nAn agency.",
            ),
        ),
        (
            "an event",
            md(
                "# Grow Day\n\nBoston, March 3, 2026 – Join us for a day of talks on growth, with lunch and time to meet.\n\n## About Grow Day\n\nA day.",
            ),
        ),
        (
            "a page footer",
            page(
                "<h1>Services</h1><p>We help you grow.</p><footer><p>About Brightpath</p><p>Press contact: jo@x.example</p><p>ENDS</p></footer>",
            ),
        ),
        (
            "an article about French releases",
            md(
                "# Comment rédiger un communiqué de presse\n\nCommuniqué de presse\n\nParis, le 12 mars 2026 – Atelier Lumen annonce aujourd’hui son nouveau statut de partenaire.\n",
            ),
        ),
        ("a press page", txt("Presse\n\nPressekontakt: Jo Falk, Nordlicht Digital, presse@nordlicht.example")),
        ("nothing", txt("")),
    ] {
        assert!(!is, "{name}");
    }
}
