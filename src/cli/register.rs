//! `promolint register`: registers checked, made from an export, described.

use super::args::{Color, RegisterArgs, RegisterCommand};
use super::{badge, complain, count, exit, files, print, refuse, setup, stderr_palette};
use crate::badge::Limits;
use crate::document::records::{self, Formats, Splitter};
use crate::engine::{asset_references, io_message, is_binary, name_of};
use crate::facts::partners::{FormatsRef, Identity, export, write};
use crate::facts::{
    Approvals, Assets, Attestations, Awards, Broken, Day, FamilyKind, Kind, Partner, Partners, Standing, channels, content, kind_of, names,
};
use crate::finding::Trouble;
use crate::report::{rich_faults_in, rich_trouble};
use crate::source::{DecodeHint, Source, Span};
use crate::yaml::{Fault, shape};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// Runs the command.
pub fn run(args: &RegisterArgs) -> u8 {
    match &args.command {
        RegisterCommand::Check { files, color } => check_all(files, *color),
        RegisterCommand::Import { export, output, checked_on, complete } => import(export, output.as_deref(), *checked_on, *complete),
        RegisterCommand::Schema { register } => {
            let kind = Kind::ALL.iter().find(|(_, n)| n == register).map_or(Kind::Partners, |(k, _)| *k);
            let id = format!("https://promolint.example/schema/{}-1.json", kind.name());
            print(&(serde_json::to_string_pretty(&shape::schema(kind.form(), &id)).unwrap_or_default() + "\n"))
        }
    }
}

/// Each register by itself; then approvals by the partners that they are for.
fn check_all(files: &[PathBuf], color: Color) -> u8 {
    let mut code = exit::OK;
    let (mut approvals, mut partners) = (Vec::new(), Vec::new());
    for file in files {
        match setup::register(file, &files::REGISTER, color, describe) {
            Ok(d) => {
                code = code.max(print(&format!("{}: {}\n", name_of(file), d.text)));
                code = code.max(d.assets.map_or(exit::OK, |a| images(&a, file, color)));
                code = code.max(d.unread.tell(color));
                if let Some(p) = &d.partners {
                    code = code.max(contested(p, color));
                }
                approvals.extend(d.approvals);
                partners.extend(d.partners);
            }
            Err(trouble) => code = code.max(trouble),
        }
    }
    let troubles: Vec<Trouble> = approvals.iter().flat_map(|a| slips(a, &partners)).collect();
    troubles.iter().for_each(|t| complain(&rich_trouble(t, stderr_palette(color))));
    if troubles.is_empty() { code } else { code.max(exit::FOUND) }
}

/// Firms and channels of approvals that are known under another name, if at all.
fn slips(approvals: &Approvals, partners: &[Partners]) -> Vec<Trouble> {
    let source = approvals.source();
    let mut out = Vec::new();
    for a in approvals.iter() {
        // Of several registers of partners, each may have it.
        let lacks = |id: &str| -> Option<Option<String>> {
            let all: Option<Vec<_>> = partners.iter().map(|p| p.lacks(id)).collect();
            all.filter(|all| !all.is_empty()).map(|all| all.into_iter().flatten().next().map(str::to_owned))
        };
        if let Some(p) = &a.partner
            && let Some(near) = lacks(&p.value)
        {
            let help = near.map_or_else(|| "give an id of that register".to_owned(), |n| format!("did you mean `{n}`?"));
            out.push(Trouble::at(source, p.span, format!("the register of partners has no `{}`", p.value), help));
        }
        for c in a.channels.items() {
            if let Some(meant) = channels::meant(&c.value) {
                out.push(Trouble::at(source, c.span, format!("no channel is known as `{}`", c.value), format!("did you mean `{meant}`?")));
            }
        }
    }
    out
}

