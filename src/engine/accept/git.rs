//! Git as a process: which lines changed since a revision, and when lines were written.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Of a line of a patch only so many bytes are kept: its beginning says what it is.
const LINE: usize = 64 << 10;

/// What git could not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GitError {
    /// There is no git.
    #[error("git cannot be started: {0}")]
    Missing(String),
    /// A path lies in no repository.
    #[error("{0} is in no git repository")]
    NoRepository(String),
    /// There is no such revision.
    #[error("the git repository {1} has no revision `{0}`")]
    UnknownRevision(String, String),
    /// Git says this.
    #[error("git {0} failed: {1}")]
    Failed(String, String),
}

impl GitError {
    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            GitError::Missing(_) => "install git, or put it on the PATH",
            GitError::NoRepository(_) => "name inputs of a repository that git keeps",
            GitError::UnknownRevision(..) => {
                "give a branch, a tag or a commit, for example `main` or `HEAD~1`; a shallow clone has to fetch it first (`git fetch origin main`)"
            }
            GitError::Failed(..) => "run the same git command by hand to see more",
        }
    }
}

/// The lines of one file that are new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lines {
    /// All of them.
    All,
    /// These, both ends inclusive, from 1, in order.
    Some(Vec<(usize, usize)>),
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut c = Command::new("git");
    c.arg("-C").arg(folder).args(["-c", "core.quotePath=true", "--no-pager", "--literal-pathspecs"]).args(arguments);
    // Messages in one language, no lock that a person's own git would have to wait for.
    c.env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0");
    // A hook is told where its repository is relative to where it runs, which is not here; git finds it from the folder.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
        c.env_remove(name);
    }
    c.stdin(Stdio::null());
    c
}

fn output(folder: &Path, arguments: &[&str]) -> Result<Result<Vec<u8>, String>, GitError> {
    let out = command(folder, arguments).output().map_err(|e| missing(&e))?;
    if out.status.success() {
        return Ok(Ok(out.stdout));
    }
    let said = String::from_utf8_lossy(&out.stderr);
    Ok(Err(said.lines().next().unwrap_or_default().trim_start_matches("fatal: ").to_owned()))
}

fn missing(e: &std::io::Error) -> GitError {
    GitError::Missing(match e.kind() {
        ErrorKind::NotFound => "there is no such program".to_owned(),
        _ => crate::engine::io_message(e),
    })
}

fn must(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, GitError> {
    let failed = |said| GitError::Failed(arguments.first().copied().unwrap_or_default().to_owned(), said);
    output(folder, arguments)?.map_err(failed)
}

/// The top folder of the repository that a folder lies in, without links.
///
/// # Errors
/// [`GitError::NoRepository`], [`GitError::Missing`].
pub fn top(folder: &Path) -> Result<PathBuf, GitError> {
    let asked = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let none = || GitError::NoRepository(crate::engine::name_of(asked));
    let out = output(asked, &["rev-parse", "--show-toplevel"])?.map_err(|said| {
        // Another owner's repository, for one, is refused with more to say.
        if said.starts_with("not a git repository") || said.starts_with("cannot change to") {
            none()
        } else {
            GitError::Failed("rev-parse".into(), said)
        }
    })?;
    let top = path(out.strip_suffix(b"\n").unwrap_or(&out));
    if top.as_os_str().is_empty() { Err(none()) } else { Ok(top.canonicalize().unwrap_or(top)) }
}

/// What changed in the files of a repository since a revision, or since the commit that it and what is checked out have in common: committed,
/// staged or neither, and files that git does not keep yet. By path. Files that are there no more are left out, as are submodules.
///
/// # Errors
/// What git says.
pub fn changes(top: &Path, revision: &str) -> Result<HashMap<PathBuf, Lines>, GitError> {
    let unknown = || GitError::UnknownRevision(revision.to_owned(), crate::engine::name_of(top));
    if revision.starts_with(['-', '^']) || revision.is_empty() {
        return Err(unknown());
    }
    let commit = format!("{revision}^{{commit}}");
    let found = output(top, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])?.map_err(|_| unknown())?;
    let commit = String::from_utf8_lossy(&found).trim().to_owned();
    // In a shallow clone the common commit may not be there: then the revision itself.
    let base = output(top, &["merge-base", &commit, "HEAD"])?.unwrap_or_default();
    let base = String::from_utf8_lossy(&base).lines().next().map(str::to_owned).filter(|b| !b.is_empty()).unwrap_or(commit);
    let diff =
        ["--no-color", "--no-ext-diff", "--no-textconv", "--no-relative", "--ignore-submodules=all", "--find-renames", "--diff-filter=d"];
    let mut out = HashMap::new();
    // Which files there are, under their own names; `-` for the number of lines says that git sees no lines.
    let mut counts = vec!["diff", "--numstat", "-z"];
    counts.extend(diff);
    counts.extend([base.as_str(), "--"]);
    let counted = must(top, &counts)?;
    let mut parts = counted.split(|b| *b == 0);
    while let Some(part) = parts.next() {
        let mut columns = part.splitn(3, |b| *b == b'\t');
        let (Some(added), Some(_), Some(name)) = (columns.next(), columns.next(), columns.next()) else { continue };
        // Of a file that moved, the old and the new name follow.
        let name = if name.is_empty() { parts.nth(1).unwrap_or_default() } else { name };
        let lines = if added == b"-" { Lines::All } else { Lines::Some(Vec::new()) };
        out.insert(top.join(path(name)), lines);
    }
    if out.values().any(|l| matches!(l, Lines::Some(_))) {
        let mut patch = vec!["diff", "--patch", "--unified=0", "--inter-hunk-context=0", "--src-prefix=a/", "--dst-prefix=b/"];
        patch.extend(diff);
        patch.extend([base.as_str(), "--"]);
        hunks(top, &patch, &mut out)?;
    }
    let untracked = must(top, &["ls-files", "--others", "--exclude-standard", "--full-name", "-z"])?;
    out.extend(untracked.split(|b| *b == 0).filter(|n| !n.is_empty()).map(|n| (top.join(path(n)), Lines::All)));
    Ok(out)
}

