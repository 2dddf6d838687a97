//! Finds the records in a stream of JSON: a list of objects, one object, objects in a row, or lists inside wrapper objects
//! (`{"total": 2, "items": [ … ]}`), whose keys the formats name.
//!
//! Only the outline is followed. What is inside a record is checked by whoever reads the record.

use super::formats::Formats;
use super::json::unescape;
use super::stream::{Found, Trouble, TroubleKind};
use crate::source::Span;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    /// A list at the top.
    RootList,
    /// An object that may be a record (`candidate`) or is known to wrap records.
    Object { candidate: bool },
    /// A list of records inside a wrapper.
    Container,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    FirstOrEnd,
    FirstKey,
    Key,
    Colon,
    Member,
    Next,
}

/// A value that is passed over, however many reads it takes.
#[derive(Clone, Copy)]
struct Skip {
    what: What,
    depth: u32,
    in_string: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Object,
    List,
    Text,
    Scalar,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Record,
    Key { start: usize },
    Nothing,
}

/// Bytes that cannot be part of a number or word.
fn ends_scalar(b: u8) -> bool {
    matches!(b, b',' | b']' | b'}' | b'[' | b'{' | b'"' | b':' | b' ' | b'\t' | b'\r' | b'\n')
}

impl Skip {
    /// A skip of the value that begins with `b`; `None` if none does.
    fn of(b: u8) -> Option<Skip> {
        let what = match b {
            b'{' => What::Object,
            b'[' => What::List,
            b'"' => What::Text,
            b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => What::Scalar,
            _ => return None,
        };
        Some(Skip { what, depth: 0, in_string: false })
    }

    /// Goes on from `at`; true when the value's end is reached, `at` then being one past it.
    fn run(&mut self, bytes: &[u8], at: &mut usize) -> bool {
        loop {
            let rest = bytes.get(*at..).unwrap_or(&[]);
            if self.in_string {
                match memchr::memchr2(b'"', b'\\', rest) {
                    None => *at = bytes.len(),
                    Some(i) if rest[i] == b'"' => {
                        *at += i + 1;
                        self.in_string = false;
                        if self.what == What::Text {
                            return true;
                        }
                        continue;
                    }
                    Some(i) if i + 1 < rest.len() => {
                        *at += i + 2;
                        continue;
                    }
                    Some(i) => *at += i,
                }
                return false;
            }
            let (found, open) = match self.what {
                What::Text => {
                    *at += 1;
                    self.in_string = true;
                    continue;
                }
                What::Scalar => {
                    let end = rest.iter().position(|&b| ends_scalar(b));
                    *at += end.unwrap_or(rest.len());
                    return end.is_some();
                }
                What::Object => (memchr::memchr3(b'"', b'{', b'}', rest), b'{'),
                What::List => (memchr::memchr3(b'"', b'[', b']', rest), b'['),
            };
            let Some(i) = found else {
                *at = bytes.len();
                return false;
            };
            *at += i + 1;
            match rest[i] {
                b'"' => self.in_string = true,
                b if b == open => self.depth += 1,
                _ => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return true;
                    }
                }
            }
        }
    }
}

/// The state between two reads.
pub(super) struct JsonSplit<'f> {
    formats: &'f Formats,
    /// Where it goes on.
    pub at: usize,
    fresh: bool,
    stack: Vec<Context>,
    expect: Expect,
    skip: Option<(Skip, Purpose)>,
    /// Where the record or candidate at hand begins.
    pub hold: Option<usize>,
    /// The candidate's keys so far.
    keys: Vec<String>,
    container_key: bool,
    /// The first object was a record, so that all are.
    plain: bool,
    /// A problem was told and nothing good came since.
    garbled: bool,
    /// A value without a name stands where a record was expected.
    pub bare: bool,
}

impl<'f> JsonSplit<'f> {
    pub fn new(formats: &'f Formats) -> Self {
        JsonSplit {
            formats,
            at: 0,
            fresh: true,
            stack: Vec::new(),
            expect: Expect::Value,
            skip: None,
            hold: None,
            keys: Vec::new(),
            container_key: false,
            plain: false,
            garbled: false,
            bare: false,
        }
    }