/// Says which addresses are of several firms.
fn contested(r: &Partners, color: Color) -> u8 {
    let found = r.contested();
    for (site, firms) in found.iter().take(AGAIN) {
        let ids = firms.iter().map(|p| format!("`{}`", p.id.value)).collect::<Vec<_>>().join(", ");
        let Some(last) = firms.last() else { continue };
        let own = last.domains.items().iter().find(|d| names::site(&d.value).as_deref() == Some(*site));
        let Some(at) = r.place(last, own.map_or(last.span, |d| d.span)) else { continue };
        let message = format!("`{site}` is the address of several firms ({ids}), so that what stands there is nobody's");
        let help = "give each firm an address of its own, or make one entry of those that are one firm";
        complain(&rich_faults_in(at.source, &[Fault::new(at.span, message, help)], stderr_palette(color)));
    }
    if let Some(more @ 1..) = found.len().checked_sub(AGAIN) {
        complain(&format!("warning: so it is with {}", count(more, "more address")));
    }
    if found.is_empty() { exit::OK } else { exit::FOUND }
}

/// Says which files of a register of images cannot be used.
fn images(assets: &Assets, file: &Path, color: Color) -> u8 {
    let folder = file.parent().unwrap_or(Path::new(""));
    let limits = Limits::default();
    let open = |path: &str| badge::bytes(&folder.join(path), &limits).map_err(|e| io_message(&e));
    let (_, mut troubles) = asset_references(assets, Day::today(), &open);
    let unread = troubles.len();
    for f in assets.iter().flat_map(|a| a.files.items()) {
        let Some(was) = &f.value.sha256 else { continue };
        let Ok(bytes) = open(&f.value.path) else { continue };
        let is = content::bytes_sha256(&bytes);
        if is != *was {
            let message = format!("`{}` is not the file it was: its sha256 is now {is}", f.value.path);
            troubles.push(Trouble::at(
                assets.source(),
                f.span,
                message,
                "put the supplied file back, or write the new sha256 if the program changed it",
            ));
        }
    }
    let palette = stderr_palette(color);
    troubles.iter().for_each(|t| complain(&rich_trouble(t, palette)));
    if unread > 0 {
        exit::TROUBLE
    } else if troubles.is_empty() {
        exit::OK
    } else {
        exit::FOUND
    }
}

/// What a register holds.
#[derive(Default)]
struct Described {
    /// In one line.
    text: String,
    /// The register itself, if it is one of images: its files are looked at too.
    assets: Option<Assets>,
    /// The register itself, if it is one of approvals.
    approvals: Option<Approvals>,
    /// The register itself, if it is one of partners.
    partners: Option<Partners>,
    /// Values of an export that say nothing known.
    unread: Unread,
}

/// Values of an export that say nothing known, of which so many are shown.
#[derive(Default)]
struct Unread {
    all: usize,
    shown: Vec<Trouble>,
}

impl Unread {
    fn take(&mut self, source: &Source, faults: &[Fault]) {
        const SHOWN: usize = 20;
        let room = SHOWN - self.shown.len();
        self.all += faults.len();
        self.shown.extend(faults.iter().take(room).map(|f| Trouble::at(source, f.span, f.message.clone(), f.help.clone())));
    }

    fn tell(&self, color: Color) -> u8 {
        let palette = stderr_palette(color);
        self.shown.iter().for_each(|t| complain(&rich_trouble(t, palette)));
        if self.all == 0 {
            return exit::OK;
        }
        let shown = if self.all > self.shown.len() { format!("; the first {} are shown", self.shown.len()) } else { String::new() };
        complain(&format!("warning: {} unknown, for what stands there says nothing known{shown}", count(self.all, "value")));
        exit::FOUND
    }
}

fn head(complete: bool, checked_on: Option<Day>) -> String {
    let day = checked_on.map_or(String::new(), |d| format!("; as of {d}"));
    format!("{}{day}", if complete { "complete" } else { "not said to be complete, so that what is not in it is unknown" })
}

