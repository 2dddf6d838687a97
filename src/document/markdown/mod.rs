use super::Builder;
pub fn read(text: &str, b: &mut Builder, _mdx: bool) { super::plain::read(text, b) }
