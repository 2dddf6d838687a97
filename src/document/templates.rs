//! Blocks of code and comments that template languages set apart by tags of their own, which no markup knows of: `{% comment %}`, `[code]`.

use super::BLOCK_SEPARATOR;
use crate::source::Span;
use memchr::memmem;

/// How such a block begins: the sign, the word behind it, and how it ends: all of these, one after the other.
const BLOCKS: [(&str, &str, &[&str]); 10] = [
    ("{%", "comment", &["endcomment", "%}"]),
    ("{%", "highlight", &["endhighlight", "%}"]),
    ("{%", "codeblock", &["endcodeblock", "%}"]),
    ("{{<", "highlight", &["/highlight", ">}}"]),
    ("{{%", "highlight", &["/highlight", "%}}"]),
    ("[", "code", &["[/code]"]),
    ("{{!--", "", &["--}}"]),
    ("{{--", "", &["--}}"]),
    ("<#--", "", &["-->"]),
    ("{#", " ", &["#}"]),
];

/// The blocks of code in a text, in order and apart.
pub(super) fn blocks(text: &str) -> Vec<Span> {
    let mut out = Vec::new();
    let mut hopeless = [false; BLOCKS.len()];
    let mut at = 0;
    while let Some(found) = memchr::memchr3(b'{', b'[', b'<', &text.as_bytes()[at..]) {
        let start = at + found;
        at = start + 1;
        let rest = &text[start..];
        let begins = |(open, word, _): &(&str, &str, &[&str])| {
            let Some(rest) = rest.strip_prefix(open) else { return false };
            // `{#id}` is an attribute.
            if *word == " " {
                return rest.starts_with(|c: char| c.is_whitespace() || c == BLOCK_SEPARATOR);
            }
            let rest = if word.is_empty() || *open == "[" { rest } else { rest.trim_start_matches(['-', '+', ' ']) };
            rest.strip_prefix(word).is_some_and(|r| word.trim().is_empty() || !r.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        };
        let Some(kind) = BLOCKS.iter().position(begins).filter(|k| !hopeless[*k]) else { continue };
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
        ];
        for (text, want) in cases {
            let found: Vec<&str> = blocks(text).iter().map(|s| &text[s.range()]).collect();
            assert_eq!(found, [want], "{text}");
        }
        for text in
            ["{% comments %} {% endcomment %}", "{% comment %} x", "{% highlight %} {% endcomment %}", "[code of conduct", "{{ x }}", "é{"]
        {
            assert_eq!(blocks(text), [], "{text}");
        }
    }
}
