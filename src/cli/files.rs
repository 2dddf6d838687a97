//! Files that people name for something other than checking: read, or refused in plain words where one is not what was wanted.

use super::args::Color;
use super::{complain, exit, refuse, setup, stderr_palette};
use crate::engine::{io_message, is_binary, name_of, nearest};
use crate::facts::Kind;
use crate::report::rich_faults_in;
use crate::source::{DecodeHint, Source};
use crate::yaml::Fault;
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::path::Path;

/// What a file is to be.
pub struct Wanted {
    /// In a message: `cannot read {what} x.yaml`.
    pub what: &'static str,
    /// What such a file is.
    pub is: &'static str,
    /// What to do about one with nothing in it; `None` where that is as good as another.
    pub empty: Option<&'static str>,
}

/// A pack.
pub const PACK: Wanted =
    Wanted { what: "the pack", is: "a rule pack is a YAML file", empty: Some("`promolint pack new FILE` writes one to start from") };
/// The configuration: an empty one leaves everything as it is.
pub const CONFIG: Wanted = Wanted { what: "the configuration", is: "the configuration is a YAML file", empty: None };
/// What an export looks like.
pub const FORMAT: Wanted = Wanted {
    what: "the format file",
    is: "a format file is a YAML file",
    empty: Some("take it out of `formats`, or describe an export in it"),
};
/// Labelled content.
pub const LABELS: Wanted = Wanted { what: "the labels", is: "labels are a YAML file", empty: Some("it takes a list under `labels`") };
/// An export to be imported.
pub const EXPORT: Wanted = Wanted {
    what: "the export",
    is: "an export of the directory is JSON, NDJSON or CSV",
    empty: Some("an export has at least one record"),
};
/// A register of whichever kind.
pub const REGISTER: Wanted = Wanted {
    what: "the register",
    is: "a register is a YAML file; that of partners may be an export as JSON, NDJSON or CSV",
    empty: Some(
        "a register has one of the keys `partners:`, `approvals:`, `assets:`, `awards:`, `attestations:` at the top, with a list under it",
    ),
};

/// A register.
pub fn register(kind: Kind) -> Wanted {
    let (what, is, empty) = match kind {
        Kind::Partners => (
            "the register of partners",
            "a register of partners is a YAML file, or an export of the directory as JSON, NDJSON or CSV",
            "one that holds nothing yet says `partners: []`",
        ),
        Kind::Approvals => {
            ("the register of approvals", "a register of approvals is a YAML file", "one that holds nothing yet says `approvals: []`")
        }
        Kind::Assets => ("the register of images", "a register of images is a YAML file", "one that holds nothing yet says `assets: []`"),
        Kind::Awards => ("the register of awards", "a register of awards is a YAML file", "one that holds nothing yet says `awards: []`"),
        Kind::Attestations => (
            "the register of attestations",
            "a register of attestations is a YAML file",
            "`promolint attest init` writes one to fill in, where no file is yet",
        ),
    };
    Wanted { what, is, empty: Some(empty) }
}

thread_local! {
    static READ: RefCell<Sha256> = RefCell::new(Sha256::new());
}

/// A hash of the names and bytes of all files that this thread has read here so far: what a run depends on beside its inputs.
pub fn read_so_far() -> [u8; 32] {
    READ.with_borrow(|r| r.clone().finalize().into())
}

fn note(name: &str, bytes: &[u8]) {
    READ.with_borrow_mut(|r| {
        for part in [name.as_bytes(), bytes] {
            r.update((part.len() as u64).to_le_bytes());
            r.update(part);
        }
    });
}

/// The most that is read of a file that is no content, bytes: exports of whole directories are among them.
const MAX_BYTES: u64 = 1 << 30;

/// All of a file. Devices and pipes never end, or never begin; but for those that a shell hands over, nobody means them.
fn bounded(file: &Path) -> io::Result<Vec<u8>> {
    let metadata = std::fs::metadata(file)?;
    let handed_over = file.starts_with("/dev/fd") || file.starts_with("/proc/self/fd") || file == Path::new("/dev/stdin");
    if !metadata.is_file() && !metadata.is_dir() && !handed_over {
        return Err(io::Error::other("this is a device or a pipe"));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len().min(MAX_BYTES)).unwrap_or(0));
    File::open(file)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(io::Error::other(format!("it is larger than {} MB", MAX_BYTES >> 20)));
    }
    Ok(bytes)
}

/// The bytes of a file that holds text. Complains otherwise; the code to exit with is the error.
pub fn bytes(file: &Path, wanted: &Wanted, color: Color) -> Result<Vec<u8>, u8> {
    let bytes = bounded(file).map_err(|e| unreadable(file, wanted, &e))?;
    if let Some(help) = wanted.empty.filter(|_| bytes.iter().all(u8::is_ascii_whitespace)) {
        return Err(refuse(&format!("{} is empty", name_of(file)), help));
    }
    let name = name_of(file);
    note(&name, &bytes);
    text_only(&name, bytes, wanted, color)
}

/// The text of such a file.
pub fn text(file: &Path, wanted: &Wanted, color: Color) -> Result<String, u8> {
    let bytes = bytes(file, wanted, color)?;
    Ok(String::from_utf8(bytes).unwrap_or_else(|e| Source::decode(name_of(file), e.into_bytes(), DecodeHint::Text).text().to_owned()))
}

/// Says why a file could not be read.
pub fn unreadable(file: &Path, wanted: &Wanted, e: &io::Error) -> u8 {
    let help = match e.kind() {
        ErrorKind::NotFound => nearest(file),
        ErrorKind::PermissionDenied => "give read permission".to_owned(),
        _ => wanted.is.to_owned(),
    };
    refuse(&format!("cannot read {} {}: {}", wanted.what, name_of(file), io_message(e)), &help)
}