/// Reads a patch as it comes.
fn hunks(top: &Path, arguments: &[&str], out: &mut HashMap<PathBuf, Lines>) -> Result<(), GitError> {
    let mut child = command(top, arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(|e| missing(&e))?;
    let failed = |said: &str| GitError::Failed("diff".into(), said.to_owned());
    if let Some(stdout) = child.stdout.take() {
        read_patch(stdout, &mut |name, lines| {
            if let Some(Lines::Some(all)) = out.get_mut(&top.join(path(name))) {
                all.push(lines);
            }
        })
        .map_err(|e| failed(&crate::engine::io_message(&e)))?;
    }
    match child.wait() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(failed(&status.to_string())),
        Err(e) => Err(failed(&crate::engine::io_message(&e))),
    }
}

/// Gives each stretch of new lines with the name of its file. The lines of a stretch are counted, so that what stands in them is never taken
/// for a part of the patch.
fn read_patch(patch: impl Read, found: &mut impl FnMut(&[u8], (usize, usize))) -> std::io::Result<()> {
    let mut reader = BufReader::new(patch);
    let (mut line, mut name, mut skip) = (Vec::new(), Vec::new(), 0usize);
    while read_line(&mut reader, &mut line)? {
        if line.starts_with(b"\\") {
            continue; // No line end at the end of the file.
        }
        if skip > 0 {
            skip -= 1;
        } else if let Some(rest) = line.strip_prefix(b"+++ ") {
            name = unquoted(rest).strip_prefix(b"b/").map(<[u8]>::to_vec).unwrap_or_default();
        } else if let Some((old, (start, new))) = hunk(&line) {
            skip = old.saturating_add(new);
            if new > 0 && !name.is_empty() {
                found(&name, (start, start.saturating_add(new - 1)));
            }
        }
    }
    Ok(())
}

/// A line without its end; of a long one the beginning. `false` at the end.
fn read_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<bool> {
    line.clear();
    let mut any = false;
    loop {
        let buffer = match reader.fill_buf() {
            Err(e) if e.kind() == ErrorKind::Interrupted => continue,
            other => other?,
        };
        if buffer.is_empty() {
            return Ok(any);
        }
        any = true;
        let end = memchr::memchr(b'\n', buffer);
        let part = &buffer[..end.unwrap_or(buffer.len())];
        line.extend_from_slice(&part[..part.len().min(LINE.saturating_sub(line.len()))]);
        let used = end.map_or(buffer.len(), |e| e + 1);
        reader.consume(used);
        if end.is_some() {
            return Ok(true);
        }
    }
}

/// `@@ -3,2 +4 @@`: how many old lines, and the first new one with how many there are.
fn hunk(line: &[u8]) -> Option<(usize, (usize, usize))> {
    let text = std::str::from_utf8(line.get(..line.len().min(100))?).unwrap_or_else(|e| {
        let valid = line.get(..e.valid_up_to()).unwrap_or_default();
        std::str::from_utf8(valid).unwrap_or_default()
    });
    let mut words = text.strip_prefix("@@ ")?.split(' ');
    let range = |word: &str| -> Option<(usize, usize)> {
        let (start, count) = word.split_once(',').unwrap_or((word, "1"));
        Some((start.parse().ok()?, count.parse().ok()?))
    };
    let old = range(words.next()?.strip_prefix('-')?)?;
    let new = range(words.next()?.strip_prefix('+')?)?;
    Some((old.1, new))
}

