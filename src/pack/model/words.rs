use crate::pack::lazy::Lazy;
use crate::pack::words::Lists;

/// Words of lists.
#[derive(Debug, Default)]
pub struct WordsMatcher {
    /// Which lists, found when they are needed.
    pub lists: Lazy<Lists>,
    /// Words in disguise count, too.
    pub disguised: bool,
    /// Words of the lists that are left alone, folded as the lists are.
    pub except: Vec<String>,
}