/// The bytes, if they are text in UTF-8, or in UTF-16 with its mark.
pub fn text_only(name: &str, bytes: Vec<u8>, wanted: &Wanted, color: Color) -> Result<Vec<u8>, u8> {
    if is_binary(&bytes) {
        return Err(refuse(&format!("{name} is not text"), wanted.is));
    }
    if std::str::from_utf8(&bytes).is_ok() {
        return Ok(bytes);
    }
    let source = Source::decode(name, bytes.clone(), DecodeHint::Text);
    let Some((first, message)) = source.undecoded() else { return Ok(bytes) };
    let fault = Fault::new(first, message, "save the file as UTF-8");
    complain(&rich_faults_in(&source, &[fault], stderr_palette(color)));
    Err(exit::TROUBLE)
}

/// Whether it is a link to nothing: what is written to it would make a file elsewhere.
pub fn is_dangling(file: &Path) -> bool {
    std::fs::symlink_metadata(file).is_ok_and(|m| m.is_symlink()) && std::fs::metadata(file).is_err()
}

/// Writes a file beside the one that is meant, then puts it in its place, so that whatever fails leaves the old one as it was. A link stays
/// a link, and what may not be written is not. `write` answers whether the new one is good; else nothing changes. Complains of what goes
/// wrong; the code to exit with is the error.
pub fn replace(file: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<bool>) -> Result<(), u8> {
    let cannot = |e: &io::Error| refuse(&format!("cannot write {}: {}", name_of(file), setup::engine_io(e)), "nothing was changed");
    let path = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let old = std::fs::metadata(&path).ok().map(|m| m.permissions());
    if let Some(old) = &old {
        let open = if old.readonly() { Err(ErrorKind::PermissionDenied.into()) } else { File::options().write(true).open(&path).map(drop) };
        open.map_err(|e| cannot(&e))?;
    }
    let mut beside = path.clone().into_os_string();
    beside.push(".new");
    let new = File::create_new(&beside).map_err(|e| match e.kind() {
        ErrorKind::AlreadyExists => {
            let message = format!("cannot write {}: {} is in the way", name_of(file), name_of(Path::new(&beside)));
            refuse(&message, "another run is writing it, or one was broken off: then remove that file")
        }
        _ => cannot(&e),
    })?;
    let mut out = BufWriter::new(new);
    let put = |mut out: BufWriter<File>| {
        out.flush()?;
        out.get_ref().sync_all()?;
        if let Some(old) = old {
            out.get_ref().set_permissions(old)?;
        }
        std::fs::rename(&beside, &path)
    };
    let written = write(&mut out).and_then(|good| if good { put(out).map(|()| true) } else { Ok(false) });
    if !matches!(written, Ok(true)) {
        let _ = std::fs::remove_file(&beside);
    }
    written.map(drop).map_err(|e| cannot(&e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_there_and_refused() {
        assert!(bounded(Path::new("/dev/zero")).is_err_and(|e| e.to_string().contains("device")));
        let folder = std::env::temp_dir().join(format!("promolint-no-file-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join(crate::config::FILE_NAME);
        std::os::unix::fs::symlink(&file, &file).expect("a link to itself");
        assert_eq!(crate::config::find(&folder), Some(file.clone()));
        assert_eq!(bytes(&file, &CONFIG, Color::Never), Err(exit::TROUBLE));
        let _ = std::fs::remove_dir_all(&folder);
    }

    #[test]
    fn whatever_fails_leaves_the_old_file() {
        let folder = std::env::temp_dir().join(format!("promolint-replace-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join("a.yaml");
        let read = || std::fs::read_to_string(&file).unwrap_or_default();
        let put = |text: &'static str| replace(&file, move |out| out.write_all(text.as_bytes()).map(|()| true));
        assert_eq!((put("one"), read().as_str()), (Ok(()), "one"));
        assert_eq!(replace(&file, |out| out.write_all(b"half").map(|()| false)), Ok(()));
        assert_eq!(replace(&file, |out| out.write_all(b"half").and_then(|()| Err(io::Error::other("full")))), Err(exit::TROUBLE));
        let mut permissions = std::fs::metadata(&file).expect("there").permissions();
        permissions.set_readonly(true);
        std::fs::set_permissions(&file, permissions).expect("set");
        assert_eq!(put("two"), Err(exit::TROUBLE));
        assert_eq!((read().as_str(), std::fs::read_dir(&folder).map_or(0, Iterator::count)), ("one", 1));
        let beside = folder.join("b.yaml.new");
        std::fs::write(&beside, "of another run").expect("written");
        assert_eq!(replace(&folder.join("b.yaml"), |_| Ok(true)), Err(exit::TROUBLE));
        assert!(beside.exists() && !folder.join("b.yaml").exists());
        let _ = std::fs::remove_dir_all(&folder);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_nothing_is_told_from_a_free_name() {
        let folder = std::env::temp_dir().join(format!("promolint-dangling-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let link = folder.join("a.html");
        std::os::unix::fs::symlink("b.html", &link).expect("a link");
        assert!(is_dangling(&link) && !is_dangling(&folder.join("b.html")));
        let put =
            |bytes: &[u8]| std::fs::write(folder.join("b.html"), bytes).map(|()| crate::engine::is_png_or_empty(&link)).expect("written");
        assert_eq!([put(b"text"), put(b""), put(b"\x89PNG\r\n\x1a\nIHDR")], [false, true, true]);
        assert!(!is_dangling(&link));
        let _ = std::fs::remove_dir_all(&folder);
    }
}
