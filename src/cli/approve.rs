//! `promolint approve`: writes an approval with the hash of the content, and lists what needs attention.

use super::args::{ApproveArgs, ApproveStatus, Color, Selection};
use super::{complain, exit, files, print, refuse, register, setup, stderr_palette};
use crate::config::Config;
use crate::document::records::{self, Formats, Outcome, Shape, Splitter};
use crate::document::{Builder, Document, Kind};
use crate::engine::{Format, io_message, is_binary, name_of, nearest, read_source};
use crate::facts::content::{bytes_sha256, content_sha256, difference, visible_text};
use crate::facts::edit::{EMPTY_APPROVALS, NewApproval, append};
use crate::facts::partners::FormatsRef;
use crate::facts::{self, Approval, ApprovalKind, Approvals, Day, Partners, Standing, State, Status, channels};
use crate::report::{clean, rich_faults_in};
use crate::source::{DecodeHint, Source};
use std::path::{Path, PathBuf};

/// An approval that ends within so many days is told.
const SOON: i32 = 30;

/// Runs the command.
pub fn run(args: &ApproveArgs) -> u8 {
    let selection = Selection { config: args.config.clone(), ..Selection::default() };
    let config = match setup::configuration(&selection, Path::new(".")) {
        Ok(c) => c,
        Err(code) => return code,
    };
    let named = config.registers.get("approvals").map(|r| config.folder().join(&r.file));
    let path = args.approvals.clone().or(named).unwrap_or_else(|| "approvals.yaml".into());
    let today = args.today.unwrap_or_else(Day::today);
    match (&args.file, &args.id) {
        (Some(file), Some(id)) => approve(args, &config, file, id, &path, today),
        _ => list(&path, today),
    }
}

/// What a file shows its readers: a document, or one for each record.
struct Content {
    bytes: Vec<u8>,
    documents: Vec<Document>,
    kind: Option<Kind>,
}

impl Content {
    /// `kind`: what it was approved as, if that is known.
    fn read(file: &Path, kind: Option<ApprovalKind>) -> Result<Content, String> {
        let bytes = std::fs::read(file).map_err(|e| format!("cannot read {}: {}", name_of(file), io_message(&e)))?;
        if is_binary(&bytes) {
            return Ok(Content { bytes, documents: Vec::new(), kind: None });
        }
        let name = name_of(file);
        let source = Source::decode(name.clone(), bytes.clone(), DecodeHint::Text);
        let format = Format::from_name(&name).unwrap_or_else(|| Format::sniff(source.text(), Formats::builtin()));
        if !format.is_records() {
            let source = if format == Format::Html { Source::decode(name, bytes.clone(), DecodeHint::Html) } else { source };
            let reading = read_source(&source, format, None);
            return Ok(Content { bytes, documents: vec![reading.document], kind: Some(reading.kind) });
        }
        let shape = records::sniff(&bytes, &name).ok_or_else(|| format!("{name} holds no records"))?;
        let mut out = Content { bytes, documents: Vec::new(), kind: None };
        out.read_records(&name, shape, None)?;
        if out.documents.is_empty() {
            // As `check` reads what the user says to be of this kind.
            let kind = if kind == Some(ApprovalKind::Event) { Kind::Event } else { Kind::Ad };
            out.read_records(&name, shape, Some(kind))?;
            out.kind = None;
        }
        Ok(out)
    }

    /// Reads records, of which a format knows all, or which are of the kind given. Where neither is so, nothing is read.
    fn read_records(&mut self, name: &str, shape: Shape, kind: Option<Kind>) -> Result<(), String> {
        let formats = Formats::builtin();
        for chunk in Splitter::new(self.bytes.as_slice(), name, shape, formats).of_kind(kind) {
            let chunk = chunk.map_err(|t| format!("{name}:{}: {}", t.position().line, t.message))?;
            for i in 0..chunk.records.len() {
                let mut b = Builder::new();
                match (records::read(&chunk, i, formats, &mut b), kind) {
                    (Outcome::Known(f), _) => self.kind = self.kind.or(Some(f.kind)),
                    (Outcome::Unknown, Some(kind)) => {
                        records::read_generic(&chunk, i, kind, &mut b);
                    }
                    (Outcome::Unknown, None) => {
                        self.documents.clear();
                        return Ok(());
                    }
                    (Outcome::Broken, _) => return Err(format!("{name}: record {} is broken", chunk.first_index + i + 1)),
                }
                self.documents.push(b.finish());
            }
        }
        Ok(())
    }

