//! Invented names, and the words of badges.

use super::random::Random;

const STARTS: [&str; 44] = [
    "Nor", "Alt", "Ver", "Lum", "Cor", "Bryn", "Tal", "Ost", "Fen", "Quin", "Mar", "Sol", "Ard", "Kel", "Vant", "Pol", "Hex", "Oru", "Zen",
    "Cal", "Dun", "Eld", "Fal", "Gal", "Hol", "Ind", "Jor", "Kor", "Lar", "Mel", "Nim", "Opal", "Per", "Riv", "Sty", "Tern", "Umb", "Vel",
    "Wist", "Yar", "Bex", "Crest", "Drift", "Amber",
];
const ENDS: [&str; 30] = [
    "star", "lane", "wick", "ora", "ix", "ford", "mere", "tide", "via", "on", "ium", "a", "field", "well", "gate", "forge", "loop", "nest",
    "path", "peak", "ridge", "scale", "shift", "spark", "works", "line", "base", "point", "wave", "leaf",
];
pub const WORDS: [&str; 16] = [
    "Solutions Partner",
    "Certified Partner",
    "Partner Program",
    "Agency Partner",
    "Authorized Reseller",
    "Technology Partner",
    "Service Provider",
    "Implementation Partner",
    "Consulting Partner",
    "Cloud Alliance",
    "Premier Network",
    "Certified Expert",
    "Training Partner",
    "App Developer",
    "Community Leader",
    "Trusted Advisor",
];
/// Names of tiers, in ladders.
pub const LADDERS: [&[&str]; 7] = [
    &["Bronze", "Silver", "Gold", "Platinum", "Diamond"],
    &["Silver", "Gold", "Platinum", "Elite"],
    &["Gold", "Platinum", "Diamond", "Elite"],
    &["Ruby", "Emerald", "Sapphire", "Onyx"],
    &["Member", "Select", "Advanced", "Premier"],
    &["Registered", "Preferred", "Strategic"],
    &["Associate", "Professional", "Expert", "Master"],
];
pub const CAPTIONS: [&str; 14] = [
    "Marketing Hub",
    "Content Strategy",
    "Inbound Sales",
    "Data Migration",
    "Customer Onboarding",
    "Solutions Architecture",
    "Email Automation",
    "Service Design",
    "Revenue Reporting",
    "Web Development",
    "Search Optimisation",
    "Platform Consulting",
    "Campaign Design",
    "Integration Basics",
];
/// For running text.
pub const PROSE: [&str; 48] = [
    "we",
    "help",
    "growing",
    "teams",
    "build",
    "websites",
    "that",
    "sell",
    "with",
    "clear",
    "reports",
    "and",
    "simple",
    "tools",
    "our",
    "work",
    "starts",
    "from",
    "your",
    "goals",
    "every",
    "quarter",
    "the",
    "agency",
    "plans",
    "campaigns",
    "for",
    "makers",
    "of",
    "machines",
    "software",
    "clinics",
    "schools",
    "in",
    "many",
    "places",
    "ask",
    "about",
    "migration",
    "training",
    "support",
    "results",
    "over",
    "time",
    "new",
    "customers",
    "each",
    "month",
];

pub fn name(r: &mut Random) -> String {
    let (a, b) = (r.pick(&STARTS), r.pick(&ENDS));
    if r.chance(0.25) {
        let mut second: String = r.pick(&ENDS).to_owned();
        if let Some(first) = second.get_mut(0..1) {
            first.make_ascii_uppercase();
        }
        format!("{a}{b} {second}")
    } else {
        format!("{a}{b}")
    }
}

pub fn sentence(r: &mut Random, words: usize) -> String {
    let mut s: Vec<String> = (0..words).map(|_| r.pick(&PROSE).to_owned()).collect();
    if let Some(c) = s.first_mut().and_then(|w| w.get_mut(0..1)) {
        c.make_ascii_uppercase();
    }
    s.join(" ")
}
