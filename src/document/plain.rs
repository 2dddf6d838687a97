use super::*;
pub fn read(text: &str, b: &mut Builder) { let mut at = 0; for p in text.split("\n\n") { b.open(Role::Text); b.text(p, at); b.close(); at += p.len() + 2; } }
pub fn read_rst(text: &str, b: &mut Builder) { read(text, b) }