    /// One hash for each document that says anything, without repeats.
    fn hashes(&self) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for d in self.documents.iter().filter(|d| !visible_text(d).trim().is_empty()) {
            let hash = content_sha256(d);
            if !out.contains(&hash) {
                out.push(hash);
            }
        }
        out
    }

    fn text(&self) -> String {
        self.documents.iter().map(visible_text).collect::<Vec<_>>().join("\n")
    }
}

fn approve(args: &ApproveArgs, config: &Config, file: &Path, id: &str, path: &Path, today: Day) -> u8 {
    let content = match Content::read(file, args.kind) {
        Ok(c) => c,
        Err(e) if file.exists() => return refuse(&e, "give a page, a text, or an export of ads"),
        Err(e) => return refuse(&e, &nearest(file)),
    };
    if is_binary(&content.bytes) {
        return refuse(&format!("{} is not text", name_of(file)), "record the hash of its bytes by hand; `sha256sum FILE` prints it");
    }
    let sha256 = content.hashes();
    if sha256.is_empty() {
        return refuse(
            &format!("{} shows its readers no text", name_of(file)),
            "there is nothing that could change; record the file's hash by hand",
        );
    }
    if id.trim().is_empty() {
        return refuse("an approval needs an id", "write `--id ID`");
    }
    let status = if args.status == ApproveStatus::Requested { Status::Requested } else { Status::Approved };
    let kind = match (args.kind, content.kind) {
        (Some(k), _) => k,
        (None, Some(Kind::Press)) => ApprovalKind::Press,
        (None, Some(Kind::Ad)) => ApprovalKind::Ad,
        (None, Some(Kind::Event)) => ApprovalKind::Event,
        _ => return refuse("it does not show what this content is", "say it with `--kind press`, `ad`, `logo`, `event` or `quote`"),
    };
    match args.expires.as_deref().map(|e| (e, Day::parse(e))) {
        None if status == Status::Approved => {
            return refuse("an approval ends on some day", "write `--expires YYYY-MM-DD`, or `--expires never`");
        }
        Some((e, None)) if e != "never" => {
            return refuse(&format!("`{e}` is not a day"), "write `--expires YYYY-MM-DD`, or `--expires never`");
        }
        Some((_, Some(day))) if day < today => return refuse(&format!("{day} is past on {today}"), "an approval ends after it begins"),
        _ => {}
    }
    if args.channel.is_empty() {
        return refuse("an approval is for a channel", "write `--channel CHANNEL`, for example `--channel website`");
    }
    let partner = args.partner.clone().or_else(|| config.partner.clone());
    if let Some(Err(code)) = partner.as_deref().map(|id| known_partner(id, config)) {
        return code;
    }
    for channel in &args.channel {
        if let Some(meant) = channels::meant(channel) {
            complain(&format!("warning: no channel is known as `{}`; did you mean `{meant}`?", clean(channel)));
        }
    }
    let new = NewApproval {
        id: id.trim().to_owned(),
        partner,
        kind,
        status,
        day: today,
        approver: args.approver.clone(),
        expires: args.expires.clone(),
        channels: args.channel.clone(),
        locales: args.locale.clone(),
        sha256,
        path: relative(file, path),
        url: args.url.clone(),
        text: args.text.then(|| content.text()),
    };
    let (name, wanted) = (name_of(path), files::register(facts::Kind::Approvals));
    let old = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => EMPTY_APPROVALS.into(),
        Err(e) => return files::unreadable(path, &wanted, &e),
    };
    let old = match files::text_only(&name, old, &wanted, Color::Auto) {
        Ok(bytes) => bytes,
        Err(code) => return code,
    };
    let Ok(text) = String::from_utf8(old.clone()) else {
        return refuse(&format!("{name} is not UTF-8"), "save it as UTF-8");
    };
    // A register that is broken stays as it is.
    if let Err(broken) = Approvals::read(&name, old) {
        return register::show(&broken);
    }
    let text = match append(&text, &new) {
        Ok(t) => t,
        Err(fault) => {
            complain(&rich_faults_in(&Source::from_text(name, text), &[fault], stderr_palette(Color::Auto)));
            return exit::TROUBLE;
        }
    };
    if let Err(broken) = Approvals::read(&name, text.clone().into_bytes()) {
        return register::show(&broken);
    }
    if let Err(code) = files::replace(path, |out| out.write_all(text.as_bytes()).map(|()| true)) {
        return code;
    }
    let hashes =
        if new.sha256.len() == 1 { "sha256 ".to_owned() + &new.sha256[0] } else { format!("{} hashes, one a record", new.sha256.len()) };
    print(&format!("{} `{}` in {name}: {} of {}, {hashes}\n", new.status, new.id, new.kind.name(), new.path))
}