    pub fn shift(&mut self, by: usize) {
        self.at -= by;
        self.hold = self.hold.map(|h| h.saturating_sub(by));
        if let Some((_, Purpose::Key { start })) = &mut self.skip {
            *start = start.saturating_sub(by);
        }
    }

    /// First byte that is still needed.
    pub fn needed(&self) -> usize {
        let key = match self.skip {
            Some((_, Purpose::Key { start })) => start,
            _ => self.at,
        };
        self.hold.unwrap_or(self.at).min(key)
    }

    /// Gives the record at hand up: its rest is passed over.
    pub fn abandon(&mut self) {
        self.hold = None;
        if let Some((_, purpose)) = &mut self.skip {
            *purpose = Purpose::Nothing;
        }
        if let Some(Context::Object { candidate }) = self.stack.last_mut() {
            *candidate = false;
        }
        if self.expect == Expect::FirstKey {
            self.expect = Expect::Key;
        }
    }

    pub fn run(&mut self, bytes: &[u8], last: bool, found: &mut Found) {
        if self.fresh {
            if bytes.len() < 3 && !last {
                return;
            }
            self.at = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
            self.fresh = false;
        }
        loop {
            if let Some((mut skip, purpose)) = self.skip.take() {
                let done = skip.run(bytes, &mut self.at) || last && skip.what == What::Scalar;
                if !done {
                    self.skip = Some((skip, purpose));
                    if last {
                        self.at = bytes.len();
                        self.ends_early(bytes, found);
                    }
                    return;
                }
                self.passed(purpose, bytes, found);
                continue;
            }
            let rest = bytes.get(self.at..).unwrap_or(&[]);
            match rest.iter().position(|b| !matches!(b, b' ' | b'\t' | b'\r' | b'\n')) {
                Some(i) => self.at += i,
                None => {
                    self.at = bytes.len();
                    if last && !self.stack.is_empty() {
                        self.ends_early(bytes, found);
                    }
                    return;
                }
            }
            self.step(bytes[self.at], found);
        }
    }

    fn ends_early(&mut self, bytes: &[u8], found: &mut Found) {
        let message = match self.hold {
            Some(_) => "the file ends in the middle of a record, which was not read",
            None => "the file ends before its lists and objects are closed",
        };
        found.trouble(Trouble::at(TroubleKind::Content, message, "export the file again; it looks cut off", Span::at(bytes.len())));
        self.hold = None;
        self.stack.clear();
    }

    /// A value was passed over.
    fn passed(&mut self, purpose: Purpose, bytes: &[u8], found: &mut Found) {
        match purpose {
            Purpose::Record => {
                if let Some(start) = self.hold.take() {
                    self.record(start, found);
                }
                self.after_value();
            }
            Purpose::Nothing => self.after_value(),
            Purpose::Key { start } => {
                let raw = String::from_utf8_lossy(bytes.get(start + 1..self.at - 1).unwrap_or(&[]));
                let key = if raw.contains('\\') { unescape(&raw, 0).0 } else { raw.into_owned() };
                self.container_key = self.formats.is_container(&key);
                if self.hold.is_some() {
                    self.keys.push(key);
                }
                self.expect = Expect::Colon;
            }
        }
    }

    fn record(&mut self, start: usize, found: &mut Found) {
        found.records.push(Span::new(start, self.at));
        found.cut = self.at;
        self.garbled = false;
    }

    fn after_value(&mut self) {
        self.expect = if self.stack.is_empty() { Expect::Value } else { Expect::Next };
    }