fn describe(name: &str, bytes: Vec<u8>) -> Result<Described, Broken> {
    let plain = |text: String| Described { text, ..Described::default() };
    let source = Source::decode(name, bytes.clone(), DecodeHint::Text);
    let ending = Path::new(name).extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    let table = matches!(ending.as_str(), "csv" | "tsv" | "json" | "ndjson" | "jsonl");
    match kind_of(source.text()).filter(|_| !table) {
        Some(Kind::Approvals) => {
            let r = Approvals::read(name, bytes)?;
            let today = Day::today();
            let of = |f: fn(&Standing) -> bool| r.iter().filter(|a| f(&a.standing(today))).count();
            let valid = of(|s| *s == Standing::Valid);
            let (pending, expired) = (of(|s| *s == Standing::Pending), of(|s| matches!(s, Standing::Expired(_))));
            let bare = r.iter().filter(|a| !a.has_content()).count();
            let bare = if bare > 0 { format!(", {bare} without anything to know their content by") } else { String::new() };
            let counts = format!("{} ({valid} valid today, {pending} pending, {expired} expired{bare})", count(r.len(), "approval"));
            let text = format!("{counts}; {}", head(r.is_complete(), r.checked_on()));
            Ok(Described { text, approvals: Some(r), ..Described::default() })
        }
        Some(Kind::Assets) => {
            let r = Assets::read(name, bytes)?;
            let today = Day::today();
            let retired = r.iter().filter(|a| a.is_retired(today)).count();
            let of = |kind: FamilyKind| r.iter().filter(|a| r.family_kind(a) == Some(kind)).count();
            let kinds = FamilyKind::ALL.map(|k| (of(k), k.name())).into_iter().filter(|(n, _)| *n > 0);
            let kinds: String = kinds.map(|(n, name)| format!(", {}", count(n, name))).collect();
            let files = r.iter().map(|a| a.files.items().len()).sum();
            let what = format!("{} with {} ({retired} retired{kinds})", count(r.len(), "asset"), count(files, "file"));
            Ok(Described { text: format!("{what}; {}", head(r.is_complete(), r.checked_on())), assets: Some(r), ..Described::default() })
        }
        Some(Kind::Awards) => {
            let r = Awards::read(name, bytes)?;
            Ok(plain(format!("{}; {}", count(r.iter().count(), "award"), head(r.is_complete(), None))))
        }
        Some(Kind::Attestations) => Ok(plain(super::attest::counts(&Attestations::read(name, bytes)?, Day::today()))),
        Some(Kind::Partners) => Ok(partners(Partners::whole(source)?)),
        None if table => Ok(partners(Partners::read(name, bytes, FormatsRef::Builtin)?)),
        None => {
            let keys = Kind::ALL.map(|(_, n)| format!("`{n}:`"));
            let help = format!("a register has one of the keys {} at the top, with a list under it", keys.join(", "));
            let end = source.text().char_indices().nth(1).map_or(source.text().len(), |(i, _)| i);
            let fault = Fault::new(Span::new(0, end), "nothing here tells which register this is", help);
            Err(Broken::new(source, vec![fault]))
        }
    }
}

fn partners(r: Partners) -> Described {
    let with = |f: fn(&Partner) -> bool| r.iter().filter(|p| f(p)).count();
    let tiers = with(|p| p.tier.value().is_some());
    let unknown = with(|p| p.tier.is_unknown());
    let offices = with(|p| !p.offices.physical.is_unknown());
    let what = if r.is_export() { "partner of an export" } else { "partner" };
    let n = match r.len() {
        1 => format!("1 {what}"),
        n => format!("{n} {}", what.replacen("partner", "partners", 1)),
    };
    let known = format!("{tiers} with a tier, {unknown} of unknown tier, {offices} whose physical offices are known");
    let mut unread = Unread::default();
    for p in r.iter() {
        if let Some(place) = r.place(p, p.span).filter(|_| !p.unread.is_empty()) {
            unread.take(place.source, &p.unread);
        }
    }
    let alone = if r.is_complete() && !r.covers_others() { "; one firm alone tells nothing of others" } else { "" };
    let text = format!("{n} ({known}); {}{alone}", head(r.is_complete(), r.checked_on()));
    Described { text, partners: Some(r), unread, ..Described::default() }
}