/// A name as patches write it: in quotes with escapes if it has unusual characters; a tab follows one with spaces.
fn unquoted(name: &[u8]) -> Vec<u8> {
    let Some(inner) = name.strip_prefix(b"\"") else {
        return name.strip_suffix(b"\t").unwrap_or(name).to_vec();
    };
    let mut out = Vec::new();
    let mut bytes = inner.iter().copied().peekable();
    while let Some(b) = bytes.next() {
        match b {
            b'"' => break,
            b'\\' => match bytes.next() {
                Some(d @ b'0'..=b'7') => {
                    let mut n = u32::from(d - b'0');
                    while let Some(d) = bytes.next_if(|d| (b'0'..=b'7').contains(d) && n < 32) {
                        n = n * 8 + u32::from(d - b'0');
                    }
                    out.push(n as u8);
                }
                Some(b'n') => out.push(b'\n'),
                Some(b't') => out.push(b'\t'),
                Some(b'r') => out.push(b'\r'),
                Some(b'a') => out.push(7),
                Some(b'b') => out.push(8),
                Some(b'v') => out.push(11),
                Some(b'f') => out.push(12),
                Some(other) => out.push(other),
                None => {}
            },
            b => out.push(b),
        }
    }
    out
}

#[cfg(unix)]
fn path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(OsStr::new(String::from_utf8_lossy(bytes).as_ref()))
}

/// When the oldest of these stretches of lines was last written, in milliseconds since 1970, for each stretch by its first line; a line that
/// git cannot tell is left out.
pub fn written(file: &Path, lines: &[(usize, usize)]) -> HashMap<usize, i64> {
    let mut out = HashMap::new();
    let (Some(folder), Some(name)) = (file.parent(), file.file_name().and_then(OsStr::to_str)) else { return out };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let ranges: Vec<String> = lines.iter().map(|(from, to)| format!("-L{from},{to}")).collect();
    let mut arguments = vec!["blame", "--porcelain"];
    arguments.extend(ranges.iter().map(String::as_str));
    arguments.extend(["--", name]);
    let Ok(Ok(told)) = output(folder, &arguments) else { return out };
    let (mut of_commit, mut commit, mut line): (HashMap<Vec<u8>, i64>, Vec<u8>, usize) = Default::default();
    for row in told.split(|b| *b == b'\n') {
        if row.first() == Some(&b'\t') {
            let Some(time) = of_commit.get(&commit) else { continue };
            if let Some((first, _)) = lines.iter().find(|(from, to)| (*from..=*to).contains(&line)) {
                let oldest = out.entry(*first).or_insert(*time);
                *oldest = (*oldest).min(*time);
            }
        } else if let Some(time) = row.strip_prefix(b"author-time ") {
            if let Some(seconds) = std::str::from_utf8(time).ok().and_then(|t| t.parse::<i64>().ok()) {
                of_commit.insert(commit.clone(), seconds.saturating_mul(1000));
            }
        } else if let Some((hash, rest)) = split_once(row, b' ').filter(|(h, _)| h.len() >= 40 && h.iter().all(u8::is_ascii_hexdigit)) {
            commit = hash.to_vec();
            let new = std::str::from_utf8(rest).ok().and_then(|r| r.split(' ').nth(1)?.parse().ok());
            line = new.unwrap_or(0);
        }
    }
    out
}

fn split_once(bytes: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let i = memchr::memchr(at, bytes)?;
    Some((&bytes[..i], &bytes[i + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_patch_are_counted_and_names_unquoted() {
        let patch = concat!(
            "diff --git a/x b/x\n--- a/x\n+++ b/plain name.md\t\n@@ -1,2 +1,3 @@ b\n-+++ b/not-this\n---- a/x\n++++ b/nor-this\n+@@ -1 +1 @@\n+c\n",
            "\\ No newline at end of file\n@@ -9 +10,0 @@\n-gone\n@@ -20,0 +20 @@ \u{FFFD}\n+new\n",
            "diff --git \"a/\" \"b/\"\n--- /dev/null\n+++ \"b/gr\\303\\266\\303\\237e \\\"q\\\"\\t\\\\.md\"\n@@ -0,0 +1 @@\n+x"
        );
        let mut found = Vec::new();
        read_patch(patch.as_bytes(), &mut |name, lines| found.push((String::from_utf8_lossy(name).into_owned(), lines))).expect("read");
        let expected = [("plain name.md", (1, 3)), ("plain name.md", (20, 20)), ("größe \"q\"\t\\.md", (1, 1))];
        assert_eq!(found, expected.map(|(n, l)| (n.to_owned(), l)));
    }
}