    /// One byte of the outline.
    fn step(&mut self, b: u8, found: &mut Found) {
        let context = self.stack.last().copied();
        let list = matches!(context, Some(Context::RootList | Context::Container));
        match (self.expect, b) {
            (Expect::Value | Expect::FirstOrEnd, b'{') => self.object(context),
            (Expect::FirstOrEnd | Expect::Next, b']') if list => self.close(found),
            (Expect::Value, b'[') if context.is_none() => {
                self.stack.push(Context::RootList);
                self.expect = Expect::FirstOrEnd;
                self.at += 1;
            }
            (Expect::Next, b',') => {
                self.at += 1;
                self.expect = if list { Expect::Value } else { Expect::Key };
            }
            (Expect::FirstKey | Expect::Next, b'}') if !list => self.close(found),
            (Expect::FirstKey | Expect::Key, b'"') => self.begin(b, Purpose::Key { start: self.at }),
            (Expect::Colon, b':') => {
                self.at += 1;
                self.expect = Expect::Member;
            }
            (Expect::Member, b'[') if self.container_key && self.wraps() => {
                self.hold = None;
                self.keys.clear();
                if let Some(Context::Object { candidate }) = self.stack.last_mut() {
                    *candidate = false;
                }
                self.stack.push(Context::Container);
                self.expect = Expect::FirstOrEnd;
                self.at += 1;
            }
            (Expect::Value | Expect::FirstOrEnd | Expect::Member, b) if Skip::of(b).is_some() => {
                self.bare |= self.expect != Expect::Member;
                self.begin(b, Purpose::Nothing);
            }
            _ => self.unexpected(b, context, found),
        }
    }

    /// Whether the object at hand is no record by what has been seen of it.
    fn wraps(&self) -> bool {
        match self.stack.last() {
            Some(Context::Object { candidate: true }) => self.formats.detect(self.keys.iter().map(String::as_str)).is_none(),
            _ => true,
        }
    }

    fn begin(&mut self, b: u8, purpose: Purpose) {
        self.skip = Skip::of(b).map(|s| (s, purpose));
    }

    fn object(&mut self, context: Option<Context>) {
        self.hold = Some(self.at);
        if self.plain || context == Some(Context::Container) {
            return self.begin(b'{', Purpose::Record);
        }
        self.keys.clear();
        self.stack.push(Context::Object { candidate: true });
        self.expect = Expect::FirstKey;
        self.at += 1;
    }

    fn close(&mut self, found: &mut Found) {
        self.at += 1;
        if let Some(Context::Object { candidate: true }) = self.stack.pop()
            && let Some(start) = self.hold.take()
        {
            self.plain = true;
            self.record(start, found);
        }
        self.after_value();
    }

    fn unexpected(&mut self, b: u8, context: Option<Context>, found: &mut Found) {
        if let (Some(Context::Object { candidate: true }), Some(start)) = (context, self.hold) {
            // Broken inside what is likely a record: whoever reads it says how.
            self.stack.pop();
            self.at = start;
            return self.begin(b'{', Purpose::Record);
        }
        if !self.garbled {
            self.garbled = true;
            let message = match (self.expect, context) {
                (Expect::Next, Some(Context::Object { .. })) => "expected `,` or `}`",
                (Expect::Next, _) => "expected `,` or `]`",
                (Expect::Key | Expect::FirstKey, _) => "expected a key in double quotes",
                (Expect::Colon, _) => "expected `:`",
                (Expect::Value, Some(_)) if b == b']' => "a value must follow the comma",
                (Expect::Value, None) if b == b'/' => "JSON has no comments",
                (Expect::Value, None) => "expected a list or an object",
                _ => "expected a value",
            };
            found.trouble(Trouble::at(
                TroubleKind::Content,
                message,
                "the records after this place are read if they can be told apart",
                Span::new(self.at, self.at + 1),
            ));
        }
        match (self.expect, b) {
            // A comma is missing, or is one too many.
            (Expect::Next, b'{' | b'"') => {
                let list = matches!(context, Some(Context::RootList | Context::Container));
                self.expect = if list { Expect::Value } else { Expect::Key };
                if list && b == b'"' {
                    self.begin(b, Purpose::Nothing);
                }
            }
            (Expect::Value, b']') if context.is_some() => self.expect = Expect::Next,
            (Expect::Key, b'}') => self.expect = Expect::Next,
            _ => self.at += 1,
        }
    }
}