/// Refuses a firm that the register of partners cannot have meant: it is complete, or one of its ids is nearly the same. Of another one that
/// it does not have it warns.
fn known_partner(id: &str, config: &Config) -> Result<(), u8> {
    let Some(register) = config.registers.get("partners") else { return Ok(()) };
    let file = config.folder().join(&register.file);
    let read = |name: &str, bytes| Partners::read(name, bytes, FormatsRef::Builtin);
    let partners = setup::register(&file, &files::register(facts::Kind::Partners), Color::Auto, read)?;
    let partners = partners.with_head(register.complete, register.checked_on);
    match partners.lacks(id) {
        None => {
            if partners.all_by_id(id).is_empty() {
                let help = "add the firm there, or give an id of that register";
                complain(&format!("warning: {} has no partner `{}`\n  = help: {help}", partners.name(), clean(id)));
            }
            Ok(())
        }
        Some(near) => {
            let help = near.map_or_else(|| "give an id of that register".to_owned(), |n| format!("did you mean `{n}`?"));
            Err(refuse(&format!("{} has no partner `{}`", partners.name(), clean(id)), &help))
        }
    }
}

/// A file's path as seen from the register's folder.
fn relative(file: &Path, register: &Path) -> String {
    let full = |p: &Path| p.canonicalize().or_else(|_| std::path::absolute(p)).unwrap_or_else(|_| p.to_owned());
    let folder = match register.parent() {
        Some(p) if !p.as_os_str().is_empty() => full(p),
        _ => full(Path::new(".")),
    };
    let file = full(file);
    let common = file.components().zip(folder.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().count() - common;
    let path: PathBuf =
        std::iter::repeat_n("..".into(), up).chain(file.components().skip(common).map(|c| c.as_os_str().to_owned())).collect();
    name_of(&path)
}

/// What needs attention.
fn list(path: &Path, today: Day) -> u8 {
    let approvals = match setup::register(path, &files::register(facts::Kind::Approvals), Color::Auto, Approvals::read) {
        Ok(a) => a,
        Err(code) => return code,
    };
    let folder = path.parent().unwrap_or(Path::new(""));
    let name = name_of(path);
    let mut groups: [(&str, Vec<String>); 4] = [
        ("pending", Vec::new()),
        ("expiring within 30 days", Vec::new()),
        ("expired", Vec::new()),
        ("stale: the content changed", Vec::new()),
    ];
    for a in approvals.iter() {
        let line = approvals.source().position(a.id.span.start).line;
        let mut put =
            |group: usize, what: String| groups[group].1.push(clean(&format!("  {}  {what}  ({name}:{line})", a.id.value)) + "\n");
        match (a.standing(today), &a.expires_on) {
            (Standing::Pending, _) => {
                let since = a
                    .requested_on
                    .value()
                    .map_or("of an unknown day".to_owned(), |d| format!("requested {d}, {} days ago", d.days_until(today)));
                put(0, since);
            }
            (Standing::Valid, State::Is(end)) if today.days_until(end.value) <= SOON => {
                put(1, format!("until {}, {} days left", end.value, today.days_until(end.value)));
            }
            (Standing::Expired(day), _) => put(2, format!("held until {day}")),
            _ => {}
        }
        if matches!(a.standing(today), Standing::Valid | Standing::Pending)
            && let Some(what) = stale(a, folder)
        {
            put(3, what);
        }
    }
    let mut out = String::new();
    for (title, lines) in groups.iter().filter(|(_, l)| !l.is_empty()) {
        out.push_str(&format!("{title}\n{}", lines.concat()));
    }
    if out.is_empty() {
        out = format!("nothing needs attention in {} on {today}\n", clean(&name));
    }
    print(&out)
}

/// How the files of an approval differ from what was approved, if they do.
fn stale(a: &Approval, folder: &Path) -> Option<String> {
    if a.sha256.is_empty() && a.texts.is_empty() {
        return None;
    }
    a.paths.iter().find_map(|p| {
        let content = match Content::read(&folder.join(&p.value), a.kind.as_ref().map(|k| k.value)) {
            Ok(c) => c,
            Err(e) => return Some(e),
        };
        if a.has_hash(&bytes_sha256(&content.bytes)) {
            return None;
        }
        let new = content.hashes();
        let by_text = || a.texts.iter().any(|t| difference(&t.value, &content.text()).changes.is_empty());
        if new.iter().all(|h| a.has_hash(h)) && !new.is_empty() || by_text() {
            return None;
        }
        let words = a.difference(&content.text()).map_or(String::new(), |d| format!(": {}", d.short()));
        Some(format!("{} is not what was approved{words}", p.value))
    })
}
