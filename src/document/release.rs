
pub fn is_press(_d: &super::Document) -> bool { false }