/// A directory export becomes a `partners.yaml`, one record at a time. A file is written only if nothing of the export is broken.
fn import(file: &Path, output: Option<&Path>, checked_on: Option<Day>, complete: bool) -> u8 {
    let name = name_of(file);
    let mut first = Vec::new();
    let input = File::open(file).and_then(|mut f| {
        Read::by_ref(&mut f).take(64 << 10).read_to_end(&mut first)?;
        Ok(f)
    });
    let input = match input {
        Ok(f) => f,
        Err(e) => return files::unreadable(file, &files::EXPORT, &e),
    };
    // A stray zero byte in a text is nothing, as it is to `check`.
    let (zeros, rest): (Vec<u8>, Vec<u8>) = first.iter().partition(|b| **b == 0);
    if is_binary(if zeros.len() * 100 < first.len() { &rest } else { &first }) {
        return refuse(&format!("{name} is not text"), files::EXPORT.is);
    }
    let Some(shape) = records::sniff(&first, &name) else {
        return refuse(&format!("{name} holds no records"), "give an export of the directory: JSON, NDJSON or CSV");
    };
    let title = name.rsplit('/').next().unwrap_or(&name).escape_debug();
    let mut head = format!("# Partners, from the export {title}. What the export left blank is not here: it is unknown.\n");
    if complete {
        head.push_str("complete: true\n");
    }
    if let Some(day) = checked_on {
        head.push_str(&format!("checked_on: {day}\n"));
    }
    let mut tally = Tally::default();
    let mut splitter = Splitter::new(first.as_slice().chain(input), name.clone(), shape, Formats::builtin());
    let Some(output) = output else {
        let mut out = BufWriter::new(io::stdout());
        return match tally.write(&head, &mut splitter, &mut out).and_then(|()| out.flush()) {
            Err(e) if e.kind() != ErrorKind::BrokenPipe => {
                refuse(&format!("cannot write the register: {}", setup::engine_io(&e)), "make room, or write it elsewhere with `--output`")
            }
            _ => tally.tell(&name, ""),
        };
    };
    let to = name_of(output);
    if output.symlink_metadata().is_ok() {
        return refuse(&format!("{to} is there already, and was left as it is"), "give another name, or move the old one away");
    }
    let written = files::replace(output, |out| {
        tally.write(&head, &mut splitter, out)?;
        Ok(tally.is_whole())
    });
    match written {
        Ok(()) if tally.is_whole() => tally.tell(&name, &format!(" to {to}")),
        Ok(()) => {
            let code = tally.tell(&name, "");
            complain(&format!("{to} was not written"));
            code
        }
        Err(code) => code,
    }
}

/// Firms whose id was there before are named up to this number.
const AGAIN: usize = 20;

/// What came of an import.
#[derive(Default)]
struct Tally {
    records: usize,
    /// The firms so far, by id, with their lines.
    ids: HashMap<String, (Identity, String, usize)>,
    /// What is to be said of firms whose id was there before.
    again: Vec<String>,
    left_out: usize,
    unread: Unread,
    no_listing: usize,
    /// The first record that is no listing.
    strange: Option<Trouble>,
    troubles: Vec<Trouble>,
}

