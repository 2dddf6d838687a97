//! Which rules meet which documents: inputs in, findings out, in a fixed order whatever the number of threads.
//!
//! Knows documents, rules and checks; prints nothing.

mod accept;
mod assemble;
mod assets;
pub mod audit;
pub mod cache;
mod corpus;
mod distinct;
mod documents;
pub mod fix;
mod fold;
mod format;
mod listing;
mod mask;
pub mod mutate;
mod once;
mod outcome;
mod own;
mod paths;
mod pictures;
mod read;
pub mod recall;
mod rules;
mod run;
pub mod score;
mod seen;
mod split;
mod summary;
mod suppress;
mod testing;
mod walk;
mod web;
pub mod why;
mod wordless;

pub use accept::{Accept, Baseline, BaselineChange, Coverage, Ignore, Ignores, SUPPRESSION, git, since};
pub use assets::{files as asset_files, references as asset_references, references_kept};
pub use documents::Active;
pub use format::{Format, is_binary};
pub use listing::{LeftOut, Listed, Why as WhyLeftOut, left_out};
pub use outcome::Outcome;
pub use own::{IMAGE_MISSING, OWN_PACK, OWN_RULES, SHEET_NOT_READ};
pub use paths::{Paths, common_folder};
pub use pictures::{Gallery, Store, is_png_or_empty};
pub use read::{Reading, read_source};
pub use recall::Recall;
pub use rules::{RuleSet, Settings};
pub use run::{Engine, Options};
pub use seen::{Amount, Seen, Shows};
pub use summary::{Counts, NotApplied, NotCompared, Summary};
pub use suppress::Comment;
pub use testing::{CaseResult, found_again, test_pack};
pub use walk::{Input, Inputs, io_message, name_of, nearest};
