//! Blocks of code and comments that template languages set apart by tags of their own, which no markup knows of: `{% comment %}`, `[code]`.

use super::BLOCK_SEPARATOR;
use crate::source::Span;
use memchr::memmem;

/// How such a block begins: the sign, the word behind it, and how it ends: all of these, one after the other.
const BLOCKS: [(&str, &str, &[&str]); 15] = [
    ("{%", "comment", &["endcomment", "%}"]),
    ("{%", "highlight", &["endhighlight", "%}"]),
    ("{%", "codeblock", &["endcodeblock", "%}"]),
    ("{{<", "highlight", &["/highlight", ">}}"]),
    ("{{%", "highlight", &["/highlight", "%}}"]),
    ("[", "code", &["[/code]"]),
    ("{{!--", "", &["--}}"]),
    ("{{--", "", &["--}}"]),
    ("<#--", "", &["-->"]),
    ("{{!", "", &["}}"]),
    ("{{", "/*", &["*/", "}}"]),
    ("<%--", "", &["--%>"]),
    ("<%#", "", &["%>"]),
    ("@*", "", &["*@"]),
    ("{#", " ", &["#}"]),
];

/// The first of [`BLOCKS`] that are comments and nothing else.
const COMMENTS: usize = 6;

/// If a text begins with a comment: how long its beginning is, and how it ends.
pub(super) fn comment_at(text: &str) -> Option<(usize, &'static [&'static str])> {
    BLOCKS[COMMENTS..].iter().find_map(|b| Some((begins(text, b)?, b.2)))
}

/// How long the beginning of such a block is, if the text begins with one.
fn begins(text: &str, (open, word, _): &(&str, &str, &[&str])) -> Option<usize> {
    let rest = text.strip_prefix(open)?;
    // `{#id}` is an attribute.
    if *word == " " {
        return rest.starts_with(|c: char| c.is_whitespace() || c == BLOCK_SEPARATOR).then_some(open.len());
    }
    let rest = if word.is_empty() || *open == "[" { rest } else { rest.trim_start_matches(['-', '+', ' ']) };
    let rest = rest.strip_prefix(word)?;
    let whole = !word.ends_with(char::is_alphanumeric) || !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    whole.then(|| text.len() - rest.len())
}

/// The blocks of code in a text, in order and apart.
pub(super) fn blocks(text: &str) -> Vec<Span> {
    let mut out = Vec::new();
    let mut hopeless = [false; BLOCKS.len()];
    let mut at = 0;
    // `@` stands in every address, `@*` hardly anywhere.
    let mut razor = memmem::find(text.as_bytes(), b"@*");
    loop {
        if razor.is_some_and(|r| r < at) {
            razor = memmem::find(&text.as_bytes()[at..], b"@*").map(|r| at + r);
        }
        let found = memchr::memchr3(b'{', b'[', b'<', &text.as_bytes()[at..]).map(|f| at + f);
        let Some(start) = found.into_iter().chain(razor).min() else { break };
        at = start + 1;
        let rest = &text[start..];
        let Some(kind) = BLOCKS.iter().position(|b| begins(rest, b).is_some()).filter(|k| !hopeless[*k]) else { continue };
        let mut end = at;
        for close in BLOCKS[kind].2 {
            match memmem::find(&text.as_bytes()[end..], close.as_bytes()) {
                Some(found) => end += found + close.len(),
                // There is none further on either, so that a row of beginnings costs no more than one.
                None => hopeless[kind] = true,
            }
        }
        if !hopeless[kind] {
            out.push(Span::new(start, end));
            at = end;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_begin_and_end_with_their_tags() {
        let cases = [
            ("a {% comment %} x\n{{ y }} {%- endcomment -%} b", "{% comment %} x\n{{ y }} {%- endcomment -%}"),
            ("{%- codeblock lang:js %}x{% endcodeblock %}", "{%- codeblock lang:js %}x{% endcodeblock %}"),
            ("{{< highlight go >}}x{{< /highlight >}} b", "{{< highlight go >}}x{{< /highlight >}}"),
            ("[code lang=js]x[/code] [codes] y[/code]", "[code lang=js]x[/code]"),
            ("{{!-- x }} y --}} z", "{{!-- x }} y --}}"),
            ("{# x #} {#id} #}", "{# x #}"),
            ("a {{/* x }} y */}} b", "{{/* x }} y */}}"),
            ("a {{- /*x*/ -}} b", "{{- /*x*/ -}}"),
            ("{{! x }} y }}", "{{! x }}"),
            ("<%# x > y %> z", "<%# x > y %>"),
            ("<%-- x %> y --%> z", "<%-- x %> y --%>"),
            ("me@example.com @* x * y *@ z", "@* x * y *@"),
        ];
        for (text, want) in cases {
            let found: Vec<&str> = blocks(text).iter().map(|s| &text[s.range()]).collect();
            assert_eq!(found, [want], "{text}");
        }
        for text in [
            "{% comments %} {% endcomment %}",
            "{% comment %} x",
            "{% highlight %} {% endcomment %}",
            "[code of conduct",
            "{{ x }}",
            "{{ !x }}",
            "<%= x %>",
            "a@*.example",
            "é{",
        ] {
            assert_eq!(blocks(text), [], "{text}");
        }
    }
}