impl Tally {
    /// Writes the firms that the records are.
    fn write<R: Read>(&mut self, head: &str, splitter: &mut Splitter<R>, out: &mut dyn Write) -> io::Result<()> {
        let formats = Formats::builtin();
        for item in splitter {
            let chunk = match item {
                Ok(c) => c,
                Err(t) => {
                    self.troubles.push(Trouble::at(&t.source, t.span, t.message, t.help));
                    continue;
                }
            };
            if let Some((first, message)) = chunk.source.undecoded() {
                self.troubles.push(Trouble::at(&chunk.source, first, message, "save the file as UTF-8"));
            }
            self.records += chunk.records.len();
            for i in 0..chunk.records.len() {
                let Some(mut p) = export::partner_of(&chunk, i, formats) else {
                    self.no_listing += 1;
                    self.strange.get_or_insert_with(|| {
                        let keys = records::field_names(&chunk, i);
                        let keys = if keys.is_empty() { String::new() } else { format!("; its fields are {keys}") };
                        let message = format!("nothing in this record is known as the name of a firm{keys}");
                        Trouble::at(
                            &chunk.source,
                            Span::at(chunk.records[i].start),
                            message,
                            "an export is known by its columns, which the files in rules/formats/ list; leave their names as they are",
                        )
                    });
                    continue;
                };
                if !self.is_new(&mut p, &chunk.source) {
                    self.left_out += 1;
                    continue;
                }
                self.unread.take(&chunk.source, &p.unread);
                if self.ids.len() == 1 {
                    writeln!(out, "{head}partners:")?;
                }
                out.write_all(write::entry(&p).as_bytes())?;
            }
        }
        Ok(())
    }

    /// Whether a firm is not there yet. Another one of the same id gets an id of its own.
    fn is_new(&mut self, p: &mut Partner, source: &Source) -> bool {
        let (line, identity) = (source.position(p.span.start).line, p.identity());
        let (id, name) = (p.id.value.clone(), p.name.value.clone());
        let mut n = 1;
        while let Some((there, other, at)) = self.ids.get(&p.id.value.to_lowercase()) {
            if there.may_be(&identity) {
                self.again.push(format!("line {line}: `{name}` was left out, for `{}` is there before, in line {at}", p.id.value));
                return false;
            }
            n += 1;
            p.id.value = format!("{id}-{n}");
            if !self.ids.contains_key(&p.id.value.to_lowercase()) {
                let new = &p.id.value;
                self.again.push(format!("line {line}: `{name}` has the id `{id}` of `{other}`, in line {at}; it is `{new}` here"));
            }
        }
        self.ids.insert(p.id.value.to_lowercase(), (identity, name, line));
        true
    }

    /// Whether all of the export could be read, and a firm is in it.
    fn is_whole(&self) -> bool {
        self.troubles.is_empty() && !self.ids.is_empty()
    }

    fn tell(&self, name: &str, to: &str) -> u8 {
        let palette = stderr_palette(Color::Auto);
        for t in &self.troubles {
            complain(&rich_trouble(t, palette));
        }
        if self.records == 0 && self.troubles.is_empty() {
            return refuse(&format!("there are no records in {name}"), files::EXPORT.empty.unwrap_or_default());
        }
        if let Some(t) = self.strange.as_ref().filter(|_| self.ids.is_empty()) {
            complain(&rich_trouble(t, palette));
        }
        for again in self.again.iter().take(AGAIN) {
            complain(&format!("warning: {name}, {again}"));
        }
        if let Some(more @ 1..) = self.again.len().checked_sub(AGAIN) {
            complain(&format!("warning: so it is with {}", count(more, "more record")));
        }
        if self.left_out > 0 {
            complain(&format!("warning: {} left out, for the firm is there before", count(self.left_out, "record")));
        }
        let unread = self.unread.tell(Color::Auto);
        if self.no_listing > 0 {
            complain(&format!("warning: {} left out as no listing of a firm", count(self.no_listing, "record")));
        }
        complain(&format!("{} from {name}{to}", count(self.ids.len(), "partner")));
        if self.is_whole() { unread } else { exit::TROUBLE }
    }
}

/// Shows what is wrong in a register that another command reads.
pub(super) fn show(broken: &Broken) -> u8 {
    complain(&rich_faults_in(&broken.source, &broken.faults, stderr_palette(Color::Auto)));
    exit::TROUBLE
}
